"""The report of one model on one split: figures with intervals, a row per class, and the curves to draw."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecgviz.evaluate import metrics, resampled
from ecgviz.evaluate.bootstrap import figure, resamples
from ecgviz.evaluate.challenge import credit, merge

__all__ = ["build", "figures"]

Array = NDArray[np.floating]
Values = NDArray[np.float64]
CURVE_POINTS = 80
BIASED = ("ece", "macro_auprc")
"""Figures that resampling alone moves: an error grows, and so does the precision of a class with few positives, whose
copies are then ranked together."""


def figures(y: Array, probability: Array, positive: NDArray[np.bool_], names: Sequence[str]) -> dict[str, float]:
    """Every figure of a split. Means over classes leave out those without a positive (or a negative, for AUROC).

    accuracy: share of all record-by-class cells decided rightly; sensitivity, specificity, macro_f1: unweighted means
    over classes; weighted_f1: weighted by positives; challenge_metric: only where the classes are those of CinC 2020.
    """
    once = np.ones((1, len(y)), dtype=np.int32)
    found = _figures(y, probability, positive, names, once, resampled.areas(y, probability, once))
    return {name: float(value[0]) for name, value in found.items()}


def _figures(
    y: Array,
    probability: Array,
    positive: NDArray[np.bool_],
    names: Sequence[str],
    counts: NDArray[np.int32],
    areas: tuple[Values, Values],
) -> dict[str, Values]:
    """The figures of each resample, (resamples,); areas: those of `resampled.areas`."""
    mean, ratio, c = resampled.mean, resampled.ratio, resampled.confusions(y, positive, counts)
    count = c["tp"] + c["fn"]
    present = count > 0
    f1 = ratio(2 * c["tp"], 2 * c["tp"] + c["fp"] + c["fn"])
    found = {
        "macro_auroc": mean(areas[0]),
        "micro_auroc": resampled.micro_auroc(y, probability, counts),
        "macro_auprc": mean(areas[1]),
        "macro_f1": mean(f1, present),
        "weighted_f1": mean(f1, count),
        "accuracy": mean(ratio(c["tp"] + c["tn"], c["tp"] + c["fp"] + c["fn"] + c["tn"])),
        "sensitivity": mean(ratio(c["tp"], count)),
        "specificity": mean(ratio(c["tn"], c["tn"] + c["fp"])),
        "ece": mean(resampled.eces(y, probability, counts), present),
    }
    if "NSR" in names:
        observed, correct, none = credit(y, positive, names) @ counts.T
        found["challenge_metric"] = ratio(observed - none, correct - none)
    return found


def build(
    y: Array,
    probability: Array,
    thresholds: NDArray[np.float64],
    names: Sequence[str],
    patients: Sequence[Any] | NDArray[Any],
    repeats: int = 1000,
) -> dict[str, Any]:
    """metrics, per_class and curves of `report.json`; y and probability (records, classes). Equivalents are merged."""
    y, _ = merge(y, names)
    (cut, _), (probability, names) = merge(thresholds[None], names), merge(probability, names)
    positive = probability >= cut
    counts = resamples(patients, repeats)
    areas = resampled.areas(y, probability, counts)
    samples = _figures(y, probability, positive, names, counts, areas)
    value = figures(y, probability, positive, names)
    return {
        "n": len(y),
        "classes": list(names),
        "classes_without_positives": [name for name, k in zip(names, y.sum(axis=0), strict=True) if k == 0],
        "metrics": {k: figure(v, samples[k], biased=k in BIASED) for k, v in value.items()},
        "per_class": _per_class(y, probability, positive, cut[0], names, areas[0]),
        "curves": {n: _curves(y[:, k], probability[:, k]) for k, n in enumerate(names) if y[:, k].any()},
    }


def _per_class(
    y: Array, probability: Array, positive: NDArray[np.bool_], cut: Array, names: Sequence[str], samples: Values
) -> list[dict[str, Any]]:
    """A row a class; samples: (resamples, classes) AUROC."""
    areas = metrics.aurocs(y, probability)
    precision, at = metrics.auprcs(y, probability), metrics.operating(y, positive)
    table = []
    for k, name in enumerate(names):
        numbers = {m: at[m][k] for m in ("sensitivity", "specificity", "precision", "f1")}
        numbers |= {"auprc": precision[k], "ece": metrics.ece(y[:, k], probability[:, k])}
        shown = {m: round(float(v), 5) if np.isfinite(v) else None for m, v in numbers.items()}
        row = {"label": name, "positives": int(y[:, k].sum()), "threshold": round(float(cut[k]), 4)}
        table.append(row | {"auroc": figure(float(areas[k]), samples[:, k])} | shown)
    return table


def _curves(y: Array, probability: Array) -> dict[str, dict[str, list[float]]]:
    order = np.argsort(-probability, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(probability[order]) != 0, True))
    tp = np.cumsum(y[order], dtype=np.float64)[ends]
    fp = ends + 1 - tp
    keep = np.unique(np.linspace(0, len(ends) - 1, CURVE_POINTS).astype(int))
    # rare positives sit at the left end: keep every point where one is found
    keep = np.unique(np.concatenate([keep, np.flatnonzero(np.diff(tp, prepend=0) > 0)[:CURVE_POINTS]]))
    tp, fp = tp[keep], fp[keep]
    return {
        "roc": {"fpr": _short([0.0, *fp / max(1.0, len(y) - y.sum())]), "tpr": _short([0.0, *tp / y.sum()])},
        "pr": {"recall": _short(tp / y.sum()), "precision": _short(tp / (tp + fp))},
        "reliability": {k: _short(v) for k, v in metrics.reliability(y, probability).items()},
    }


def _short(values: Any) -> list[float]:
    return [round(float(v), 4) for v in values]
