"""What is gained by leaving the least certain records to a person: the risk-coverage curve.

Geifman and El-Yaniv, NeurIPS 2017.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["certainty", "example_f1", "section"]

POINTS = 100
RISK = "1 - example F1"
Array = NDArray[np.floating]


def example_f1(y: Array, positive: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(records,) F1 of each record's decided labels; 1 where there is no label and none is decided."""
    truth = y > 0
    both = (truth & positive).sum(axis=1, dtype=np.float64)
    total = truth.sum(axis=1) + positive.sum(axis=1)
    return np.where(total > 0, 2 * both / np.maximum(total, 1), 1.0)


def certainty(probability: Array, positive: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(records,) the F1 that the calibrated probabilities themselves lead to expect of the decision.

    2 x (expected hits) / (labels decided + labels expected); for a record with none decided, the chance of none.
    """
    p = probability.astype(np.float64)
    decided = positive.sum(axis=1)
    expected = 2 * (p * positive).sum(axis=1) / np.maximum(decided + p.sum(axis=1), 1e-12)
    return np.asarray(np.where(decided > 0, expected, np.prod(1 - p, axis=1)), dtype=np.float64)


def section(y: Array, probability: Array, positive: NDArray[np.bool_]) -> dict[str, Any]:
    """`selective` of `report.json`: the mean risk of the most certain share of the records, and the mean over shares.

    The risk of a record is 1 less its F1, at the thresholds that everything else uses.
    """
    order = np.argsort(-certainty(probability, positive), kind="stable")
    risk = np.cumsum(1 - example_f1(y, positive)[order]) / np.arange(1, len(y) + 1)
    at = np.unique(np.ceil(np.linspace(len(y) / POINTS, len(y), POINTS)).astype(int)) - 1
    return {
        "risk_is": RISK,
        "coverage": [round(float(v), 4) for v in (at + 1) / len(y)],
        "risk": [round(float(v), 5) for v in risk[at]],
        "aurc": round(float(risk.mean()), 5),
    }
