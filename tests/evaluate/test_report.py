"""The report holds what it promises, with intervals that contain their figure and belong to their class."""

import json

import numpy as np
import pytest

from ecgviz.evaluate.metrics import macro_auroc
from ecgviz.evaluate.report import build

RNG = np.random.default_rng(5)
N = 300
Y = (RNG.random((N, 3)) < [0.4, 0.2, 0.1]).astype(float)
P = np.clip(0.5 * Y + 0.6 * RNG.random(Y.shape), 0, 1)
NAMES = ("NORM", "MI", "CD")


def test_report_is_strict_json_and_its_intervals_hold_the_value() -> None:
    report = build(Y, P, np.array([0.5, 0.5, 0.5]), NAMES, np.arange(N) // 2, repeats=100)
    json.dumps(report, allow_nan=False)
    assert report["n"] == N
    assert report["metrics"]["macro_auroc"]["value"] == pytest.approx(macro_auroc(Y, P), abs=1e-5)
    for name, figure in report["metrics"].items():
        assert figure["low"] <= figure["value"] <= figure["high"], name
    assert [row["label"] for row in report["per_class"]] == list(NAMES)
    curve = report["curves"]["MI"]["roc"]
    area = np.trapezoid(curve["tpr"], curve["fpr"])
    assert area == pytest.approx(report["per_class"][1]["auroc"]["value"], abs=0.01)


def test_a_class_without_positives_is_named_and_null() -> None:
    y = Y.copy()
    y[:, 2] = 0
    report = build(y, P, np.array([0.5, 0.5, 0.5]), NAMES, np.arange(N), repeats=20)
    assert report["classes_without_positives"] == ["CD"]
    assert report["per_class"][2]["auroc"]["value"] is None
