"""Evidence under the trace: the ECG page with one heat layer between the paper's grid and the line.

The heat is placed by the record's seconds, in columns of whole samples at most 1/500 of the window wide, so a step of
the model's evidence is drawn where it lies. Each cell shows its own lead's evidence.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from ecgviz.errors import EcgvizError
from ecgviz.plot import theme
from ecgviz.plot.layout import Cell, Sheet, arrange
from ecgviz.plot.tracing import compose
from ecgviz.record import Record
from ecgviz.results import Attribution

__all__ = ["STYLES", "caption", "page"]

STYLES: dict[str, str] = {"shade": "Shade: stronger is darker", "band": "Band: stronger is darker and taller"}

# Columns at most; the finer ones only where the evidence itself is finer than two coarse ones.
_COARSE, _FINE = 250, 500
# Equal slices of a row, and how many of them heat may fill; the rest parts the rows. All cells are of one size, because
# the browser then draws them as one picture.
_CUTS = {"shade": (8, 7), "band": (16, 14)}
_FULL = 127


def caption(attribution: Attribution) -> str:
    """How the heat was made, in one line: method, layer, length of a step and what it sees, and normalisation."""
    parts = [f"{attribution.method} at {attribution.layer}" if attribution.layer else attribution.method]
    parts += [f"1 heat step = {round(attribution.resolution_ms, 1):g} ms"] if attribution.resolution_ms > 0 else []
    parts += (
        [f"each sees {round(attribution.field_ms):g} ms"]
        if attribution.field_ms > attribution.resolution_ms > 0
        else []
    )
    parts += [attribution.normalisation] if attribution.normalisation else []
    parts += ["time only, shared by all leads"] if attribution.time_only else []
    return " · ".join(parts)


def page(
    record: Record,
    attribution: Attribution,
    *,
    strength: float = theme.MAX_ALPHA,
    style: str = "shade",
    palette: str = "purple",
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
    full: float | None = None,
) -> go.Figure:
    """The page of `tracing.page` with the evidence under the trace.

    strength: opacity 0..1 of the strongest evidence (0.55 by default; above it the grid fades); full: the score that
    counts as the strongest, that of the record unless given;
    style: a key of STYLES; palette: a key of theme.PALETTES: only `signed` draws evidence against the finding.
    Raises EcgvizError for a choice that is not offered.
    """
    for value, allowed, what in (
        (style, STYLES, "Style"),
        (palette, theme.PALETTES, "Palette"),
        (paper, theme.PAPERS, "Paper"),
    ):
        if value not in allowed:
            raise EcgvizError(f"{what} {value!r} is not known; choose one of {', '.join(allowed)}.")
    where: dict[str, Any] = {"rhythm": rhythm, "speed": speed, "gain": gain, "start_s": start_s, "seconds": seconds}
    sheet = arrange(record, layout, width=width, **where)
    colours = _colours(theme.PALETTES[palette], theme.PAPERS[paper], min(max(strength, 0.0), 1.0))
    heat = _heat(record, attribution, sheet, style, colours, full)
    return compose(record, sheet, paper=paper, layout=layout, footer=footer, title=title, under=[heat])


def _colours(palette: theme.Palette, look: theme.Paper, alpha: float) -> list[tuple[float, str]]:
    """From evidence against (0) over none (0.5, clear) to evidence for (1)."""
    supports, against = palette.positive or look.purple, look.purple
    lower = [(0.0, theme.rgba(against, alpha if palette.signed else 0.0)), (0.4999, theme.rgba(against, 0.0))]
    return [*lower, (0.5, theme.rgba(palette.weak or supports, 0.0)), (1.0, theme.rgba(supports, alpha))]


def _heat(
    record: Record,
    attribution: Attribution,
    sheet: Sheet,
    style: str,
    colours: list[tuple[float, str]],
    full: float | None,
) -> dict[str, Any]:
    """One heat map for the whole sheet: its rows are the bands of the sheet's rows, its columns record seconds."""
    samples = max(cell.stop for cell in sheet.cells) - min(cell.first for cell in sheet.cells)
    cut, filled = _CUTS[style]
    width = -(-samples // _COARSE)
    if style == "shade" and 1000 * 2 * width / record.fs > attribution.resolution_ms:
        width = -(-samples // _FINE)
    columns = -(-samples // width)
    dx = width / record.fs
    x0 = sheet.start_s + (width - 1) / 2 / record.fs
    centres = x0 + dx * np.arange(columns)
    evidence = _scaled(attribution, centres, dx, full)
    bands = np.zeros((sheet.rows, columns), np.float32)
    for cell in sheet.cells:
        inside = _inside(cell, record, centres)
        if cell.source in evidence:
            bands[cell.row, inside] = evidence[cell.source][inside]
    slice_mv = sheet.pitch_mv / cut
    return {
        "type": "heatmap",
        "name": f"evidence for {attribution.label}",
        "z": _slices(bands, cut, filled, tall=style == "band"),
        "x0": x0,
        "dx": dx,
        "y0": -sheet.pitch_mv * (sheet.rows - 1) - slice_mv * (filled - 1) / 2,
        "dy": slice_mv,
        "zmin": -_FULL,
        "zmax": _FULL,
        "zsmooth": False,
        "colorscale": colours,
        "showscale": False,
        "hoverinfo": "skip",
    }


def _inside(cell: Cell, record: Record, centres: NDArray[Any]) -> NDArray[np.bool_]:
    begin, end = (record.start_s + (at - 0.5) / record.fs for at in (cell.first, cell.stop))
    return (centres >= begin) & (centres < end)


def _scaled(attribution: Attribution, centres: NDArray[Any], dx: float, full: float | None) -> dict[str, NDArray[Any]]:
    """Each lead's evidence averaged over each column, as a share -1..1 of the strongest evidence."""
    scores = np.nan_to_num(attribution.scores)
    largest = full or float(np.abs(scores).max(initial=0.0)) or 1.0
    edges = (np.append(centres - dx / 2, centres[-1] + dx / 2) - attribution.start_s) * attribution.fs + 0.5
    total = np.zeros((scores.shape[0], scores.shape[1] + 1))
    np.cumsum(scores, axis=1, out=total[:, 1:])
    places = np.arange(total.shape[1])
    unit = largest * dx * attribution.fs
    return {
        lead: np.diff(np.interp(edges, places, row)) / unit for lead, row in zip(attribution.leads, total, strict=True)
    }


def _slices(bands: NDArray[np.float32], cut: int, filled: int, *, tall: bool) -> NDArray[np.int8]:
    """Each row cut into equal slices, (rows x cut, columns) from the bottom up, the outer ones clear.

    tall: a slice is filled only where the evidence reaches as far from the baseline as the slice lies.
    """
    reach = np.abs(np.arange(filled) - (filled - 1) / 2) / (filled / 2) * tall
    inner = np.where(np.abs(bands[:, None, :]) > reach[:, None], bands[:, None, :], 0)
    z = np.zeros((bands.shape[0], cut, bands.shape[1]))
    z[:, :filled] = inner[::-1]
    return np.rint(np.clip(z, -1, 1) * _FULL).astype(np.int8).reshape(-1, bands.shape[1])
