"""Figures with their 95 % intervals as points on one scale, a row each, and a line to compare them with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from ecgviz.plot import theme
from ecgviz.plot._axes import axis, layout

__all__ = ["Row", "forest", "told"]

ROW_PX, NARROW_PX, EDGE_PX = 24, 40, 80


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
    rows: Sequence[Row],
    title: str,
    *,
    line: float | None = None,
    line_name: str = "",
    from_zero: bool = False,
    digits: int = 3,
    narrow: bool = False,
    frame: str = "light",
) -> go.Figure:
    """The rows from top to bottom, names at the left and figures at the right; line: drawn across all of them.

    title: of the axis; narrow: names and figures stand above their points, for a phone. A row without a value keeps its
    place and says its note or "none", so that nothing looks like zero.
    """
    look, places, heads = theme.FRAMES[frame], *_places(rows)
    last = max([*places, -1]) + 1
    found = layout(title, "", frame, EDGE_PX + (NARROW_PX if narrow else ROW_PX) * last)
    found |= {"showlegend": False, "dragmode": False}
    side = {"l": 8, "r": 8} if narrow else {"l": 8, "r": 146}
    found["margin"] = side | {"t": 22 if line_name else 8, "b": 44}
    found["xaxis"] |= {"fixedrange": True, "nticks": 6, "tickangle": 0}
    found["xaxis"] |= {"rangemode": "tozero"} if from_zero else {}
    names = {} if narrow else {place: row.name for row, place in zip(rows, places, strict=True)}
    found["yaxis"] = axis("", frame) | _lines(heads | names, last)
    texts = [
        told(row.value, row.low, row.high, digits) if row.value is not None else row.note or "none" for row in rows
    ]
    drawn = zip(rows, texts, places, strict=True)
    found["annotations"] = [text for item in drawn for text in _texts(*item, narrow, look)]
    if line is not None:
        dash = {"color": look.muted, "width": 1.2, "dash": "dash"}
        across = {"type": "line", "x0": line, "x1": line, "yref": "paper", "y0": 0, "y1": 1, "layer": "below"}
        found["shapes"] = [across | {"line": dash}]
        where = {"x": line, "y": 1, "yref": "paper", "yanchor": "bottom", "showarrow": False, "text": line_name}
        found["annotations"].append(where | {"font": {"color": look.muted, "size": 11}})
    return go.Figure([_points(rows, texts, places, look)], found)


def told(value: float | None, low: float | None, high: float | None, digits: int = 3) -> str:
    """A figure and its interval in words, with a true minus and no negative zero; "none" without a value."""
    if value is None:
        return "none"
    one, *ends = (f"{round(v, digits) + 0.0:.{digits}f}".replace("-", "−") for v in (value, low, high) if v is not None)
    return f"{one} ({(' to ' if '−' in ''.join(ends) else '–').join(ends)})" if len(ends) == 2 else one


def _lines(names: dict[int, str], last: int) -> dict[str, Any]:
    """A vertical axis with these names on their lines, the first at the top."""
    return {
        "range": [last - 0.4, -0.6],
        "tickvals": sorted(names),
        "ticktext": [f"{names[place]}  " for place in sorted(names)],
        "showgrid": False,
        "showline": False,
        "fixedrange": True,
    }


def _places(rows: Sequence[Row]) -> tuple[list[int], dict[int, str]]:
    """The line on which each row stands, and those of the headings."""
    places: list[int] = []
    heads: dict[int, str] = {}
    at, before = 0, ""
    for row in rows:
        if row.head and row.head != before:
            heads[at] = f"<b>{row.head}</b>"
            at += 1
        before = row.head
        places.append(at)
        at += 1
    return places, heads


def _points(rows: Sequence[Row], texts: Sequence[str], places: Sequence[int], look: theme.Frame) -> dict[str, Any]:
    up = [(row.high - row.value) if None not in (row.high, row.value) else 0 for row in rows]  # type: ignore[operator]
    down = [(row.value - row.low) if None not in (row.low, row.value) else 0 for row in rows]  # type: ignore[operator]
    bars = {"type": "data", "symmetric": False, "thickness": 1.6, "width": 0, "color": theme.rgba(look.accent, 0.65)}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [row.value for row in rows],
        "y": list(places),
        "error_x": bars | {"array": up, "arrayminus": down},
        "marker": {
            "size": 9,
            "color": look.accent,
            "symbol": ["circle-open" if row.faded else "circle" for row in rows],
            "line": {"color": look.accent, "width": 1.5},
        },
        "customdata": [[row.name, text, row.note] for row, text in zip(rows, texts, strict=True)],
        "hovertemplate": "<b>%{customdata[0]}</b>  %{customdata[1]}<br>%{customdata[2]}<extra></extra>",
        "cliponaxis": False,
    }


def _texts(row: Row, text: str, place: int, narrow: bool, look: theme.Frame) -> list[dict[str, Any]]:
    """The row's figure beside its point, or its name and its figure above it."""
    faint = row.faded or row.value is None
    shared = {"y": place, "xref": "paper", "showarrow": False}
    shared |= {"font": {"size": 11, "color": look.muted if faint else look.text}}
    if not narrow:
        return [shared | {"x": 1, "xanchor": "left", "xshift": 8, "yanchor": "middle", "text": text}]
    above = shared | {"yanchor": "bottom", "yshift": 5}
    return [above | {"x": 0, "xanchor": "left", "text": row.name}, above | {"x": 1, "xanchor": "right", "text": text}]
