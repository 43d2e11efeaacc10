"""Platt scaling and operating points, both from validation data alone."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from ecgviz.evaluate.challenge import challenge_metric

__all__ = ["best_f1", "challenge_thresholds", "platt", "probabilities"]

FEWEST = 5
STEPS = np.linspace(0.02, 0.9, 45)


def platt(y: NDArray[np.floating], logits: NDArray[np.floating]) -> tuple[float, float]:
    """(slope, offset) of one class with Platt's smoothed targets (Platt, 1999); identity with under 5 positives."""
    positives = float(y.sum())
    if positives < FEWEST or len(y) - positives < FEWEST:
        return 1.0, 0.0
    high, low = (positives + 1) / (positives + 2), 1 / (len(y) - positives + 2)
    target = np.where(y > 0, high, low)
    z = logits.astype(np.float64)

    def loss(ab: NDArray[np.float64]) -> float:
        a = ab[0] * z + ab[1]
        return float(np.mean(np.logaddexp(0, a) - target * a))

    slope, offset = minimize(loss, np.array([1.0, 0.0]), method="Nelder-Mead", options={"maxiter": 400}).x
    return (float(slope), float(offset)) if slope > 0 else (1.0, 0.0)


def best_f1(y: NDArray[np.floating], probability: NDArray[np.floating]) -> float:
    """The threshold of one class with the highest F1, the middle of the best plateau; 0.5 without positives."""
    if not y.any():
        return 0.5
    found = []
    for t in STEPS:
        positive = probability >= t
        tp = float((positive & (y > 0)).sum())
        found.append(2 * tp / (tp + float(positive.sum()) - tp + float(y.sum())))
    f1 = np.array(found)
    return float(np.median(STEPS[f1 >= f1.max() - 1e-9]))


def challenge_thresholds(
    y: NDArray[np.floating], probability: NDArray[np.floating], names: Sequence[str], rounds: int = 3
) -> NDArray[np.float64]:
    """(classes,) thresholds that maximise the Challenge metric by coordinate ascent from each class's best F1.

    Of equally good thresholds the middle is taken, and a class moves only for a gain above 1e-4, so that a class with
    few records in the validation fold is not fitted to them.
    """
    chosen = np.array([best_f1(y[:, k], probability[:, k]) for k in range(y.shape[1])])
    for _ in range(rounds):
        before = chosen.copy()
        for k in range(y.shape[1]):
            chosen[k] = _best_step(y, probability, names, chosen, k)
        if np.array_equal(before, chosen):
            break
    return chosen


def _best_step(
    y: NDArray[np.floating],
    probability: NDArray[np.floating],
    names: Sequence[str],
    chosen: NDArray[np.float64],
    k: int,
) -> float:
    def score(threshold: float) -> float:
        return challenge_metric(y, probability >= np.where(np.arange(len(chosen)) == k, threshold, chosen), names)

    found = np.array([score(t) for t in STEPS])
    smooth = np.convolve(np.pad(found, 1, mode="edge"), [0.25, 0.5, 0.25], mode="valid")
    best = int(np.argmax(smooth))
    return float(STEPS[best]) if smooth[best] > score(chosen[k]) + 1e-4 else float(chosen[k])


def probabilities(logits: NDArray[np.floating], scale: Sequence[tuple[float, float]]) -> NDArray[np.float64]:
    """Calibrated probabilities (records, classes) of logits (records, classes) and each class's (slope, offset)."""
    slope, offset = np.array(scale, dtype=np.float64).T
    found: NDArray[np.float64] = expit(logits * slope + offset)
    return found
