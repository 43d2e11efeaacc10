"""The metric of the PhysioNet/CinC Challenge 2020 (Alday et al., 2020): partial credit for related findings.

The published weight matrix follows from one position p per class: 1 on the diagonal and for equivalent classes,
otherwise 0.5 - |p_j - p_k|.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ecgviz.codes import CINC, EQUIVALENT

__all__ = ["challenge_metric", "credit", "merge", "weights"]

NORMAL = "NSR"


def weights(names: Sequence[str]) -> NDArray[np.float64]:
    """(classes, classes) of the published matrix for these abbreviations."""
    p = np.array([CINC[name].position for name in names])
    w: NDArray[np.float64] = 0.5 - np.abs(p[:, None] - p[None, :])
    same = [EQUIVALENT.get(name, name) for name in names]
    w[np.array(same)[:, None] == np.array(same)[None, :]] = 1.0
    return w


def merge(values: NDArray[np.floating], names: Sequence[str]) -> tuple[NDArray[np.floating], tuple[str, ...]]:
    """Equivalent classes as one column, the larger value of each record: (records, 27) -> (records, 24) and names."""
    kept = tuple(name for name in names if EQUIVALENT.get(name, name) not in names or name not in EQUIVALENT)
    columns = []
    for name in kept:
        same = [i for i, other in enumerate(names) if EQUIVALENT.get(other, other) == name or other == name]
        columns.append(values[:, same].max(axis=1))
    return np.stack(columns, axis=1), kept


def credit(
    y: NDArray[np.floating], predicted: NDArray[np.bool_], names: Sequence[str], normal: str = NORMAL
) -> NDArray[np.float64]:
    """(3, records): each record's credit for the prediction, for the reference itself, and for always sinus rhythm."""
    w, truth = weights(names), y > 0
    inactive = np.zeros_like(truth)
    inactive[:, list(names).index(normal)] = True
    reached = truth @ w
    rows = [(reached * p).sum(axis=1) / np.maximum((truth | p).sum(axis=1), 1) for p in (predicted, truth, inactive)]
    return np.array(rows)


def challenge_metric(
    y: NDArray[np.floating], predicted: NDArray[np.bool_], names: Sequence[str], normal: str = NORMAL
) -> float:
    """1 for the reference itself, 0 for always sinus rhythm, negative for worse; y, predicted (records, classes).

    Equivalent classes must have been merged. NaN where the reference is nothing but sinus rhythm.
    """
    observed, correct, none = credit(y, predicted, names, normal).sum(axis=1)
    return float((observed - none) / (correct - none)) if correct != none else float("nan")
