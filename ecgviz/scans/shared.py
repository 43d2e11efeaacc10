"""Ink that two traces claim: where they cross, a run belongs to the one that is steep there."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ecgviz.scans.trace import Followed

__all__ = ["disown"]

STEEP = 3


def disown(paths: Sequence[Followed], width: float) -> list[NDArray[np.bool_]]:
    """For each path, the columns whose run is more another's than its own."""
    marks = [np.zeros(path.top.size, bool) for path in paths]
    for m, one in enumerate(paths):
        for n in range(m + 1, len(paths)):
            _split(one, paths[n], marks[m], marks[n], width)
    return marks


def _split(
    one: Followed, two: Followed, mark_one: NDArray[np.bool_], mark_two: NDArray[np.bool_], width: float
) -> None:
    """Mark each stretch of common runs in the path that is flat beside it."""
    first = max(one.first, two.first)
    stop = min(one.first + one.top.size, two.first + two.top.size)
    if stop <= first:
        return
    a, b = slice(first - one.first, stop - one.first), slice(first - two.first, stop - two.first)
    common = (one.top[a] == two.top[b]) & (one.stop[a] == two.stop[b])
    edges = np.diff(np.concatenate([[0], common.astype(np.int8), [0]]))
    starts, ends = np.flatnonzero(edges == 1).tolist(), np.flatnonzero(edges == -1).tolist()
    for start, end in zip(starts, ends, strict=True):
        steep_one = _steepness(one, a.start + start, a.start + end, width)
        steep_two = _steepness(two, b.start + start, b.start + end, width)
        if steep_one < steep_two:
            mark_one[a.start + start : a.start + end] = True
        else:
            mark_two[b.start + start : b.start + end] = True


def _steepness(path: Followed, start: int, stop: int, width: float) -> float:
    """How tall the path's runs are just before and after a stretch, in line widths."""
    around = [*range(max(start - STEEP, 0), start), *range(stop, min(stop + STEEP, path.top.size))]
    tall = (path.stop - path.top)[around]
    tall = tall[np.isfinite(tall)]
    return float(tall.max() / width) if tall.size else 0.0
