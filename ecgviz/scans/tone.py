"""How dark each pixel is against the paper around it, free of shadow and of the paper's own colour."""

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["Tone", "darkness", "drawn", "is_inverted", "ruled"]

Tone = NDArray[np.float32]
"""(height, width), 0 paper to 1 black."""


def darkness(channel: NDArray[np.uint8], reach_px: float) -> Tone:
    """Darkness against the brightest surroundings within reach_px, so that a shadow counts as paper."""
    scale = max(1, int(reach_px // 4))
    height, width = channel.shape
    size = (max(1, width // scale), max(1, height // scale))
    small = cv2.resize(channel, size, interpolation=cv2.INTER_AREA)
    reach = max(3, 2 * round(reach_px / scale / 2) + 1)
    paper = cv2.dilate(small, np.ones((reach, reach), np.uint8))
    paper = cv2.GaussianBlur(cv2.erode(paper, np.ones((reach, reach), np.uint8)), (0, 0), reach / 2)
    level = np.maximum(cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR).astype(np.float32), 8.0)
    tone: Tone = np.clip(1.0 - channel.astype(np.float32) / level, 0.0, 1.0)
    return tone


def drawn(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The channel in which ink is dark and a coloured grid is pale: the brightest of the three colours."""
    return np.ascontiguousarray(pixels.max(axis=2))


def ruled(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The channel in which a grid of any colour is dark: the darkest of the three colours."""
    return np.ascontiguousarray(pixels.min(axis=2))


def is_inverted(pixels: NDArray[np.uint8]) -> bool:
    """Whether the picture is a bright trace on a dark screen."""
    return bool(np.median(pixels[::4, ::4].max(axis=2)) < 80)
