"""One beat as a model sees it, with the evidence under the trace and the padding hatched."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from ecgviz.plot import theme

__all__ = ["beat_with_heat", "beat_with_heat_alt"]

_BAND_SHARE = 0.22


def beat_with_heat(
    window: NDArray[np.floating],
    fs: float,
    heat: NDArray[np.floating],
    valid: NDArray[np.bool_] | None = None,
    *,
    start_s: float = 0.0,
    unit: str = "mV",
    signed: bool = False,
    paper: str = "pink",
    height: int = 300,
) -> go.Figure:
    """One beat as a model sees it, with the evidence under the trace and, as a band, below it.

    window, heat, valid: (samples,) at fs Hz, the first sample at start_s seconds from R; heat in any unit, its largest
    drawn darkest; valid: False where the window is padding, which is hatched and has no heat. signed: evidence against
    is purple and evidence for orange, else only positive heat is drawn, purple. unit: of the window.
    """
    look = theme.PAPERS[paper]
    inside = np.ones(window.size, dtype=bool) if valid is None else np.asarray(valid, dtype=bool)
    strength = np.where(inside, np.nan_to_num(heat), 0.0)
    strength = strength / (np.abs(strength).max(initial=0.0) or 1.0)
    strength = strength if signed else np.clip(strength, 0, 1)
    low, high = _beat_range(window[inside])
    data = [
        _shade(strength, fs, start_s, (low, high), look, signed=signed),
        *_band(strength, fs, start_s, (low, high), look, signed=signed),
        *_padding(inside, fs, start_s, (low, high), look),
        _beat_line(np.where(inside, window, np.nan), fs, start_s, unit, look),
    ]
    return go.Figure(data, _beat_layout(window.size, fs, start_s, (low, high), look, unit, height))


def _beat_range(values: NDArray[np.floating]) -> tuple[float, float]:
    low, high = (float(np.nanmin(values)), float(np.nanmax(values))) if np.isfinite(values).any() else (-1.0, 1.0)
    margin = 0.08 * (high - low) or 0.1
    return low - margin, high + margin


def _shade(
    strength: NDArray[np.floating],
    fs: float,
    start_s: float,
    span: tuple[float, float],
    look: theme.Paper,
    *,
    signed: bool,
) -> dict[str, Any]:
    """The evidence as colour behind the trace."""
    positive = theme.PALETTES["signed"].positive if signed else look.purple
    colours = [(0.0, theme.rgba(look.purple, theme.MAX_ALPHA)), (0.5, theme.rgba(look.purple, 0.0))]
    colours += [
        (0.5, theme.rgba(positive or look.purple, 0.0)),
        (1.0, theme.rgba(positive or look.purple, theme.MAX_ALPHA)),
    ]
    return {
        "type": "heatmap",
        "name": "evidence",
        "z": np.rint(127 * strength).astype(np.int8)[None],
        "x0": start_s,
        "dx": 1 / fs,
        "y": [span[0], span[1]],
        "zmin": -127,
        "zmax": 127,
        "zsmooth": False,
        "colorscale": colours,
        "showscale": False,
        "hoverinfo": "skip",
    }


def _band(
    strength: NDArray[np.floating],
    fs: float,
    start_s: float,
    span: tuple[float, float],
    look: theme.Paper,
    *,
    signed: bool,
) -> list[dict[str, Any]]:
    """The evidence as height below the trace, so that a grey print keeps it."""
    floor, room = span[0], _BAND_SHARE * (span[1] - span[0])
    sides = [(np.clip(strength, 0, 1), theme.PALETTES["signed"].positive if signed else look.purple)]
    sides += [(np.clip(-strength, 0, 1), look.purple)] if signed else []
    traces = []
    for part, colour in sides:
        x = start_s + np.arange(part.size) / fs
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": "strength of evidence",
                "x": np.concatenate([x, x[::-1]]).astype(np.float32),
                "y": np.concatenate([floor - room + 0.9 * room * part, np.full(part.size, floor - room)]).astype(
                    np.float32
                ),
                "fill": "toself",
                "fillcolor": theme.rgba(colour or look.purple, 0.75),
                "line": {"width": 0},
                "hoverinfo": "skip",
            }
        )
    return traces


def _padding(
    inside: NDArray[np.bool_], fs: float, start_s: float, span: tuple[float, float], look: theme.Paper
) -> list[dict[str, Any]]:
    """Hatching where the window holds no recording."""
    edges = np.flatnonzero(np.diff(np.pad((~inside).astype(np.int8), 1)))
    low, high = span[0] - _BAND_SHARE * (span[1] - span[0]), span[1]
    x: list[float] = []
    y: list[float] = []
    for first, stop in zip(edges[::2], edges[1::2], strict=True):
        left, right = start_s + (first - 0.5) / fs, start_s + (stop - 0.5) / fs
        x += [left, right, right, left, left, np.nan]
        y += [low, low, high, high, low, np.nan]
    if not x:
        return []
    pattern = {
        "shape": "/",
        "fgcolor": look.muted,
        "bgcolor": theme.rgba(look.muted, 0.12),
        "size": 8,
        "solidity": 0.12,
    }
    trace = {"type": "scatter", "mode": "lines", "name": "padding", "x": x, "y": y, "fill": "toself"}
    return [
        trace
        | {"fillpattern": pattern, "line": {"width": 0}, "text": "padding: no recording", "hoveron": "fills"}
        | {"hoverinfo": "text", "fillcolor": theme.rgba(look.muted, 0.12)}
    ]


def _beat_line(window: NDArray[np.floating], fs: float, start_s: float, unit: str, look: theme.Paper) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": "beat",
        "x0": start_s,
        "dx": 1 / fs,
        "y": window.astype(np.float32),
        "line": {"color": look.trace, "width": 2},
        "hovertemplate": "%{x:.3f} s  %{y:.2f} " + unit + "<extra></extra>",
    }


def _beat_layout(
    samples: int, fs: float, start_s: float, span: tuple[float, float], look: theme.Paper, unit: str, height: int
) -> dict[str, Any]:
    """Paper with a heavy line every 0.2 s and a light one every 0.04 s."""
    low = span[0] - _BAND_SHARE * (span[1] - span[0])
    shared = {"gridcolor": look.major, "linecolor": look.major, "showline": True, "mirror": True, "zeroline": False}
    seconds = {
        "tick0": 0,
        "dtick": 0.2,
        "tickformat": ".1f",
        "ticksuffix": " s",
        "minor": {"dtick": 0.04, "showgrid": True},
    }
    seconds["minor"] = {"dtick": 0.04, "showgrid": True, "gridcolor": look.minor}
    return {
        "template": {},
        "height": height,
        "margin": {"l": 56, "r": 8, "t": 8, "b": 28},
        "paper_bgcolor": look.background,
        "plot_bgcolor": look.background,
        "font": {"family": theme.SANS, "size": 12, "color": look.text},
        "showlegend": False,
        "hovermode": "closest",
        "modebar": {"remove": [*theme.UPLOADS, "select2d", "lasso2d", "autoscale"], "bgcolor": "rgba(0,0,0,0)"},
        "xaxis": shared | seconds | {"range": [start_s - 0.5 / fs, start_s + (samples - 0.5) / fs]},
        "yaxis": shared | {"range": [low, span[1]], "ticksuffix": f" {unit}".rstrip(), "nticks": 6},
    }


def beat_with_heat_alt(
    heat: NDArray[np.floating], fs: float, valid: NDArray[np.bool_] | None = None, *, start_s: float = 0.0
) -> str:
    """The evidence on one beat in words: where its strongest half lies."""
    strength = np.clip(np.nan_to_num(heat), 0, None) * (1 if valid is None else valid)
    if not strength.any():
        return "One beat; no evidence for this class."
    order = np.argsort(-strength)
    half = order[: int(np.searchsorted(np.cumsum(strength[order]), strength.sum() / 2)) + 1]
    first, last = start_s + half.min() / fs, start_s + half.max() / fs
    top = start_s + int(strength.argmax()) / fs
    span = f"half of it lies from {first:+.2f} to {last:+.2f} s"
    return f"One beat; the evidence is strongest {top:+.2f} s from R, and {span}."
