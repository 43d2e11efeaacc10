"""The report of one model on one split: figures with intervals, a row per class, and the curves to draw."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecgviz.evaluate import metrics
from ecgviz.evaluate.bootstrap import interval, resamples
from ecgviz.evaluate.challenge import challenge_metric, merge

__all__ = ["build", "figures"]

Array = NDArray[np.floating]
CURVE_POINTS = 200


def figures(y: Array, probability: Array, positive: NDArray[np.bool_], names: Sequence[str]) -> dict[str, float]:
    """Every figure of a split. Means over classes leave out those without a positive (or a negative, for AUROC).

    accuracy: share of all record-by-class cells decided rightly; sensitivity, specificity, macro_f1: unweighted means
    over classes; weighted_f1: weighted by positives; challenge_metric: only where the classes are those of CinC 2020.
    """
    at = metrics.operating(y, positive)
    count = y.sum(axis=0)
    present = count > 0
    found = {
        "macro_auroc": metrics.macro_auroc(y, probability),
        "micro_auroc": metrics.micro_auroc(y, probability),
        "macro_auprc": float(np.nanmean(metrics.auprcs(y, probability)[present])),
        "macro_f1": float(np.mean(at["f1"][present])),
        "weighted_f1": float(np.average(at["f1"][present], weights=count[present])),
        "accuracy": float(np.mean(at["accuracy"])),
        "sensitivity": float(np.mean(at["sensitivity"][present])),
        "specificity": float(np.nanmean(at["specificity"])),
        "ece": float(np.mean([metrics.ece(y[:, k], probability[:, k]) for k in np.flatnonzero(present)])),
    }
    if "NSR" in names:
        found["challenge_metric"] = challenge_metric(y, positive, names)
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
    rows = resamples(patients, repeats)
    value = figures(y, probability, positive, names)
    ends = interval(lambda i: figures(y[i], probability[i], positive[i], names), rows)
    return {
        "n": len(y),
        "classes": list(names),
        "classes_without_positives": [name for name, k in zip(names, y.sum(axis=0), strict=True) if k == 0],
        "metrics": {k: _figure(v, ends[k]) for k, v in value.items()},
        "per_class": _per_class(y, probability, positive, cut[0], names, rows),
        "curves": {n: _curves(y[:, k], probability[:, k]) for k, n in enumerate(names) if y[:, k].any()},
    }


def _figure(value: float, ends: tuple[float, float]) -> dict[str, float | None]:
    found = {"value": value, "low": ends[0], "high": ends[1]}
    return {k: round(v, 5) if np.isfinite(v) else None for k, v in found.items()}


def _per_class(
    y: Array,
    probability: Array,
    positive: NDArray[np.bool_],
    cut: Array,
    names: Sequence[str],
    rows: Sequence[NDArray[np.int64]],
) -> list[dict[str, Any]]:
    def both(i: NDArray[np.int64]) -> dict[str, float]:
        return {f"{n}": v for n, v in zip(names, metrics.aurocs(y[i], probability[i]), strict=True)}

    areas, ends = metrics.aurocs(y, probability), interval(both, rows)
    precision, at = metrics.auprcs(y, probability), metrics.operating(y, positive)
    table = []
    for k, name in enumerate(names):
        numbers = {m: at[m][k] for m in ("sensitivity", "specificity", "precision", "f1")}
        numbers |= {"auprc": precision[k], "ece": metrics.ece(y[:, k], probability[:, k])}
        shown = {m: round(float(v), 5) if np.isfinite(v) else None for m, v in numbers.items()}
        row = {"label": name, "positives": int(y[:, k].sum()), "threshold": round(float(cut[k]), 4)}
        table.append(row | {"auroc": _figure(float(areas[k]), ends[name])} | shown)
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
