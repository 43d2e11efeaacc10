"""How a sheet that does not lie flat bends its lines: a smooth field that puts them straight again."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["Bend", "find_bend"]

LEAST_POINTS = 40
DEGREE = 3
NOTED = 0.12
"""Lines of misfit below which a sheet counts as flat."""
COARSE_PX, FURTHEST = 16, 1.25
Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Bend:
    """By how many lines a place of the flat page is really further on: polynomials (terms, 2) over centre +- half."""

    centre: Array
    half: Array
    terms: Array

    def at(self, counts: Array) -> Array:
        """The shift (n, 2) in lines at places (n, 2) in lines."""
        return _terms(np.clip((counts - self.centre) / self.half, -FURTHEST, FURTHEST)) @ self.terms

    def straighten(self, page: NDArray[Any], per_line: float, origin: tuple[float, float]) -> NDArray[Any]:
        """A page of per_line pixels a line, whose first pixel is at origin in lines, with its lines put straight."""
        height, width = page.shape
        x, y = np.arange(0, width + COARSE_PX, COARSE_PX), np.arange(0, height + COARSE_PX, COARSE_PX)
        grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2).astype(np.float64)
        shift = self.at(grid / per_line + origin) * per_line
        size = len(x) * COARSE_PX, len(y) * COARSE_PX
        field = cv2.resize(shift.reshape(len(y), len(x), 2).astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
        half = COARSE_PX // 2  # the coarse points stand in the middle of what resize makes of them
        field = field[half : half + height, half : half + width]
        rows, columns = np.indices((height, width)).astype(np.float32)
        moved = columns - field[..., 0], rows - field[..., 1]
        return np.asarray(cv2.remap(page, *moved, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), page.dtype)


def find_bend(seen: Array, true: Array) -> Bend | None:
    """The bend between places as a flat sheet would have them and as counted, both (n, 2) in lines; None where flat."""
    if len(seen) < LEAST_POINTS:
        return None
    low, high = seen.min(axis=0), seen.max(axis=0)
    centre, half = (low + high) / 2, np.maximum((high - low) / 2, 1.0)
    basis, off = _terms((seen - centre) / half), true - seen
    kept = np.ones(len(seen), bool)
    for _ in range(3):
        terms = np.asarray(np.linalg.lstsq(basis[kept], off[kept], rcond=None)[0], np.float64)
        left = np.hypot(*(off - basis @ terms).T)
        kept = left < max(3 * float(np.median(left)), 0.05)
        if kept.sum() < LEAST_POINTS:
            return None
    flat = float(np.sqrt(np.mean(np.sum(off[kept] ** 2, axis=1))))
    bent = float(np.sqrt(np.mean(left[kept] ** 2)))
    return Bend(centre, half, terms) if flat > NOTED and bent < 0.6 * flat else None


def _terms(at: Array) -> Array:
    """Products of powers of x and y up to DEGREE in all, (n, terms)."""
    x, y = at.T
    return np.stack([x**i * y**j for i in range(DEGREE + 1) for j in range(DEGREE + 1 - i)], axis=1)
