"""Which part of a flat page is ruled paper: a table, a hand or a shadow at the sheet's edge is no part of it."""

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgviz.scans.tone import Tone

__all__ = ["ruled_part"]

LEAST_SHARE, LEAST_ALIKE = 0.25, 0.2
FAINT = 0.2
Mask = NDArray[np.bool_]


def ruled_part(lines: Tone, ink: Tone, large: int, around: int = 1) -> Mask:
    """Where the page is, (height, width): the hull of the large squares that show the grid, and some around it.

    lines: the page with its grid; ink: without it; large: pixels of a large square. Of the squares around, ink that
    goes on outside is left out: it is the sheet's edge or what lies beyond. All True where too few squares show a grid.
    """
    hull = _hull(_seen(lines, large))
    if hull is None:
        return np.ones(lines.shape, np.bool_)
    wider = np.ones((2 * around + 1, 2 * around + 1), np.uint8)
    inner, outer = (_spread(part, lines.shape, large) for part in (hull, cv2.dilate(hull, wider)))
    ring = outer & ~inner
    border = outer & ~cv2.erode(outer.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=0).astype(np.bool_)
    _, labels = cv2.connectedComponents(((ink > FAINT) & ring).astype(np.uint8), connectivity=8)
    crossing = np.unique(labels[border & (labels > 0)])
    found: Mask = outer & ~(ring & np.isin(labels, crossing))
    return found


def _seen(lines: Tone, large: int) -> NDArray[np.uint8]:
    """Large squares (rows, columns) that look like the usual one in the middle of the page."""
    height, width = lines.shape
    rows, columns = height // large, width // large
    cells = lines[: rows * large, : columns * large].reshape(rows, large, columns, large).transpose(0, 2, 1, 3)
    cells = np.minimum(cells, 2.5 * np.quantile(cells, 0.75, axis=(2, 3), keepdims=True) + 0.02)
    cells = cells - cells.mean(axis=(2, 3), keepdims=True)
    middle = slice(rows // 4, rows - rows // 4), slice(columns // 4, columns - columns // 4)
    usual = np.median(cells[middle], axis=(0, 1))
    norms = np.sqrt(np.sum(cells**2, axis=(2, 3)) * np.sum(usual**2)) + 1e-6
    alike = cv2.GaussianBlur((np.sum(cells * usual, axis=(2, 3)) / norms).astype(np.float32), (0, 0), 0.8)
    usually = float(np.median(alike[middle]))
    found: NDArray[np.uint8] = ((alike > 0.5 * usually) & (usually > LEAST_ALIKE)).astype(np.uint8)
    return found


def _hull(seen: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """The hull of the largest connected part; None where that is too small."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(seen, connectivity=4)
    if count < 2 or stats[1:, cv2.CC_STAT_AREA].max() < LEAST_SHARE * seen.size:
        return None
    largest = (labels == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))).astype(np.uint8)
    hull: NDArray[np.uint8] = np.zeros(largest.shape, np.uint8)
    cv2.fillConvexPoly(hull, cv2.convexHull(cv2.findNonZero(largest)), 1)
    return hull


def _spread(squares: NDArray[np.uint8], shape: tuple[int, ...], large: int) -> Mask:
    """Squares as pixels; the rest at the right and the bottom as the last squares."""
    page = np.repeat(np.repeat(squares, large, axis=0), large, axis=1).astype(np.bool_)
    return np.pad(page, ((0, shape[0] - page.shape[0]), (0, shape[1] - page.shape[1])), mode="edge")
