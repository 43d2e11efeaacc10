"""Panels one below the other on one time axis: one record with the evidence of several models, or several records.

All panels are at the same paper scale and their axes move together: whoever zooms into a beat of one panel sees the
same beat of the same lead in all. A line across all panels follows the pointer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecgviz.plot import overlay, theme, tracing
from ecgviz.plot.layout import Sheet, arrange
from ecgviz.record import Record
from ecgviz.results import Attribution

__all__ = ["MOST_LEADS", "Panel", "panel", "stack"]

MOST_LEADS = 3
"""More would make the figure of four panels and their mean larger than 0.6 MB."""
FINEST_HZ = 500.0
HEAD_PX, FOOT_PX = 28, 58
_ROW_SHARE = 7 / 8


@dataclass(frozen=True, eq=False)
class Panel:
    """The traces of one panel, the layout of its sheet, and the pixels of one mV."""

    data: list[dict[str, Any]]
    layout: dict[str, Any]
    px_per_mv: float


def panel(
    record: Record,
    leads: Sequence[str],
    evidence: Attribution | None = None,
    apart: Attribution | None = None,
    *,
    strength: float = theme.MAX_ALPHA,
    style: str = "shade",
    palette: str = "purple",
    speed: float = 25,
    gain: float = 10,
    paper: str = "pink",
    start_s: float | None = None,
    width: int = 1280,
) -> Panel:
    """One to MOST_LEADS leads as rows; a score of 1 is drawn darkest, and hatched is where `apart` is above 0.

    The other keywords are those of `overlay.page`. Raises EcgvizError for a choice that is not offered, RecordError for
    a lead that the record lacks.
    """
    drawn = _thinned(record.pick(leads))
    where: dict[str, Any] = {"speed": speed, "gain": gain, "start_s": start_s, "width": width}
    sheet = arrange(drawn, "rows", **where)
    if evidence is None:
        figure = tracing.page(drawn, layout="rows", paper=paper, **where)
    else:
        look: dict[str, Any] = {"strength": strength, "style": style, "palette": palette, "full": 1.0}
        figure = overlay.page(drawn, evidence, layout="rows", paper=paper, **look, **where)
    raw = figure.to_dict()
    marks = [_hatch(sheet, apart, theme.PAPERS[paper])] if apart is not None else []
    data = [_quiet(trace) for trace in raw["data"] if trace.get("opacity") != 0]
    under = 0 if evidence is None else 1
    return Panel([*data[:under], *marks, *data[under:]], raw["layout"], sheet.px_per_mm * sheet.gain)


def _thinned(record: Record) -> Record:
    """The record at no more than FINEST_HZ, for the eye alone: every n-th sample."""
    every = int(np.ceil(record.fs / FINEST_HZ - 1e-9))
    if every == 1:
        return record
    return record.with_signal(record.signal[:, ::every], f"drawn with every {every}. sample", fs=record.fs / every)


def _quiet(trace: dict[str, Any]) -> dict[str, Any]:
    """The trace without text of its own: the pointer tells the time, and each number would be sent twice."""
    if trace.get("hoverinfo") == "skip":
        return trace
    bare = {key: value for key, value in trace.items() if key not in ("customdata", "hovertemplate")}
    return bare | {"hoverinfo": "x"}


def _hatch(sheet: Sheet, apart: Attribution, look: theme.Paper) -> dict[str, Any]:
    """One line around every stretch that is apart, filled with a hatching."""
    half = sheet.pitch_mv * _ROW_SHARE / 2
    x: list[float | None] = []
    y: list[float | None] = []
    for cell in sheet.cells:
        if cell.source not in apart.leads:
            continue
        for begin, end in _runs(apart.scores[apart.leads.index(cell.source)] > 0):
            left, right = (apart.start_s + (at - 0.5) / apart.fs for at in (begin, end))
            left, right = max(left, cell.start_s), min(right, cell.end_s)
            if left < right:
                x += [left, right, right, left, left, None]
                y += [cell.row_mv + up * half for up in (-1, -1, 1, 1, -1)] + [None]
    pattern = {"shape": "/", "fgcolor": look.trace, "fgopacity": 0.45, "size": 7, "solidity": 0.14}
    line = {"width": 0.6, "color": theme.rgba(look.trace, 0.45)}
    fill = {"fill": "toself", "fillcolor": "rgba(0,0,0,0)", "fillpattern": pattern, "line": line}
    return {"type": "scatter", "mode": "lines", "name": "apart", "x": x, "y": y, "hoverinfo": "skip"} | fill


def _runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and end of every stretch of True."""
    steps = np.flatnonzero(np.diff(np.pad(mask.astype(np.int8), 1)))
    return [(int(a), int(b)) for a, b in zip(steps[::2], steps[1::2], strict=True)]


def stack(panels: Sequence[tuple[str, Panel]], key: str, foot: str) -> dict[str, Any]:
    """The panels below each other as a figure's dictionary, each under its head line.

    key: while it stays, so does the reader's zoom; foot: the line below the time axis.
    """
    sheets = [one.layout for _, one in panels]
    xs, ys = ([sheet[axis]["range"] for sheet in sheets] for axis in ("xaxis", "yaxis"))
    across, up = ([min(r[0] for r in ranges), max(r[1] for r in ranges)] for ranges in (xs, ys))
    high = round(panels[0][1].px_per_mv * (up[1] - up[0]))
    whole = len(panels) * (high + HEAD_PX)
    layout = dict(sheets[0])
    layout |= {"height": whole + FOOT_PX, "margin": {"l": 0, "r": 0, "t": 0, "b": FOOT_PX, "pad": 0}}
    # calipers would be given back in the first panel only, so they are left to the Record page
    layout["modebar"] = layout["modebar"] | {"add": [], "orientation": "h"}
    layout |= {"hovermode": "x", "annotations": [], "uirevision": key}
    layout["xaxis"] = layout["xaxis"] | _time(f"y{len(panels)}" if len(panels) > 1 else "y", layout)
    layout["xaxis"] |= {"range": across, "uirevision": key}
    shared = layout["yaxis"] | {"range": up, "uirevision": key}
    for n, (head, _) in enumerate(panels):
        top = 1 - (n * (high + HEAD_PX) + HEAD_PX) / whole
        domain = {"domain": [max(0.0, top - high / whole), top]}
        follows = {"matches": "y"} if n else {}
        own = {k: v for k, v in shared.items() if not n or k not in ("scaleanchor", "scaleratio")}
        layout["yaxis" if n == 0 else f"yaxis{n + 1}"] = own | domain | follows
        layout["annotations"].append(_text(head, top, "bottom", 5, 13, layout["font"]["color"]))
    layout["annotations"].append(_text(foot, 0, "top", -26, 12, layout["modebar"]["color"]))
    data = [t | {"yaxis": "y" if n == 0 else f"y{n + 1}"} for n, (_, one) in enumerate(panels) for t in one.data]
    return {"data": data, "layout": layout}


def _time(anchor: str, layout: dict[str, Any]) -> dict[str, Any]:
    """The one time axis: seconds below the last panel, and the line that follows the pointer through all of them."""
    spike = {
        "showspikes": True,
        "spikemode": "across",
        "spikesnap": "cursor",
        "spikethickness": 1,
        "spikedash": "solid",
    }
    ticks = {"showticklabels": True, "ticklabelstep": 5, "ticksuffix": " s", "hoverformat": ".2f"}
    colour = layout["modebar"]["activecolor"]
    return {"anchor": anchor, "tickfont": {"size": 12}, "spikecolor": colour} | ticks | spike


def _text(text: str, y: float, anchor: str, shift: int, size: int, colour: str) -> dict[str, Any]:
    place = {"xref": "paper", "yref": "paper", "x": 0, "xanchor": "left", "y": y, "yanchor": anchor}
    look = {"showarrow": False, "xshift": 8, "yshift": shift, "text": text, "align": "left"}
    return place | look | {"font": {"size": size, "color": colour}}
