"""RR intervals as pictures: the tachogram, the trend of the heart rate, and the Poincaré plot."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from ecgviz.plot import theme
from ecgviz.plot._axes import layout
from ecgviz.plot._rhythm import ALWAYS_SEEN, clicked, clock_ticks, groups, mark, spread
from ecgviz.results import Event, RRSeries

__all__ = ["clicked", "poincare", "poincare_alt", "tachogram", "tachogram_alt", "trend", "trend_alt"]

HEIGHT_PX = 250
_COLUMNS = 600
_MOST_POINTS = 3000
Window = tuple[float, float]


def tachogram(rr: RRSeries, window: Window | None = None, *, frame: str = "light") -> go.Figure:
    """Each RR interval in ms at the beat that ends it, marked by that beat's class; hollow where it is no NN interval.

    window: the detail window, shaded. Of a long recording the longest and the shortest interval of each class in each
    of 600 columns are drawn. customdata: place of the later beat in its series.
    """
    traces = []
    for label, own in groups(rr.labels):
        for normal in (True, False):
            some = own[rr.normal[own] == normal]
            some = some[spread(rr.end_s[some], rr.rr_s[some], _COLUMNS)]
            if some.size:
                traces.append(_dots(rr, some, label, frame, hollow=not normal))
    return go.Figure(traces, _over_time(rr, "RR (ms)", window, frame))


def _dots(rr: RRSeries, own: NDArray[np.intp], label: str | None, frame: str, *, hollow: bool) -> dict[str, Any]:
    style = mark(label)
    colour = style.colour(frame)
    symbol = f"{style.symbol.removesuffix('-open')}-open" if hollow else style.symbol
    name = f"{label or ''} {style.name}".strip() + (", not NN" if hollow else "")
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": rr.end_s[own],
        "y": (1000 * rr.rr_s[own]).astype(np.float32),
        "customdata": (own + 1).astype(np.int32),
        "hovertemplate": "%{y:.0f} ms<extra>" + name + "</extra>",
        "marker": {"symbol": symbol, "size": 4 if label == "N" else 7, "color": colour},
    } | ALWAYS_SEEN


def _over_time(rr: RRSeries, title: str, window: Window | None, frame: str) -> dict[str, Any]:
    """A layout whose x axis is the recording in clock time, the window shaded."""
    look = theme.FRAMES[frame]
    found = layout("", title, frame, HEIGHT_PX)
    begin, end = (float(rr.end_s[0] - rr.rr_s[0]), float(rr.end_s[-1])) if rr.rr_s.size else (0.0, 1.0)
    found["xaxis"] |= clock_ticks(begin, end) | {"range": [begin, end], "showgrid": False}
    found |= {"hovermode": "closest", "clickmode": "event+select", "margin": {"l": 60, "r": 12, "t": 28, "b": 28}}
    if window is not None:
        shade = {"type": "rect", "x0": window[0], "x1": window[1], "yref": "paper", "y0": 0, "y1": 1, "layer": "below"}
        found["shapes"] = [
            shade | {"fillcolor": theme.rgba(look.accent, 0.2), "line": {"color": look.accent, "width": 1}}
        ]
    return found


def tachogram_alt(rr: RRSeries) -> str:
    """The tachogram in words."""
    if not rr.rr_s.size:
        return "RR intervals: none."
    ms = 1000 * rr.rr_s
    low, middle, high = ms.min(), np.median(ms), ms.max()
    return (
        f"{ms.size} RR intervals, {rr.normal.mean():.0%} of them NN: shortest {low:.0f} ms, median {middle:.0f} ms, "
        f"longest {high:.0f} ms."
    )


def trend(
    rr: RRSeries,
    rate: NDArray[np.float64],
    events: Sequence[Event] = (),
    window: Window | None = None,
    *,
    frame: str = "light",
) -> go.Figure:
    """The heart rate over the recording, with AF episodes as bars along the foot.

    rate: beats per minute at each interval's end, NaN across gaps (`signals.rr.heart_rate`).
    """
    look = theme.FRAMES[frame]
    some = spread(rr.end_s, np.nan_to_num(rate), _COLUMNS)
    line: dict[str, Any] = {
        "type": "scatter",
        "mode": "lines+markers",
        "name": "heart rate",
        "x": rr.end_s[some],
        "y": rate[some].astype(np.float32),
        "customdata": (some + 1).astype(np.int32),
        "line": {"color": theme.SERIES[0], "width": 1.5},
        "marker": {"size": 3, "color": theme.SERIES[0]},
        "connectgaps": False,
        "hovertemplate": "%{y:.0f}/min<extra></extra>",
    } | ALWAYS_SEEN
    found = _over_time(rr, "Heart rate (/min)", window, frame)
    known = rate[np.isfinite(rate)]
    low, high = (min(40.0, float(known.min()) - 5), max(120.0, float(known.max()) + 5)) if known.size else (40.0, 120.0)
    found["yaxis"] |= {"range": [low, high]}
    found["showlegend"] = False
    x = [at for e in events if e.kind == "af" for at in (e.start_s, e.end_s, np.nan)]
    bar: dict[str, Any] = {
        "type": "scatter",
        "mode": "lines",
        "name": "atrial fibrillation",
        "x": x,
        "y": [low] * len(x),
    }
    bar |= {"line": {"color": look.accent, "width": 10}, "hovertemplate": "atrial fibrillation<extra></extra>"}
    return go.Figure([line, bar], found)


def trend_alt(rate: NDArray[np.float64], events: Sequence[Event] = ()) -> str:
    """The trend in words."""
    known = rate[np.isfinite(rate)]
    if not known.size:
        return "Heart rate: not known."
    episodes = [e for e in events if e.kind == "af"]
    af = f" {len(episodes)} episodes of atrial fibrillation." if episodes else " No episode of atrial fibrillation."
    return f"Heart rate {known.min():.0f} to {known.max():.0f}/min, median {np.median(known):.0f}/min.{af}"


def poincare(rr: RRSeries, values: Mapping[str, float] | None = None, *, frame: str = "light") -> go.Figure:
    """Each RR interval against the one before, marked by the class of the beat that ends the pair.

    values: of `signals.hrv.HRV`, whose SD1, SD2 and mean are drawn as an ellipse. Of a long recording one point stands
    for those that lie together. customdata: place of the last beat in its series.
    """
    look = theme.FRAMES[frame]
    first, second = 1000 * rr.rr_s[:-1], 1000 * rr.rr_s[1:]
    traces: list[dict[str, Any]] = []
    for label, own in groups(rr.labels[1:]):
        traces.append(_pairs(first, second, _apart(first, second, own), label, frame))
    low, high = _limits(1000 * rr.rr_s)
    diagonal: dict[str, Any] = {"type": "scatter", "mode": "lines", "name": "equal", "x": [low, high], "y": [low, high]}
    diagonal |= {"line": {"color": look.muted, "width": 1, "dash": "dot"}, "hoverinfo": "skip", "showlegend": False}
    ellipse = [_ellipse(values, look)] if values and {"mean_nn_ms", "sd1_ms", "sd2_ms"} <= values.keys() else []
    found = layout("RR (ms)", "next RR (ms)", frame, 380)
    both: dict[str, Any] = {"range": [low, high], "constrain": "domain"}
    found["xaxis"] |= both
    found["yaxis"] |= both | {"scaleanchor": "x", "scaleratio": 1}
    found |= {"hovermode": "closest", "clickmode": "event+select"}
    found["modebar"] = {"remove": list(theme.UPLOADS), "bgcolor": "rgba(0,0,0,0)"}
    return go.Figure([diagonal, *traces, *ellipse], found)


def _limits(ms: NDArray[np.float64]) -> tuple[float, float]:
    """Both axes' range: all intervals but the few that are far longer than the others."""
    if not ms.size:
        return 0.0, 2000.0
    longest = min(float(ms.max()), max(1.3 * float(np.percentile(ms, 99.5)), 1000.0))
    return max(0.0, float(ms.min()) - 60), longest + 60


def _apart(first: NDArray[np.float64], second: NDArray[np.float64], own: NDArray[np.intp]) -> NDArray[np.intp]:
    """Of points that share a square, one; the square grows until few enough are left."""
    kept, side = own, 4.0
    while kept.size > _MOST_POINTS:
        square = np.floor(first[own] / side).astype(np.int64) * 1_000_000 + np.floor(second[own] / side).astype(
            np.int64
        )
        kept = own[np.unique(square, return_index=True)[1]]
        side *= 1.5
    return kept


def _pairs(
    first: NDArray[np.float64], second: NDArray[np.float64], own: NDArray[np.intp], label: str | None, frame: str
) -> dict[str, Any]:
    style = mark(label)
    return {
        "type": "scatter",
        "mode": "markers",
        "name": f"{label or ''} {style.name}".strip(),
        "x": first[own].astype(np.float32),
        "y": second[own].astype(np.float32),
        "customdata": (own + 2).astype(np.int32),
        "hovertemplate": "%{x:.0f} ms, then %{y:.0f} ms<extra>" + (label or "") + "</extra>",
        "marker": {
            "symbol": style.symbol,
            "size": 4 if label == "N" else 6,
            "color": style.colour(frame),
            "opacity": 0.7,
        },
        "selected": {"marker": {"opacity": 1}},
        "unselected": {"marker": {"opacity": 0.25}},
    }


def _ellipse(values: Mapping[str, float], look: theme.Frame) -> dict[str, Any]:
    """One SD1 across and one SD2 along the diagonal, around the mean."""
    turn = np.linspace(0, 2 * np.pi, 73)
    along, across = values["sd2_ms"] * np.cos(turn), values["sd1_ms"] * np.sin(turn)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": f"SD1 {values['sd1_ms']:.0f} ms, SD2 {values['sd2_ms']:.0f} ms",
        "x": (values["mean_nn_ms"] + (along - across) / np.sqrt(2)).astype(np.float32),
        "y": (values["mean_nn_ms"] + (along + across) / np.sqrt(2)).astype(np.float32),
        "line": {"color": look.accent, "width": 2},
        "hoverinfo": "skip",
    }


def poincare_alt(rr: RRSeries, values: Mapping[str, float] | None = None) -> str:
    """The Poincaré plot in words."""
    text = f"Poincaré plot of {max(rr.rr_s.size - 1, 0)} pairs of RR intervals."
    if values and "sd1_ms" in values:
        text += (
            f" NN intervals spread {values['sd1_ms']:.0f} ms across and {values['sd2_ms']:.0f} ms along the diagonal."
        )
    return text
