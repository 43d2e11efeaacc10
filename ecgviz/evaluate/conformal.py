"""Sets of labels that miss at most a stated share of what is there: conformal risk control.

Angelopoulos et al., "Conformal Risk Control", ICLR 2024. The promise holds on average over records like those of the
validation fold; records of another hospital are not, and there it is a measurement at best.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecgviz.evaluate import resampled
from ecgviz.evaluate.bootstrap import figure

__all__ = ["missed", "section", "sets", "threshold"]

ALPHA = 0.1
Array = NDArray[np.floating]


def threshold(y: Array, probability: Array, alpha: float = ALPHA) -> float:
    """The highest threshold with (n R + 1) / (n + 1) <= alpha, R the mean over records of the share of labels missed.

    y, probability: (records, classes) of a fold that trained nothing; records without a label do not count. 0, so that
    every class is in the set, where the records are too few for alpha.
    """
    labelled = y.sum(axis=1) > 0
    n = int(labelled.sum())
    truth, p = y[labelled] > 0, probability[labelled].astype(np.float64)
    share = np.broadcast_to(1 / np.maximum(truth.sum(axis=1, keepdims=True), 1), truth.shape)[truth]
    order = np.argsort(p[truth], kind="stable")
    # a threshold just above the j-th smallest probability of a true label misses the first j
    allowed = alpha * (n + 1) - 1
    lost = np.cumsum(share[order])
    if allowed < 0 or not lost.size:
        return 0.0
    return float(p[truth][order][np.searchsorted(lost, allowed + 1e-9, side="right")])


def sets(probability: Array, cut: float) -> NDArray[np.bool_]:
    """(records, classes): which classes are in each record's set."""
    return np.asarray(probability >= cut)


def missed(y: Array, chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(records,) share of each record's labels that its set lacks; NaN for a record without a label."""
    truth = y > 0
    lost = (truth & ~chosen).sum(axis=1, dtype=np.float64)
    return resampled.ratio(lost, truth.sum(axis=1, dtype=np.float64))


def section(
    y: Array,
    probability: Array,
    cut: float,
    counts: NDArray[np.int32],
    groups: Mapping[str, NDArray[np.bool_]],
    alpha: float = ALPHA,
) -> dict[str, Any]:
    """`conformal` of `report.json`: what sets at the threshold `cut` of another fold do on these records.

    counts: of `resamples`. Means over records; fnr leaves out the records without a label.
    """
    chosen = sets(probability, cut)
    size = chosen.sum(axis=1, dtype=np.float64)
    each = {"fnr": missed(y, chosen), "mean_set_size": size, "empty_share": (size == 0).astype(np.float64)}
    found: dict[str, Any] = {"alpha": alpha, "controls": "false-negative rate", "threshold": round(cut, 6)}
    found |= {name: _mean(values, counts) for name, values in each.items()}
    found["subgroups"] = {
        group: {"n": int(mask.sum())}
        | {name: _mean(each[name][mask], counts[:, mask]) for name in ("fnr", "mean_set_size")}
        for group, mask in groups.items()
        if mask.any()
    }
    return found


def _mean(values: NDArray[np.float64], counts: NDArray[np.int32]) -> dict[str, float | None]:
    known = np.isfinite(values)
    value = float(values[known].mean()) if known.any() else float("nan")
    return figure(value, resampled.ratio(counts[:, known] @ values[known], counts[:, known].sum(axis=1)))
