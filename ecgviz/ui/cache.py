"""Every cached call of the pages, keyed by the record's digest and kept within its own session.

Streamlit hashes large arrays by sampling, which gives one record another's result; the digest covers every sample.
Only what belongs to no person (data sets, networks) is shared between sessions.
"""

import os
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from ecgviz import explain, zoo
from ecgviz.card import ModelCard
from ecgviz.datasets import library
from ecgviz.plot import overlay, seen, tracing
from ecgviz.record import Flag, Record
from ecgviz.results import Attribution, Check, Measurements, Prediction, Screening
from ecgviz.signals import filters, intervals
from ecgviz.signals.prepare import model_input
from ecgviz.ui import rhythm_quality
from ecgviz.ui.view import Heat, View

if TYPE_CHECKING:
    from ecgviz.zoo._checkpoints import Model

__all__ = [
    "BY_DIGEST",
    "CORES",
    "attribution",
    "cards",
    "heat_sheet",
    "layers",
    "measurements",
    "model",
    "model_report",
    "open_library",
    "prediction",
    "quality_flags",
    "screening",
    "sheet",
    "shown",
    "waves",
]

BY_DIGEST: dict[str | type[Any], Any] = {Record: lambda record: record.digest}
# A run of a network keeps a core busy; more at once than cores only slows all of them.
CORES = threading.BoundedSemaphore(max(1, os.cpu_count() or 1))


@st.cache_data(hash_funcs=BY_DIGEST, max_entries=16, scope="session", show_spinner=False)
def quality_flags(record: Record) -> tuple[Flag, ...]:
    """What is doubtful in the recording itself."""
    return rhythm_quality.check(record)


@st.cache_data(hash_funcs=BY_DIGEST, max_entries=16, scope="session", show_spinner=False)
def measurements(record: Record) -> Measurements:
    """Rate, intervals and axes of the unfiltered record."""
    return intervals.measure(record)


@st.cache_data(hash_funcs=BY_DIGEST, max_entries=8, scope="session", show_spinner=False)
def waves(record: Record) -> tuple[intervals.BeatWaves, ...]:
    """Where the waves of each beat lie."""
    return intervals.delineate(record)


@st.cache_data(hash_funcs=BY_DIGEST, max_entries=4, scope="session", show_spinner=False)
def shown(record: Record, view: View) -> Record:
    """The record as it is drawn, with the band that is left; never what a model is given."""
    drawn = filters.display(record, view.filter, view.notch_hz)
    if drawn is record:
        return record
    chosen, origin = filters.DISPLAY[view.filter], drawn.provenance
    low = max((f for f in (origin.band[0], chosen.low_hz) if f is not None), default=None)
    high = min((f for f in (origin.band[1], chosen.high_hz) if f is not None), default=None)
    steps = tuple(f"{step}, zero-phase" for step in origin.filters[len(record.provenance.filters) :])
    filtered = replace(origin, band=(low, high), filters=(*record.provenance.filters, *steps))
    return replace(drawn, provenance=filtered)


@st.cache_data(hash_funcs=BY_DIGEST, max_entries=8, scope="session", show_spinner=False)
def sheet(record: Record, view: View, start_s: float, width: int, title: str) -> dict[str, Any]:
    """The ECG page as a figure's dictionary."""
    drawn = shown(record, view)
    where = _where(record, drawn, view) | {"start_s": start_s, "width": width, "title": title}
    return _zoom_kept(tracing.page(drawn, **where).to_dict(), record, drawn)


@st.cache_data(hash_funcs=BY_DIGEST, max_entries=8, scope="session", show_spinner=False)
def heat_sheet(
    record: Record, view: View, start_s: float, width: int, title: str, name: str, label: str, heat: Heat
) -> dict[str, Any]:
    """The same page with the evidence of one finding under the trace."""
    drawn = shown(record, view)
    where = _where(record, drawn, view) | {"start_s": start_s, "width": width, "title": title}
    where |= {"strength": heat.strength, "style": heat.style, "palette": heat.palette}
    found = attribution(name, record, label, heat.method, heat.layer)
    figure = overlay.page(drawn, found, **where)
    if heat.seen:
        given = model_input(record, next(card.input for card in cards() if card.name == name))
        place = {key: where[key] for key in ("layout", "rhythm", "speed", "gain", "start_s", "width")}
        figure.add_trace(seen.line(drawn, given, **place))
    return _zoom_kept(figure.to_dict(), record, drawn)


def _where(record: Record, drawn: Record, view: View) -> dict[str, Any]:
    """Keywords of the page, its foot line with the filter through which the trace is shown."""
    foot = tracing.foot_line(drawn, view.speed, view.gain)
    steps = drawn.provenance.filters[len(record.provenance.filters) :]
    return view.on_paper(record) | {"footer": f"{foot}   shown through {', '.join(steps)}" if steps else foot}


def _zoom_kept(figure: dict[str, Any], record: Record, drawn: Record) -> dict[str, Any]:
    """The figure with the record's own key for the zoom, which a display filter then leaves alone."""
    layout = figure["layout"]
    for part in (layout, layout["xaxis"], layout["yaxis"]):
        part["uirevision"] = str(part["uirevision"]).replace(drawn.digest, record.digest)
    return figure


@st.cache_data(hash_funcs=BY_DIGEST, max_entries=16, scope="session", show_spinner=False)
def prediction(name: str, record: Record) -> Prediction:
    """A model's findings for the unfiltered record."""
    network = model(name)
    with CORES:
        return zoo.predict(network, record)


@st.cache_data(hash_funcs=BY_DIGEST, max_entries=12, scope="session", show_spinner=False)
def attribution(name: str, record: Record, label: str, method: str, layer: str = "") -> Attribution:
    """The evidence for one finding in the unfiltered record."""
    network = model(name)
    with CORES:
        return explain.explain(network, record, label, method, layer=layer)


@st.cache_data(hash_funcs=BY_DIGEST, max_entries=16, scope="session", show_spinner=False)
def screening(name: str, record: Record) -> Screening:
    """The gate before a model's answer; rests on the record's own flags, which `session` has set."""
    network = model(name)
    with CORES:
        return zoo.screen(network, record, record.flags)


@st.cache_data(max_entries=64, show_spinner=False)
def layers(name: str) -> tuple[str, ...]:
    """Where in a model Grad-CAM may look, the usual place first."""
    return explain.layers(model(name))


@st.cache_data(hash_funcs=BY_DIGEST, max_entries=12, scope="session", show_spinner=False)
def checks(
    name: str, record: Record, label: str, method: str, which: tuple[str, ...], layer: str = ""
) -> tuple[Check, ...]:
    """Tests of one heat; see `explain.check`."""
    network = model(name)
    with CORES:
        return explain.check(network, record, label, method, which, layer=layer)


@st.cache_resource(max_entries=4, show_spinner=False)
def model(name: str) -> "Model":
    """A network, shared by all sessions."""
    return zoo.load(name)


@st.cache_data(ttl=30, max_entries=1, show_spinner=False)
def cards() -> tuple[ModelCard, ...]:
    """The cards of the installed models."""
    return zoo.cards()


@st.cache_data(ttl=30, max_entries=4, show_spinner=False)
def model_report(name: str) -> dict[str, Any]:
    """A model's report."""
    return zoo.report(name)


def open_library() -> library.Library:
    """The data sets at hand, opened once for the server."""
    return library.open_library(library.data_root())
