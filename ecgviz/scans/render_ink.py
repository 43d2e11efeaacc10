"""Ink on a page of pixels: the millimetre grid, lines and text, all with soft edges.

A pixel's centre has whole coordinates, as in OpenCV. Positions and widths are in pixels, colours are RGB.
"""

import importlib.util
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import ImageFont

from ecgviz.scans.geometry import Box, Points

__all__ = ["FONTS", "PAPERS", "Colour", "Pixels", "Stock", "blank", "draw_lines", "draw_text", "rule"]

Pixels = NDArray[np.uint8]
Colour = tuple[int, int, int]
_SHIFT = 4  # OpenCV's fixed point: sixteenths of a pixel


@dataclass(frozen=True)
class Stock:
    """A kind of paper: its tone, the colours of its light and heavy lines (None: no grid) and of its ink."""

    paper: Colour
    minor: Colour | None
    major: Colour | None
    ink: Colour = (20, 20, 24)


PAPERS: dict[str, Stock] = {
    "pink": Stock((255, 250, 247), (246, 220, 214), (232, 160, 160)),
    "red": Stock((255, 255, 255), (250, 190, 186), (236, 110, 108)),
    "orange": Stock((255, 252, 244), (250, 224, 186), (240, 178, 104)),
    "green": Stock((250, 254, 249), (206, 232, 206), (140, 196, 146)),
    "blue": Stock((249, 252, 255), (204, 220, 242), (136, 170, 218), (18, 22, 60)),
    "grey": Stock((252, 252, 252), (226, 226, 226), (178, 178, 178)),
    "white": Stock((255, 255, 255), None, None),
}

FONTS: dict[str, str | int] = {
    "sans": "DejaVuSans.ttf",
    "sans bold": "DejaVuSans-Bold.ttf",
    "serif": "STIXGeneral.ttf",
    "serif bold": "DejaVuSerif-Bold.ttf",
    "mono": "DejaVuSansMono.ttf",
    "plotter": cv2.FONT_HERSHEY_SIMPLEX,
    "plotter bold": cv2.FONT_HERSHEY_DUPLEX,
}


def blank(width: int, height: int, colour: Colour) -> Pixels:
    """An empty sheet, (height, width, 3)."""
    sheet = np.empty((height, width, 3), np.uint8)
    sheet[:] = colour
    return sheet


def rule(page: Pixels, stock: Stock, area: Box, mm: tuple[float, float], *, fine: bool, width: float) -> None:
    """Draw the grid into `area` of the page, in place: a line every mm where `fine`, a heavy one every 5 mm.

    mm: pixels of a millimetre along x and y; width: of a light line, a heavy one has 1.6 times as much.
    """
    if stock.minor is None or stock.major is None:
        return
    x0, y0, x1, y1 = (round(side) for side in area)
    part = page[y0 : y1 + 1, x0 : x1 + 1]
    row = np.broadcast_to(np.asarray(stock.paper, np.float32), (part.shape[1], 3))
    kinds = ([(stock.minor, 1, width)] if fine else []) + [(stock.major, 5, 1.6 * width)]
    for colour, every, thick in kinds:
        cover = _coverage(part.shape[1], area[0] - x0, every * mm[0], thick)[:, None]
        row = row * (1 - cover) + np.asarray(colour, np.float32) * cover
    part[:] = np.rint(row).astype(np.uint8)
    for colour, every, thick in kinds:
        cover = _coverage(part.shape[0], area[1] - y0, every * mm[1], thick)
        lines = np.flatnonzero(cover)
        share = cover[lines, None, None]
        part[lines] = np.rint(part[lines] * (1 - share) + np.asarray(colour, np.float32) * share).astype(np.uint8)


def _coverage(pixels: int, first: float, pitch: float, width: float) -> NDArray[np.float32]:
    """The share of each pixel that lines of this width cover, from `first` on at every `pitch`, (pixels,)."""
    centres = first + pitch * np.arange(int((pixels - first) / pitch) + 1)
    cover = np.zeros(pixels, np.float32)
    for step in range(-int(width / 2 + 1.5), int(width / 2 + 1.5) + 1):
        at = np.rint(centres).astype(int) + step
        share = np.minimum(at + 0.5, centres + width / 2) - np.maximum(at - 0.5, centres - width / 2)
        inside = (at >= 0) & (at < pixels)
        cover[at[inside]] += np.clip(share[inside], 0, 1)
    return np.minimum(cover, 1)


def draw_lines(page: Pixels, lines: list[Points], colour: Colour, width: float) -> None:
    """Draw polylines in place; a NaN lifts the pen."""
    pieces = [np.rint(piece * 2**_SHIFT).astype(np.int32) for line in lines for piece in _finite(line)]
    cv2.polylines(page, pieces, False, colour, max(1, round(width)), cv2.LINE_AA, _SHIFT)


def _finite(line: Points) -> list[Points]:
    known = np.isfinite(line).all(axis=1)
    edges = np.flatnonzero(np.diff(known)) + 1
    return [piece for piece in np.split(line, edges) if len(piece) > 1 and np.isfinite(piece[0]).all()]


def draw_text(page: Pixels, text: str, at: tuple[float, float], colour: Colour, font: str, height: float) -> None:
    """Write one line in place: its left end and baseline stand at `at`, its capitals are `height` pixels high."""
    mask = _printed(text, font, max(4, round(height)))
    left, bottom = round(at[0]), round(at[1])
    deep = mask.shape[0] - _ABOVE * max(4, round(height))
    top = bottom - mask.shape[0] + round(deep)
    x0, y0 = max(left, 0), max(top, 0)
    part = page[y0 : top + mask.shape[0], x0 : left + mask.shape[1]]
    if part.size:
        share = mask[y0 - top :, x0 - left :][: part.shape[0], : part.shape[1], None]
        part[:] = np.rint(part * (1 - share) + np.asarray(colour, np.float32) * share).astype(np.uint8)


_ABOVE = 1.4  # of the capitals' height: so much of a line's mask lies above the baseline


@lru_cache(maxsize=256)
def _printed(text: str, font: str, height: int) -> NDArray[np.float32]:
    """A line of text as coverage 0 to 1, (rows, columns); the baseline lies `_ABOVE` heights below the top."""
    kind = FONTS[font]
    base = round(_ABOVE * height)
    if isinstance(kind, int):
        thick = max(1, round(height / 9))
        scale = cv2.getFontScaleFromHeight(kind, height, thick)
        (wide, _), _ = cv2.getTextSize(text, kind, scale, thick)
        mask = np.zeros((2 * height, wide + 2), np.uint8)
        cv2.putText(mask, text, (0, base), kind, scale, (255,), thick, cv2.LINE_AA)
        return np.divide(mask, 255, dtype=np.float32)
    face = _face(kind, height)
    ink, offset = face.getmask2(text, mode="L", anchor="ls")
    wide, high = ink.size
    mask = np.zeros((2 * height, max(1, wide + max(0, offset[0]))), np.uint8)
    glyphs = np.asarray(ink, np.uint8).reshape(high, wide)
    top = base + offset[1]
    first = max(0, -top)
    rows = glyphs[first : first + mask.shape[0] - max(0, top)]
    mask[max(0, top) : max(0, top) + len(rows), max(0, offset[0]) : max(0, offset[0]) + wide] = rows
    return np.divide(mask, 255, dtype=np.float32)


@lru_cache(maxsize=64)
def _face(file: str, height: int) -> ImageFont.FreeTypeFont:
    """A typeface that comes with Matplotlib, its capitals `height` pixels high; capitals have 0.72 of the size."""
    package = importlib.util.find_spec("matplotlib")
    folder = Path(package.origin if package and package.origin else "").parent / "mpl-data" / "fonts" / "ttf"
    return ImageFont.truetype(str(folder / file), round(height / 0.72))
