"""The report of one model: every figure is of fold 10, with operating points and calibration from fold 9."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from ecgviz.card import LabelSpec
from ecgviz.datasets import ptbxl
from ecgviz.evaluate import calibration
from ecgviz.evaluate.report import build, figures
from ecgviz.evaluate.trust import sections
from ecgviz.train.operating import Answers, best_f1s, scored

__all__ = ["report"]

DATA = "PTB-XL 1.0.3"
SMALLER = ("ptbxl_diag", "ptbxl_form", "ptbxl_rhythm")
"""Tasks of the benchmark whose labels are some of the 71."""


def report(task: str, labels: tuple[LabelSpec, ...], test: Answers, validation: Answers) -> dict[str, Any]:
    """Figures with intervals by patient, a row per class, curves, subgroups, and what the same model does on fold 9.

    `optimistic` holds the figures at thresholds chosen on the test fold, which nobody should quote.
    """
    y, p, cut, kept = _decided(labels, test)
    y_val, p_val, _, _ = _decided(labels, validation)
    uncalibrated = [
        scored(a.y, expit(a.raw.astype(np.float64)), [label.name for label in labels])[1] for a in (validation, test)
    ]
    found = build(y, p, cut, kept, test.rows["patient_id"].to_numpy())
    by_name = {label.name: label for label in labels}
    for row in found["per_class"]:
        label = by_name[row["label"]]
        row |= {
            "description": label.description,
            "trusted": label.trusted,
            "train_positives": label.train_positives,
        }
    head = {"data": DATA, "split": "test (fold 10)"}
    found = head | found
    found |= sections(
        y_val,
        p_val,
        uncalibrated[0],
        y,
        p,
        uncalibrated[1],
        cut,
        kept,
        test.rows["patient_id"].to_numpy(),
        test.rows["age"].to_numpy(float),
        test.rows["sex"].to_numpy(),
    )
    if task == "ptbxl_all":
        found["tasks"] = {smaller: _smaller(smaller, labels, test) for smaller in SMALLER}
    found["validation"] = _values(labels, validation)
    found["optimistic"] = _values(labels, test, tune=True)
    return found


def _decided(labels: tuple[LabelSpec, ...], found: Answers) -> tuple[Any, Any, NDArray[np.float64], tuple[str, ...]]:
    """Labels, calibrated probabilities and thresholds of the classes that are scored, and their names."""
    names = tuple(label.name for label in labels)
    p = calibration.probabilities(found.raw, [label.platt for label in labels])
    y, p, kept = scored(found.y, p, names)
    thresholds = {label.name: label.threshold for label in labels}
    return y, p, np.array([thresholds[name] for name in kept]), kept


def _smaller(task: str, labels: tuple[LabelSpec, ...], found: Answers) -> dict[str, Any]:
    """The same outputs as a smaller task: its labels, on the records that carry one of them."""
    names = [label.name for label in labels]
    columns = np.array([names.index(name) for name in ptbxl.TASKS[task]])
    rows = np.flatnonzero(found.y[:, columns].any(axis=1))
    y, p, cut, kept = _decided(labels, found)
    built = build(
        y[np.ix_(rows, columns)],
        p[np.ix_(rows, columns)],
        cut[columns],
        [kept[k] for k in columns],
        found.rows["patient_id"].to_numpy()[rows],
    )
    return {"n": len(rows), "classes": len(columns), "metrics": built["metrics"]}


def _values(labels: tuple[LabelSpec, ...], found: Answers, tune: bool = False) -> dict[str, Any]:
    """The figures without intervals; with `tune`, at thresholds chosen on these very records."""
    y, p, cut, kept = _decided(labels, found)
    if tune:
        cut = np.asarray(calibration.challenge_thresholds(y, p, kept) if "NSR" in kept else best_f1s(y, p))
    return {"n": len(y), "metrics": {k: round(v, 5) for k, v in figures(y, p, p >= cut, kept).items()}}
