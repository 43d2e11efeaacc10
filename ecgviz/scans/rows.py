"""Rows of trace on a flat page: bands that have ink in nearly every column, from their first to their last column."""

from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, signal

from ecgviz.scans.flat import Flat

__all__ = ["INK", "Row", "find_rows", "level_near"]

INK = 0.4
"""Ink darker than this share of most ink is drawn."""
BAND_MM = 1.5
BLOCK_MM = 2.0
CLOSEST_MM = 7.0
FAINTEST = 0.15
GAP_MM = 9.0
SURE, LEAST_PART = 0.85, 0.25
"""Cover, and share of the longest row's length, from which a stretch of trace stands for a whole row."""
STROKE_GAP_MM, LEAST_STROKE_MM, FURTHER_MM = 0.6, 5.0, 130.0


@dataclass(frozen=True)
class Row:
    """One row: the y of its usual level, its first and last column, and the share of columns that have trace."""

    y: float
    x0: float
    x1: float
    cover: float


def find_rows(flat: Flat) -> tuple[Row, ...]:
    """Rows from top to bottom, each at least a third as long as the longest."""
    mm = flat.px_per_mm
    inked = flat.ink > INK
    cover = _cover(inked, mm)  # (height, blocks)
    if cover.shape[1] < 20:
        return ()
    first, last = _extent(cover)
    profile = ndimage.gaussian_filter1d(cover[:, first:last].mean(axis=1), 0.6 * mm)
    peaks, _ = signal.find_peaks(profile, height=FAINTEST, distance=round(CLOSEST_MM * mm))
    clear = {int(y) for y in peaks if profile[y] > max(0.3, 0.6 * profile.max())}
    rows = {int(y): row for y in peaks if (row := _row(cover[y], int(y), mm)) is not None}
    ends = _reached([_settled(row, inked, mm) for row in rows.values()], inked, mm)
    longest = max((row.x1 - row.x0 for y, row in zip(rows, ends, strict=True) if y in clear), default=0.0)
    strong = [row for y, row in zip(rows, ends, strict=True) if y in clear and row.x1 - row.x0 > 0.6 * longest]
    return _filled(strong, [row for row in ends if row not in strong])


def _filled(strong: list[Row], weak: list[Row]) -> tuple[Row, ...]:
    """The strong rows, and weak ones that complete them to rows one pitch apart: wide complexes leave their level."""
    longest = max((row.x1 - row.x0 for row in strong), default=0.0)
    likely = [row for row in weak if row.cover > SURE and row.x1 - row.x0 > LEAST_PART * longest]
    every = sorted([*strong, *likely], key=lambda row: row.y)
    gaps = np.diff([row.y for row in every])
    if likely and strong and len(every) > 2 and np.ptp(gaps) < 0.15 * np.median(gaps):
        left, right = min(row.x0 for row in strong), max(row.x1 for row in strong)
        return tuple(row if row in strong else replace(row, x0=left, x1=right) for row in every)
    return _bridged(strong, weak)


def _bridged(strong: list[Row], weak: list[Row]) -> tuple[Row, ...]:
    """The strong rows, and a weak one in the middle of each gap of two pitches."""
    pitch = min((low.y - high.y for high, low in pairwise(strong)), default=0.0)
    found = list(strong)
    for high, low in pairwise(strong):
        middle = (high.y + low.y) / 2
        near = [row for row in weak if abs(row.y - middle) < 0.2 * pitch]
        if near and abs(low.y - high.y - 2 * pitch) < 0.15 * pitch:
            best = max(near, key=lambda row: row.cover * (row.x1 - row.x0))
            found.append(replace(best, x0=min(high.x0, low.x0, best.x0), x1=max(high.x1, low.x1, best.x1)))
    return tuple(sorted(found, key=lambda row: row.y))


def _cover(inked: NDArray[np.bool_], mm: float) -> NDArray[np.float32]:
    """For each y and block of columns: the share of the block's columns with ink within BAND_MM of y."""
    reach = 2 * round(BAND_MM * mm) + 1
    band = cv2.dilate(inked.astype(np.uint8), np.ones((reach, 1), np.uint8))
    block = round(BLOCK_MM * mm)
    blocks = inked.shape[1] // block
    share = band[:, : blocks * block].reshape(inked.shape[0], blocks, block).mean(axis=2, dtype=np.float32)
    return np.where(share > 0.7, share, 0).astype(np.float32)


def _extent(cover: NDArray[np.float32]) -> tuple[int, int]:
    """Blocks [first, last) where several rows or the only rows have trace."""
    if not cover.any():
        return 0, cover.shape[1]
    busy = (cover > 0).mean(axis=1)
    lively = cover[busy > 0.6 * float(busy.max())]
    columns = np.flatnonzero((lively > 0).mean(axis=0) > 0.3)
    return (int(columns[0]), int(columns[-1]) + 1) if columns.size else (0, cover.shape[1])


def _row(cover: NDArray[np.float32], y: int, mm: float) -> Row | None:
    """The longest stretch of blocks with trace, bridging gaps."""
    block = round(BLOCK_MM * mm)
    filled = ndimage.binary_closing(np.pad(cover > 0, 8), np.ones(int(GAP_MM / BLOCK_MM) + 1, dtype=np.bool_))[8:-8]
    labels, count = ndimage.label(filled)
    if count == 0:
        return None
    sizes = ndimage.sum_labels(filled, labels, range(1, count + 1))
    places = np.flatnonzero(labels == int(np.argmax(sizes)) + 1)
    first, last = int(places[0]), int(places[-1]) + 1
    return Row(float(y), first * block, last * block, float((cover[first:last] > 0).mean()))


def _settled(row: Row, inked: NDArray[np.bool_], mm: float) -> Row:
    """With the level at which most of the row's ink lies, and its ends to the pixel."""
    reach, end = round(2.5 * mm), round(3 * BLOCK_MM * mm)
    top = max(int(row.y) - reach, 0)
    band = inked[top : int(row.y) + reach + 1, int(row.x0) : int(row.x1)]
    counts = ndimage.gaussian_filter1d(band.sum(axis=1).astype(np.float64), 0.3 * mm)
    left, right = max(int(row.x0) - end, 0), min(int(row.x1) + end, inked.shape[1])
    columns = inked[top : int(row.y) + reach + 1, left:right].any(axis=0)
    bridge = np.ones(round(GAP_MM * mm), dtype=np.bool_)
    labels, _ = ndimage.label(ndimage.binary_closing(np.pad(columns, 50), bridge)[50:-50])
    middle = labels[labels.size // 2] or 1
    places = np.flatnonzero((labels == middle) & columns)
    return Row(top + float(np.argmax(counts)), left + float(places[0]), left + float(places[-1]) + 1, row.cover)


def _reached(rows: list[Row], inked: NDArray[np.bool_], mm: float) -> list[Row]:
    """Rows up to the ends of the strokes that run along them: a trace may leave its level before it ends."""
    joined = cv2.dilate(inked.astype(np.uint8), np.ones((1, max(3, round(STROKE_GAP_MM * mm))), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    spill = max(3, round(STROKE_GAP_MM * mm)) // 2
    found = []
    for row in rows:
        a, b = max(round(row.y - BAND_MM * mm), 0), round(row.y + BAND_MM * mm) + 1
        band = labels[a:b, round(row.x0) : round(row.x1)]
        shares = np.bincount(band.max(axis=0), minlength=len(stats))
        shares[0] = 0
        left, right = row.x0, row.x1
        for k in np.flatnonzero(shares > LEAST_STROKE_MM * mm):
            x, wide = stats[k, cv2.CC_STAT_LEFT], stats[k, cv2.CC_STAT_WIDTH]
            if row.x0 - x < FURTHER_MM * mm:
                left = min(left, float(x + spill))
            if x + wide - row.x1 < FURTHER_MM * mm:
                right = max(right, float(x + wide - spill))
        found.append(replace(row, x0=left, x1=right))
    return found


def level_near(flat: Flat, y: float, x0: float, x1: float) -> float:
    """The row of the page with most ink within 8 mm of y, between two columns."""
    reach = 8 * flat.px_per_mm
    top = max(round(y - reach), 0)
    band = flat.ink[top : round(y + reach) + 1, max(round(x0), 0) : round(x1)] > INK
    counts = ndimage.gaussian_filter1d(band.sum(axis=1).astype(np.float64), 0.3 * flat.px_per_mm)
    return float(top + np.argmax(counts)) if counts.size else y
