"""Calibration pulses: a flat top between two upright strokes, at the beginning or the end of a row."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ecgviz.scans.flat import Flat
from ecgviz.scans.geometry import Box
from ecgviz.scans.rows import INK, Row

__all__ = ["Pulse", "find_pulses"]

WIDEST_MM, NARROWEST_MM = 12.0, 1.8
HIGHEST_MM, LOWEST_MM = 23.0, 3.5


@dataclass(frozen=True)
class Pulse:
    """One pulse: its box between the middles of its lines, on the flat page; height and width in mm; its row."""

    box: Box
    height_mm: float
    width_mm: float
    row: int


def find_pulses(flat: Flat, rows: tuple[Row, ...]) -> tuple[Pulse, ...]:
    """The clearest pulse of each row that has one in its first 30 or last 25 mm."""
    mm = flat.px_per_mm
    found = []
    first, last = (min(row.x0 for row in rows), max(row.x1 for row in rows)) if rows else (0.0, 0.0)
    for n, row in enumerate(rows):
        for x0, x1 in ((first - 18 * mm, row.x0 + 22 * mm), (row.x1 - 18 * mm, last + 18 * mm)):
            pulse = _in_stretch(flat, row, n, max(round(x0), 0), min(round(x1), flat.ink.shape[1]))
            if pulse is not None:
                found.append(pulse)
                break
    return tuple(found)


def _in_stretch(flat: Flat, row: Row, n: int, x0: int, x1: int) -> Pulse | None:
    mm = flat.px_per_mm
    top, foot = max(round(row.y - (HIGHEST_MM + 3) * mm), 0), round(row.y + 4 * mm)
    inked = flat.ink[top : foot + 1, x0:x1] > INK
    strokes = _strokes(inked, mm)
    best: tuple[float, Pulse] | None = None
    for i, left in enumerate(strokes):
        for right in strokes[i + 1 :]:
            wide = (right[0] - left[0]) / mm
            alike = abs(left[1] - right[1]) < 0.8 * mm and abs(left[2] - right[2]) < 1.5 * mm
            if not (NARROWEST_MM < wide < WIDEST_MM and alike):
                continue
            shape = _flat_top(inked, left, right, mm)
            base = top + (left[2] + right[2]) / 2
            if shape is None or abs(base - row.y) > 3.5 * mm:
                continue
            height = (left[2] + right[2]) / 2 - shape
            box = (x0 + left[0], top + shape, x0 + right[0], base)
            if LOWEST_MM < height / mm < HIGHEST_MM and (best is None or height > best[0]):
                best = height, Pulse(box, height / mm, wide, n)
    return best[1] if best else None


def _strokes(inked: NDArray[np.bool_], mm: float) -> list[tuple[float, float, float]]:
    """Upright strokes: (x, top, foot) in pixel centres, at least LOWEST_MM high and at most 1.5 mm wide."""
    columns = []
    for x in range(inked.shape[1]):
        labels, count = ndimage.label(inked[:, x])
        if count == 0:
            continue
        sizes = np.bincount(labels)[1:]
        longest = int(np.argmax(sizes)) + 1
        if sizes[longest - 1] >= LOWEST_MM * mm:
            places = np.flatnonzero(labels == longest)
            columns.append((x, int(places[0]), int(places[-1])))
    groups: list[list[tuple[int, int, int]]] = []
    for column in columns:
        if groups and column[0] - groups[-1][-1][0] <= 1:
            groups[-1].append(column)
        else:
            groups.append([column])
    found = []
    for group in groups:
        xs, tops, feet = (np.array(part, np.float64) for part in zip(*group, strict=True))
        if np.ptp(xs) <= 1.5 * mm:
            half = (np.ptp(xs) + 1) / 2
            found.append((float(xs.mean()), float(np.median(tops)), float(np.median(feet)) - min(half, 0.3 * mm)))
    return found


def _flat_top(
    inked: NDArray[np.bool_], left: tuple[float, float, float], right: tuple[float, float, float], mm: float
) -> float | None:
    """The y of the middle of the top line between two strokes; None unless it is there and nothing is below it."""
    a, b = int(left[0]) + 1, int(np.ceil(right[0]))
    y = round((left[1] + right[1]) / 2)
    near = round(0.8 * mm)
    band = inked[max(y - near, 0) : y + near + 1, a:b]
    low = round((left[2] + right[2]) / 2)
    inner = inked[y + near + 1 : max(low - near, y + near + 2), a + round(0.4 * mm) : b - round(0.4 * mm)]
    if band.size == 0 or band.any(axis=0).mean() < 0.85 or (inner.size and inner.any(axis=1).mean() > 0.5):
        return None
    rows = np.nonzero(band)[0]
    return float(max(y - near, 0) + np.median(rows))
