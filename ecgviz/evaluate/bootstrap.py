"""95 % percentile intervals by resampling patients, so that several records of one person count as one draw."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["interval", "resamples"]

REPEATS = 1000
BIASED = frozenset({"ece"})


def resamples(patients: Sequence[Any] | NDArray[Any], repeats: int = REPEATS, seed: int = 0) -> list[NDArray[np.int64]]:
    """Row numbers of each resample of the patients with replacement."""
    _, group = np.unique(np.asarray(patients), return_inverse=True)
    order = np.argsort(group, kind="stable")
    rows = np.split(order, np.cumsum(np.bincount(group))[:-1])
    rng = np.random.default_rng(seed)
    draws = rng.integers(0, len(rows), (repeats, len(rows)))
    return [np.concatenate([rows[i] for i in draw]) for draw in draws]


def interval(
    measure: Callable[[NDArray[np.int64]], Mapping[str, float]], rows: Sequence[NDArray[np.int64]]
) -> dict[str, tuple[float, float]]:
    """For each figure that `measure(row numbers)` gives, the 2.5th and 97.5th percentile over the resamples.

    A calibration error (`ece`) only grows by resampling; its percentiles are moved back by that mean excess.
    """
    found = [measure(chosen) for chosen in rows]
    whole = measure(np.sort(np.unique(np.concatenate(rows))))
    result = {}
    for name in found[0]:
        values = np.array([one[name] for one in found])
        low, high = np.nanpercentile(values, [2.5, 97.5]) if np.isfinite(values).any() else (np.nan, np.nan)
        excess = float(np.nanmean(values)) - whole[name] if name in BIASED else 0.0
        result[name] = (float(low) - excess, float(high) - excess)
    return result
