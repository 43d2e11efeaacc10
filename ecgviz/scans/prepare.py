"""From a Scan to what a network of pages sees: the page itself, or the ink of its traces without paper and grid.

Paper tone, grid colour and header differ between hospitals and between batches of one hospital, and a network that
sees them learns them. The view `ink` leaves thin dark strokes on white, cut to the part of the page with the traces.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgviz.card import ImageInput
from ecgviz.record import Flag, Scan
from ecgviz.scans.geometry import Box

__all__ = ["PreparedPage", "prepare", "strokes", "trace_area"]

Picture = NDArray[np.uint8]

WORKING_WIDTH = 800
"""Pixels across the picture when ink is looked for: a trace is then 1 to 3 pixels wide."""
STROKE = 9
"""Pixels: dark things narrower than this are strokes, wider ones are shade."""
FAINT, FULL = 0.35, 0.75
"""Contrast, as a share of that of the darkest strokes, below which there is no ink and above which all is ink."""
LEAST_CONTRAST = 40.0
"""Grey levels that the darkest strokes must stand out from the paper."""
ACROSS = 0.18
"""A trace is at least this share of the picture wide."""
ROWS = (0.05, 0.95)
"""Quantiles of the height of the ink that stand for the first and the last baseline."""
MOST_INK = 0.15
"""Share of the picture: 0.02 to 0.05 on the pages of the training set, 0.27 and more on photographs and noise."""
MARGIN = (0.02, 0.20)
"""Added left and right, above and below, as a share of the width and height between those."""


@dataclass(frozen=True, eq=False)
class PreparedPage:
    """x (1, 3, height, width) float32 for the network; area: where on the picture it comes from, in picture pixels.

    found: whether traces were found; where not, the area is the whole picture.
    """

    x: NDArray[np.float32]
    area: Box
    found: bool
    flags: tuple[Flag, ...] = ()


def prepare(scan: Scan, spec: ImageInput) -> PreparedPage:
    """The picture as a network takes it; see the view of `spec`."""
    height, width = scan.pixels.shape[:2]
    whole: Box = (0.0, 0.0, float(width), float(height))
    if spec.view == "page":
        return PreparedPage(_scaled(scan.pixels, spec), whole, True)
    ink, scale = strokes(scan.pixels)
    area = trace_area(ink)
    flags: tuple[Flag, ...] = ()
    if area is None:
        text = "No traces were found in this picture: no dark line runs across it."
        advice = "Give a picture of one upright ECG page, or do not use the answer."
        flags = (Flag("no_traces", text, advice, "error"),)
    box = area or (0.0, 0.0, float(ink.shape[1]), float(ink.shape[0]))
    cut = _cut(ink, box, spec)
    if area is not None and (share := 1 - float(cut.mean())) > MOST_INK:
        text = f"Dark strokes cover {share:.0%} of this picture; on an ECG page they cover less than {MOST_INK:.0%}."
        flags = (Flag("no_page", text, "Give a picture of one ECG page, or do not use the answer.", "error"),)
    x = np.repeat(_values(cut, spec)[None, None], 3, axis=1)  # (1, 3, height, width)
    x0, y0, x1, y1 = (float(value / scale) for value in box)
    return PreparedPage(x, (x0, y0, x1, y1), area is not None, flags)


def strokes(pixels: Picture) -> tuple[NDArray[np.float32], float]:
    """How surely each pixel is ink, 0 to 1, of the picture scaled to WORKING_WIDTH, and the scale.

    The brightest colour is taken, in which red and pink grids are paper; what stands out from its surroundings is a
    stroke (a black top-hat), whatever the light on that part of the page.
    """
    scale = WORKING_WIDTH / pixels.shape[1]
    size = (WORKING_WIDTH, max(16, min(4 * WORKING_WIDTH, round(pixels.shape[0] * scale))))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    value = small.max(axis=2)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (STROKE, STROKE))
    hat = cv2.morphologyEx(value, cv2.MORPH_BLACKHAT, kernel).astype(np.float32)
    full = max(float(np.percentile(hat, 99)), LEAST_CONTRAST)
    ink: NDArray[np.float32] = np.clip((hat / full - FAINT) / (FULL - FAINT), 0, 1).astype(np.float32)
    return ink, scale


def trace_area(ink: NDArray[np.float32]) -> Box | None:
    """The part of an ink picture that holds the traces, as x0, y0, x1, y1 with margins; None where no line runs across.

    Left and right are where the ink ends, first and last baseline where most of it lies, so that one tall complex
    does not change the scale.
    """
    height, width = ink.shape
    dark = cv2.dilate((ink > 0.3).astype(np.uint8), np.ones((3, 3), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    long = stats[:, cv2.CC_STAT_WIDTH] >= ACROSS * width
    long[0] = False  # the paper
    if not long.any():
        return None
    kept = ink * long[labels]
    x0, x1 = _quantiles(kept.sum(axis=0), (0.002, 0.998))
    y0, y1 = _quantiles(kept.sum(axis=1), ROWS)
    if x1 - x0 < ACROSS * width:
        return None
    dx, dy = MARGIN[0] * (x1 - x0), MARGIN[1] * max(y1 - y0, 0.1 * (x1 - x0))
    return max(0.0, x0 - dx), max(0.0, y0 - dy), min(float(width), x1 + dx), min(float(height), y1 + dy)


def _quantiles(weight: NDArray[np.floating], shares: tuple[float, float]) -> tuple[float, float]:
    run = np.cumsum(weight, dtype=np.float64) / max(float(weight.sum(dtype=np.float64)), 1e-9)
    first, last = (float(np.searchsorted(run, share)) for share in shares)
    return first, last + 1


def _cut(ink: NDArray[np.float32], box: Box, spec: ImageInput) -> NDArray[np.float32]:
    x0, y0, x1, y1 = (round(value) for value in box)
    part = np.ascontiguousarray(ink[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)])
    cut: NDArray[np.float32] = cv2.resize(part, (spec.width, spec.height), interpolation=cv2.INTER_AREA)
    return 1 - cut


def _scaled(pixels: Picture, spec: ImageInput) -> NDArray[np.float32]:
    small = cv2.resize(pixels, (spec.width, spec.height), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(_values(small.astype(np.float32) / 255, spec).transpose(2, 0, 1)[None])


def _values(share: NDArray[np.float32], spec: ImageInput) -> NDArray[np.float32]:
    return (spec.black + share * (spec.white - spec.black)).astype(np.float32)
