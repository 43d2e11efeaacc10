"""The metrics of many resamples at once.

Labels and scores are (records, classes); counts (resamples, records) says how often each resample holds each record.
Every class is sorted once and the counts are summed in that order, so that a thousand resamples cost seconds. The
results are those of `metrics` on rows repeated as often.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ecgviz.evaluate.metrics import BINS

__all__ = ["areas", "confusions", "eces", "mean", "micro_auroc", "pooled_ece", "ratio"]

Array = NDArray[np.floating]
Counts = NDArray[np.int32]
Values = NDArray[np.float64]
CELLS = 1_000_000
"""Most counts held at a time."""


def areas(y: Array, scores: Array, counts: Counts) -> tuple[Values, Values]:
    """(resamples, classes) AUROC, ties counted half, and average precision, tied scores taken together.

    NaN where a resample has no positive, and for AUROC no negative.
    """
    rows = np.arange(len(y))
    found = [_areas(y[:, k], scores[:, k], rows, counts) for k in range(y.shape[1])]
    return np.stack([roc for roc, _ in found], axis=1), np.stack([pr for _, pr in found], axis=1)


def micro_auroc(y: Array, scores: Array, counts: Counts) -> Values:
    """(resamples,) AUROC of all cells as one class."""
    return _areas(y.ravel(), scores.ravel(), _row_of_cell(y), counts)[0]


def eces(y: Array, probability: Array, counts: Counts) -> Values:
    """(resamples, classes) expected calibration error over bins of equal mass."""
    rows = np.arange(len(y))
    return np.stack([_ece(y[:, k], probability[:, k], rows, counts) for k in range(y.shape[1])], axis=1)


def pooled_ece(y: Array, probability: Array, counts: Counts) -> Values:
    """(resamples,) expected calibration error of all cells as one class."""
    return _ece(y.ravel(), probability.ravel(), _row_of_cell(y), counts)


def confusions(y: Array, positive: NDArray[np.bool_], counts: Counts) -> dict[str, Values]:
    """(resamples, classes) counts tp, fp, fn, tn of a decision."""
    weight, truth = counts.astype(np.float64), y > 0
    cells = {"tp": truth & positive, "fp": ~truth & positive, "fn": truth & ~positive}
    found: dict[str, Values] = {name: weight @ mask.astype(np.float64) for name, mask in cells.items()}
    return found | {"tn": weight.sum(axis=1, keepdims=True) - sum(found.values())}


def ratio(part: Values, whole: Values) -> Values:
    """part / whole, NaN where the whole is 0."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(part / whole, dtype=np.float64)


def mean(values: Values, weights: Values | NDArray[np.bool_] | None = None) -> Values:
    """(resamples,) mean over the classes that have a value, weighted; NaN where none has."""
    weight = np.isfinite(values) * (1.0 if weights is None else weights)
    return ratio((np.nan_to_num(values) * weight).sum(axis=1), weight.sum(axis=1))


def _row_of_cell(y: Array) -> NDArray[np.int64]:
    return np.repeat(np.arange(len(y)), y.shape[1])


def _chunks(rows: NDArray[np.int64], counts: Counts) -> Iterator[Counts]:
    """The counts of these rows, some resamples at a time: (some, rows)."""
    step = max(1, CELLS // max(1, len(rows)))
    for i in range(0, len(counts), step):
        yield np.take(counts[i : i + step], rows, axis=1)


def _areas(y: Array, scores: Array, rows: NDArray[np.int64], counts: Counts) -> tuple[Values, Values]:
    order = np.argsort(scores, kind="stable")
    at = np.flatnonzero(y[order] > 0)
    edges = np.append(np.flatnonzero(np.append(True, np.diff(scores[order]) != 0)), len(order))
    runs = np.unique(np.searchsorted(edges, at, side="right") - 1)  # runs of equal scores that hold a positive
    start, end = edges[runs], edges[runs + 1]
    parts = [_run_areas(c, at, start, end) for c in _chunks(rows[order], counts)]
    roc, pr = (np.concatenate(column) for column in zip(*parts, strict=True))
    return roc, pr


def _run_areas(
    c: Counts, at: NDArray[np.intp], start: NDArray[np.intp], end: NDArray[np.intp]
) -> tuple[Values, Values]:
    """c: (resamples, cells) by rising score; at: places of the positives; start, end: runs that hold one."""
    every, found = _sums(c), _sums(c[:, at])
    first, last = np.searchsorted(at, start), np.searchsorted(at, end)
    hits_below, hits_upto = found[:, first], found[:, last]
    misses_below, misses_upto = every[:, start] - hits_below, every[:, end] - hits_upto
    in_run, positives = hits_upto - hits_below, found[:, -1]
    roc = (in_run * (misses_below + misses_upto)).sum(axis=1) / 2
    reached, called = positives[:, None] - hits_below, every[:, -1:] - every[:, start]
    pr = (in_run * (reached / np.maximum(called, 1))).sum(axis=1)
    return ratio(roc, positives * (every[:, -1] - positives)), ratio(pr, positives)


def _sums(c: Counts) -> Values:
    """(resamples, cells + 1) sums of the counts before each cell."""
    out = np.zeros((len(c), c.shape[1] + 1))
    np.cumsum(c, axis=1, out=out[:, 1:])
    return out


def _ece(y: Array, probability: Array, rows: NDArray[np.int64], counts: Counts) -> Values:
    order = np.argsort(probability, kind="stable")
    gap = (probability.astype(np.float64) - y)[order]
    return np.concatenate([_binned(gap, c) for c in _chunks(rows[order], counts)])


def _binned(gap: Values, c: Counts) -> Values:
    """Mean size of the mean gap of each bin: gap (cells,) by rising probability, c (resamples, cells)."""
    total = np.cumsum(c, axis=1, dtype=np.int64)
    size, inner = total[:, -1], np.arange(1, BINS + 1)
    ends = inner * (size // BINS)[:, None] + np.minimum(inner, (size % BINS)[:, None])
    # the cell in which each bin ends: one search over all resamples, kept apart by an offset
    apart = np.arange(len(c))[:, None] * (int(size.max()) + 1)
    at = np.searchsorted((total + apart).ravel(), (ends + apart).ravel()).reshape(ends.shape)
    at = np.minimum(at - np.arange(len(c))[:, None] * c.shape[1], c.shape[1] - 1)
    beyond = np.take_along_axis(total, at, axis=1) - ends
    sums = np.take_along_axis(np.cumsum(c * gap, axis=1), at, axis=1) - beyond * gap[at]
    return ratio(np.abs(np.diff(sums, axis=1, prepend=0)).sum(axis=1), size.astype(np.float64))
