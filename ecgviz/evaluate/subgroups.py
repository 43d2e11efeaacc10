"""The same figures for women and men and for bands of age, and whether they differ by more than chance."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecgviz.evaluate import resampled
from ecgviz.evaluate.bootstrap import figure, p_value
from ecgviz.evaluate.shared_curve import chance_eces

__all__ = ["AGE_BANDS", "compare", "groups"]

AGE_BANDS: dict[str, tuple[float, float]] = {
    "age under 40": (0, 40),
    "age 40-59": (40, 60),
    "age 60-79": (60, 80),
    "age 80 and over": (80, 200),
}
FEWEST = 10
METRICS = ("macro_auroc", "sensitivity", "ece")
REFERENCES = ("men", "age 60-79")
"""The group that the others of its kind are compared with."""
Array = NDArray[np.floating]
Values = NDArray[np.float64]
Samples = dict[str, tuple[float, Values]]


def groups(age: NDArray[Any], sex: NDArray[Any]) -> tuple[dict[str, NDArray[np.bool_]], ...]:
    """By sex and by age, the records of each group: age in years, sex "F" or "M"; unknown ones are in none."""
    years = np.asarray(age, dtype=np.float64)
    by_sex = {word: np.asarray(sex) == letter for word, letter in (("women", "F"), ("men", "M"))}
    return by_sex, {name: (years >= low) & (years < high) for name, (low, high) in AGE_BANDS.items()}


def compare(
    y: Array,
    probability: Array,
    positive: NDArray[np.bool_],
    age: NDArray[Any],
    sex: NDArray[Any],
    counts: NDArray[np.int32],
) -> dict[str, Any]:
    """`subgroups`, `subgroup_calibration` and `subgroup_differences` of `report.json`; counts: of `resamples`.

    Means over the classes with 10 positives and 10 negatives in every group of the same kind (sex, or age); a kind
    without such a class is left out. sensitivity: at the one threshold of each class that everybody gets. A difference
    in ECE is what exceeds the one expected of groups that share one calibration curve; its p is against that.
    """
    found: dict[str, Any] = {"subgroups": {}, "subgroup_calibration": {}, "subgroup_differences": []}
    for masks in groups(age, sex):
        usable = _usable(y, masks)
        if not usable.any():
            continue
        truth, p, called = y[:, usable], probability[:, usable], positive[:, usable]
        samples = {name: _sample(truth[m], p[m], called[m], counts[:, m]) for name, m in masks.items()}
        for name, mask in masks.items():
            shown = {m: figure(*samples[name][m], biased=m == "ece") for m in METRICS}
            n = {"value": float(mask.sum())}
            classes = {"classes": {"value": float(usable.sum())}}
            found["subgroups"][name] = {m: shown[m] for m in ("macro_auroc", "ece")} | {"n": n} | classes
            kept = {m: shown[m] for m in ("ece", "sensitivity")}
            found["subgroup_calibration"][name] = {"n": int(mask.sum()), "classes": int(usable.sum())} | kept
        chance = chance_eces(truth, p, list(masks.values()), len(counts))
        found["subgroup_differences"] += _differences(samples, dict(zip(masks, chance, strict=True)))
    _holm(found["subgroup_differences"])
    return found


def _usable(y: Array, masks: Mapping[str, NDArray[np.bool_]]) -> NDArray[np.bool_]:
    counts = np.array([[(y[m] > 0).sum(axis=0), (y[m] <= 0).sum(axis=0)] for m in masks.values()])
    return np.asarray((counts >= FEWEST).all(axis=(0, 1)))


def _sample(y: Array, probability: Array, positive: NDArray[np.bool_], counts: NDArray[np.int32]) -> Samples:
    """Each metric of one group and its resampled values."""

    def measure(c: NDArray[np.int32]) -> dict[str, Values]:
        cells = resampled.confusions(y, positive, c)
        return {
            "macro_auroc": resampled.mean(resampled.areas(y, probability, c)[0]),
            "sensitivity": resampled.mean(resampled.ratio(cells["tp"], cells["tp"] + cells["fn"])),
            "ece": resampled.mean(resampled.eces(y, probability, c)),
        }

    value, samples = measure(np.ones((1, len(y)), dtype=np.int32)), measure(counts)
    return {name: (float(value[name][0]), samples[name]) for name in METRICS}


def _differences(samples: Mapping[str, Samples], chance: Mapping[str, Values]) -> list[dict[str, Any]]:
    """Each group against the reference of its kind, on the same resamples."""
    against = next(name for name in samples if name in REFERENCES)
    rows: list[dict[str, Any]] = []
    for name in samples:
        for metric in METRICS if name != against else ():
            (one, ones), (other, others) = samples[name][metric], samples[against][metric]
            value, change = one - other, ones - others
            p = p_value(change)
            if metric == "ece":
                by_chance = chance[name] - chance[against]
                p = _p_above(value, by_chance)
                value -= float(by_chance.mean())
                change = change - np.nanmean(change) + value
            rows.append({"of": name, "against": against, "metric": metric} | figure(value, change) | {"p": round(p, 5)})
    return rows


def _p_above(value: float, by_chance: Values) -> float:
    far = np.abs(by_chance - by_chance.mean()) >= abs(value - by_chance.mean())
    return float((far.sum() + 1) / (far.size + 1))


def _holm(rows: list[dict[str, Any]]) -> None:
    """Add p_holm: p corrected for the number of comparisons (Holm, 1979)."""
    highest = 0.0
    for rank, row in enumerate(sorted(rows, key=lambda row: float(row["p"]))):
        highest = max(highest, min(1.0, (len(rows) - rank) * row["p"]))
        row["p_holm"] = round(highest, 5)
