"""Metrics of a multi-label prediction; labels and scores are (records, classes), labels 0 or 1."""

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

__all__ = ["auprcs", "aurocs", "confusion", "ece", "macro_auroc", "micro_auroc", "operating", "reliability"]

Array = NDArray[np.floating]
BINS = 15


def aurocs(y: Array, scores: Array) -> NDArray[np.float64]:
    """(classes,) area under the ROC curve by ranks, ties counted half; NaN without both a positive and a negative."""
    ranks = rankdata(scores, axis=0)
    positives = y.sum(axis=0, dtype=np.float64)
    negatives = len(y) - positives
    u = (ranks * y).sum(axis=0, dtype=np.float64) - positives * (positives + 1) / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(positives * negatives > 0, u / (positives * negatives), np.nan)


def macro_auroc(y: Array, scores: Array) -> float:
    """Mean over the classes that have a positive and a negative; NaN where none has."""
    found = aurocs(y, scores)
    return float(np.nanmean(found)) if np.isfinite(found).any() else float("nan")


def micro_auroc(y: Array, scores: Array) -> float:
    """All cells as one class. It mostly measures how often each label occurs: read it beside the macro mean."""
    return float(aurocs(y.reshape(-1, 1), scores.reshape(-1, 1))[0])


def auprcs(y: Array, scores: Array) -> NDArray[np.float64]:
    """(classes,) average precision, tied scores taken together; NaN without a positive."""
    return np.array([_average_precision(y[:, k], scores[:, k]) for k in range(y.shape[1])])


def _average_precision(y: Array, scores: Array) -> float:
    if not y.any():
        return float("nan")
    order = np.argsort(-scores, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
    hits = np.cumsum(y[order], dtype=np.float64)[ends]
    recall = np.concatenate([[0.0], hits / hits[-1]])
    return float(np.sum(np.diff(recall) * hits / (ends + 1)))


def confusion(y: Array, positive: NDArray[np.bool_]) -> dict[str, NDArray[np.float64]]:
    """(classes,) counts tp, fp, fn, tn of a decision."""
    truth = y > 0
    return {
        "tp": (truth & positive).sum(axis=0).astype(np.float64),
        "fp": (~truth & positive).sum(axis=0).astype(np.float64),
        "fn": (truth & ~positive).sum(axis=0).astype(np.float64),
        "tn": (~truth & ~positive).sum(axis=0).astype(np.float64),
    }


def operating(y: Array, positive: NDArray[np.bool_]) -> dict[str, NDArray[np.float64]]:
    """(classes,) sensitivity, specificity, precision, f1 and accuracy of a decision.

    A ratio without a denominator is NaN, but F1 is 0 where there are positives and none is found.
    """
    c = confusion(y, positive)
    with np.errstate(invalid="ignore", divide="ignore"):
        return {
            "sensitivity": c["tp"] / (c["tp"] + c["fn"]),
            "specificity": c["tn"] / (c["tn"] + c["fp"]),
            "precision": c["tp"] / (c["tp"] + c["fp"]),
            "f1": 2 * c["tp"] / (2 * c["tp"] + c["fp"] + c["fn"]),
            "accuracy": (c["tp"] + c["tn"]) / len(y),
        }


def reliability(y: Array, probability: Array, bins: int = BINS) -> dict[str, list[float]]:
    """Mean predicted and observed share in bins of equal mass, for one class: (records,) each."""
    order = np.argsort(probability, kind="stable")
    parts = [part for part in np.array_split(order, bins) if part.size]
    return {
        "predicted": [float(probability[part].mean()) for part in parts],
        "observed": [float(y[part].mean()) for part in parts],
        "count": [float(part.size) for part in parts],
    }


def ece(y: Array, probability: Array) -> float:
    """Expected calibration error of one class over 15 bins of equal mass: (records,) each."""
    r = reliability(y, probability)
    gaps = np.abs(np.array(r["predicted"]) - np.array(r["observed"]))
    return float(np.average(gaps, weights=r["count"]))
