"""The flat page: the picture seen straight on, at a known number of pixels per millimetre, its ink free of the grid."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgviz.scans.geometry import Matrix, as_matrix
from ecgviz.scans.grid import Lattice
from ecgviz.scans.sheet import ruled_part
from ecgviz.scans.tone import Tone, darkness, drawn, ruled

__all__ = ["Flat", "Ruling", "flatten", "rule_of", "turned"]

FINEST, COARSEST = 8.0, 4.0
"""Pixels per mm of the flat page, whatever the picture has."""
MARGIN_MM = 10.0
REACH_MM = 5.0
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Ruling:
    """What the lattice's lines are: mm from line to line, whether fine lines were seen, and picture px per mm."""

    mm: float
    fine: bool
    px_per_mm: tuple[float, float]


@dataclass(frozen=True, eq=False)
class Flat:
    """A flat page: ink (height, width) 0..1 without grid, px per mm, and the homography from it to the picture.

    grid_box: x0, y0, x1, y1 of the part whose grid was seen.
    """

    ink: Tone
    px_per_mm: float
    homography: Matrix
    grid_box: tuple[float, float, float, float]


def rule_of(tone: Tone, lattice: Lattice) -> Ruling:
    """Tell lines of 1 mm from lines of 5 mm by what repeats in the whole page's profile."""
    u0, v0, u1, v1 = lattice.span
    per = 8
    shift = np.array([[per, 0, -u0 * per], [0, per, -v0 * per], [0, 0, 1.0]])
    size = (max(int((u1 - u0) * per), 64), max(int((v1 - v0) * per), 64))
    page = cv2.warpPerspective(tone, shift @ lattice.to_lines, size, flags=cv2.INTER_LINEAR)
    if lattice.bend is not None:
        page = lattice.bend.straighten(page, per, (u0, v0))
    page = np.minimum(page, 2.5 * np.quantile(page, 0.75) + 0.02)
    lines = _lines_per_large(page.mean(axis=0), per), _lines_per_large(page.mean(axis=1), per)
    many = max(lines)
    if many > 1:
        mm, fine = 5.0 / many, many % 5 == 0
    else:
        mm, fine = (5.0, False) if max(u1 - u0, v1 - v0) < 100 else (1.0, True)
    return Ruling(mm, fine, _scale(lattice, mm))


def _lines_per_large(profile: Array, per: int) -> int:
    """How many of the lattice's lines make one large square: 1 where all lines are alike."""
    wide = min(20 * per, profile.size)
    values = profile - np.convolve(profile, np.ones(wide) / wide, mode="same")
    values = values * np.hanning(values.size)
    size = 1 << int(np.ceil(np.log2(values.size * 4)))
    power = np.abs(np.fft.rfft(values, size)) ** 2

    def at(rate: float) -> float:
        k = rate / per * size
        return float(power[max(int(k) - 3, 0) : int(k) + 5].max())

    band = power[int(0.12 / per * size) : int(1.05 / per * size)]
    level = float(np.median(band)) + 1e-15
    strength = {n: _strength(at, n, level) for n in (10, 5, 4, 3, 2)}
    for lines, strong in strength.items():
        # tenths are real only where they stand out like fifths: lines between pixels beat faintly at every tenth
        if strong > 3.5 and (lines != 10 or strong > strength[5] - 2.0):
            return lines
    return 1


def _strength(at: Callable[[float], float], lines: int, level: float) -> float:
    """Mean log power, over the level, of the rates that only a repeat after `lines` lines has."""
    parts = [j for j in range(1, lines) if np.gcd(j, lines) == 1]
    return float(np.mean([np.log(at(j / lines) / level) for j in parts]))


def _scale(lattice: Lattice, mm: float) -> tuple[float, float]:
    """Picture pixels per mm along the page's x and y, at the middle of the grid."""
    u0, v0, u1, v1 = lattice.span
    middle = np.array([(u0 + u1) / 2, (v0 + v1) / 2])
    points = middle + np.array([(0, 0), (1, 0), (0, 1)])
    seen = cv2.perspectiveTransform(points[None], np.linalg.inv(lattice.to_lines))[0]
    return float(np.hypot(*(seen[1] - seen[0])) / mm), float(np.hypot(*(seen[2] - seen[0])) / mm)


def flatten(pixels: NDArray[np.uint8], lattice: Lattice, ruling: Ruling) -> Flat:
    """The page straight on, its sides still those of the picture: it may stand on its side or its head."""
    native = float(np.sqrt(ruling.px_per_mm[0] * ruling.px_per_mm[1]))
    scale = round(5 * min(max(native, COARSEST), FINEST)) / 5
    per_line = scale * ruling.mm
    u0, v0, u1, v1 = (
        _whole(value, ruling.mm, up) for value, up in zip(_bounds(pixels, lattice, ruling), (0, 0, 1, 1), strict=True)
    )
    to_flat = np.array([[per_line, 0, -u0 * per_line], [0, per_line, -v0 * per_line], [0, 0, 1.0]]) @ lattice.to_lines
    size = (round((u1 - u0) * per_line), round((v1 - v0) * per_line))
    drawing, lines = (_warped(part(pixels), to_flat, size, native / scale) for part in (drawn, ruled))
    if lattice.bend is not None:
        drawing, lines = (lattice.bend.straighten(part, per_line, (u0, v0)) for part in (drawing, lines))
    tone = without_grid(darkness(drawing, REACH_MM * scale), round(5 * scale))
    around = 1 if lattice.bend is None else 3  # at the edges a bent sheet is not quite straight, and looks less ruled
    tone[~ruled_part(darkness(lines, REACH_MM * scale), tone, round(5 * scale), around)] = 0
    seen = lattice.span
    box = tuple((seen[i] - (u0, v0)[i % 2]) * per_line for i in range(4))
    return Flat(_levelled(tone), scale, as_matrix(np.linalg.inv(to_flat)), (box[0], box[1], box[2], box[3]))


def _whole(value: float, mm: float, up: int) -> float:
    """A bound in lines on a whole number of large squares."""
    large = 5 / mm
    return float(large * (np.ceil(value / large) if up else np.floor(value / large)))


def _bounds(pixels: NDArray[np.uint8], lattice: Lattice, ruling: Ruling) -> tuple[float, float, float, float]:
    """What of the page to keep, in lines: the grid that was seen, half a tile and a margin, within the picture."""
    height, width = pixels.shape[:2]
    tile = 0.5 * (256 if max(height, width) > 1300 else 128) / float(np.mean(ruling.px_per_mm))
    more = (tile + MARGIN_MM) / ruling.mm
    u0, v0, u1, v1 = lattice.span
    corners = np.array([[(0, 0), (width, 0), (width, height), (0, height)]], np.float64)
    seen = cv2.perspectiveTransform(corners, lattice.to_lines)[0]
    low, high = seen.min(axis=0), seen.max(axis=0)
    return max(u0 - more, low[0]), max(v0 - more, low[1]), min(u1 + more, high[0]), min(v1 + more, high[1])


def _warped(channel: NDArray[np.uint8], to_flat: Array, size: tuple[int, int], shrink: float) -> NDArray[np.uint8]:
    """The channel on the flat page; a picture that is much finer is reduced first, so that no line is skipped."""
    if shrink > 1.3:
        height, width = channel.shape
        small = cv2.resize(channel, (round(width / shrink), round(height / shrink)), interpolation=cv2.INTER_AREA)
        fx, fy = width / small.shape[1], height / small.shape[0]
        # Pixel centres: x_big = fx * (x_small + 0.5) - 0.5.
        to_flat = to_flat @ np.array([[fx, 0, (fx - 1) / 2], [0, fy, (fy - 1) / 2], [0, 0, 1.0]])
        channel = small
    page: NDArray[np.uint8] = cv2.warpPerspective(
        channel, to_flat, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return page


def without_grid(tone: Tone, large: int) -> Tone:
    """The tone beyond that of the grid: what repeats in each large square, as the median over its surroundings."""
    height, width = tone.shape
    rows, columns = height // large, width // large
    cells = tone[: rows * large, : columns * large].reshape(rows, large, columns, large).transpose(0, 2, 1, 3)
    grid = np.zeros_like(tone)
    down, across = max(1, round(rows / 12)), max(1, round(columns / 12))
    for part_j in np.array_split(np.arange(rows), down):
        for part_i in np.array_split(np.arange(columns), across):
            square = np.median(cells[part_j[0] : part_j[-1] + 1, part_i[0] : part_i[-1] + 1], axis=(0, 1))
            square = cv2.dilate(np.pad(square, 1, mode="wrap"), np.ones((3, 3), np.uint8))[1:-1, 1:-1]
            tiled = np.tile(square, (len(part_j), len(part_i)))
            y, x = part_j[0] * large, part_i[0] * large
            grid[y : y + tiled.shape[0], x : x + tiled.shape[1]] = tiled
    free: Tone = np.clip((tone - grid) / np.maximum(1 - grid, 0.2), 0, 1)
    return free


def _levelled(tone: Tone) -> Tone:
    """Ink from 0 to 1, where 1 is the darkness of most of the ink."""
    strong = tone[tone > 0.25 * float(np.quantile(tone, 0.999))]
    level = float(np.quantile(strong, 0.7)) if strong.size else 1.0
    ink: Tone = np.clip(tone / max(level, 0.05), 0, 1)
    return ink


def turned(flat: Flat, quarters: int) -> Flat:
    """The page turned clockwise by quarter turns."""
    quarters %= 4
    if quarters == 0:
        return flat
    height, width = flat.ink.shape
    x0, y0, x1, y1 = flat.grid_box
    # From the turned page back to this one; pixel centres stay pixel centres.
    back, box = {
        1: (np.array([[0, 1, 0], [-1, 0, height - 1], [0, 0, 1.0]]), (height - y1, x0, height - y0, x1)),
        2: (
            np.array([[-1, 0, width - 1], [0, -1, height - 1], [0, 0, 1.0]]),
            (width - x1, height - y1, width - x0, height - y0),
        ),
        3: (np.array([[0, -1, width - 1], [1, 0, 0], [0, 0, 1.0]]), (y0, width - x1, y1, width - x0)),
    }[quarters]
    ink = np.ascontiguousarray(np.rot90(flat.ink, -quarters))
    return replace(flat, ink=ink, homography=as_matrix(np.asarray(flat.homography) @ back), grid_box=box)


def grid_tone(pixels: NDArray[np.uint8]) -> Tone:
    """The darkness in which the grid is looked for."""
    return darkness(ruled(pixels), max(pixels.shape[:2]) / 40)
