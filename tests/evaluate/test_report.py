"""The report holds what it promises, with intervals that contain their figure and respect patients."""

import json

import numpy as np
import pandas as pd
import pytest

from ecgviz.evaluate.bootstrap import interval, resamples
from ecgviz.evaluate.metrics import macro_auroc
from ecgviz.evaluate.report import build
from ecgviz.evaluate.subgroups import groups, subgroup_figures

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


def test_resampling_keeps_a_patients_records_together() -> None:
    patients = np.repeat(np.arange(10), 3)
    for rows in resamples(patients, 20):
        counts = np.bincount(rows, minlength=30).reshape(10, 3)
        assert (counts == counts[:, :1]).all()


def test_interval_of_a_mean_is_that_of_theory() -> None:
    x = RNG.normal(size=400)
    low, high = interval(lambda i: {"mean": float(x[i].mean())}, resamples(np.arange(400)))["mean"]
    assert (high - low) / 2 == pytest.approx(1.96 * x.std() / 20, rel=0.15)


def test_subgroups_split_by_sex_and_age() -> None:
    rows = pd.DataFrame({"sex": ["F", "M"] * (N // 2), "age": RNG.integers(20, 95, N)})
    found = subgroup_figures(Y, P, rows, list(range(N)))
    assert sum(found[name]["n"]["value"] for name in ("women", "men")) == N
    assert sum(m.sum() for name, m in groups(rows).items() if name.startswith("age")) == N
