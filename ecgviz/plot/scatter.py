"""What a score costs: each model's score with its interval over its size or its time, named where there is room."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from ecgviz.card import Figure
from ecgviz.plot import theme
from ecgviz.plot._axes import layout

__all__ = ["Point", "against_score"]

HEIGHT = 380
LETTER_PX, LINE_PX, MARK_PX = 6.3, 15.0, 7.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 24, 20, 48
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Point:
    """One model: its name, a shorter one to stand beside its mark, what it costs, its score; chosen: stands out."""

    name: str
    short: str
    cost: float
    score: Figure
    chosen: bool = False


def against_score(
    points: Sequence[Point], cost: str, score: str, *, width: int = 560, frame: str = "light"
) -> go.Figure:
    """Score over cost (logarithmic); cost, score: axis titles; width: of the chart in px, to see which names fit."""
    look = theme.FRAMES[frame]
    found = layout(cost, score, frame, HEIGHT)
    found |= {"margin": {"l": _LEFT, "r": _RIGHT, "t": _TOP, "b": _BOTTOM}, "showlegend": False}
    spans = _span([math.log10(p.cost) for p in points], 0.12), _span(_ends(points), 0.08)
    found["xaxis"] |= {"type": "log", "range": list(spans[0]), "dtick": 1 if spans[0][1] - spans[0][0] > 1.2 else "D1"}
    found["yaxis"] |= {"range": list(spans[1]), "automargin": False, "nticks": 6}
    sizes = width - _LEFT - _RIGHT, HEIGHT - _TOP - _BOTTOM
    places = [
        (_at(math.log10(p.cost), spans[0]) * sizes[0], (1 - _at(p.score.value, spans[1])) * sizes[1]) for p in points
    ]
    found["annotations"] = _names(points, places, sizes, look)
    return go.Figure([_marks(points, score, look)], found)


def _ends(points: Sequence[Point]) -> list[float]:
    ends = [end for p in points for end in (p.score.low, p.score.value, p.score.high)]
    return [end for end in ends if end is not None]


def _span(values: Sequence[float], room: float) -> tuple[float, float]:
    low, high = min(values, default=0.0), max(values, default=1.0)
    edge = max(room * (high - low), 0.01)
    return low - edge, high + edge


def _at(value: float, span: tuple[float, float]) -> float:
    return (value - span[0]) / (span[1] - span[0])


def _marks(points: Sequence[Point], score: str, look: theme.Frame) -> dict[str, Any]:
    up = [(p.score.high or p.score.value) - p.score.value for p in points]
    down = [p.score.value - (p.score.low or p.score.value) for p in points]
    told = [
        f"{p.score.value:.3f}" + (f" ({p.score.low:.3f}–{p.score.high:.3f})" if p.score.low else "") for p in points
    ]
    bars = {"type": "data", "symmetric": False, "thickness": 1.2, "width": 0, "color": theme.rgba(look.muted, 0.6)}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [p.cost for p in points],
        "y": [p.score.value for p in points],
        "error_y": bars | {"array": up, "arrayminus": down},
        "marker": {"size": 11, "color": [look.accent if p.chosen else look.bar for p in points]},
        "customdata": [[p.name, value] for p, value in zip(points, told, strict=True)],
        "hovertemplate": "<b>%{customdata[0]}</b><br>" + score + " %{customdata[1]}, at %{x:,.3~g}<extra></extra>",
        "cliponaxis": False,
    }


def _names(
    points: Sequence[Point],
    places: Sequence[tuple[float, float]],
    size: tuple[float, float],
    look: theme.Frame,
) -> list[dict[str, Any]]:
    """Names beside their marks, the chosen model's and then the best first; one that would cover another stays out."""
    taken = [(x - MARK_PX, y - MARK_PX, x + MARK_PX, y + MARK_PX) for x, y in places]
    found = []
    for n in sorted(range(len(points)), key=lambda n: (not points[n].chosen, -points[n].score.value)):
        x, y = places[n]
        for anchor, box in _boxes(x, y, LETTER_PX * len(points[n].short)):
            inside = box[0] >= -_LEFT / 2 and box[2] <= size[0] + _RIGHT and box[1] >= -_TOP and box[3] <= size[1]
            if inside and not any(_overlap(box, other) for k, other in enumerate(taken) if k != n):
                taken.append(box)
                strong = {"size": 12, "color": look.text if points[n].chosen else look.muted}
                where = {"x": math.log10(points[n].cost), "y": points[n].score.value} | anchor
                found.append(where | {"text": points[n].short, "showarrow": False, "font": strong})
                break
    return found


def _boxes(x: float, y: float, wide: float) -> list[tuple[dict[str, Any], Box]]:
    """Where a name may stand, best first: right of the mark, left of it, above, below."""
    gap, half = MARK_PX + 3, LINE_PX / 2
    side, level = {"yanchor": "middle"}, {"xanchor": "center"}
    return [
        (side | {"xanchor": "left", "xshift": gap}, (x + gap, y - half, x + gap + wide, y + half)),
        (side | {"xanchor": "right", "xshift": -gap}, (x - gap - wide, y - half, x - gap, y + half)),
        (level | {"yanchor": "bottom", "yshift": gap}, (x - wide / 2, y - gap - LINE_PX, x + wide / 2, y - gap)),
        (level | {"yanchor": "top", "yshift": -gap}, (x - wide / 2, y + gap, x + wide / 2, y + gap + LINE_PX)),
    ]


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
