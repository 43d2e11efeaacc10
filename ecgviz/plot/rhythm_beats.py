"""The mean beat of each class with its spread, and samples of each class."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from ecgviz.plot import theme
from ecgviz.plot._rhythm import mark
from ecgviz.results import MeanBeat

__all__ = ["examples", "examples_alt", "mean_beats", "mean_beats_alt"]

HEIGHT_PX = 250
_EACH_S = 0.8
_POINT_S = 0.006


def mean_beats(beats: Sequence[MeanBeat], *, columns: int = 5, frame: str = "light") -> go.Figure:
    """A panel for each class: its mean beat and a band of one SD to each side; one scale for all.

    columns: panels side by side.
    """
    look = theme.FRAMES[frame]
    rows = max(1, -(-len(beats) // columns))
    across = min(columns, max(1, len(beats)))
    low, high = _range(beats)
    found = _plain(look, rows * HEIGHT_PX)
    data: list[dict[str, Any]] = []
    found["annotations"] = []
    for n, beat in enumerate(beats):
        row, column = divmod(n, columns)
        left, top = column / across, 1 - row / rows
        domain = [left + 0.012, (column + 1) / across - 0.012], [top - 1 / rows + 0.12 / rows, top - 0.14 / rows]
        name = str(n + 1) if n else ""
        found[f"xaxis{name}"] = _axis(look, domain[0], f"y{name}", [-0.2, 0, 0.2, 0.4], ["-0.2", "R", "0.2", "0.4 s"])
        found[f"xaxis{name}"]["range"] = [float(beat.times_s[0]), float(beat.times_s[-1])]
        found[f"yaxis{name}"] = _axis(look, domain[1], f"x{name}", None, None) | {"range": [low, high]}
        found[f"yaxis{name}"] |= {"ticksuffix": " mV", "showticklabels": column == 0}
        data += [trace | {"xaxis": f"x{name}", "yaxis": f"y{name}"} for trace in _panel(beat, frame)]
        found["annotations"].append(_head(beat, domain, look))
    return go.Figure(data, found)


def _range(beats: Sequence[MeanBeat]) -> tuple[float, float]:
    if not beats:
        return -1.0, 1.0
    low = min(float((beat.mean - beat.sd).min()) for beat in beats)
    high = max(float((beat.mean + beat.sd).max()) for beat in beats)
    return low - 0.15 * (high - low), high + 0.15 * (high - low)


def _panel(beat: MeanBeat, frame: str) -> list[dict[str, Any]]:
    """The band and the mean."""
    colour = mark(beat.label).colour(frame)
    both = np.concatenate([beat.times_s, beat.times_s[::-1]]).astype(np.float32)
    edge = np.concatenate([beat.mean + beat.sd, (beat.mean - beat.sd)[::-1]])
    band = {"x": both, "y": edge, "fill": "toself", "fillcolor": theme.rgba(colour, 0.25), "line": {"width": 0}}
    line = {"x0": float(beat.times_s[0]), "dx": float(beat.times_s[1] - beat.times_s[0]), "y": beat.mean}
    told = {"hovertemplate": "%{x:.3f} s  %{y:.2f} mV<extra></extra>", "line": {"color": colour, "width": 2.4}}
    shared = {"type": "scatter", "mode": "lines"}
    return [
        shared | band | {"name": f"SD of {beat.label}", "hoverinfo": "skip"},
        shared | line | told | {"name": f"mean of {beat.label}"},
    ]


def _head(beat: MeanBeat, domain: tuple[list[float], list[float]], look: theme.Frame) -> dict[str, Any]:
    style = mark(beat.label)
    many = f"{beat.count:,} beat{'' if beat.count == 1 else 's'}"
    few = f", mean of {beat.used}" if beat.used < beat.count else ""
    return {
        "text": f"<b>{beat.label}</b> {style.name}<br>{many}{few}",
        "x": domain[0][0],
        "y": domain[1][1],
        "xref": "paper",
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "bottom",
        "align": "left",
        "showarrow": False,
        "font": {"size": 12, "color": look.text},
    }


def _plain(look: theme.Frame, height: int) -> dict[str, Any]:
    return {
        "template": {},
        "height": height,
        "margin": {"l": 52, "r": 8, "t": 8, "b": 8},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": theme.SANS, "size": 12, "color": look.text},
        "showlegend": False,
        "hovermode": "closest",
        "modebar": {"remove": [*theme.UPLOADS, "select2d", "lasso2d", "autoscale"], "bgcolor": "rgba(0,0,0,0)"},
    }


def _axis(
    look: theme.Frame, domain: list[float], anchor: str, values: list[float] | None, texts: list[str] | None
) -> dict[str, Any]:
    ticks = {"tickvals": values, "ticktext": texts} if values is not None else {"nticks": 5}
    return {
        "domain": domain,
        "anchor": anchor,
        "gridcolor": look.rule,
        "linecolor": look.rule,
        "zeroline": False,
    } | ticks


def mean_beats_alt(beats: Sequence[MeanBeat]) -> str:
    """The mean beats in words."""
    if not beats:
        return "No beat has a class yet."
    parts = [
        f"{beat.label} {mark(beat.label).name}: {beat.count} beats, {beat.mean.min():.2f} to {beat.mean.max():.2f} mV, "
        f"SD {beat.sd.mean():.2f} mV"
        for beat in beats
    ]
    return f"Mean beat of each class in lead {beats[0].lead}. " + "; ".join(parts) + "."


def examples(beats: Sequence[MeanBeat], *, frame: str = "light") -> go.Figure:
    """Samples of each class, a row a class, all at one scale; a point's customdata is the second of its R."""
    look = theme.FRAMES[frame]
    low, high = _range(beats)
    found = _plain(look, 30 + 110 * max(1, len(beats)))
    data = [_row(beat, -n * (high - low), frame) for n, beat in enumerate(beats)]
    data += [_handles(beat, -n * (high - low)) for n, beat in enumerate(beats)]
    hidden = {"showgrid": False, "zeroline": False, "showline": False}
    found["xaxis"] = hidden | {"showticklabels": False}
    found["yaxis"] = hidden | {
        "tickvals": [-n * (high - low) for n in range(len(beats))],
        "ticktext": [f"<b>{beat.label}</b>" for beat in beats],
        "range": [low - (len(beats) - 1) * (high - low), high],
    }
    return go.Figure(data, found | {"clickmode": "event+select", "margin": {"l": 28, "r": 8, "t": 4, "b": 4}})


def _pitch(beat: MeanBeat) -> tuple[int, int, float]:
    """Every how many samples one is drawn, how many of those from one R to the next, and the seconds between them."""
    step = float(beat.times_s[1] - beat.times_s[0])
    every = max(1, int(_POINT_S / step))
    return every, round(_EACH_S / (step * every)), step * every


def _offsets(beat: MeanBeat) -> NDArray[np.float64]:
    """Seconds from the first sample's R to each sample's."""
    _, wide, step = _pitch(beat)
    return np.arange(len(beat.examples), dtype=np.float64) * wide * step


def _row(beat: MeanBeat, base: float, frame: str) -> dict[str, Any]:
    """The samples side by side as one line with gaps, at no more than a point in each pixel."""
    every, wide, step = _pitch(beat)
    shown = beat.examples[:, ::every]
    y = np.full((len(shown), wide), np.nan, np.float32)
    y[:, : shown.shape[1]] = shown + np.float32(base)
    line = {"color": mark(beat.label).colour(frame), "width": 1.4}
    place = {"x0": float(beat.times_s[0]), "dx": step, "y": y.ravel()}
    return {"type": "scatter", "mode": "lines", "name": beat.label, "hoverinfo": "skip", "line": line} | place


def _handles(beat: MeanBeat, base: float) -> dict[str, Any]:
    """A marker that cannot be seen on each sample, for a click."""
    return {
        "type": "scatter",
        "mode": "markers",
        "name": f"samples of {beat.label}",
        "x": _offsets(beat),
        "y": np.full(len(beat.examples), base, np.float32),
        "customdata": beat.examples_s,
        "hovertemplate": "%{customdata:.1f} s<extra>" + beat.label + "</extra>",
        "marker": {"size": 60},
        "opacity": 0,
    }


def examples_alt(beats: Sequence[MeanBeat]) -> str:
    """The samples in words."""
    return "Samples of each class: " + (", ".join(f"{len(b.examples)} of {b.label}" for b in beats) or "none") + "."
