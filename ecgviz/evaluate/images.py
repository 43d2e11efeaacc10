"""Figures of a classifier whose classes exclude each other, over a repeated cross-validation.

truth (records,) class numbers; said (repeats, records) class numbers, one answer to each record in each repeat.
"""

import numpy as np
from numpy.typing import NDArray

from ecgviz.evaluate.bootstrap import Figure, figure

__all__ = ["balanced_accuracy", "confusion", "macro_f1", "score", "wilson"]

Whole = NDArray[np.integer]
Table = NDArray[np.floating] | NDArray[np.integer]
REPEATS = 1000
Z = 1.959964


def confusion(truth: Whole, said: Whole, classes: int) -> NDArray[np.int64]:
    """(classes, classes): rows the truth, columns the answer; several repeats are added up."""
    both = np.broadcast_to(truth, said.shape).ravel() * classes + said.ravel()
    return np.bincount(both, minlength=classes * classes).reshape(classes, classes)


def _f1(table: Table) -> NDArray[np.float64]:
    """(..., classes) F1 from (..., classes, classes); 0 where a class is never said."""
    hit = np.diagonal(table, axis1=-2, axis2=-1).astype(np.float64)
    both = table.sum(axis=-1) + table.sum(axis=-2)
    return np.asarray(2 * hit / np.maximum(both, 1e-9))


def _recall(table: Table) -> NDArray[np.float64]:
    hit = np.diagonal(table, axis1=-2, axis2=-1).astype(np.float64)
    with np.errstate(invalid="ignore"):
        return np.asarray(hit / table.sum(axis=-1))


def macro_f1(table: Table) -> float:
    """Mean F1 over the classes of a confusion matrix."""
    return float(_f1(table).mean())


def balanced_accuracy(table: Table) -> float:
    """Mean recall over the classes that occur; chance is one over their number."""
    return float(np.nanmean(_recall(table)))


def wilson(hits: float, n: int) -> tuple[float, float]:
    """The 95 % interval of a share of n trials (Wilson, 1927)."""
    p, z2 = hits / n, Z**2
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z * np.sqrt(p * (1 - p) / n + z2 / (4 * n**2)) / (1 + z2 / n)
    return float(middle - half), float(middle + half)


def _share(hits: float, n: int) -> Figure:
    low, high = wilson(hits, n)
    return {"value": round(hits / n, 5), "low": round(low, 5), "high": round(high, 5)}


def score(truth: Whole, said: Whole, names: tuple[str, ...]) -> dict[str, Figure]:
    """accuracy and recall_<name> with Wilson intervals over the records; macro_f1, balanced_accuracy, f1_<name> with
    bootstrap intervals, recordings drawn with all their repeats. Values are means over the repeats.
    """
    k, n, repeats = len(names), len(truth), len(said)
    cells = np.zeros((n, k, k))  # each record's share of the pooled confusion matrix
    for row in said:
        cells[np.arange(n), truth, row] += 1 / repeats
    whole = cells.sum(axis=0)
    draws = np.random.default_rng(0).multinomial(n, np.full(n, 1 / n), REPEATS)
    drawn = np.tensordot(draws, cells, axes=1)  # (REPEATS, k, k)
    found = {
        "accuracy": _share(float(np.trace(whole)), n),
        "macro_f1": figure(macro_f1(whole), _f1(drawn).mean(axis=1)),
        "balanced_accuracy": figure(balanced_accuracy(whole), np.nanmean(_recall(drawn), axis=1)),
    }
    for i, name in enumerate(names):
        of_class = int((truth == i).sum())
        if of_class:
            found[f"recall_{name}"] = _share(float(whole[i, i]), of_class)
        found[f"f1_{name}"] = figure(float(_f1(whole)[i]), _f1(drawn)[:, i])
    return found
