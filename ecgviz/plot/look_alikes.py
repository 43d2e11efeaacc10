"""Average beats on one small sheet of twelve leads: this record's over its look-alikes', or over the evidence."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecgviz.plot import theme

__all__ = ["Line", "sheet"]

COLUMNS = 6
_HEAT_STEP_S = 0.01
_GAP_S, _GAP_MV = 0.1, 0.3
_LEVELS = 127
_LEVEL_S = (-0.09, -0.06)


@dataclass(frozen=True, eq=False)
class Line:
    """One average beat: name; times_s (n,) from R; signal {lead: (n,) mV}; own: the record that is open."""

    name: str
    times_s: NDArray[np.float64]
    signal: dict[str, NDArray[np.float64]]
    own: bool = False


def sheet(
    lines: Sequence[Line],
    leads: Sequence[str],
    heat: NDArray[np.float64] | None = None,
    *,
    width: int = 700,
    paper: str = "pink",
    strength: float = theme.MAX_ALPHA,
) -> dict[str, Any]:
    """A figure of `leads` in rows of six on ECG paper at one scale; the beats of all lines with R at one place.

    heat: (leads, n) on the first line's times, drawn under the beats; 1 or the largest above it is the darkest. The
    open record's beat is thick and solid, the others thin.
    """
    look, times = theme.PAPERS[paper], lines[0].times_s
    pitch_s = float(times[-1] - times[0]) + _GAP_S
    cells = _cells(lines, leads, pitch_s)
    data = [_heat(heat, lines[0], cells, look, strength)] if heat is not None else []
    data += [_trace(line, cells, look, n) for n, line in enumerate(sorted(lines, key=lambda one: one.own))]
    names = {
        "type": "scatter",
        "mode": "text",
        "x": [cell.x + times[0] for cell in cells],
        "y": [cell.top - 0.14 for cell in cells],
        "text": [f"<b>{cell.lead}</b>" for cell in cells],
        "textposition": "middle right",
        "textfont": {"family": theme.SANS, "size": 12, "color": look.text},
        "hoverinfo": "skip",
        "showlegend": False,
    }
    x0, span_s = float(times[0]) - _GAP_S / 2, COLUMNS * pitch_s
    low, high = min(cell.bottom for cell in cells), max(cell.top for cell in cells)
    height = round((width - 16) * (high - low) * 10 / (span_s * 25)) + 16
    legend_px = 26 * -(-len(lines) * 150 // width) if len(lines) > 1 else 0
    layout = _layout(look, (x0, x0 + span_s), (low, high), width, height + legend_px, legend_px)
    return {"data": [*data, names], "layout": layout}


@dataclass(frozen=True)
class _Cell:
    """x: seconds by which a lead is moved; zero: mV of its level before the QRS; top and bottom of its row, in mV."""

    lead: str
    x: float
    zero: float
    top: float
    bottom: float


def _cells(lines: Sequence[Line], leads: Sequence[str], pitch_s: float) -> list[_Cell]:
    """The leads in rows of six; a row is as high as its tallest lead needs, in steps of 0.5 mV."""
    found, top = [], 0.0
    for first in range(0, len(leads), COLUMNS):
        row = leads[first : first + COLUMNS]
        ends = {lead: _ends(lines, lead) for lead in row}
        tallest = max(high - low for low, high in ends.values())
        bottom = top - float(np.clip(np.ceil((tallest + _GAP_MV) / 0.5) * 0.5, 1.0, 8))
        for n, (lead, (low, high)) in enumerate(ends.items()):
            zero = (top + bottom) / 2 - _GAP_MV / 3 - (low + high) / 2
            found.append(_Cell(lead, n * pitch_s, zero, top, bottom))
        top = bottom
    return found


def _ends(lines: Sequence[Line], lead: str) -> tuple[float, float]:
    rows = [_levelled(line, lead) for line in lines if lead in line.signal]
    return (min(float(row.min()) for row in rows), max(float(row.max()) for row in rows)) if rows else (0.0, 0.0)


def _levelled(line: Line, lead: str) -> NDArray[np.float64]:
    """(n,) mV above the level just before the QRS, so that ST can be compared."""
    before = (line.times_s >= _LEVEL_S[0]) & (line.times_s <= _LEVEL_S[1])
    row = line.signal[lead]
    return row - (float(np.median(row[before])) if before.any() else 0.0)


def _trace(line: Line, cells: Sequence[_Cell], look: theme.Paper, n: int) -> dict[str, Any]:
    x: list[NDArray[np.float64]] = []
    y: list[NDArray[np.float64]] = []
    for cell in cells:
        if cell.lead in line.signal:
            x += [line.times_s + cell.x, np.array([np.nan])]
            y += [_levelled(line, cell.lead) + cell.zero, np.array([np.nan])]
    colour, wide = (look.trace, 2.2) if line.own else (theme.SERIES[n % len(theme.SERIES)], 1.1)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": line.name,
        "x": np.concatenate(x or [np.empty(0)]).astype(np.float32),
        "y": np.concatenate(y or [np.empty(0)]).astype(np.float32),
        "line": {"color": colour, "width": wide},
        "hoverinfo": "name",
    }


def _heat(
    heat: NDArray[np.float64], line: Line, cells: Sequence[_Cell], look: theme.Paper, strength: float
) -> dict[str, Any]:
    """One heat map of the whole sheet, clear between the cells; its rows are as high as those of the leads."""
    edges = sorted({cell.bottom for cell in cells} | {cell.top for cell in cells})
    span_s = max(cell.x for cell in cells) + float(line.times_s[-1] - line.times_s[0])
    at = line.times_s[0] + _HEAT_STEP_S * (np.arange(round(span_s / _HEAT_STEP_S)) + 0.5)
    largest = max(float(np.nanmax(heat, initial=0.0)), 1e-9)
    z = np.zeros((len(edges) - 1, at.size))
    for cell, values in zip(cells, heat, strict=True):
        row = edges.index(cell.bottom)
        z[row] += np.interp(at - cell.x, line.times_s, np.nan_to_num(values), left=0, right=0)
    return {
        "type": "heatmap",
        "name": "evidence",
        "z": np.rint(np.clip(z / largest, 0, 1) * _LEVELS).astype(np.int8),
        "x0": float(at[0]),
        "dx": _HEAT_STEP_S,
        "y": edges,
        "zmin": 0,
        "zmax": _LEVELS,
        "zsmooth": False,
        "ygap": 6,
        "colorscale": [(0.0, theme.rgba(look.purple, 0.0)), (1.0, theme.rgba(look.purple, strength))],
        "showscale": False,
        "hoverinfo": "skip",
    }


def _layout(
    look: theme.Paper, x: tuple[float, float], y: tuple[float, float], width: int, height: int, legend_px: int
) -> dict[str, Any]:
    bare = {"showticklabels": False, "zeroline": False, "fixedrange": True, "ticks": "", "showgrid": True}
    grid = {"gridcolor": look.major, "gridwidth": 1}
    minor = {"showgrid": True, "gridcolor": look.minor, "ticks": ""}
    return {
        "template": {},
        "width": width,
        "height": height,
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8 + legend_px},
        "paper_bgcolor": look.background,
        "plot_bgcolor": look.background,
        "font": {"family": theme.SANS, "size": 12, "color": look.text},
        "showlegend": legend_px > 0,
        "legend": {"orientation": "h", "x": 0, "y": 0, "yanchor": "top", "font": {"size": 12}},
        "hovermode": "closest",
        "dragmode": False,
        "xaxis": bare | grid | {"range": list(x), "dtick": 0.2, "minor": minor | {"dtick": 0.04}},
        "yaxis": bare | grid | {"range": list(y), "dtick": 0.5, "minor": minor | {"dtick": 0.1}},
    }
