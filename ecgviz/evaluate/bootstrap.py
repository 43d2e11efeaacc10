"""95 % percentile intervals by resampling patients, so that several records of one person count as one draw."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Figure", "figure", "p_value", "resamples"]

REPEATS = 1000
Figure = dict[str, float | None]


def resamples(patients: Sequence[Any] | NDArray[Any], repeats: int = REPEATS, seed: int = 0) -> NDArray[np.int32]:
    """(repeats, records): how often each record occurs in each resample of the patients with replacement."""
    _, group = np.unique(np.asarray(patients), return_inverse=True)
    people = int(group.max()) + 1
    draws = np.random.default_rng(seed).integers(0, people, (repeats, people))
    return np.stack([np.bincount(draw, minlength=people) for draw in draws])[:, group].astype(np.int32)


def figure(value: float, samples: NDArray[np.float64], biased: bool = False) -> Figure:
    """{"value", "low", "high"} from a figure and its resampled values (repeats,), NaN left out; None where there is
    none.

    Some figures only grow by resampling, such as a calibration error: with `biased`, the percentiles are moved back by
    that mean excess.
    """
    known = samples[np.isfinite(samples)]
    low, high = np.percentile(known, [2.5, 97.5]) if known.size else (np.nan, np.nan)
    excess = float(known.mean()) - value if biased and known.size else 0.0
    found = {"value": value, "low": float(low) - excess, "high": float(high) - excess}
    return {k: round(v, 5) if np.isfinite(v) else None for k, v in found.items()}


def p_value(samples: NDArray[np.float64]) -> float:
    """Two-sided p of "no difference" from resampled differences (repeats,); NaN without any."""
    known = samples[np.isfinite(samples)]
    if not known.size:
        return float("nan")
    tail = min((known <= 0).sum(), (known >= 0).sum())
    return float(min(1.0, 2 * (tail + 1) / (known.size + 1)))
