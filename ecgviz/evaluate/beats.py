"""Figures of a beat classifier: F1 by class and its averages, accuracy, sensitivity, +P and the jk index.

Intervals come from resampling whole records, because the beats of one person are alike. The jk index is that of Mar et
al., IEEE Trans Biomed Eng 2011;58:2168: half of Cohen's kappa plus an eighth of the sum of Se and +P of S and V.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["by_record", "figures", "summary"]

Array = NDArray[np.float64]
RESAMPLES = 1000


def by_record(
    truth: NDArray[np.int64], said: NDArray[np.int64], record: Sequence[str] | NDArray[np.str_], classes: int
) -> Array:
    """(records, classes, classes) counts: rows the true class, columns the answer."""
    _, which = np.unique(np.asarray(record), return_inverse=True)
    out = np.zeros((int(which.max()) + 1, classes, classes))
    np.add.at(out, (which, truth, said), 1)
    return out


def figures(counts: Array, labels: Sequence[str]) -> dict[str, Array]:
    """By name, (...,) values of (..., classes, classes) counts.

    accuracy, macro_f1, weighted_f1, jk (where S and V are among the labels), and for each class f1_, se_ and ppv_. A
    class without beats has no figure (NaN) and is left out of the macro average; one that is never answered has F1 0.
    """
    hit = np.diagonal(counts, axis1=-2, axis2=-1)
    true, said = counts.sum(axis=-1), counts.sum(axis=-2)
    total = true.sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        se = hit / true
        ppv = np.where(said > 0, hit / said, 0.0)
        f1 = np.where(true > 0, 2 * hit / (true + said), np.nan)
        agreed, chance = hit.sum(axis=-1) / total, (true * said).sum(axis=-1) / total**2
        kappa = (agreed - chance) / (1 - chance)
    out = {"accuracy": agreed, "macro_f1": _mean(f1), "weighted_f1": np.nansum(f1 * true, axis=-1) / total}
    out["macro_se"] = _mean(se)
    if {"S", "V"} <= set(labels):
        at = [labels.index("S"), labels.index("V")]
        out["jk"] = 0.5 * kappa + 0.125 * (se[..., at].sum(axis=-1) + ppv[..., at].sum(axis=-1))
    if {"N", "S", "V"} <= set(labels):
        out["macro_f1_nsv"] = _mean(f1[..., [labels.index(name) for name in "NSV"]])
    for k, name in enumerate(labels):
        out |= {
            f"f1_{name}": f1[..., k],
            f"se_{name}": se[..., k],
            f"ppv_{name}": np.where(true > 0, ppv, np.nan)[..., k],
        }
    return out


def _mean(values: Array) -> Array:
    """Mean over the last axis of what is there; NaN where nothing is."""
    there = np.isfinite(values)
    count = there.sum(axis=-1)
    total = np.where(there, values, 0.0).sum(axis=-1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def summary(counts: Array, labels: Sequence[str], seed: int = 0) -> dict[str, Any]:
    """Figures of (records, classes, classes) counts with 95 % intervals from 1000 resamplings of the records.

    n (beats), records, confusion, metrics {name: {value, low, high}}; a figure that cannot be had is left out.
    """
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(len(counts), np.full(len(counts), 1 / len(counts)), size=RESAMPLES)
    value = figures(counts.sum(axis=0), labels)
    spread = figures(np.tensordot(drawn.astype(np.float64), counts, axes=1), labels)
    metrics = {}
    for name, found in value.items():
        if np.isfinite(found):
            low, high = np.nanpercentile(spread[name], [2.5, 97.5])
            metrics[name] = {
                "value": round(float(found), 5),
                "low": round(float(low), 5),
                "high": round(float(high), 5),
            }
    total = counts.sum(axis=0)
    return {
        "n": int(total.sum()),
        "records": len(counts),
        "confusion": total.astype(int).tolist(),
        "metrics": metrics,
    }
