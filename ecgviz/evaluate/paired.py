"""Two models on the same records: how far apart they are, and whether by more than the choice of patients explains."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ecgviz.errors import ModelError
from ecgviz.evaluate import metrics, resampled
from ecgviz.evaluate.bootstrap import p_value, resamples
from ecgviz.evaluate.challenge import credit

__all__ = ["Answers", "Difference", "compare"]

REPEATS = 500
Values = NDArray[np.float64]
Counts = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Answers:
    """What one model said of every test record of its task.

    y (records, labels) 0 or 1; logits (records, labels), calibrated; thresholds (labels,) on those logits; patient
    (records,): a number for each person, 0 to m - 1, that means nothing elsewhere.
    """

    labels: tuple[str, ...]
    y: NDArray[np.float32]
    logits: NDArray[np.float32]
    thresholds: NDArray[np.float64]
    patient: NDArray[np.int32]


@dataclass(frozen=True)
class Difference:
    """A metric of both models, the first less the second with its 95 % interval, and p of "no difference"."""

    one: float
    other: float
    value: float
    low: float
    high: float
    p: float


def compare(one: Answers, other: Answers, repeats: int = REPEATS, seed: int = 0) -> dict[str, Difference]:
    """macro_auroc, macro_f1 and, for the classes of CinC 2020, challenge_metric; the bootstrap draws patients.

    Both models see the same draws, so what makes a draw hard for both cancels. Raises ModelError where they did not
    answer the same questions about the same records.
    """
    same = one.labels == other.labels and np.array_equal(one.y, other.y) and np.array_equal(one.patient, other.patient)
    if not same:
        raise ModelError("These two models were tested on other records or labels; a paired difference needs the same.")
    counts = resamples(one.patient, repeats, seed)
    plain = np.ones((1, len(one.y)), dtype=np.int32)
    change = _auroc_change(one, other, counts)
    found = {"macro_auroc": _difference(_auroc(one), _auroc(other), change)}
    scored = [_decided(a, np.concatenate([plain, counts])) for a in (one, other)]
    for name, samples in scored[0].items():
        against = scored[1][name]
        found[name] = _difference(float(samples[0]), float(against[0]), (samples - against)[1:])
    return found


def _difference(one: float, other: float, change: Values) -> Difference:
    known = change[np.isfinite(change)]
    low, high = np.percentile(known, [2.5, 97.5]) if known.size else (np.nan, np.nan)
    return Difference(one, other, one - other, float(low), float(high), p_value(change))


def _auroc(found: Answers) -> float:
    return metrics.macro_auroc(found.y, found.logits)


def _auroc_change(one: Answers, other: Answers, counts: Counts) -> Values:
    """(resamples,) difference of the macro AUROCs.

    A class's AUROC is a sum over pairs of a negative and a positive, each pair weighted by how often the resample holds
    both; so the difference of two models is one product of the counts with the pairs that they order differently.
    """
    weight, columns = counts.astype(np.float32), []
    for k in range(one.y.shape[1]):
        at = one.y[:, k] > 0
        positives, negatives = weight[:, at], weight[:, ~at]
        pairs = _won(one.logits[:, k], at) - _won(other.logits[:, k], at)  # (negatives, positives)
        gained = ((negatives @ pairs) * positives).sum(axis=1, dtype=np.float64)
        columns.append(resampled.ratio(gained, positives.sum(axis=1) * negatives.sum(axis=1, dtype=np.float64)))
    return resampled.mean(np.stack(columns, axis=1))


def _won(scores: NDArray[np.float32], positive: NDArray[np.bool_]) -> NDArray[np.float32]:
    """(negatives, positives): 1 where the positive has the higher score, half for a tie."""
    low, high = scores[~positive, None], scores[None, positive]
    return np.asarray((low < high) + 0.5 * (low == high), dtype=np.float32)


def _decided(found: Answers, counts: Counts) -> dict[str, Values]:
    """Each metric of the decisions at the model's own thresholds, (resamples,)."""
    positive = found.logits >= found.thresholds
    c = resampled.confusions(found.y, positive, counts)
    f1 = resampled.ratio(2 * c["tp"], 2 * c["tp"] + c["fp"] + c["fn"])
    scored = {"macro_f1": resampled.mean(f1, c["tp"] + c["fn"] > 0)}
    if _of_cinc(found.labels):
        observed, correct, none = credit(found.y, positive, found.labels) @ counts.T
        scored["challenge_metric"] = resampled.ratio(observed - none, correct - none)
    return scored


def _of_cinc(labels: Sequence[str]) -> bool:
    return "NSR" in labels
