"""A long recording at a glance: one lead from end to end with its events, beats and the window shown in detail."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from ecgviz.plot import theme
from ecgviz.plot._rhythm import ALWAYS_SEEN, CLASSES, clicked, clock, clock_ticks, counted, extremes
from ecgviz.record import Record
from ecgviz.results import BeatSeries, Event

__all__ = ["EVENT_SYMBOLS", "HEIGHT_PX", "LANES", "clicked", "overview", "overview_alt"]

HEIGHT_PX = 240
"""Height of the overview, whatever it shows."""
LANES = ("AF", "Events", "S", "V", "F", "Q")
EVENT_SYMBOLS: dict[str, str] = {
    "pause": "hourglass",
    "no_signal": "x-thin",
    "ventricular_flutter": "bowtie",
    "ventricular_run": "square",
    "couplet": "square-open",
    "bigeminy": "diamond-wide-open",
    "trigeminy": "star-triangle-up-open",
    "supraventricular_run": "triangle-up",
    "supraventricular_couplet": "triangle-up-open",
    "bradycardia": "triangle-left-open",
    "tachycardia": "triangle-right-open",
    "longest_rr": "line-ew",
    "shortest_rr": "line-ns",
}
_BINS, _COLUMNS, _MOST_EVENTS = 1200, 400, 200
_TRACE_SHARE = 0.56
_TALLEST = 4.0


def overview(
    record: Record,
    lead: str,
    window: tuple[float, float],
    events: Sequence[Event],
    beats: BeatSeries,
    *,
    frame: str = "light",
) -> go.Figure:
    """One lead from end to end with every extreme, the detail window shaded, events and beats other than N below.

    window: start and end of the detail in seconds. Where many events or beats of a kind fall together, one stands for
    them. A click anywhere selects a point that `clicked` reads. Raises RecordError for an unknown lead.
    """
    look = theme.FRAMES[frame]
    line, low, high = _trace(record, lead, look)
    pitch = (high - low) * (1 / _TRACE_SHARE - 1) / (len(LANES) + 0.6)
    heights = {lane: low - (n + 0.8) * pitch for n, lane in enumerate(LANES)}
    span = (record.start_s, record.start_s + record.seconds)
    bottom = heights[LANES[-1]] - 0.8 * pitch
    traces = [
        _clicks(span, bottom, high),
        line,
        _af(events, span, heights["AF"], look),
        *_events(events, span, heights["Events"], look),
        *_beats(beats, span, heights, frame),
        _pointer(window, high, look),
    ]
    return go.Figure(traces, _layout(record, lead, window, (bottom, high), heights, frame))


def _trace(record: Record, lead: str, look: theme.Frame) -> tuple[dict[str, Any], float, float]:
    """The lead as a line through its extremes, and the mV that the strip spans: all but artefacts."""
    values, width = extremes(record[lead], _BINS)
    line = {
        "type": "scatter",
        "mode": "lines",
        "name": lead,
        "x0": record.start_s + (width / 2 - 0.5) / 2 / record.fs,
        "dx": width / 2 / record.fs,
        "y": values,
        "line": {"color": look.text, "width": 0.8},
        "hoverinfo": "skip",
        "connectgaps": False,
    }
    known = values[np.isfinite(values)]
    if not known.size or known.min() == known.max():
        return line, -1.0, 1.0
    low, middle, high = (float(v) for v in np.percentile(known, [10, 50, 90]))
    reach = _TALLEST * (high - low)
    return line, max(float(known.min()), middle - reach), min(float(known.max()), middle + reach)


def _clicks(span: tuple[float, float], bottom: float, top: float) -> dict[str, Any]:
    """Markers that cannot be seen, all over the strip, because a line answers to no click."""
    at = np.linspace(*span, 301)
    rows = np.linspace(bottom, top, 6)[1:-1]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "places",
        "x": np.tile(at, rows.size).astype(np.float32),
        "y": np.repeat(rows, at.size).astype(np.float32),
        "marker": {"size": 52},
        "opacity": 0,
        "hoverinfo": "none",
    }


def _af(events: Sequence[Event], span: tuple[float, float], height: float, look: theme.Frame) -> dict[str, Any]:
    """Atrial fibrillation as bars; those closer than a column are drawn as one."""
    column = (span[1] - span[0]) / _COLUMNS
    bars: list[list[float]] = []
    for event in sorted((e for e in events if e.kind == "af"), key=lambda e: e.start_s):
        if bars and event.start_s - bars[-1][1] < column:
            bars[-1][1] = max(bars[-1][1], event.end_s)
        else:
            bars.append([event.start_s, event.end_s])
    x = np.array([[start, end, np.nan] for start, end in bars], np.float32).ravel()
    return {
        "type": "scatter",
        "mode": "lines",
        "name": "atrial fibrillation",
        "x": x,
        "y": np.full(x.size, height, np.float32),
        "line": {"color": look.accent, "width": 9},
        "hoverinfo": "skip",
    }


def _thinned(events: Sequence[Event], span: tuple[float, float]) -> list[Event]:
    """At most so many events: of those of a kind that fall into one column, the longest."""
    columns = 4 * _MOST_EVENTS
    kept = list(events)
    while len(kept) > _MOST_EVENTS:
        columns //= 2
        longest: dict[tuple[str, int], Event] = {}
        for event in sorted(events, key=lambda e: e.end_s - e.start_s):
            longest[event.kind, int((event.start_s - span[0]) / (span[1] - span[0]) * columns)] = event
        kept = list(longest.values())
    return kept


def _events(
    events: Sequence[Event], span: tuple[float, float], height: float, look: theme.Frame
) -> list[dict[str, Any]]:
    """A marker at the start of each event and a thin line along its length."""
    shown = _thinned([event for event in events if event.kind != "af"], span)
    colours = {"high": look.alert, "medium": look.text, "low": look.muted}
    x = np.array([[e.start_s, e.end_s, np.nan] for e in shown], np.float32).ravel()
    along = {"type": "scatter", "mode": "lines", "name": "length of events", "x": x, "hoverinfo": "skip"}
    along |= {"y": np.full(x.size, height, np.float32), "line": {"color": look.muted, "width": 2}}
    at = {
        "type": "scatter",
        "mode": "markers",
        "name": "events",
        "x": np.array([e.start_s for e in shown]),
        "y": np.full(len(shown), height, np.float32),
        "text": [f"{clock(e.start_s)}  {e.text}" for e in shown],
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {
            "symbol": [EVENT_SYMBOLS.get(e.kind, "circle") for e in shown],
            "color": [colours[e.severity] for e in shown],
            "size": [10 if e.severity == "high" else 8 for e in shown],
            "line": {"width": 1.3, "color": [colours[e.severity] for e in shown]},
        },
    }
    return [along, at | ALWAYS_SEEN]


def _beats(beats: BeatSeries, span: tuple[float, float], heights: dict[str, float], frame: str) -> list[dict[str, Any]]:
    """A mark for each beat of class S, V, F and Q on the lane of its class, at most one in each column."""
    labels = np.array([label or "" for label in beats.labels], dtype="<U1")
    column = ((beats.times_s - span[0]) / (span[1] - span[0]) * _COLUMNS).astype(np.int64)
    traces = []
    for label in (lane for lane in LANES if lane in CLASSES):
        own = np.flatnonzero(labels == label)
        own = own[np.unique(column[own], return_index=True)[1]]
        look = CLASSES[label]
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": f"{label} {look.name}",
                "x": beats.times_s[own].astype(np.float32),
                "y": np.full(own.size, heights[label], np.float32),
                "customdata": own.astype(np.int32),
                "hovertemplate": f"{label} {look.name}<extra></extra>",
                "marker": {"symbol": look.symbol, "size": 7, "color": look.colour(frame)},
            }
            | ALWAYS_SEEN
        )
    return traces


def _pointer(window: tuple[float, float], top: float, look: theme.Frame) -> dict[str, Any]:
    """A mark at the head of the detail window, which itself is thinner than a pixel in a day's recording."""
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "window shown",
        "x": [sum(window) / 2],
        "y": [top],
        "marker": {"symbol": "triangle-down", "size": 11, "color": look.accent},
        "hoverinfo": "skip",
        "cliponaxis": False,
    } | ALWAYS_SEEN


def _layout(
    record: Record,
    lead: str,
    window: tuple[float, float],
    extent: tuple[float, float],
    heights: dict[str, float],
    frame: str,
) -> dict[str, Any]:
    look = theme.FRAMES[frame]
    begin, end = record.start_s, record.start_s + record.seconds
    shade = {"type": "rect", "x0": window[0], "x1": window[1], "yref": "paper", "y0": 0, "y1": 1, "layer": "below"}
    shade |= {"fillcolor": theme.rgba(look.accent, 0.2), "line": {"color": look.accent, "width": 1.2}}
    plain = {"showgrid": False, "zeroline": False, "fixedrange": True, "linecolor": look.rule, "tickcolor": look.rule}
    scale = [at for at in (0.0, 1.0) if extent[0] < at < extent[1] and at >= max(heights.values())]
    return {
        "template": {},
        "height": HEIGHT_PX,
        "margin": {"l": 52, "r": 12, "t": 14, "b": 26},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": theme.SANS, "size": 12, "color": look.text},
        "showlegend": False,
        "hovermode": "closest",
        "hoverlabel": {"font": {"family": theme.SANS}},
        "clickmode": "event+select",
        "dragmode": False,
        "shapes": [shade],
        "xaxis": plain | clock_ticks(begin, end) | {"range": [begin, end], "showline": True, "ticks": "outside"},
        "yaxis": plain
        | {
            "range": list(extent),
            "tickmode": "array",
            "tickvals": [*heights.values(), *scale],
            "ticktext": [*heights, *(f"{at:g} mV" for at in scale)],
            "tickfont": {"size": 10},
        },
        "uirevision": f"{record.name}|{lead}",
    }


def overview_alt(
    record: Record, lead: str, window: tuple[float, float], events: Sequence[Event], beats: BeatSeries
) -> str:
    """The overview in words."""
    counts: dict[str, int] = {}
    for event in events:
        name = {"af": "atrial fibrillation"}.get(event.kind, event.kind.replace("_", " ").replace("rr", "RR"))
        counts[name] = counts.get(name, 0) + 1
    listed = ", ".join(f"{name} {n}" for name, n in sorted(counts.items())) or "none"
    return (
        f"Lead {lead} of {record.name} from {clock(record.start_s)} to {clock(record.start_s + record.seconds)}. "
        f"The detail shows {clock(window[0])} to {clock(window[1])}. Beats: {counted(beats.labels)}. Events: {listed}."
    )
