"""Where each lead stands on the sheet: rows, columns and strips in record seconds and millivolts, and the sheet's size.

Distances on paper are in millimetres and multiples of 5 mm, so every baseline lies on a heavy grid line.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ecgviz.errors import EcgvizError
from ecgviz.leads import CABRERA, LIMB, PRECORDIAL, STANDARD_12
from ecgviz.record import Record

__all__ = ["GAINS", "LAYOUTS", "SPEEDS", "Cell", "Layout", "Sheet", "arrange"]

SPEEDS = (12.5, 25.0, 50.0)
GAINS = (5.0, 10.0, 20.0)
PULSE_S = 0.2
WINDOW_S = 10.0
# Printers couple the amplifier to AC; without that an electrode offset would put a lead on another lead's row.
OFFSET_MV = 0.5
HEAD_PX, FOOT_PX = 30, 30


@dataclass(frozen=True)
class Layout:
    """A way to fill the sheet: columns of leads from left to right, and whether rhythm strips follow below."""

    label: str
    columns: tuple[tuple[str, ...], ...]
    strips: bool = False


_THREE_BY_FOUR = (LIMB[:3], LIMB[3:], PRECORDIAL[:3], PRECORDIAL[3:])
_CABRERA_BY_FOUR = (CABRERA[:3], CABRERA[3:], PRECORDIAL[:3], PRECORDIAL[3:])

LAYOUTS: dict[str, Layout] = {
    "3x4+1": Layout("3 × 4 with rhythm strip", _THREE_BY_FOUR, strips=True),
    "3x4": Layout("3 × 4", _THREE_BY_FOUR),
    "6x2": Layout("6 × 2", (LIMB, PRECORDIAL)),
    "12x1": Layout("12 × 1", (STANDARD_12,)),
    "cabrera": Layout("Cabrera 6 × 2", (CABRERA, PRECORDIAL)),
    "cabrera 3x4+1": Layout("Cabrera 3 × 4 with rhythm strip", _CABRERA_BY_FOUR, strips=True),
    "rows": Layout("One row per lead, as recorded", ()),
}


@dataclass(frozen=True)
class Cell:
    """One stretch of one lead on the sheet.

    lead: as printed (`-aVR`); source: the record's lead, None where it was not recorded; sign: +1 or -1; first, stop:
    samples [first, stop) of the record; start_s, end_s: the place on the sheet; row_mv: height of the row's baseline on
    the sheet; offset_mv: a steady electrode offset that is left out of the drawing (0 unless above OFFSET_MV).
    """

    lead: str
    source: str | None
    sign: float
    row: int
    first: int
    stop: int
    start_s: float
    end_s: float
    row_mv: float
    offset_mv: float = 0.0

    def values(self, record: Record) -> NDArray[np.float32]:
        """The lead as printed, mV, (samples,); empty where it was not recorded."""
        if self.source is None:
            return np.empty(0, np.float32)
        return np.float32(self.sign) * record[self.source][self.first : self.stop]


@dataclass(frozen=True)
class Sheet:
    """The arranged sheet: its cells, extent in seconds and mV, paper speed (mm/s), gain (mm/mV) and height in pixels.

    The sheet is `width_px` wide when it is drawn as designed; wider or narrower frames keep true squares and show more
    or less blank paper.
    """

    cells: tuple[Cell, ...]
    rows: int
    pitch_mv: float
    start_s: float
    seconds: float
    column_s: float
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    speed: float
    gain: float
    width_px: int

    @property
    def px_per_mm(self) -> float:
        """Pixels per millimetre of paper at the designed width."""
        return self.width_px / (self.speed * (self.x_range[1] - self.x_range[0]))

    @property
    def height_px(self) -> int:
        """Height of the whole figure, head and foot lines included."""
        return HEAD_PX + FOOT_PX + round(self.px_per_mm * self.gain * (self.y_range[1] - self.y_range[0]))


def _choice(value: float, allowed: tuple[float, ...], what: str, unit: str) -> float:
    if float(value) not in allowed:
        raise EcgvizError(
            f"{what} {value:g} {unit} is not offered; choose {', '.join(f'{a:g}' for a in allowed)} {unit}."
        )
    return float(value)


def _is_clinical(record: Record) -> bool:
    limb, chest = (sum(lead in record.leads for lead in group) for group in (LIMB, PRECORDIAL))
    return limb >= 2 and chest >= 2


def _columns(record: Record, layout: str, rhythm: Sequence[str]) -> tuple[tuple[tuple[str, ...], ...], tuple[str, ...]]:
    """Columns of leads and the full-width strips below; a record that is not a 12-lead one is drawn as rows."""
    if layout not in LAYOUTS:
        raise EcgvizError(f"Layout {layout!r} is not known; choose one of {', '.join(LAYOUTS)}.")
    chosen = LAYOUTS[layout]
    if not chosen.columns or not _is_clinical(record):
        return (record.leads,), ()
    if len(rhythm) > 3:
        raise EcgvizError(f"{len(rhythm)} rhythm strips do not fit; choose one to three leads.")
    others = tuple(lead for lead in record.leads if lead not in STANDARD_12)
    return chosen.columns, (tuple(rhythm) if chosen.strips else ()) + others


def _pitch_mm(rows: int, speed: float, gain: float) -> float:
    at_ten = 30 if rows <= 5 else 25 if rows <= 8 else 20
    taller = {5.0: -5, 10.0: 0, 20.0: 10}[gain] + {12.5: -5, 25.0: 0, 50.0: 15}[speed]
    return float(at_ten + taller)


def _window(record: Record, start_s: float | None, seconds: float | None) -> tuple[int, int]:
    """Samples [first, stop) of the record that are shown; the start is moved so that the window lies in the record."""
    wanted = WINDOW_S if seconds is None else seconds
    if not (math.isfinite(wanted) and wanted > 0):
        raise EcgvizError(f"A window of {wanted:g} s cannot be drawn; choose a positive number of seconds.")
    shown = min(record.samples, max(1, round(wanted * record.fs)))
    first = 0 if start_s is None else round((start_s - record.start_s) * record.fs)
    first = min(max(first, 0), record.samples - shown)
    return first, first + shown


def _column_s(seconds: float, columns: int) -> float:
    """Width of a column: a share of 10 s, or of the whole window where that is clearly shorter."""
    return (WINDOW_S if 0.9 * WINDOW_S <= seconds <= WINDOW_S else seconds) / columns


def _placed(
    columns: tuple[tuple[str, ...], ...], strips: tuple[str, ...], column_s: float, shown_s: float
) -> list[tuple[str, int, tuple[float, float]]]:
    """Each lead with its row and its span in seconds from the start of the window."""
    placed = [
        (lead, row, (n * column_s, (n + 1) * column_s))
        for n, leads in enumerate(columns)
        for row, lead in enumerate(leads)
    ]
    below = max(len(column) for column in columns)
    return placed + [(lead, below + n, (0.0, shown_s)) for n, lead in enumerate(strips)]


def _offset_mv(values: NDArray[np.float32]) -> float:
    finite = values[np.isfinite(values)]
    middle = float(np.median(finite)) if finite.size else 0.0
    return middle if abs(middle) > OFFSET_MV else 0.0


def _cell(
    record: Record, lead: str, row: int, row_mv: float, span: tuple[float, float], window: tuple[int, int]
) -> Cell:
    """One cell over `span` seconds of the window, as much of it as was recorded."""
    source = lead.removeprefix("-")
    sign = -1.0 if lead.startswith("-") else 1.0
    first, stop = (min(window[0] + round(at * record.fs), window[1]) for at in span)
    start_s = record.start_s + window[0] / record.fs
    known = source in record.leads
    offset = sign * _offset_mv(record[source]) if known else 0.0
    place = (first, stop, start_s + span[0], start_s + span[1], row_mv, offset)
    return Cell(lead, source if known else None, sign, row, *place)


def _extent_mv(record: Record, cells: Sequence[Cell], pitch: float, gain: float) -> tuple[float, float]:
    """Lowest and highest mV of the sheet: room for tall complexes, but not for any artefact."""
    bottom = 5 * math.ceil(pitch * gain / 10)
    top = bottom + 5
    last = min(cell.row_mv for cell in cells)
    above, below = float(top), float(bottom)
    for cell in cells:
        drawn = cell.values(record) - cell.offset_mv + cell.row_mv
        drawn = drawn[np.isfinite(drawn)]
        if drawn.size:
            above = max(above, gain * float(drawn.max()) + 2)
            below = max(below, gain * (last - float(drawn.min())) + 2)
    above, below = (min(5 * math.ceil(mm / 5), default + 30) for mm, default in ((above, top), (below, bottom)))
    return last - below / gain, above / gain


def arrange(
    record: Record,
    layout: str = "3x4+1",
    *,
    rhythm: Sequence[str] = ("II",),
    speed: float = 25,
    gain: float = 10,
    start_s: float | None = None,
    seconds: float | None = None,
    width: int = 1280,
) -> Sheet:
    """Arrange a record on the sheet; layout: a key of LAYOUTS.

    A record without limb and chest leads is drawn as rows, and leads beyond the twelve follow as strips, so nothing
    recorded is left out. Columns are contiguous in time and share the strip's seconds.
    start_s, seconds: the window shown, 10 s from the start of the record unless said otherwise; width: in pixels.
    Raises EcgvizError for a layout, speed or gain that is not offered.
    """
    speed, gain = _choice(speed, SPEEDS, "Speed", "mm/s"), _choice(gain, GAINS, "Gain", "mm/mV")
    columns, strips = _columns(record, layout, rhythm)
    first, stop = window = _window(record, start_s, seconds)
    shown_s, begin = (stop - first) / record.fs, record.start_s + first / record.fs
    column_s = _column_s(shown_s, len(columns))
    placed = _placed(columns, strips, column_s, shown_s)
    rows = 1 + max(row for _, row, _ in placed)
    pitch = _pitch_mm(rows, speed, gain) / gain
    cells = tuple(_cell(record, lead, row, -row * pitch, span, window) for lead, row, span in placed)
    lead_in, paper_s = PULSE_S + 5 / speed, max(shown_s, min(seconds or WINDOW_S, WINDOW_S))
    return Sheet(
        cells=cells,
        rows=rows,
        pitch_mv=pitch,
        start_s=begin,
        seconds=shown_s,
        column_s=column_s,
        x_range=(begin - lead_in, begin + paper_s + 5 / speed),
        y_range=_extent_mv(record, cells, pitch, gain),
        speed=speed,
        gain=gain,
        width_px=width,
    )
