"""In which leads of a page the evidence lies."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ecgviz.results import Heat
from ecgviz.scans.geometry import LeadBox, PageGeometry

__all__ = ["OUTSIDE", "Share", "said", "shares"]

OUTSIDE = "outside the traces"
ENOUGH = 0.7
"""Leads are named, most first, until they hold this share of the evidence."""
STRIP = 1.6
"""A box this many times as long as the shortest is a rhythm strip."""


@dataclass(frozen=True)
class Share:
    """A place on the page and its share of the evidence, 0 to 1, beside its share of the page's pixels."""

    place: str
    heat: float
    pixels: float


def shares(heat: Heat, geometry: PageGeometry | None = None) -> tuple[Share, ...]:
    """A row for each lead box and one for what is outside them; without geometry for above, in, beside and below the
    part with the traces. Only evidence in favour counts; all are 0 where there is none.
    """
    weight = np.maximum(heat.scores.astype(np.float64), 0)
    where = _without_boxes(heat) if geometry is None else _in_boxes(heat, geometry)
    total = float(weight.sum())
    return tuple(
        Share(place, float(weight[mask].sum()) / total if total else 0.0, float(mask.mean()))
        for place, mask in where.items()
    )


def _without_boxes(heat: Heat) -> dict[str, NDArray[np.bool_]]:
    height, width = heat.scores.shape
    x0, y0, x1, y1 = heat.area
    rows, columns = np.mgrid[:height, :width]
    above, below = rows < y0, rows >= y1
    inside = ~above & ~below & (columns >= x0) & (columns < x1)
    return {"above the traces": above, "traces": inside, "beside and below the traces": ~above & ~inside}


def _in_boxes(heat: Heat, geometry: PageGeometry) -> dict[str, NDArray[np.bool_]]:
    """Each pixel belongs to at most one box: the first that holds it."""
    height, width = heat.scores.shape
    rows, columns = np.mgrid[:height, :width]
    centres = np.column_stack([columns.ravel() + 0.5, rows.ravel() + 0.5])
    x, y = geometry.to_page(centres).T
    free = np.ones(height * width, bool)
    found: dict[str, NDArray[np.bool_]] = {}
    shortest = min((box.x1 - box.x0 for box in geometry.boxes), default=1.0)
    for box in geometry.boxes:
        inside = free & (x >= box.x0) & (x < box.x1) & (y >= box.y0) & (y < box.y1)
        free &= ~inside
        name = _name(box, shortest, found)
        found[name] = found.get(name, np.zeros((height, width), bool)) | inside.reshape(height, width)
    return {**found, OUTSIDE: free.reshape(height, width)}


def _name(box: LeadBox, shortest: float, known: dict[str, NDArray[np.bool_]]) -> str:
    strip = box.x1 - box.x0 >= STRIP * shortest and box.lead in known
    return f"{box.lead} strip" if strip else box.lead


def said(found: tuple[Share, ...], label: str) -> str:
    """One sentence: which places hold most of the evidence, and how much lies outside the traces."""
    if not any(share.heat for share in found):
        return f"No evidence for {label} was found on this page."
    inside = sorted((share for share in found if share.place != OUTSIDE), key=lambda share: -share.heat)
    named, held = [], 0.0
    for share in inside:
        named.append(share.place)
        held += share.heat
        if held >= ENOUGH:
            break
    order = [share.place for share in found]
    outside = sum(share.heat for share in found if share.place == OUTSIDE)
    tail = f"; {outside:.0%} outside the traces" if any(share.place == OUTSIDE for share in found) else ""
    size = sum(share.pixels for share in found if share.place in named)
    return f"{held:.0%} of the evidence for {label} lies in {_listed(named, order)} ({size:.0%} of the page){tail}."


def _listed(named: list[str], order: list[str]) -> str:
    """Neighbours in V1 to V6 as a range, the rest one by one, in the order of the page."""
    chest = [f"V{k}" for k in range(1, 7)]
    at = [k for k, lead in enumerate(chest) if lead in named]
    run = bool(at) and len(at) > 2 and at[-1] - at[0] + 1 == len(at)
    rest = sorted((name for name in named if not (run and name in chest)), key=order.index)
    parts = [*rest, f"{chest[at[0]]}-{chest[at[-1]]}"] if run else rest
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
