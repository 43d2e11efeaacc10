"""Following one trace over the columns of a flat page: the run of ink in each column that continues it best.

A column of a steep stroke is a tall run, from where the pen came to where it left.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation, maximum_filter1d
from scipy.signal import find_peaks

from ecgviz.scans.rows import INK
from ecgviz.scans.tone import Tone

__all__ = ["Followed", "Runs", "column_runs", "follow", "line_width", "settle"]

JUMP, LEVEL, MISS = 0.6, 0.02, 0.6
FAR_MM = 8.0
"""Costs: a mm of blank paper crossed from column to column; a mm off the row's level, up to FAR_MM; a column without
ink, which costs more than any one column of a tall complex."""
KEPT = 6
TIP_PX, NEAR_TIP = 1.0, 0.51
Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Runs:
    """Runs of ink in one column: top and stop rows (k,), [top, stop)."""

    top: NDArray[np.int64]
    stop: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Followed:
    """One trace over columns first .. first + n: the run taken in each, NaN where there was none; rows of the page."""

    first: int
    top: Array
    stop: Array
    cost: float


def column_runs(ink: Tone, x0: int, x1: int) -> list[Runs]:
    """The runs of each column x0 .. x1."""
    inked = np.zeros((ink.shape[0] + 2, x1 - x0), np.int8)
    inked[1:-1] = ink[:, x0:x1] > INK
    edges = np.diff(inked, axis=0)
    found = []
    for column in edges.T:
        found.append(Runs(np.flatnonzero(column == 1), np.flatnonzero(column == -1)))
    return found


def line_width(columns: list[Runs]) -> float:
    """Usual thickness of the trace in pixels: the lower quartile of the runs' heights."""
    heights = [runs.stop - runs.top for runs in columns if runs.top.size]
    return float(np.quantile(np.concatenate(heights), 0.3)) if heights else 1.0


def follow(columns: list[Runs], first: int, level: float, reach: float, px_per_mm: float) -> Followed:
    """The cheapest path over the columns for a trace whose usual level is `level`, within `reach` pixels of it.

    Viterbi over runs; a column may be missed, keeping the last run's place.
    """
    per_mm = 1.0 / px_per_mm
    top, stop = np.array([level]), np.array([level])
    cost = np.zeros(1)
    tops: list[Array] = []
    stops: list[Array] = []
    parents: list[NDArray[np.int64]] = []
    real: list[NDArray[np.bool_]] = []
    for n, runs in enumerate(columns):
        middle = (runs.top + runs.stop) / 2
        near = (runs.stop > level - reach) & (runs.top < level + reach)
        a, b = runs.top[near].astype(np.float64), runs.stop[near].astype(np.float64)
        gap = np.maximum(0, np.maximum(a[:, None] - stop, top - b[:, None])) * per_mm
        shift = np.abs(middle[near][:, None] - (top + stop) / 2) * per_mm
        jump = JUMP if n else 0.1
        off = np.clip(np.maximum(a - level, level - b) * per_mm, 0, FAR_MM)
        through = cost + jump * gap + 0.02 * shift
        parent = np.argmin(through, axis=1) if a.size else np.zeros(0, np.int64)
        new = through[np.arange(a.size), parent] + LEVEL * off if a.size else np.zeros(0)
        carried = np.argsort(cost)[:KEPT]
        tops.append(np.concatenate([a, top[carried]]))
        stops.append(np.concatenate([b, stop[carried]]))
        parents.append(np.concatenate([parent, carried]))
        real.append(np.concatenate([np.ones(a.size, bool), np.zeros(carried.size, bool)]))
        cost = np.concatenate([new, cost[carried] + MISS])
        top, stop = tops[-1], stops[-1]
    best = int(np.argmin(cost))
    total, n = float(cost[best]), len(columns)
    found_top, found_stop = np.full(n, np.nan), np.full(n, np.nan)
    for k in range(n - 1, -1, -1):
        if real[k][best]:
            found_top[k], found_stop[k] = tops[k][best], stops[k][best]
        best = int(parents[k][best])
    return Followed(first, found_top, found_stop, total)


def settle(path: Followed, ink: Tone, width: float, foreign: NDArray[np.bool_] | None = None) -> Array:
    """The trace's y in pixel centres, (n,), at the middle of each column.

    A short run: the centre of its ink. A tall one: where both edges say the pen's middle was. A peak or a valley keeps
    the height of its tip, wherever the pen filled it. NaN where no run was taken. foreign: columns whose run holds
    another's ink (a separator, a neighbour); there the straight line between the columns around is taken.
    """
    tall = path.stop - path.top > 1.8 * width + 0.5
    top, stop = _edges(path, ink)
    pen = max(3, round(width))
    upper = _eroded(top + width / 2, pen)
    lower = -_eroded(-(stop - width / 2), pen)
    middle = (upper + lower) / 2
    left, right = np.roll(middle, pen), np.roll(middle, -pen)
    turned = np.where(2 * middle < left + right, upper, lower)
    y = np.where(tall, np.where(lower - upper > 1.0, turned, middle), _centroids(path, ink))
    own = tall if foreign is None else tall & ~binary_dilation(foreign, iterations=pen)
    y = _pointed(y, (*_tips(top + width / 2, own, pen), *_tips(-(stop - width / 2), own, pen, -1.0))) - 0.5
    return y if foreign is None else _cut(y, path, foreign, width)


def _tips(edge: Array, tall: NDArray[np.bool_], pen: int, sign: float = 1.0) -> list[tuple[float, float]]:
    """(column, y) of each peak of an edge that stands out of tall runs; sign: -1 for an edge turned upside down."""
    there = np.where(np.isfinite(edge), -edge, -1e6)
    found = []
    for k in find_peaks(there, prominence=TIP_PX, wlen=8 * pen + 1, plateau_size=(1, 2 * pen + 1))[0]:
        if tall[k]:
            a = b = int(k)
            while a > 0 and there[a - 1] > there[k] - TIP_PX / 2:
                a -= 1
            while b + 1 < there.size and there[b + 1] > there[k] - TIP_PX / 2:
                b += 1
            if b - a <= 2 * pen:
                found.append(((a + b) / 2, -sign * float(there[k])))
    return found


def _pointed(y: Array, tips: tuple[tuple[float, float], ...]) -> Array:
    """The trace led through its tips instead of what stands within a column of them."""
    if not tips:
        return y
    x = np.arange(y.size, dtype=np.float64)
    at, to = (np.array(part) for part in zip(*sorted(tips), strict=True))
    after = np.clip(np.searchsorted(at, x), 1, at.size) if at.size > 1 else np.ones(x.size, np.int64)
    gap = np.minimum(np.abs(x - at[after - 1]), np.abs(x - at[np.minimum(after, at.size - 1)]))
    kept = np.isfinite(y) & (gap > NEAR_TIP)
    order = np.argsort(np.concatenate([x[kept], at]), kind="stable")
    drawn = np.interp(x, np.concatenate([x[kept], at])[order], np.concatenate([y[kept], to])[order])
    return np.where(np.isfinite(y) & ~kept, drawn, y)


def _eroded(edge: Array, pen: int) -> Array:
    """(n,) the upper edge of the ink, moved back along the columns by the pen's width: where the pen's middle was.

    A pen reaches each height half its width early and leaves it as much later, so the ink's edge is that of the drawn
    line widened; the largest over the pen's width undoes it, but for hollows narrower than the pen.
    """
    known = np.isfinite(edge)
    there = np.where(known, edge, -np.inf)
    shifts = (0,) if pen % 2 else (0, -1)
    found = [maximum_filter1d(there, pen, mode="nearest", origin=shift) for shift in shifts]
    return np.where(known, np.mean(found, axis=0), np.nan)


def _edges(path: Followed, ink: Tone) -> tuple[Array, Array]:
    """Upper and lower edge of each run to a fraction of a pixel, by how grey the pixels at the edge are."""
    top, stop = path.top.copy(), path.stop.copy()
    known = np.flatnonzero(np.isfinite(top))
    x = path.first + known
    a, b = path.top[known].astype(int), path.stop[known].astype(int)
    height = ink.shape[0]
    outer_a, outer_b = ink[np.maximum(a - 1, 0), x], ink[np.minimum(b, height - 1), x]
    top[known] = a + np.clip(1.0 - ink[a, x] - outer_a, -0.5, 0.6)
    stop[known] = b - np.clip(1.0 - ink[b - 1, x] - outer_b, -0.5, 0.6)
    return top, stop


def _centroids(path: Followed, ink: Tone) -> Array:
    """Centre of the ink of each short run, in pixel edges."""
    y = np.full(path.top.size, np.nan)
    for k in np.flatnonzero(np.isfinite(path.top) & (path.stop - path.top < 24)):
        a, b = max(int(path.top[k]) - 1, 0), min(int(path.stop[k]) + 1, ink.shape[0])
        weight = ink[a:b, path.first + k].astype(np.float64)
        y[k] = float(np.sum(weight * (np.arange(a, b) + 0.5)) / np.sum(weight))
    return y


def _cut(y: Array, path: Followed, foreign: NDArray[np.bool_], width: float) -> Array:
    """In marked columns, the straight line between the columns around them, kept within the run of ink."""
    marked = foreign & np.isfinite(y) & (path.stop - path.top > 1.8 * width + 0.5)
    trusted = np.flatnonzero(np.isfinite(y) & ~marked)
    if not marked.any() or trusted.size < 2:
        return y
    line = np.interp(np.flatnonzero(marked), trusted, y[trusted])
    low, high = path.top[marked] + width / 2 - 0.5, path.stop[marked] - width / 2 - 0.5
    found = y.copy()
    found[marked] = np.clip(line, np.minimum(low, high), np.maximum(low, high))
    return found
