"""What is computed from a page, kept for its session by the content of the picture and what a person stated."""

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from ecgviz.card import ImageCard
from ecgviz.explain import images as evidence
from ecgviz.plot import scan as picture
from ecgviz.record import Scan
from ecgviz.results import Prediction
from ecgviz.scans.digitise import digitise
from ecgviz.scans.geometry import Digitised, Hints, PageGeometry
from ecgviz.zoo import images

__all__ = ["cards", "figure", "heat", "prediction", "reading"]

_BY_CONTENT: dict[str | type[Any], Any] = {Scan: lambda scan: scan.digest, Hints: repr, PageGeometry: repr}
HEAT_STEPS = 400
SPARSE_MM = 25


@st.cache_data(hash_funcs=_BY_CONTENT, max_entries=4, scope="session", show_spinner=False)
def reading(scan: Scan, pdf: bytes | None, hints: Hints) -> Digitised:
    """The page, digitised."""
    return digitise(scan, pdf=pdf, hints=hints)


@st.cache_data(hash_funcs=_BY_CONTENT, max_entries=4, scope="session", show_spinner=False)
def figure(
    scan: Scan, pdf: bytes | None, hints: Hints, traced: bool, height: int, seen: tuple[str, str, str] | None = None
) -> dict[str, Any]:
    """The picture with what was found on it as a figure's dictionary; seen: model, label and method of a heat."""
    found = reading(scan, pdf, hints)
    hot = heat(*seen, scan, found.geometry)[0] if seen else None
    drawn = _found(found, traced) if found.geometry is not None else None
    whole: dict[str, Any] = picture.page(scan.pixels, drawn, heat=hot, height=height, key=scan.digest).to_dict()
    return whole


def _found(read: Digitised, traced: bool) -> picture.Found:
    place = read.geometry
    assert place is not None
    boxes = [(box.lead, place.corners(box.box)) for box in place.boxes]
    lines = []
    if traced and read.record is not None:
        lines = [
            place.to_picture(place.trace(box, read.record)) for box in place.boxes if box.lead in read.record.leads
        ]
    return picture.Found(place.corners(), boxes, lines, _marks(place))


def _marks(place: PageGeometry) -> NDArray[np.float64]:
    """Where heavy lines should cross, every SPARSE_MM mm of the found grid, in the picture."""
    step = SPARSE_MM * np.asarray(place.px_per_mm)
    if not (np.isfinite(step).all() and min(step) > 8):
        return np.empty((0, 2))
    if place.grid is not None:
        left, top, right, bottom = place.grid
    else:
        left, top = (place.boxes[0].x0 % step[0], place.boxes[0].baseline % step[1]) if place.boxes else (0.0, 0.0)
        right, bottom = place.width, place.height
    x, y = np.meshgrid(np.arange(left, right + 1, step[0]), np.arange(top, bottom + 1, step[1]))
    return place.to_picture(np.column_stack([x.ravel(), y.ravel()]))


@st.cache_data(ttl=30, max_entries=1, show_spinner=False)
def cards() -> tuple[ImageCard, ...]:
    """The cards of the installed models of pages."""
    return images.cards()


@st.cache_resource(max_entries=2, show_spinner=False)
def _model(name: str) -> Any:
    return images.load(name)


@st.cache_data(hash_funcs=_BY_CONTENT, max_entries=8, scope="session", show_spinner=False)
def prediction(name: str, scan: Scan) -> Prediction:
    """A model's answer for the page."""
    return images.predict(_model(name), scan)


@st.cache_data(hash_funcs=_BY_CONTENT, max_entries=8, scope="session", show_spinner=False)
def heat(
    name: str, label: str, method: str, scan: Scan, place: PageGeometry | None
) -> tuple[NDArray[np.float32], str, tuple[str, ...]]:
    """The evidence for a label, (rows, columns) 0 to 1 over the picture; where it lies in words; notes."""
    found = evidence.explain(_model(name), scan, label, method)
    places = evidence.shares(found, place)
    every = max(1, round(max(found.scores.shape) / HEAT_STEPS))
    kept = np.clip(found.scores[::every, ::every], 0, 1).astype(np.float32)
    return kept, evidence.said(places, label), tuple(found.notes)
