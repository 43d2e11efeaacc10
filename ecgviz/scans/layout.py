"""Which lead stands where: the rows of trace, cut into the columns of a known layout, proved by the printed names.

Every layout is a constellation of names. It is slid over the map of names seen on the page, and accepted only when most
of its names are read where it says and none is read as another; a page whose names say something else is refused.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from ecgviz.leads import STANDARD_12
from ecgviz.plot.layout import LAYOUTS
from ecgviz.scans.flat import Flat
from ecgviz.scans.names import NameMap, name_map
from ecgviz.scans.pulse import Pulse
from ecgviz.scans.rows import Row

__all__ = ["ENOUGH", "Cell", "Reading", "Span", "candidates", "read_page", "span_of"]

ORDERS = ("3x4+1", "3x4", "6x2", "12x1", "cabrera", "cabrera 3x4+1")
SIZES = (1.0, 1.6)
FAINT, SEEN, SURE = 0.1, 0.4, 0.6
ENOUGH = 8
"""Names read in their places that prove a layout."""


@dataclass(frozen=True)
class Span:
    """First and last column of the traces, common to all rows, and whether the rows agreed on them."""

    x0: float
    x1: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0


@dataclass(frozen=True)
class Cell:
    """A lead's place: its row and column, and its share of the row from start to stop (0 to 1)."""

    lead: str
    row: int
    start: float
    stop: float


@dataclass(frozen=True)
class Reading:
    """A layout held against the names on the page.

    right, wrong: how many of the twelve are read as expected, and as something else; score: mean certainty of the
    expected names; names: what is read in each cell, "" where nothing is.
    """

    layout: str
    cells: tuple[Cell, ...]
    right: int
    wrong: int
    score: float
    names: tuple[str, ...]
    strips: tuple[str, ...] = ()
    offset_mm: tuple[float, float] = (0.0, 0.0)


def span_of(flat: Flat, rows: Sequence[Row], pulses: Sequence[Pulse]) -> Span:
    """Where the traces begin and end: behind the pulses on the left and before those on the right."""
    mm = flat.px_per_mm
    starts, ends = [], []
    for n, row in enumerate(rows):
        pulse = next((p for p in pulses if p.row == n), None)
        left = pulse is not None and pulse.box[0] < (row.x0 + row.x1) / 2
        starts.append(_after(flat, row, pulse) if pulse is not None and left else row.x0)
        ends.append(_before(flat, row, pulse) if pulse is not None and not left else row.x1)
    if pulses:
        known = {p.row for p in pulses}
        on_left = pulses[0].box[0] < (rows[0].x0 + rows[0].x1) / 2
        starts = [s for n, s in enumerate(starts) if n in known or not on_left]
        ends = [e for n, e in enumerate(ends) if n in known or on_left]
    return Span(_agreed(starts, mm, first=True), _agreed(ends, mm, first=False))


def _agreed(places: Sequence[float], mm: float, first: bool) -> float:
    """The outermost place on which at least a third of the rows agree within 1 mm, else the median."""
    for place in sorted(places, reverse=not first):
        near = [other for other in places if abs(other - place) < mm]
        if len(near) >= max(2, len(places) / 3):
            return float(np.median(near))
    return float(np.median(places))


def _after(flat: Flat, row: Row, pulse: Pulse) -> float:
    """The first column of trace behind a pulse: after the blank that follows its foot, else the pulse's edge."""
    mm = flat.px_per_mm
    near = _blank(flat, row, pulse.box[2] + 0.5 * mm, pulse.box[2] + 5 * mm, 0.3)
    far = near or _blank(flat, row, pulse.box[2] + 0.5 * mm, pulse.box[2] + 14 * mm, 1.0)
    return far[1] if far else pulse.box[2]


def _before(flat: Flat, row: Row, pulse: Pulse) -> float:
    """The column behind the last one of trace before a pulse."""
    mm = flat.px_per_mm
    near = _blank(flat, row, pulse.box[0] - 5 * mm, pulse.box[0] - 0.5 * mm, 0.3)
    far = near or _blank(flat, row, pulse.box[0] - 14 * mm, pulse.box[0] - 0.5 * mm, 1.0)
    return far[0] if far else pulse.box[0]


def _blank(flat: Flat, row: Row, x0: float, x1: float, least_mm: float) -> tuple[float, float] | None:
    """The longest stretch without ink near the row's level between two columns: (start, stop)."""
    mm = flat.px_per_mm
    top, foot = max(round(row.y - 4 * mm), 0), round(row.y + 4 * mm)
    a, b = max(round(x0), 0), min(round(x1), flat.ink.shape[1])
    empty = ~(flat.ink[top:foot, a:b] > 0.4).any(axis=0)
    edges = np.diff(np.concatenate([[0], empty.astype(np.int8), [0]]))
    starts, stops = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    if starts.size == 0:
        return None
    longest = int(np.argmax(stops - starts))
    if stops[longest] - starts[longest] < least_mm * mm:
        return None
    return float(a + starts[longest]), float(a + stops[longest])


def candidates(rows: int) -> Iterator[tuple[str, tuple[Cell, ...], int]]:
    """Layouts that fill so many rows: (name, cells of the twelve leads, number of strips)."""
    for name in ORDERS:
        columns = LAYOUTS[name].columns
        strips = rows - max(len(column) for column in columns)
        if strips < 0 or strips > 3 or (strips > 0) != LAYOUTS[name].strips:
            continue
        count = len(columns)
        cells = tuple(
            Cell(lead, row, k / count, (k + 1) / count)
            for k, column in enumerate(columns)
            for row, lead in enumerate(column)
        )
        yield name, cells, strips


def read_page(flat: Flat, rows: Sequence[Row], span: Span) -> tuple[Reading, ...]:
    """Every layout that fits the number of rows, best first; larger letters are tried if small ones say little."""
    found: list[Reading] = []
    for size in SIZES:
        chart, cell_px = name_map(flat.ink, flat.px_per_mm, size)
        found += [
            _best_offset(chart, cell_px / flat.px_per_mm, flat.px_per_mm, rows, span, name, cells, strips)
            for name, cells, strips in candidates(len(rows))
        ]
        if any(reading.right >= ENOUGH for reading in found):
            break
    return tuple(sorted(found, key=lambda reading: -reading.score))


def _best_offset(
    chart: NameMap,
    cell_mm: float,
    mm: float,
    rows: Sequence[Row],
    span: Span,
    layout: str,
    cells: tuple[Cell, ...],
    strips: int,
) -> Reading:
    """The offset from a cell's beginning to its name's centre at which the layout's names are seen best."""
    soft = np.stack([cv2.dilate(plane, np.ones((3, 5), np.uint8)) for plane in chart])
    pitch = _pitch(rows) / mm
    dx = np.arange(round(-10 / cell_mm), round(16 / cell_mm) + 1)
    dy = np.arange(round(-0.85 * pitch / cell_mm), round(0.35 * pitch / cell_mm) + 1)
    seen = np.stack(
        [
            _window(soft[STANDARD_12.index(cell.lead.lstrip("-"))], *_origin(cell, rows, span, mm * cell_mm), dx, dy)
            for cell in cells
        ]
    )  # (12, dy, dx)
    total = np.sqrt(seen).mean(axis=0)
    j, i = np.unravel_index(int(np.argmax(total)), total.shape)
    last = len(rows)
    strip_cells = tuple(Cell("", last - strips + k, 0.0, 1.0) for k in range(strips))
    here = np.array(
        [
            [
                _window(plane, *_origin(cell, rows, span, mm * cell_mm), dx[i : i + 1], dy[j : j + 1])[0, 0]
                for plane in soft
            ]
            for cell in (*cells, *strip_cells)
        ]
    )  # (12 + strips, 12)
    own = np.array([STANDARD_12.index(cell.lead.lstrip("-")) for cell in cells])
    right, wrong = _agreement(here[: len(cells)], own)
    read = tuple(STANDARD_12[int(np.argmax(row))] if row.max() >= SEEN else "" for row in here)
    offset = float(dx[i] * cell_mm), float(dy[j] * cell_mm)
    return Reading(layout, cells, right, wrong, float(total[j, i]), read[: len(cells)], read[len(cells) :], offset)


def _agreement(seen: NDArray[np.float32], own: NDArray[np.int64]) -> tuple[int, int]:
    """How many cells keep their expected name when the twelve names are shared out best, and how many surely do not.

    seen: (12 cells, 12 names) certainty; own: the expected name of each cell.
    """
    cells, names = linear_sum_assignment(-np.log(seen + 0.02))
    given = names[np.argsort(cells)]
    hope, taken = seen[np.arange(own.size), own], seen[np.arange(own.size), given]
    right = (given == own) & (hope >= FAINT)
    wrong = (given != own) & (taken >= SURE) & (hope < FAINT)
    return int(right.sum()), int(wrong.sum())


def _pitch(rows: Sequence[Row]) -> float:
    """Usual distance between rows in pixels."""
    return float(np.median(np.diff([row.y for row in rows]))) if len(rows) > 1 else 100.0


def _origin(cell: Cell, rows: Sequence[Row], span: Span, cell_px: float) -> tuple[int, int]:
    """A cell's first column and level, in cells of the map."""
    return round((span.x0 + cell.start * span.width) / cell_px), round(rows[cell.row].y / cell_px)


def _window(
    plane: NDArray[np.float32], x: int, y: int, dx: NDArray[np.int64], dy: NDArray[np.int64]
) -> NDArray[np.float32]:
    """plane[y + dy, x + dx], (dy, dx), zero outside."""
    ys, xs = y + dy, x + dx
    inside = ((ys >= 0) & (ys < plane.shape[0]))[:, None] & ((xs >= 0) & (xs < plane.shape[1]))
    values = plane[np.clip(ys, 0, plane.shape[0] - 1)[:, None], np.clip(xs, 0, plane.shape[1] - 1)]
    found: NDArray[np.float32] = np.where(inside, values, 0)
    return found
