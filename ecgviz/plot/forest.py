"""Figures with their 95 % intervals as points on one scale, a row each, and a line to compare them with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from ecgviz.plot import theme
from ecgviz.plot._axes import axis, layout

__all__ = ["Row", "forest", "told"]

ROW_PX, EDGE_PX = 24, 80


@dataclass(frozen=True)
class Row:
    """One figure: its name, its value and interval (None where there is none), and what else a hover tells.

    head: a heading that stands above the first of the rows that share it; faded: drawn open, for too few records.
    """

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None
    note: str = ""
    head: str = ""
    faded: bool = False


def forest(
    rows: Sequence[Row], title: str, *, line: float | None = None, line_name: str = "", frame: str = "light"
) -> go.Figure:
    """The rows from top to bottom with their figures written at the right; line: drawn across all of them.

    title: of the axis. A row without a value keeps its place and says "none", so that nothing looks like zero.
    """
    look, places, ticks = theme.FRAMES[frame], [], []
    at, before = 0, ""
    for row in rows:
        if row.head and row.head != before:
            ticks.append((at, f"<b>{row.head}</b>"))
            at += 1
        before = row.head
        places.append(at)
        ticks.append((at, row.name))
        at += 1
    found = layout(title, "", frame, EDGE_PX + ROW_PX * at)
    found["margin"] = {"l": 8, "r": 146, "t": 22 if line_name else 8, "b": 44}
    found["yaxis"] = axis("", frame) | {
        "range": [at - 0.4, -0.6],
        "tickvals": [place for place, _ in ticks],
        "ticktext": [f"{text}  " for _, text in ticks],
        "showgrid": False,
        "showline": False,
        "fixedrange": True,
    }
    found |= {"showlegend": False, "dragmode": False}
    found["xaxis"] |= {"fixedrange": True, "nticks": 6, "tickangle": 0}
    found["annotations"] = [_figure(row, place, look) for row, place in zip(rows, places, strict=True)]
    if line is not None:
        dash = {"color": look.muted, "width": 1.2, "dash": "dash"}
        across = {"type": "line", "x0": line, "x1": line, "yref": "paper", "y0": 0, "y1": 1, "layer": "below"}
        found["shapes"] = [across | {"line": dash}]
        told = {"x": line, "y": 1, "yref": "paper", "yanchor": "bottom", "showarrow": False, "text": line_name}
        found["annotations"].append(told | {"font": {"color": look.muted, "size": 11}})
    return go.Figure([_points(rows, places, look)], found)


def _points(rows: Sequence[Row], places: Sequence[int], look: theme.Frame) -> dict[str, Any]:
    up = [(row.high - row.value) if None not in (row.high, row.value) else 0 for row in rows]  # type: ignore[operator]
    down = [(row.value - row.low) if None not in (row.low, row.value) else 0 for row in rows]  # type: ignore[operator]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [row.value for row in rows],
        "y": list(places),
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": up,
            "arrayminus": down,
            "thickness": 1.6,
            "width": 0,
            "color": theme.rgba(look.accent, 0.65),
        },
        "marker": {
            "size": 9,
            "color": look.accent,
            "symbol": ["circle-open" if row.faded else "circle" for row in rows],
            "line": {"color": look.accent, "width": 1.5},
        },
        "customdata": [[row.name, _of(row), row.note] for row in rows],
        "hovertemplate": "<b>%{customdata[0]}</b>  %{customdata[1]}<br>%{customdata[2]}<extra></extra>",
        "cliponaxis": False,
    }


def told(value: float, low: float | None, high: float | None, digits: int = 3) -> str:
    """A figure and its interval in words, with a true minus and no negative zero."""
    one, *ends = (f"{round(v, digits) + 0.0:.{digits}f}".replace("-", "−") for v in (value, low, high) if v is not None)
    return f"{one} ({(' to ' if '−' in ''.join(ends) else '–').join(ends)})" if len(ends) == 2 else one


def _of(row: Row) -> str:
    return "none" if row.value is None else told(row.value, row.low, row.high)


def _figure(row: Row, place: int, look: theme.Frame) -> dict[str, Any]:
    where = {"x": 1, "xref": "paper", "xanchor": "left", "xshift": 8, "y": place, "yanchor": "middle"}
    colour = look.muted if row.faded or row.value is None else look.text
    return where | {"text": _of(row), "showarrow": False, "font": {"size": 11, "color": colour}}
