"""Figures of exclusive classes against scikit-learn and published intervals."""

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, confusion_matrix, f1_score

from ecgviz.evaluate import images


def test_figures_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    truth, said = rng.integers(0, 4, 200), rng.integers(0, 4, 200)
    table = images.confusion(truth, said, 4)
    assert np.array_equal(table, confusion_matrix(truth, said))
    assert images.macro_f1(table) == pytest.approx(f1_score(truth, said, average="macro"))
    assert images.balanced_accuracy(table) == pytest.approx(balanced_accuracy_score(truth, said))


def test_wilson_gives_the_interval_of_97_of_104() -> None:
    assert images.wilson(97, 104) == pytest.approx((0.868, 0.967), abs=5e-4)
    assert images.wilson(0, 10)[0] == pytest.approx(0)


def test_repeats_are_averaged_and_the_interval_holds_the_value() -> None:
    truth = np.array([0] * 30 + [1] * 30)
    right, wrong = truth, 1 - truth
    found = images.score(truth, np.stack([right, right, wrong]), ("a", "b"))
    assert found["accuracy"]["value"] == pytest.approx(2 / 3, abs=1e-5)
    for value in found.values():
        assert value["low"] <= value["value"] <= value["high"]


def test_more_repeats_do_not_narrow_the_interval() -> None:
    rng = np.random.default_rng(1)
    truth = rng.integers(0, 2, 80)
    said = np.where(rng.random(80) < 0.8, truth, 1 - truth)
    once, often = (images.score(truth, np.stack([said] * n), ("a", "b"))["macro_f1"] for n in (1, 5))
    assert once == often
