"""The clinical page: a record on ECG paper as one figure on one pair of axes, true to scale.

The x axis is record seconds and the y axis millivolts below the first row's baseline, so the grid, the calipers and any
overlay speak the same units as the record. Scale, calibration pulse and lead order follow AHA/ACCF/HRS 2007, part I.
"""

import re
import textwrap
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import plotly.graph_objects as go

from ecgviz import __version__
from ecgviz.errors import EcgvizError
from ecgviz.plot import theme
from ecgviz.plot.layout import FOOT_PX, GAINS, HEAD_PX, LAYOUTS, PULSE_S, SPEEDS, Cell, Layout, Sheet, arrange
from ecgviz.record import Record

__all__ = ["CONFIG", "GAINS", "LAYOUTS", "SPEEDS", "Cell", "Layout", "Sheet", "cells", "foot_line", "page"]

# For `config=` of whatever shows a figure: no logo, no zoom under a scrolling finger, and no way to upload a trace.
# Read-only, because Plotly takes entries out of what it is given.
CONFIG: Mapping[str, Any] = MappingProxyType(
    {"displaylogo": False, "scrollZoom": False, "showSendToCloud": False, "plotlyServerURL": ""}
)

# Up to so many samples (12 leads in columns at 500 Hz) each one carries hover text; a fuller sheet has it at fewer.
_CROWDED, _TOLD = 22_000, 9_000
_CALIPER = "%{width:.3s}s  %{height:.2f} mV"


def cells(record: Record, layout: str = "3x4+1", **where: Any) -> tuple[Cell, ...]:
    """The cells of the sheet that `page` draws with the same keywords; see `layout.arrange`."""
    return arrange(record, layout, **where).cells


def foot_line(record: Record, speed: float, gain: float) -> str:
    """The technical line of a printout: speed, gain, band, filters, sampling rate, format and version.

    NON-DIAGNOSTIC FILTER is added when the band, a filter or the sampling cannot show what AHA 2007 asks for.
    """
    band = _band(*record.provenance.band)
    parts = [f"{speed:g} mm/s", f"limb and chest {gain:g} mm/mV", band]
    parts += [f"filter {', '.join(record.provenance.filters)}"] if record.provenance.filters else []
    parts += [f"{record.fs:g} Hz sampling"]
    parts += [record.provenance.format] if record.provenance.format else []
    parts += [f"ecgviz {__version__}"] + (["NON-DIAGNOSTIC FILTER"] if _is_narrow(record) else [])
    return "   ".join(parts)


def _is_narrow(record: Record) -> bool:
    """Whether less than 0.05 to 150 Hz is left, the low end 0.67 Hz for the zero-phase filters of `provenance.filters`.

    Kligfield et al., Circulation 2007;115:1306-24.
    """
    low, high = record.provenance.band
    words = " ".join(record.provenance.filters)
    bands = re.findall(r"([\d.]+) ?[-–] ?([\d.]+) Hz", words)
    lows = [float(at) for at, _ in bands] + [float(at) for at in re.findall(r"([\d.]+) Hz high-pass", words)]
    highs = [float(at) for _, at in bands] + [float(at) for at in re.findall(r"([\d.]+) Hz low-pass", words)]
    recorded = (low is not None and low > 0.05) or (high is not None and high < 150) or record.fs < 300
    return recorded or max(lows, default=0) > 0.67 or min(highs, default=150) < 150


def _band(low: float | None, high: float | None) -> str:
    if low is None:
        return "band not stated" if high is None else f"up to {high:g} Hz"
    return f"from {low:g} Hz" if high is None else f"{low:g}–{high:g} Hz"


def page(
    record: Record,
    *,
    layout: str = "3x4+1",
    rhythm: Sequence[str] = ("II",),
    speed: float = 25,
    gain: float = 10,
    paper: str = "pink",
    start_s: float | None = None,
    seconds: float | None = None,
    footer: str = "",
    title: str = "",
    width: int = 1280,
) -> go.Figure:
    """The record on ECG paper.

    layout: a key of LAYOUTS; rhythm: one to three leads below a `+1` layout; speed mm/s, gain mm/mV, paper: a key of
    theme.PAPERS. start_s, seconds: the window shown. footer replaces `foot_line`; title stands at the head.
    width: pixels the frame will have; it sets the fixed height, and squares stay true in any other frame.
    Raises EcgvizError for a choice that is not offered.
    """
    where: dict[str, Any] = {"rhythm": rhythm, "speed": speed, "gain": gain, "start_s": start_s, "seconds": seconds}
    sheet = arrange(record, layout, width=width, **where)
    return compose(record, sheet, paper=paper, layout=layout, footer=footer, title=title)


def compose(
    record: Record,
    sheet: Sheet,
    *,
    paper: str,
    layout: str,
    footer: str,
    title: str,
    under: Sequence[dict[str, Any]] = (),
) -> go.Figure:
    """The figure of an arranged sheet; `under` are traces drawn between the grid and the ECG."""
    if paper not in theme.PAPERS:
        raise EcgvizError(f"Paper {paper!r} is not known; choose one of {', '.join(theme.PAPERS)}.")
    look = theme.PAPERS[paper]
    traces = [
        *under,
        _borders(sheet, look),
        _pulses(sheet, look),
        *_leads(record, sheet, look),
        _names(record, sheet, look),
    ]
    foot = _with_offsets(footer or foot_line(record, sheet.speed, sheet.gain), sheet)
    return go.Figure(traces, _frame(record, sheet, look, layout, title, foot))


def _leads(record: Record, sheet: Sheet, look: theme.Paper) -> list[dict[str, Any]]:
    """The leads as lines; on a crowded sheet the hover text hangs on fewer points, in clear lines of their own."""
    drawn = [cell for cell in sheet.cells if cell.source is not None and cell.stop > cell.first]
    samples = sum(cell.stop - cell.first for cell in drawn)
    every = 1 if samples <= _CROWDED else -(-samples // _TOLD)
    lines = [_lead(cell, record, look) for cell in drawn]
    if every == 1:
        return [line | _told(cell, record, 1) for line, cell in zip(lines, drawn, strict=True)]
    mute = {"hoverinfo": "skip"}
    probes = [line | _told(cell, record, every) | {"opacity": 0} for line, cell in zip(lines, drawn, strict=True)]
    return [line | mute for line in lines] + probes


def _lead(cell: Cell, record: Record, look: theme.Paper) -> dict[str, Any]:
    """One lead as a line: float32 with x0 and dx."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": cell.lead,
        "x0": record.start_s + cell.first / record.fs,
        "dx": 1 / record.fs,
        "y": cell.values(record) + np.float32(cell.row_mv - cell.offset_mv),
        "line": {"color": look.trace, "width": 1.35, "shape": "linear"},
        "connectgaps": False,
    }


def _told(cell: Cell, record: Record, every: int) -> dict[str, Any]:
    """What the hover tells of each n-th sample: the lead's own mV, not the place on the sheet."""
    values = cell.values(record)[::every]
    return {
        "dx": every / record.fs,
        "y": values + np.float32(cell.row_mv - cell.offset_mv),
        "customdata": values,
        "hovertemplate": f"<b>{cell.lead}</b>  %{{x:.3f}} s  %{{customdata:.3f}} mV<extra></extra>",
    }


def _pulses(sheet: Sheet, look: theme.Paper) -> dict[str, Any]:
    """The calibration pulse, 1 mV high and 0.2 s wide, at the left of each row, all as one line."""
    mm, rise = 1 / sheet.speed, sheet.start_s - PULSE_S - 2.5 / sheet.speed
    x = [rise - 1.5 * mm, rise, rise, rise + PULSE_S, rise + PULSE_S, rise + PULSE_S + 1.5 * mm, np.nan]
    rows = sorted({cell.row_mv for cell in sheet.cells}, reverse=True)
    y = [row + step for row in rows for step in (0, 0, 1, 1, 0, 0, np.nan)]
    return _line("calibration", x * len(rows), y, look.trace)


def _borders(sheet: Sheet, look: theme.Paper) -> dict[str, Any]:
    """Short ticks where a row passes from one lead to the next, paler than the trace so that none looks like a wave."""
    half = 3 / sheet.gain
    edges = [cell for cell in sheet.cells if cell.start_s > sheet.start_s]
    x = [at for cell in edges for at in (cell.start_s, cell.start_s, np.nan)]
    y = [at for cell in edges for at in (cell.row_mv - half, cell.row_mv + half, np.nan)]
    return _line("columns", x, y, look.muted)


def _line(name: str, x: Sequence[float], y: Sequence[float], colour: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": np.array(x, np.float64),
        "y": np.array(y, np.float32),
        "hoverinfo": "skip",
        "line": {"color": colour, "width": 1.2},
    }


def _names(record: Record, sheet: Sheet, look: theme.Paper) -> dict[str, Any]:
    """Lead names at the start of their cells, under the traces, with a halo of paper against the heat."""
    shown = [_name_place(record, sheet, cell) for cell in sheet.cells]
    texts = [
        f"<b>{cell.lead}</b>" if cell.source is not None else f"<b>{cell.lead}</b>  <i>not recorded</i>"
        for cell in sheet.cells
    ]
    halo = ", ".join(f"{x}px {y}px 1px {look.background}" for x in (-1, 0, 1) for y in (-1, 0, 1))
    return {
        "type": "scatter",
        "mode": "text",
        "name": "lead names",
        "x": [x for x, _ in shown],
        "y": [y for _, y in shown],
        "text": texts,
        "textposition": "middle right",
        "textfont": {"family": theme.SANS, "size": _name_px(sheet), "color": look.trace, "shadow": halo},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


def _name_px(sheet: Sheet) -> int:
    return 14 if sheet.width_px >= 900 else 12 if sheet.width_px >= 600 else 10


def _name_place(record: Record, sheet: Sheet, cell: Cell) -> tuple[float, float]:
    """Left edge and middle of a lead's name: above the start of its baseline, or the nearest place no wave crosses."""
    high_mv = _name_px(sheet) / sheet.px_per_mm / sheet.gain
    wide_s = len(cell.lead) * 0.75 * high_mv * sheet.gain / sheet.speed
    values = cell.values(record) - cell.offset_mv
    begin, raised = cell.start_s + 0.5 / sheet.speed, 0.3 * sheet.pitch_mv
    for right in (0.0, 1.0, 2.0):
        ahead = values[round(right * wide_s * record.fs) : max(1, round((right + 1) * wide_s * record.fs))]
        ahead = ahead[np.isfinite(ahead)]
        for up in (0.3, 0.4, 0.48, 0.2):
            middle = up * sheet.pitch_mv
            if not ((ahead.min(initial=0) < middle + high_mv / 2) & (ahead.max(initial=0) > middle - high_mv / 2)):
                return begin + right * wide_s, cell.row_mv + middle
    return begin, cell.row_mv + raised


def _with_offsets(foot: str, sheet: Sheet) -> str:
    moved = sorted({f"{cell.lead} {cell.offset_mv:+.1f} mV" for cell in sheet.cells if cell.offset_mv})
    whole = f"{foot}   drawn without offset: {', '.join(moved)}" if moved else foot
    return "<br>".join(textwrap.wrap(whole, max(30, sheet.width_px // 6), max_lines=2, placeholder=" …"))


def _axis(
    look: theme.Paper, span: tuple[float, float], zero: float, mm: float, *, fine: bool, key: str
) -> dict[str, Any]:
    """An axis of the paper: a light line every mm and a heavy one every 5 mm, from `zero` on."""
    return {
        "range": list(span),
        "tickmode": "linear",
        "tick0": zero,
        "dtick": 5 * mm,
        "gridcolor": look.major,
        "gridwidth": 1,
        "minor": {
            "tickmode": "linear",
            "tick0": zero,
            "dtick": mm,
            "gridcolor": look.minor,
            "gridwidth": 1,
            "showgrid": fine,
        },
        "showgrid": True,
        "zeroline": False,
        "showticklabels": False,
        "ticks": "",
        "showline": True,
        "mirror": True,
        "linecolor": look.major,
        "uirevision": key,
    }


def _frame(record: Record, sheet: Sheet, look: theme.Paper, layout: str, title: str, foot: str) -> dict[str, Any]:
    fine = sheet.px_per_mm >= 2
    key = f"{record.digest}|{layout}|{sheet.speed}|{sheet.gain}|{sheet.start_s}|{sheet.seconds}"
    x_axis = _axis(look, sheet.x_range, sheet.start_s, 1 / sheet.speed, fine=fine, key=key)
    y_axis = _axis(look, sheet.y_range, 0.0, 1 / sheet.gain, fine=fine, key=key)
    return {
        "template": {},
        "height": sheet.height_px,
        "autosize": True,
        "margin": {"l": 0, "r": 0, "t": HEAD_PX, "b": FOOT_PX, "pad": 0},
        "paper_bgcolor": look.background,
        "plot_bgcolor": look.background,
        "font": {"family": theme.SANS, "size": 12, "color": look.text},
        "showlegend": False,
        "xaxis": x_axis | {"constrain": "range", "constraintoward": "left"},
        "yaxis": y_axis
        | {
            "scaleanchor": "x",
            "scaleratio": sheet.gain / sheet.speed,
            "constrain": "range",
            "constraintoward": "middle",
        },
        "annotations": _lines(look, title, foot, sheet),
        "hovermode": "closest",
        "hoverlabel": {
            "bgcolor": look.background,
            "bordercolor": look.muted,
            "font": {"family": theme.SANS, "color": look.text},
        },
        "uirevision": record.digest,
    } | _tools(look)


def _tools(look: theme.Paper) -> dict[str, Any]:
    """Calipers that write their length in ms and mV, and the buttons at the top right."""
    return {
        "dragmode": "zoom",
        "modebar": {
            "add": ["drawline", "drawrect", "eraseshape"],
            "remove": [*theme.UPLOADS, "select2d", "lasso2d", "autoScale2d"],
            "bgcolor": theme.rgba(look.background, 0.0),
            "color": look.muted,
            "activecolor": look.caliper,
        },
        "newshape": {
            "line": {"color": look.caliper, "width": 1.5},
            "fillcolor": theme.rgba(look.caliper, 0.12),
            "label": {
                "texttemplate": _CALIPER,
                "textposition": "top center",
                "font": {"family": theme.SANS, "size": 13, "color": look.caliper},
            },
        },
    }


def _lines(look: theme.Paper, title: str, foot: str, sheet: Sheet) -> list[dict[str, Any]]:
    """The head line and the foot line of the printout, inside the figure."""
    size = 12 if sheet.width_px >= 900 else 10
    shared = {"xref": "paper", "yref": "paper", "x": 0, "xanchor": "left", "showarrow": False, "xshift": 8}
    below = {"y": 0, "yanchor": "top", "yshift": -6, "text": foot, "font": {"size": size, "color": look.muted}}
    above = {"y": 1, "yanchor": "bottom", "yshift": 5, "text": title, "font": {"size": size + 1, "color": look.text}}
    return [shared | below] + ([shared | above] if title else [])
