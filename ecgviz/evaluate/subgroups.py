"""The same figures for women and men and for bands of age."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ecgviz.evaluate import metrics
from ecgviz.evaluate.bootstrap import interval, resamples

__all__ = ["AGE_BANDS", "groups", "subgroup_figures"]

AGE_BANDS: dict[str, tuple[float, float]] = {
    "age under 40": (0, 40),
    "age 40-59": (40, 60),
    "age 60-79": (60, 80),
    "age 80 and over": (80, 200),
}
FEWEST = 10
Array = NDArray[np.floating]
REPEATS = 400


def groups(rows: pd.DataFrame) -> dict[str, NDArray[np.bool_]]:
    """Which rows (columns `sex`, `age`) belong to each group."""
    found = {word: (rows["sex"] == letter).to_numpy() for word, letter in (("women", "F"), ("men", "M"))}
    age = rows["age"].to_numpy(dtype=float)
    return found | {name: (age >= low) & (age < high) for name, (low, high) in AGE_BANDS.items()}


def subgroup_figures(
    y: NDArray[np.floating], probability: NDArray[np.floating], rows: pd.DataFrame, patients: Sequence[object]
) -> dict[str, dict[str, dict[str, float]]]:
    """Macro AUROC and ECE by group, over the classes with 10 positives and 10 negatives in every group, and n."""
    masks = groups(rows)
    counts = np.array([[y[m].sum(axis=0), (1 - y[m]).sum(axis=0)] for m in masks.values()])
    usable = (counts >= FEWEST).all(axis=(0, 1))
    if not usable.any():
        return {}
    found = {}
    for name, mask in masks.items():
        truth, p = y[mask][:, usable], probability[mask][:, usable]

        def measure(i: NDArray[np.int64], truth: Array = truth, p: Array = p) -> dict[str, float]:
            gaps = [metrics.ece(truth[i, k], p[i, k]) for k in range(truth.shape[1])]
            return {"macro_auroc": metrics.macro_auroc(truth[i], p[i]), "ece": float(np.mean(gaps))}

        value = measure(np.arange(len(truth)))
        ends = interval(measure, resamples(np.asarray(patients)[mask], REPEATS))
        figures = {
            k: {"value": round(v, 5), "low": round(ends[k][0], 5), "high": round(ends[k][1], 5)}
            for k, v in value.items()
        }
        found[name] = figures | {"n": {"value": float(mask.sum())}, "classes": {"value": float(usable.sum())}}
    return found
