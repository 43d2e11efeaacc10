"""Figures of beat classifiers against scikit-learn."""

import numpy as np
import pytest
from sklearn import metrics

from ecgviz.evaluate import beats

LABELS = ("N", "S", "V", "F", "Q")


@pytest.fixture
def answers() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    truth = rng.choice(5, 3000, p=[0.7, 0.1, 0.1, 0.05, 0.05])
    said = np.where(rng.random(3000) < 0.85, truth, rng.integers(0, 5, 3000))
    return truth, said, rng.integers(0, 12, 3000).astype(str)


def test_figures_are_those_of_scikit_learn(answers: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    truth, said, record = answers
    found = beats.figures(beats.by_record(truth, said, record, 5).sum(axis=0), LABELS)
    assert found["macro_f1"] == pytest.approx(metrics.f1_score(truth, said, average="macro"))
    assert found["weighted_f1"] == pytest.approx(metrics.f1_score(truth, said, average="weighted"))
    assert found["accuracy"] == pytest.approx(metrics.accuracy_score(truth, said))
    assert found["macro_se"] == pytest.approx(metrics.recall_score(truth, said, average="macro"))
    precision = metrics.precision_score(truth, said, average=None)
    recall = metrics.recall_score(truth, said, average=None)
    kappa = metrics.cohen_kappa_score(truth, said)
    assert found["jk"] == pytest.approx(0.5 * kappa + 0.125 * (recall[1] + recall[2] + precision[1] + precision[2]))
    assert found["ppv_V"] == pytest.approx(precision[2])


def test_a_class_that_does_not_occur_counts_for_nothing_but_calling_it_is_an_error() -> None:
    truth, said = np.array([0, 0, 2, 2]), np.array([0, 4, 2, 2])
    found = beats.figures(beats.by_record(truth, said, ["a"] * 4, 5).sum(axis=0), LABELS)
    assert np.isnan(found["f1_Q"])
    assert found["macro_f1"] == pytest.approx((2 / 3 + 1) / 2)


def test_a_class_never_called_has_f1_zero() -> None:
    truth, said = np.array([0, 0, 3]), np.array([0, 0, 0])
    found = beats.figures(beats.by_record(truth, said, ["a"] * 3, 5).sum(axis=0), LABELS)
    assert found["f1_F"] == 0
    assert found["macro_f1"] == pytest.approx(0.4)


def test_intervals_come_from_whole_records() -> None:
    """A class that lives in one record of ten has an interval as wide as its being drawn or not."""
    truth = np.repeat([0] * 9 + [2], 100)
    said = truth.copy()
    said[-50:] = 0
    record = np.repeat([f"r{k}" for k in range(10)], 100)
    found = beats.summary(beats.by_record(truth, said, record, 5), LABELS)
    assert found["records"] == 10
    assert found["n"] == 1000
    accuracy = found["metrics"]["accuracy"]
    assert accuracy["low"] < 0.9 < accuracy["value"] < accuracy["high"] == 1.0
