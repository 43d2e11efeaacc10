"""The calibration errors that groups would show by chance if one calibration curve served them all."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from ecgviz.evaluate.calibration import platt
from ecgviz.evaluate.metrics import BINS

__all__ = ["chance_eces"]

Array = NDArray[np.floating]
Values = NDArray[np.float64]


def chance_eces(
    y: Array, probability: Array, masks: Sequence[NDArray[np.bool_]], draws: int, seed: int = 0
) -> list[Values]:
    """(draws,) mean ECE over the classes of each group, with labels drawn from each class's one fitted curve.

    y, probability: (records, classes). The fewer the records and the commoner a class, the larger an ECE by chance
    alone: two groups may only be compared against this.
    """
    rng = np.random.default_rng(seed)
    found = [np.zeros(draws) for _ in masks]
    for k in range(y.shape[1]):
        p = probability[:, k].astype(np.float64)
        z = logit(np.clip(p, 1e-6, 1 - 1e-6))
        slope, offset = platt(y[:, k], z)
        drawn = rng.random((draws, len(p)), dtype=np.float32) < expit(slope * z + offset).astype(np.float32)
        for total, mask in zip(found, masks, strict=True):
            total += _eces(drawn[:, mask], p[mask])
    return [total / y.shape[1] for total in found]


def _eces(drawn: NDArray[np.bool_], p: Values) -> Values:
    """(draws,) ECE over bins of equal mass: drawn (draws, records), p (records,)."""
    order, n = np.argsort(p, kind="stable"), len(p)
    bins = min(BINS, n)
    starts = np.arange(bins) * (n // bins) + np.minimum(np.arange(bins), n % bins)
    gaps = np.add.reduceat(drawn[:, order], starts, axis=1, dtype=np.float64) - np.add.reduceat(p[order], starts)
    return np.asarray(np.abs(gaps).sum(axis=1) / n)
