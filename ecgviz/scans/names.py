"""Printed lead names, wherever they stand on a flat page, by a small convolutional network that runs in NumPy.

The network was trained on drawn words only (`benchmarks/lead_name_reader.py`). It answers, for each cell of 1 x 1 mm,
how likely each of the twelve names is centred there.
"""

from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgviz.scans.tone import Tone

__all__ = ["PER_MM", "NameMap", "name_map"]

PER_MM = 4.0
"""Pixels per mm that the network was trained at; capitals of 1.8 to 3.5 mm."""
STRIDE = 4
DILATIONS = (1, 1, 1, 2, 2)
POOLED = (True, True, False, False, False)
WEIGHTS = Path(__file__).with_name("lead_names.npz")

NameMap = NDArray[np.float32]
"""(12, height, width) probability of each lead of STANDARD_12 in cells of `cell_mm` mm."""
Layer = tuple[NDArray[np.float32], NDArray[np.float32]]


def name_map(ink: Tone, px_per_mm: float, size: float = 1.0) -> tuple[NameMap, float]:
    """Where names are printed, and the side of a cell in pixels of the ink.

    size: of the letters against those the network knows; 2 looks for letters twice as large.
    """
    scale = PER_MM / px_per_mm / size
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    page = cv2.resize(ink, None, fx=scale, fy=scale, interpolation=how)
    page = np.pad(page, ((0, -page.shape[0] % STRIDE), (0, -page.shape[1] % STRIDE)))
    logits = _logits(page)
    logits -= logits.max(axis=2, keepdims=True)
    likely = np.exp(logits)
    likely /= likely.sum(axis=2, keepdims=True)
    return np.ascontiguousarray(likely[:, :, 1:].transpose(2, 0, 1)), STRIDE / scale


@cache
def _layers() -> tuple[Layer, ...]:
    with np.load(WEIGHTS, allow_pickle=False) as stored:
        count = len(stored.files) // 2
        return tuple((stored[f"w{i}"].astype(np.float32), stored[f"b{i}"].astype(np.float32)) for i in range(count))


def _logits(page: Tone) -> NDArray[np.float32]:
    """(height / 4, width / 4, 13) for a page (height, width)."""
    *layers, last = _layers()
    x = page[:, :, None]
    for (weight, bias), dilation, pooled in zip(layers, DILATIONS, POOLED, strict=True):
        x = np.maximum(_conv(x, weight, dilation) + bias, 0)
        x = _pool(x) if pooled else x
    found: NDArray[np.float32] = x @ last[0][:, :, 0, 0].T + last[1]
    return found


def _conv(x: NDArray[np.float32], weight: NDArray[np.float32], dilation: int) -> NDArray[np.float32]:
    """3 x 3 cross-correlation with zeros around; weight (out, in, 3, 3)."""
    height, width, channels = x.shape
    if channels == 1:
        planes = [cv2.filter2D(x[:, :, 0], -1, kernel[0], borderType=cv2.BORDER_CONSTANT) for kernel in weight]
        return np.stack(planes, axis=2)
    padded = np.pad(x, ((dilation, dilation), (dilation, dilation), (0, 0)))
    out = np.zeros((height, width, weight.shape[0]), np.float32)
    for j in range(3):
        for i in range(3):
            shifted = padded[j * dilation : j * dilation + height, i * dilation : i * dilation + width]
            out += shifted @ weight[:, :, j, i].T
    return out


def _pool(x: NDArray[np.float32]) -> NDArray[np.float32]:
    height, width, channels = x.shape
    blocks = x[: height // 2 * 2, : width // 2 * 2].reshape(height // 2, 2, width // 2, 2, channels)
    pooled: NDArray[np.float32] = blocks.max(axis=(1, 3))
    return pooled
