"""Calibration and operating points, both from validation data alone, and how well calibrated the answers are."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import expit

from ecgviz.evaluate import resampled
from ecgviz.evaluate.bootstrap import Figure, figure
from ecgviz.evaluate.challenge import challenge_metric

__all__ = [
    "best_f1",
    "challenge_thresholds",
    "cross_fitted",
    "platt",
    "probabilities",
    "summary",
    "temperature",
]

FEWEST = 5
PARTS = 5
SMALLEST = 1e-7
"""A probability of 0 that turns out wrong would make the log loss infinite."""
STEPS = np.linspace(0.02, 0.9, 45)


def platt(y: NDArray[np.floating], logits: NDArray[np.floating]) -> tuple[float, float]:
    """(slope, offset) of one class with Platt's smoothed targets (Platt, 1999); identity with under 5 positives."""
    positives = float(y.sum())
    if positives < FEWEST or len(y) - positives < FEWEST:
        return 1.0, 0.0
    high, low = (positives + 1) / (positives + 2), 1 / (len(y) - positives + 2)
    target, spread = np.where(y > 0, high, low), float(np.std(logits)) or 1.0
    x = np.stack([logits.astype(np.float64) / spread, np.ones(len(y))])

    def loss(ab: NDArray[np.float64]) -> float:
        a = ab @ x
        return float(np.mean(np.logaddexp(0, a) - target * a))

    ab = np.array([spread, 0.0])
    for _ in range(100):
        p = expit(ab @ x)
        step = np.linalg.solve((x * (p * (1 - p) + 1e-12)) @ x.T, x @ (p - target))
        while loss(ab - step) > loss(ab) and np.abs(step).max() > 1e-10:
            step = step / 2
        ab = ab - step
        if np.abs(step).max() < 1e-8:
            break
    slope, offset = float(ab[0]) / spread, float(ab[1])
    return (slope, offset) if slope > 0 else (1.0, 0.0)


def temperature(y: NDArray[np.floating], logits: NDArray[np.floating]) -> float:
    """The one T by which all logits (records, classes) are divided (Guo et al., 2017), by least log loss."""

    def loss(log_t: float) -> float:
        a = logits.astype(np.float64) / np.exp(log_t)
        return float(np.mean(np.logaddexp(0, a) - y * a))

    return float(np.exp(minimize_scalar(loss, bounds=(np.log(0.05), np.log(20.0)), method="bounded").x))


def cross_fitted(y: NDArray[np.floating], logits: NDArray[np.floating], seed: int = 0) -> dict[str, float]:
    """Log loss per cell of validation records that the calibration has not seen: none, temperature, platt.

    Each fifth of the records (records, classes) is judged with what the other four fifths gave.
    """
    part = np.random.default_rng(seed).permutation(len(y)) % PARTS
    found = {"none": expit(logits.astype(np.float64))} | {k: np.zeros(y.shape) for k in ("temperature", "platt")}
    for i in range(PARTS):
        rest, here = part != i, part == i
        scale = [platt(y[rest, k], logits[rest, k]) for k in range(y.shape[1])]
        found["platt"][here] = probabilities(logits[here], scale)
        found["temperature"][here] = expit(logits[here] / temperature(y[rest], logits[rest]))
    return {name: float(np.mean(_log_losses(y, p))) for name, p in found.items()}


def summary(y: NDArray[np.floating], probability: NDArray[np.floating], counts: NDArray[np.int32]) -> dict[str, Figure]:
    """ece, classwise_ece, brier and nll with intervals; y, probability (records, classes), counts of `resamples`.

    ece: 15 bins of equal mass over all cells together; classwise_ece: the mean of each present class's own; brier: mean
    squared error of a cell; nll: mean log loss of a cell, in nats.
    """
    losses = {"brier": np.square(probability - y), "nll": _log_losses(y, probability)}

    def measure(c: NDArray[np.int32]) -> dict[str, NDArray[np.float64]]:
        size = c.sum(axis=1, dtype=np.float64)
        return {
            "ece": resampled.pooled_ece(y, probability, c),
            "classwise_ece": resampled.mean(resampled.eces(y, probability, c), c @ (y > 0) > 0),
        } | {name: resampled.ratio(c @ loss.mean(axis=1, dtype=np.float64), size) for name, loss in losses.items()}

    value, samples = measure(np.ones((1, len(y)), dtype=np.int32)), measure(counts)
    return {name: figure(float(v[0]), samples[name], biased=name.endswith("ece")) for name, v in value.items()}


def _log_losses(y: NDArray[np.floating], probability: NDArray[np.floating]) -> NDArray[np.float64]:
    p = np.clip(probability.astype(np.float64), SMALLEST, 1 - SMALLEST)
    return np.asarray(-np.log(np.where(y > 0, p, 1 - p)))


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
