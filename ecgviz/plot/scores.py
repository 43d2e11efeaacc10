"""Findings as bars: each probability on a scale from 0 to 1 beside its own threshold, and the words for it."""

import math
from typing import Any

import plotly.graph_objects as go

from ecgviz.plot import theme
from ecgviz.results import Finding, Prediction

__all__ = ["LADDER", "findings", "ranked", "word"]

LADDER = ("well below threshold", "below threshold", "just above threshold", "well above threshold")
# "Well" means that the odds differ from the threshold's odds by this factor or more.
_WELL = 3.0
_ROW_PX, _EDGE_PX, _BAR = 30, 12, 0.42
_LEFT_PX, _LETTER_PX = 74, 7.2
"""Room for the labels: at least for an abbreviation, and for each letter of a longer one."""


def word(finding: Finding) -> str:
    """The finding's place on a fixed ladder: "well" where its odds are three times the threshold's, or a third."""
    distance = _log_odds(finding.probability) - _log_odds(finding.threshold)
    if finding.positive:
        return LADDER[3] if distance >= math.log(_WELL) else LADDER[2]
    return LADDER[0] if distance <= -math.log(_WELL) else LADDER[1]


def _log_odds(probability: float) -> float:
    inside = min(max(probability, 1e-9), 1 - 1e-9)
    return math.log(inside / (1 - inside))


def ranked(prediction: Prediction) -> list[Finding]:
    """Findings at or above their own thresholds first, in each half those with the largest odds over it first."""

    def order(finding: Finding) -> tuple[bool, float]:
        return not finding.positive, _log_odds(finding.threshold) - _log_odds(finding.probability)

    return sorted(prediction.findings, key=order)


def findings(
    prediction: Prediction, *, selected: str | None = None, frame: str = "light", most: int | None = None
) -> go.Figure:
    """One bar for each finding, best supported first, with its own threshold as a tick and its probability in figures.

    selected: the label in the accent colour; frame: `light` or `dark`; most: draw at most so many rows, but always
    those above threshold and the selected one. Findings too rare in training are hatched and say so.
    """
    rows = ranked(prediction)
    rows = [f for n, f in enumerate(rows) if most is None or n < most or f.positive or f.label == selected]
    look = theme.FRAMES[frame]
    return go.Figure([_bars(rows, selected, look), _thresholds(rows, look)], _layout(rows, selected, look))


def _bars(rows: list[Finding], selected: str | None, look: theme.Frame) -> dict[str, Any]:
    colours = [look.accent if f.label == selected else look.bar for f in rows]
    marker: dict[str, Any] = {"line": {"width": 0}}
    marker["color"] = [c if f.trusted else theme.rgba(c, 0.3) for c, f in zip(colours, rows, strict=True)]
    if not all(f.trusted for f in rows):
        shapes = ["" if f.trusted else "/" for f in rows]
        fill = {"fillmode": "overlay", "fgcolor": colours, "size": 6, "solidity": 0.3}
        marker["pattern"] = {"shape": shapes} | fill
    return {
        "type": "bar",
        "orientation": "h",
        "name": "probability",
        "x": [f.probability for f in rows],
        "y": list(range(len(rows))),
        "width": _BAR,
        "marker": marker,
        "customdata": [[f.label, f.threshold, word(f), "" if f.trusted else ", too few to trust"] for f in rows],
        "hovertemplate": "<b>%{customdata[0]}</b>  %{x:.3f}, threshold %{customdata[1]:.3f}<br>"
        "%{customdata[2]}%{customdata[3]}<extra></extra>",
    }


def _thresholds(rows: list[Finding], look: theme.Frame) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "threshold",
        "x": [f.threshold for f in rows],
        "y": list(range(len(rows))),
        "marker": {"symbol": "line-ns", "size": 15, "line": {"width": 2, "color": look.text}},
        "hoverinfo": "skip",
    }


def _left(rows: list[Finding]) -> int:
    """Pixels left of the bars, for the longest label."""
    return max(_LEFT_PX, round(14 + _LETTER_PX * max((len(f.label) for f in rows), default=0)))


def _layout(rows: list[Finding], selected: str | None, look: theme.Frame) -> dict[str, Any]:
    half = _BAR / 2
    tracks = [
        {
            "type": "rect",
            "layer": "below",
            "x0": 0,
            "x1": 1,
            "y0": n - half,
            "y1": n + half,
            "fillcolor": look.track,
            "line": {"width": 0},
        }
        for n in range(len(rows))
    ]
    still = {"showgrid": False, "zeroline": False, "showticklabels": False, "fixedrange": True}
    return {
        "template": {},
        "height": 2 * _EDGE_PX + _ROW_PX * max(1, len(rows)),
        "margin": {"l": _left(rows), "r": 54, "t": _EDGE_PX, "b": _EDGE_PX},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": theme.SANS, "size": 13, "color": look.text},
        "showlegend": False,
        "bargap": 0,
        "dragmode": False,
        "modebar": {"remove": [*theme.UPLOADS, "zoom", "pan", "zoomin", "zoomout", "autoscale", "resetscale"]},
        "shapes": tracks,
        "annotations": [text for n, f in enumerate(rows) for text in _texts(n, f, selected, look)],
        "xaxis": still | {"range": [-0.005, 1.005]},
        "yaxis": still | {"range": [len(rows) - 0.5, -0.5]},
        "hoverlabel": {"font": {"family": theme.SANS}},
    }


def _texts(row: int, finding: Finding, selected: str | None, look: theme.Frame) -> list[dict[str, Any]]:
    """The label at the left, the probability at the right, and a warning where training saw too few."""
    colour = look.accent if finding.label == selected else look.text if finding.positive else look.muted
    shared = {"y": row, "yref": "y", "yanchor": "middle", "showarrow": False, "font": {"color": colour}}
    strong = finding.positive or finding.label == selected
    name, figure = (f"<b>{text}</b>" if strong else text for text in (finding.label, f"{finding.probability:.2f}"))
    texts = [
        shared | {"x": 0, "xref": "paper", "xanchor": "right", "xshift": -8, "text": name},
        shared | {"x": 1, "xref": "paper", "xanchor": "left", "xshift": 8, "text": figure},
    ]
    if not finding.trusted:
        right = {
            "x": 1,
            "xref": "x",
            "xanchor": "right",
            "xshift": -4,
            "text": "<i>too few to trust</i>",
            "bgcolor": look.track,
        }
        texts.append(shared | right | {"font": {"color": look.muted, "size": 11}})
    return texts
