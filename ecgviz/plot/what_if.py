"""What a change of the recording did: each finding before and after, and the heat before and after."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from ecgviz.plot import theme
from ecgviz.results import Attribution, Finding

__all__ = ["heats", "probabilities"]

_ROW_PX, _EDGE_PX = 30, 26
_STILL = {"zeroline": False, "fixedrange": True, "automargin": True}


def probabilities(before: Sequence[Finding], after: Sequence[Finding], selected: str, frame: str) -> go.Figure:
    """One row for each finding: a ring for before, a disc for after, a line between, a tick for the threshold."""
    look = theme.FRAMES[frame]
    rows = list(range(len(before)))
    ends = [(b.probability, a.probability) for b, a in zip(before, after, strict=True)]
    path = {
        "type": "scatter",
        "mode": "lines",
        "x": [x for pair in ends for x in (*pair, None)],
        "y": [y for row in rows for y in (row, row, None)],
        "line": {"color": look.bar, "width": 3},
        "hoverinfo": "skip",
        "showlegend": False,
    }
    tick = {"symbol": "line-ns", "size": 16, "line": {"width": 2, "color": look.text}}
    ring = {"symbol": "circle-open", "size": 11, "color": look.muted, "line": {"width": 2}}
    disc = {"symbol": "circle", "size": 11, "color": look.accent}
    traces = [
        path,
        _dots("threshold", [f.threshold for f in before], rows, tick),
        _dots("before", [pair[0] for pair in ends], rows, ring),
        _dots("changed", [pair[1] for pair in ends], rows, disc),
    ]
    names = [f"<b>{f.label}</b>" if f.label == selected else f.label for f in before]
    y_axis = _STILL | {"range": [len(rows) - 0.5, -0.5], "tickvals": rows, "ticktext": names, "showgrid": False}
    x_axis = _STILL | {"range": [-0.02, 1.02], "gridcolor": look.rule, "tickformat": ".1f"}
    height = 2 * _EDGE_PX + 24 + _ROW_PX * max(1, len(rows))
    return go.Figure(traces, _layout(look, height, "findings") | {"xaxis": x_axis, "yaxis": y_axis})


def heats(before: Attribution, after: Attribution, frame: str) -> go.Figure:
    """The evidence over the seconds, mean of the leads, before and after; 1 is the strongest of each."""
    look = theme.FRAMES[frame]
    lines = [
        _evidence("before", before, {"color": look.muted, "width": 1.5, "dash": "dot"}),
        _evidence("changed", after, {"color": look.accent, "width": 2}),
    ]
    x_axis = _STILL | {"gridcolor": look.rule, "ticksuffix": " s"}
    y_axis = _STILL | {"gridcolor": look.rule, "nticks": 3, "title": {"text": "evidence", "font": {"size": 12}}}
    return go.Figure(lines, _layout(look, 170, "heats") | {"xaxis": x_axis, "yaxis": y_axis})


def _dots(name: str, x: list[float], y: list[int], marker: dict[str, Any]) -> dict[str, Any]:
    told = {"hovertemplate": f"{name} %{{x:.3f}}<extra></extra>"}
    return {"type": "scatter", "mode": "markers", "name": name, "x": x, "y": y, "marker": marker} | told


def _evidence(name: str, found: Attribution, line: dict[str, Any]) -> dict[str, Any]:
    mean = np.nan_to_num(found.scores).mean(axis=0)
    peak = float(np.abs(mean).max()) or 1.0
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x0": found.start_s,
        "dx": 1 / found.fs,
        "y": (mean / peak).astype(np.float32),
        "line": line,
        "hovertemplate": f"{name} %{{y:.2f}} at %{{x:.2f}} s<extra></extra>",
    }


def _layout(look: theme.Frame, height: int, key: str) -> dict[str, Any]:
    return {
        "template": {},
        "height": height,
        "margin": {"l": 8, "r": 12, "t": 30, "b": 26},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": theme.SANS, "size": 13, "color": look.text},
        "legend": {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "font": {"color": look.text}},
        "dragmode": False,
        "uirevision": key,
        "hoverlabel": {"font": {"family": theme.SANS}},
    }
