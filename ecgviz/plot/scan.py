"""The picture of a page with what was found drawn on it: sheet, lead boxes and names, grid marks, trace, and heat."""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from ecgviz.errors import EcgvizError
from ecgviz.plot import theme

__all__ = ["LONGEST_PX", "Found", "page"]

LONGEST_PX = 1600
"""The longer side of the picture as it is sent to the browser."""
JPEG = 82
HEAT_PX = 400
SHEET, BOXES, TRACE = "#0b6e4f", "#0b4f8a", "#1f6feb"
Points = NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False)
class Found:
    """What was found on a picture, all in its pixels.

    sheet: corners of the page, (4, 2); boxes: name and corners of each lead; traces: each (n, 2), NaN where the pen
    is up; marks: places where heavy grid lines should cross, (n, 2).
    """

    sheet: Points | None = None
    boxes: Sequence[tuple[str, Points]] = ()
    traces: Sequence[Points] = ()
    marks: Points | None = None


def page(
    pixels: NDArray[np.uint8],
    found: Found | None = None,
    *,
    heat: NDArray[np.floating[Any]] | None = None,
    strength: float = theme.MAX_ALPHA,
    height: int = 520,
    key: str = "",
) -> go.Figure:
    """The picture (height, width, 3) as the ground of a figure whose axes are its pixels, y downwards.

    heat: (rows, columns) 0 to 1 over the whole picture; strength: opacity of its hottest place; height in pixels;
    key: keeps the zoom while it stays the same. Raises EcgvizError for heat outside 0 to 1.
    """
    high, wide = pixels.shape[:2]
    images = [_ground(_jpeg(pixels), wide, high, "below")]
    if heat is not None:
        images.append(_ground(_heat_png(heat, strength), wide, high, "above"))
    return go.Figure(_lines(found or Found()), _frame(wide, high, images, height, key))


def _lines(found: Found) -> list[dict[str, Any]]:
    """Each kind as one trace, whatever it holds, so that a redraw is one change."""
    # Streamlit refuses a figure without any trace, so an empty one always stands first.
    lines: list[dict[str, Any]] = [{"type": "scatter", "name": "nothing", "x": [], "y": [], "hoverinfo": "skip"}]
    if found.sheet is not None:
        lines.append(_line("page", [_closed(found.sheet)], SHEET, 2.0, "The sheet"))
    if found.marks is not None and len(found.marks):
        lines.append(_marks(found.marks))
    if found.boxes:
        lines.append(_line("leads", [_closed(corners) for _, corners in found.boxes], BOXES, 1.0))
    if found.traces:
        lines.append(_line("trace", found.traces, TRACE, 1.6))
    if found.boxes:
        lines.append(_names(found.boxes))
    return lines


def _closed(corners: Points) -> Points:
    return np.concatenate([corners, corners[:1]])


def _line(name: str, pieces: Sequence[Points], colour: str, width: float, told: str = "") -> dict[str, Any]:
    gap = np.full((1, 2), np.nan)
    points = np.concatenate([part for piece in pieces for part in (piece, gap)]).astype(np.float32)
    hover = {"hoverinfo": "text", "text": told} if told else {"hoverinfo": "skip"}
    pen = {"color": colour, "width": width}
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": points[:, 0],
        "y": points[:, 1],
        "line": pen,
        "connectgaps": False,
    } | hover


def _marks(marks: Points) -> dict[str, Any]:
    points = np.asarray(marks, np.float32)
    look = {"symbol": "cross-thin", "size": 7, "line": {"color": SHEET, "width": 1.2}}
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "grid",
        "x": points[:, 0],
        "y": points[:, 1],
        "marker": look,
        "hoverinfo": "skip",
    }


def _names(boxes: Sequence[tuple[str, Points]]) -> dict[str, Any]:
    """Each lead's name inside the top right corner of its box, where the printed name does not stand."""
    halo = ", ".join(f"{x}px {y}px 1px #ffffff" for x in (-1, 0, 1) for y in (-1, 0, 1))
    return {
        "type": "scatter",
        "mode": "text",
        "name": "lead names",
        "x": [float(corners[1][0]) for _, corners in boxes],
        "y": [float(corners[1][1]) for _, corners in boxes],
        "text": [f"<b>{name}</b> " for name, _ in boxes],
        "textposition": "bottom left",
        "textfont": {"family": theme.SANS, "size": 12, "color": BOXES, "shadow": halo},
        "hoverinfo": "skip",
    }


def _ground(source: str, wide: int, high: int, layer: str) -> dict[str, Any]:
    """A picture that fills the axes; a pixel's centre has whole coordinates."""
    where = {"x": -0.5, "y": -0.5, "sizex": wide, "sizey": high, "xref": "x", "yref": "y", "xanchor": "left"}
    return where | {"source": source, "yanchor": "top", "sizing": "stretch", "layer": layer}


def _frame(wide: int, high: int, images: list[dict[str, Any]], height: int, key: str) -> dict[str, Any]:
    bare = {"showgrid": False, "zeroline": False, "visible": False, "constrain": "domain"}
    return {
        "template": {},
        "height": height,
        "autosize": True,
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0, "pad": 0},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
        "hovermode": "closest",
        "dragmode": "pan",
        "xaxis": bare | {"range": [-0.5, wide - 0.5], "uirevision": key},
        "yaxis": bare | {"range": [high - 0.5, -0.5], "scaleanchor": "x", "uirevision": key},
        "images": images,
        "uirevision": key,
        "modebar": {"remove": [*theme.UPLOADS, "select2d", "lasso2d", "autoScale2d"]},
    }


def _jpeg(pixels: NDArray[np.uint8]) -> str:
    from PIL import Image

    picture = Image.fromarray(np.ascontiguousarray(pixels))
    longest = max(picture.size)
    if longest > LONGEST_PX:
        size = [max(1, round(side * LONGEST_PX / longest)) for side in picture.size]
        picture = picture.resize(size, Image.Resampling.BOX if longest > 2 * LONGEST_PX else Image.Resampling.BILINEAR)
    into = io.BytesIO()
    picture.save(into, "JPEG", quality=JPEG)
    return "data:image/jpeg;base64," + base64.b64encode(into.getvalue()).decode()


def _heat_png(heat: NDArray[np.floating[Any]], strength: float) -> str:
    """The evidence's hue; its opacity is the heat times the strength."""
    from PIL import Image

    known = np.nan_to_num(np.asarray(heat, np.float64))
    if known.ndim != 2 or known.min() < 0 or known.max() > 1:
        raise EcgvizError(
            f"A heat over a page has rows and columns of 0 to 1, but this has shape {known.shape} and "
            f"{known.min():g} to {known.max():g}."
        )
    alpha = Image.fromarray(np.rint(255 * strength * known).astype(np.uint8))
    larger = HEAT_PX / max(alpha.size)
    if larger > 1:
        alpha = alpha.resize([round(side * larger) for side in alpha.size], Image.Resampling.BICUBIC)
    picture = Image.new("RGBA", alpha.size, theme.PAPERS["pink"].purple)
    picture.putalpha(alpha)
    into = io.BytesIO()
    picture.save(into, "PNG")
    return "data:image/png;base64," + base64.b64encode(into.getvalue()).decode()
