"""Groups are compared on the same resamples, fairly for the small ones, and with a correction for how many."""

import json

import numpy as np
import pytest
from scipy.special import expit

from ecgviz.evaluate.bootstrap import resamples
from ecgviz.evaluate.metrics import macro_auroc
from ecgviz.evaluate.subgroups import _holm, compare, groups

RNG = np.random.default_rng(5)
N = 900
SEX = np.where(RNG.random(N) < 0.25, "F", "M")
AGE = RNG.integers(20, 95, N).astype(float)
Z = RNG.normal(size=(N, 4)) * 2 - 1
Y = (RNG.random(Z.shape) < expit(Z)).astype(float)
P = expit(Z)
COUNTS = resamples(np.arange(N), 200)


def _row(found: dict, of: str, metric: str) -> dict:
    return next(row for row in found["subgroup_differences"] if row["of"] == of and row["metric"] == metric)


def test_groups_are_those_of_the_text_and_unknowns_are_in_none() -> None:
    by_sex, by_age = groups(np.array([39.9, 40, 80, np.nan]), np.array(["F", "M", None, "F"]))
    assert [list(np.flatnonzero(m)) for m in by_sex.values()] == [[0, 3], [1]]
    assert [list(np.flatnonzero(m)) for m in by_age.values()] == [[0], [1], [], [2]]


def test_figures_of_a_group_are_those_of_its_records() -> None:
    found = compare(Y, P, P > 0.4, AGE, SEX, COUNTS)
    json.dumps(found, allow_nan=False)
    women = SEX == "F"
    row = found["subgroups"]["women"]
    assert row["n"]["value"] == women.sum()
    assert row["classes"]["value"] == 4
    assert row["macro_auroc"]["value"] == pytest.approx(macro_auroc(Y[women], P[women]), abs=1e-5)
    assert row["macro_auroc"]["low"] < row["macro_auroc"]["value"] < row["macro_auroc"]["high"]
    assert found["subgroup_calibration"]["men"]["sensitivity"]["value"] == pytest.approx(
        np.mean([(P[~women][Y[~women, k] > 0, k] > 0.4).mean() for k in range(4)]), abs=1e-5
    )


def test_a_class_that_one_group_hardly_has_counts_for_no_group_of_its_kind() -> None:
    y = Y.copy()
    y[SEX == "F", 2] = 0
    found = compare(y, P, P > 0.4, np.full(N, 50.0), SEX, COUNTS[:20])
    assert found["subgroups"]["men"]["classes"]["value"] == 3
    assert "age under 40" not in found["subgroups"]


def test_groups_served_alike_do_not_differ_though_the_small_one_has_the_larger_ece() -> None:
    found = compare(Y, P, P > 0.4, AGE, SEX, COUNTS)
    assert found["subgroup_calibration"]["women"]["ece"]["value"] > found["subgroup_calibration"]["men"]["ece"]["value"]
    assert abs(_row(found, "women", "ece")["value"]) < 0.02
    assert all(row["p_holm"] > 0.05 for row in found["subgroup_differences"])


def test_a_group_that_is_served_worse_is_found() -> None:
    women = (SEX == "F")[:, None]
    p = expit(np.where(women, 0.3 * Z + 1, Z) + np.where(women, RNG.normal(size=Z.shape), 0))
    found = compare(Y, p, p > 0.4, np.full(N, 50.0), SEX, COUNTS)
    for metric, sign in (("ece", 1), ("macro_auroc", -1)):
        row = _row(found, "women", metric)
        assert sign * row["value"] > 0.03
        assert (row["low"] > 0) == (sign > 0)
        assert row["p"] <= row["p_holm"] < 0.05


def test_holm_correction_by_hand() -> None:
    rows = [{"p": 0.04}, {"p": 0.01}, {"p": 0.03}]
    _holm(rows)
    assert [row["p_holm"] for row in rows] == pytest.approx([0.06, 0.03, 0.06])
