"""Ten seconds of a long recording on ECG paper, the class of each beat above its R, each place ready for a click."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from ecgviz.plot import overlay, theme, tracing
from ecgviz.plot._rhythm import ALWAYS_SEEN, clicked, clock, counted, groups, mark
from ecgviz.plot.layout import Sheet, arrange
from ecgviz.record import Record
from ecgviz.results import Attribution, BeatSeries

__all__ = ["clicked", "detail", "detail_alt"]

FINEST_HZ = 500.0
_LANE_MM = 12.0
_PLACES_S = 0.02
_CHOSEN_S = 0.14


def detail(
    record: Record,
    leads: Sequence[str],
    start_s: float,
    beats: BeatSeries,
    *,
    seconds: float = 10.0,
    suggested: Sequence[str | None] | None = None,
    probabilities: Sequence[float] | NDArray[np.floating] | None = None,
    heat: Attribution | None = None,
    selected: int | None = None,
    speed: float = 25,
    gain: float = 10,
    paper: str = "pink",
    width: int = 1280,
) -> go.Figure:
    """Some seconds of the leads as rows on ECG paper, with the class of each beat above its R.

    suggested: for each beat a model's class, drawn hollow and with a question mark where it is another one than the
    beat's own; probabilities: of the model's class, (beats,); heat: evidence under the trace; selected: a beat to point
    out. A click selects a point that `clicked` reads. The other keywords are those of `tracing.page`.
    Raises EcgvizError for a choice that is not offered, RecordError for an unknown lead.
    """
    cut = _cut(record, leads, start_s, seconds)
    where: dict[str, Any] = {"layout": "rows", "speed": speed, "gain": gain, "seconds": seconds, "width": width}
    sheet = arrange(cut, **where)
    head = f"{clock(sheet.start_s, 1)} to {clock(sheet.start_s + sheet.seconds, 1)}"
    if heat is None:
        raw = tracing.page(cut, paper=paper, title=head, **where).to_dict()
    else:
        raw = overlay.page(cut, heat, paper=paper, title=head, **where).to_dict()
    look, top = theme.PAPERS[paper], sheet.y_range[1]
    shown = np.flatnonzero((beats.times_s >= sheet.start_s) & (beats.times_s <= sheet.start_s + sheet.seconds))
    data = [_bare(trace) for trace in raw["data"] if trace.get("opacity") != 0]
    data += [_guides(beats, shown, sheet, look), _places(cut, sheet)]
    data += _marks(beats, shown, suggested, probabilities, top + 3.2 / gain, look)
    data += [_hollow(beats, shown, suggested, top + 3.2 / gain, look)] if suggested is not None else []
    chosen = None if selected is None else float(beats.times_s[selected])
    return go.Figure(data, _layout(raw["layout"], sheet, chosen, look))


def _cut(record: Record, leads: Sequence[str], start_s: float, seconds: float) -> Record:
    """The window alone, moved so that it lies in the record, at no more than FINEST_HZ: the rest is never touched."""
    samples = min(record.samples, max(2, round(seconds * record.fs)))
    first = min(max(round((start_s - record.start_s) * record.fs), 0), record.samples - samples)
    every = int(np.ceil(record.fs / FINEST_HZ - 1e-9))
    rows = np.stack([record[lead][first : first + samples : every] for lead in leads])
    begin = record.start_s + first / record.fs
    return replace(record, signal=rows, leads=tuple(leads), fs=record.fs / every, start_s=begin)


def _bare(trace: dict[str, Any]) -> dict[str, Any]:
    """A trace that leaves the pointer to the markers."""
    kept = {key: value for key, value in trace.items() if key not in ("customdata", "hovertemplate")}
    return kept | {"hoverinfo": "skip"}


def _places(cut: Record, sheet: Sheet) -> dict[str, Any]:
    """Markers that cannot be seen along each trace: they tell time and mV, and answer to a click between beats."""
    every = max(1, round(_PLACES_S * cut.fs))
    x, y, mv = [], [], []
    for cell in sheet.cells:
        values = cell.values(cut)[::every]
        at = cut.start_s + (cell.first + every * np.arange(values.size)) / cut.fs
        known = np.isfinite(values)
        x.append(at[known])
        mv.append(values[known])
        y.append(values[known] + np.float32(cell.row_mv - cell.offset_mv))
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "places",
        "x": np.concatenate(x),
        "y": np.concatenate(y),
        "text": np.concatenate(mv),
        "hovertemplate": "%{x:.3f} s  %{text:.2f} mV<extra></extra>",
        "marker": {"size": 12},
        "opacity": 0,
    }


def _guides(beats: BeatSeries, shown: NDArray[np.intp], sheet: Sheet, look: theme.Paper) -> dict[str, Any]:
    """A fine line through all leads at each beat that is not normal."""
    x = [at for k in shown if beats.labels[k] in ("S", "V", "F") for at in (beats.times_s[k], beats.times_s[k], np.nan)]
    y = [*sheet.y_range, np.nan] * (len(x) // 3)
    line = {"color": theme.rgba(look.muted, 0.55), "width": 1, "dash": "dot"}
    return {"type": "scatter", "mode": "lines", "name": "guides", "x": x, "y": y, "line": line, "hoverinfo": "skip"}


def _marks(
    beats: BeatSeries,
    shown: NDArray[np.intp],
    suggested: Sequence[str | None] | None,
    probabilities: Sequence[float] | NDArray[np.floating] | None,
    height: float,
    look: theme.Paper,
) -> list[dict[str, Any]]:
    """The mark and the letter of each beat, one trace a class."""
    frame = "dark" if look is theme.PAPERS["night"] else "light"
    traces = []
    for label, within in groups([beats.labels[k] for k in shown]):
        own, style = shown[within], mark(label)
        colour = style.colour(frame)
        names = [_letters(label, suggested[int(k)] if suggested is not None else None) for k in own]
        told = [_told(int(k), beats, suggested, probabilities) for k in own]
        traces.append(
            {
                "type": "scatter",
                "mode": "markers+text",
                "name": f"beats {label or 'without class'}",
                "x": beats.times_s[own],
                "y": np.full(own.size, height, np.float32),
                "customdata": own.astype(np.int32),
                "text": names,
                "textposition": "top center",
                "textfont": {"family": theme.SANS, "size": 13, "color": colour},
                "hovertext": told,
                "hovertemplate": "%{hovertext}<extra></extra>",
                "marker": {"symbol": style.symbol, "size": 8, "color": colour},
            }
            | ALWAYS_SEEN
        )
    return traces


def _letters(label: str | None, other: str | None) -> str:
    own = label or "?"
    return f"<b>{own}</b>" if other is None or other == label else f"<b>{own}</b>→{other}?"


def _told(
    k: int,
    beats: BeatSeries,
    suggested: Sequence[str | None] | None,
    probabilities: Sequence[float] | NDArray[np.floating] | None,
) -> str:
    """What the pointer tells of a beat."""
    style = mark(beats.labels[k])
    text = f"beat {k + 1} at {beats.times_s[k]:.3f} s: {beats.labels[k] or ''} {style.name}".replace(":  ", ": ")
    if suggested is not None and suggested[k] is not None:
        sure = f" {probabilities[k]:.2f}" if probabilities is not None else ""
        text += f"<br>model: {suggested[k]}{sure}"
    return text


def _hollow(
    beats: BeatSeries, shown: NDArray[np.intp], suggested: Sequence[str | None], height: float, look: theme.Paper
) -> dict[str, Any]:
    """Around the mark of a beat, the hollow mark of the other class that the model suggests."""
    frame = "dark" if look is theme.PAPERS["night"] else "light"
    other = [int(k) for k in shown if suggested[k] is not None and suggested[k] != beats.labels[k]]
    styles = [mark(suggested[k]) for k in other]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "suggestions",
        "x": beats.times_s[other],
        "y": np.full(len(other), height, np.float32),
        "customdata": np.array(other, np.int32),
        "hoverinfo": "skip",
        "marker": {
            "symbol": [f"{style.symbol.removesuffix('-open')}-open" for style in styles],
            "size": 17,
            "color": [style.colour(frame) for style in styles],
            "line": {"width": 2},
        },
    } | ALWAYS_SEEN


def _layout(layout: dict[str, Any], sheet: Sheet, chosen_s: float | None, look: theme.Paper) -> dict[str, Any]:
    """The page's layout with a lane for the marks above the first row, and a column behind the chosen beat."""
    low, high = sheet.y_range
    height = sheet.height_px + round(_LANE_MM * sheet.px_per_mm)
    lane = layout["yaxis"] | {"range": [low, high + _LANE_MM / sheet.gain]}
    found = layout | {"height": height, "yaxis": lane, "clickmode": "event+select", "hoverdistance": 30}
    if chosen_s is not None:
        column = {"type": "rect", "x0": chosen_s - _CHOSEN_S, "x1": chosen_s + _CHOSEN_S, "yref": "paper"}
        fill = {"fillcolor": theme.rgba(look.caliper, 0.13), "line": {"width": 1.2, "color": look.caliper}}
        found["shapes"] = [column | fill | {"y0": 0, "y1": 1, "layer": "below"}]
    return found


def detail_alt(
    leads: Sequence[str],
    start_s: float,
    beats: BeatSeries,
    *,
    seconds: float = 10.0,
    suggested: Sequence[str | None] | None = None,
) -> str:
    """The detail in words."""
    shown = np.flatnonzero((beats.times_s >= start_s) & (beats.times_s <= start_s + seconds))
    labels = [beats.labels[k] for k in shown]
    text = f"{seconds:g} s of {', '.join(leads)} from {clock(start_s, 1)} on ECG paper. Beats: {counted(labels)}."
    early = [f"{beats.labels[k]} at {beats.times_s[k]:.1f} s" for k in shown if beats.labels[k] in ("S", "V", "F")]
    text += f" {', '.join(early[:8])}{' and more' if len(early) > 8 else ''}." if early else ""
    if suggested is not None:
        other = sum(suggested[int(k)] not in (None, beats.labels[k]) for k in shown)
        text += f" The model suggests another class for {other}."
    return text
