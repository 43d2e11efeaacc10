"""The printed sheet in true millimetres: grid, calibration pulses, lead names and traces as vector lines of a PDF.

Positions are millimetres from the top left corner of A4 landscape. Coordinates are written in points with two
decimals: 0.0035 mm, or 0.35 uV at 10 mm/mV; heights on a crowded sheet with one, so that the file stays small.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.transforms import IdentityTransform
from numpy.typing import NDArray

from ecgviz.plot import theme
from ecgviz.plot.layout import PULSE_S, Cell, Sheet
from ecgviz.record import Record

__all__ = ["GRID", "SHEET_MM", "TRACE_MM", "draw_grid", "draw_leads", "draw_line", "offsets", "pitch_mm", "write"]

SHEET_MM = (297.0, 210.0)
GRID = (11.0, 31.0, 275.0, 160.0)
"""Left, top, width and height of the grid."""
TRACE_MM = 250.0
"""Width of the traces: 10 s at 25 mm/s."""
_FIRST = GRID[0] + 15.0  # left end of the traces, on a heavy line
_POINT = 72 / 25.4
_NAME_ABOVE, _NAME_HIGH, _NAME_WIDE = 6.0, 2.4, 8.0
_CROWDED = 30_000  # samples


def write(figure: Figure, text: str, at: tuple[float, float], size: float = 8, **how: Any) -> None:
    """One line of text; its left end and baseline stand at `at`, its size is in points."""
    x, y = at[0] / SHEET_MM[0], 1 - at[1] / SHEET_MM[1]
    look: dict[str, Any] = {"size": size, "va": "baseline", "ha": "left", "parse_math": False}
    figure.text(x, y, text, **look | how)


def draw_line(
    figure: Figure, x: NDArray[Any], y: NDArray[Any], colour: str, width_mm: float, decimals: int = 2
) -> None:
    """One polyline of all its points: never thinned, never clipped; a NaN lifts the pen."""
    known = np.isfinite(x) & np.isfinite(y)
    if not known.any():
        return
    lifted = np.flatnonzero(np.concatenate([[True], ~known[:-1]]))
    codes = np.full(len(x), Path.LINETO, np.uint8)
    codes[lifted] = Path.MOVETO
    points = np.column_stack([(x * _POINT).round(2), ((SHEET_MM[1] - y) * _POINT).round(decimals)])
    path = Path(points[known], codes[known])
    path.should_simplify = False
    pen = {"edgecolor": colour, "linewidth": width_mm * _POINT, "capstyle": "round", "joinstyle": "round"}
    patch = PathPatch(path, facecolor="none", transform=IdentityTransform(), snap=False, clip_on=False, **pen)
    figure.add_artist(patch, clip=False)


def draw_grid(figure: Figure, look: theme.Paper) -> None:
    """A light line every millimetre, a heavy one every five."""
    left, top, wide, high = GRID
    for every, colour, width in ((1, look.minor, 0.1), (5, look.major, 0.16)):
        x = [at for line in range(0, int(wide) + 1, every) for at in (left + line, left + line, np.nan)]
        y = [top, top + high, np.nan] * (len(x) // 3)
        v = [at for line in range(0, int(high) + 1, every) for at in (top + line, top + line, np.nan)]
        u = [left, left + wide, np.nan] * (len(v) // 3)
        draw_line(figure, np.array(x + u), np.array(y + v), colour, width)


def pitch_mm(rows: int) -> float:
    """From row to row: as far as the grid allows, in steps of 2.5 mm and at most 40."""
    return min(40.0, max(2.5 * int(GRID[3] / rows / 2.5), GRID[3] / rows if rows > 60 else 2.5))


def draw_leads(figure: Figure, record: Record, sheet: Sheet, look: theme.Paper) -> None:
    """Pulses, borders between columns, names and traces of an arranged record, rows from the grid's top down."""
    pitch = pitch_mm(sheet.rows)
    used = pitch * sheet.rows
    first = GRID[1] + 5 * round((GRID[3] - used) / 10) + 2.5 * round(0.55 * pitch / 2.5)
    baselines = [first + row * pitch for row in range(sheet.rows)]
    for y in baselines:
        _draw_pulse(figure, y, sheet, look)
    crowded = sum(cell.stop - cell.first for cell in sheet.cells) > _CROWDED
    for cell in sheet.cells:
        x, y = _FIRST + (cell.start_s - sheet.start_s) * sheet.speed, baselines[cell.row]
        if cell.start_s > sheet.start_s:
            draw_line(figure, np.array([x, x]), np.array([y - 3, y + 3]), look.muted, 0.2)
        name = cell.lead if cell.source is not None else f"{cell.lead}  not recorded"
        at = x + 1, y - _name_above(record, cell, sheet, pitch)
        write(figure, name, at, min(9.0, 0.8 * pitch), weight="bold", color=look.trace)
        _draw_trace(figure, record, cell, sheet, y, look, 1 if crowded else 2)


def _name_above(record: Record, cell: Cell, sheet: Sheet, pitch: float) -> float:
    """Millimetres from the baseline up to the name: the nearest of some heights that no wave crosses."""
    begin = cell.values(record)[: round(_NAME_WIDE / sheet.speed * record.fs)]
    wave = (begin[np.isfinite(begin)] - cell.offset_mv) * sheet.gain
    low, high = wave.min(initial=0), wave.max(initial=0)
    usual = min(_NAME_ABOVE, 0.42 * pitch)
    for up in (usual, 1.5 * usual, min(2 * usual, 0.6 * pitch), -usual):
        if low > up + _NAME_HIGH + 0.5 or high < up - 0.5:
            return up
    return usual


def _draw_pulse(figure: Figure, y: float, sheet: Sheet, look: theme.Paper) -> None:
    """1 mV high and 0.2 s wide, ending 3 mm before the traces."""
    wide = PULSE_S * sheet.speed
    rise = _FIRST - 3 - wide
    x = np.array([rise - 1.5, rise, rise, rise + wide, rise + wide, rise + wide + 1.5])
    draw_line(figure, x, y - sheet.gain * np.array([0.0, 0, 1, 1, 0, 0]), look.trace, 0.25)


def _draw_trace(
    figure: Figure, record: Record, cell: Cell, sheet: Sheet, y: float, look: theme.Paper, decimals: int
) -> None:
    """All the samples of a cell."""
    if cell.source is None:
        return
    values = cell.values(record).astype(np.float64) - cell.offset_mv
    at_s = record.start_s + np.arange(cell.first, cell.stop) / record.fs - sheet.start_s
    draw_line(figure, _FIRST + at_s * sheet.speed, y - values * sheet.gain, look.trace, 0.25, decimals)


def offsets(cells: Sequence[Cell]) -> str:
    """The leads drawn without their electrode offset, in words; empty where there is none."""
    moved = sorted({f"{cell.lead} {cell.offset_mv:+.1f} mV" for cell in cells if cell.offset_mv})
    return f"drawn without offset: {', '.join(moved)}" if moved else ""
