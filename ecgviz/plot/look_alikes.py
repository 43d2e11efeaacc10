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
    middles, pitch_mv = _middles(lines, leads)
    places = {lead: (n % COLUMNS * pitch_s, -(n // COLUMNS) * pitch_mv) for n, lead in enumerate(leads)}
    zeros = {lead: (x, y - middles[lead]) for lead, (x, y) in places.items()}
    rows = -(-len(leads) // COLUMNS)
    span_s, span_mv = COLUMNS * pitch_s, rows * pitch_mv
    data = [_heat(heat, lines[0], leads, pitch_s, pitch_mv, look, strength)] if heat is not None else []
    data += [_trace(line, leads, zeros, look, n) for n, line in enumerate(sorted(lines, key=lambda one: one.own))]
    names = {
        "type": "scatter",
        "mode": "text",
        "x": [x + times[0] for x, _ in places.values()],
        "y": [y + pitch_mv * 0.44 for _, y in places.values()],
        "text": [f"<b>{lead}</b>" for lead in places],
        "textposition": "middle right",
        "textfont": {"family": theme.SANS, "size": 12, "color": look.text},
        "hoverinfo": "skip",
        "showlegend": False,
    }
    x0, y1 = float(times[0]) - _GAP_S / 2, pitch_mv / 2
    height = round((width - 16) * span_mv * 10 / (span_s * 25)) + 16
    return {"data": [*data, names], "layout": _layout(look, (x0, x0 + span_s), (y1 - span_mv, y1), width, height)}


def _levelled(line: Line, lead: str) -> NDArray[np.float64]:
    """(n,) mV above the level just before the QRS, so that ST can be compared."""
    before = (line.times_s >= _LEVEL_S[0]) & (line.times_s <= _LEVEL_S[1])
    row = line.signal[lead]
    return row - (float(np.median(row[before])) if before.any() else 0.0)


def _middles(lines: Sequence[Line], leads: Sequence[str]) -> tuple[dict[str, float], float]:
    """What is in the middle of each lead's cell, and the mV from one row to the next, in steps of 0.5 mV."""
    middles, tallest = {}, 1.0
    for lead in leads:
        rows = [_levelled(line, lead) for line in lines if lead in line.signal]
        low, high = (min(row.min() for row in rows), max(row.max() for row in rows)) if rows else (0.0, 0.0)
        middles[lead], tallest = float(low + high) / 2, max(tallest, float(high - low))
    return middles, float(np.clip(np.ceil((tallest + _GAP_MV) / 0.5) * 0.5, 1.5, 8))


def _trace(
    line: Line, leads: Sequence[str], zeros: dict[str, tuple[float, float]], look: theme.Paper, n: int
) -> dict[str, Any]:
    x: list[NDArray[np.float64]] = []
    y: list[NDArray[np.float64]] = []
    for lead in leads:
        if lead in line.signal:
            x += [line.times_s + zeros[lead][0], np.array([np.nan])]
            y += [_levelled(line, lead) + zeros[lead][1], np.array([np.nan])]
    colour, wide = (look.trace, 2.0) if line.own else (theme.rgba(look.purple, 0.6), 1.2)
    dash = "solid" if line.own else ("dot", "dash", "dashdot", "longdash", "longdashdot")[n % 5]
    return {
        "type": "scatter",
        "mode": "lines",
        "name": line.name,
        "x": np.concatenate(x or [np.empty(0)]).astype(np.float32),
        "y": np.concatenate(y or [np.empty(0)]).astype(np.float32),
        "line": {"color": colour, "width": wide, "dash": dash},
        "hoverinfo": "name",
    }


def _heat(
    heat: NDArray[np.float64],
    line: Line,
    leads: Sequence[str],
    pitch_s: float,
    pitch_mv: float,
    look: theme.Paper,
    strength: float,
) -> dict[str, Any]:
    """One heat map of the whole sheet, clear between the cells."""
    rows = -(-len(leads) // COLUMNS)
    steps = round(pitch_s / _HEAT_STEP_S)
    largest = max(float(np.nanmax(heat, initial=0.0)), 1e-9)
    z = np.zeros((rows, COLUMNS * steps))
    at = line.times_s[0] + _HEAT_STEP_S * np.arange(round((line.times_s[-1] - line.times_s[0]) / _HEAT_STEP_S))
    for n, values in enumerate(heat):
        first = n % COLUMNS * steps
        z[rows - 1 - n // COLUMNS, first : first + at.size] = np.interp(at, line.times_s, np.nan_to_num(values))
    return {
        "type": "heatmap",
        "name": "evidence",
        "z": np.rint(np.clip(z / largest, 0, 1) * _LEVELS).astype(np.int8),
        "x0": float(line.times_s[0]) + _HEAT_STEP_S / 2,
        "dx": pitch_s / steps,
        "y0": -(rows - 1) * pitch_mv,
        "dy": pitch_mv,
        "zmin": 0,
        "zmax": _LEVELS,
        "zsmooth": False,
        "ygap": 6,
        "colorscale": [(0.0, theme.rgba(look.purple, 0.0)), (1.0, theme.rgba(look.purple, strength))],
        "showscale": False,
        "hoverinfo": "skip",
    }


def _layout(
    look: theme.Paper, x: tuple[float, float], y: tuple[float, float], width: int, height: int
) -> dict[str, Any]:
    bare = {"showticklabels": False, "zeroline": False, "fixedrange": True, "ticks": "", "showgrid": True}
    grid = {"gridcolor": look.major, "gridwidth": 1}
    minor = {"showgrid": True, "gridcolor": look.minor, "ticks": ""}
    return {
        "template": {},
        "width": width,
        "height": height,
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "paper_bgcolor": look.background,
        "plot_bgcolor": look.background,
        "font": {"family": theme.SANS, "size": 12, "color": look.text},
        "showlegend": False,
        "hovermode": "closest",
        "dragmode": False,
        "xaxis": bare | grid | {"range": list(x), "dtick": 0.2, "minor": minor | {"dtick": 0.04}},
        "yaxis": bare | grid | {"range": list(y), "dtick": 0.5, "minor": minor | {"dtick": 0.1}},
    }
