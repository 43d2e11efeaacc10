"""Certain records are right more often, and the curve ends at the risk of all."""

import numpy as np
import pytest
from scipy.special import expit
from sklearn.metrics import f1_score

from ecgviz.evaluate.selective import certainty, example_f1, section

RNG = np.random.default_rng(3)
Z = RNG.normal(size=(1500, 5)) * 2 - 1
Y = (RNG.random(Z.shape) < expit(Z)).astype(float)
P = expit(Z)
POSITIVE = P >= 0.4


def test_example_f1_is_that_of_scikit_learn() -> None:
    expected = f1_score(Y, POSITIVE, average="samples", zero_division=1.0)
    assert example_f1(Y, POSITIVE).mean() == pytest.approx(expected)


def test_certainty_is_near_the_f1_it_foretells() -> None:
    said, true = certainty(P, POSITIVE), example_f1(Y, POSITIVE)
    thirds = np.array_split(np.argsort(said), 3)
    assert [true[t].mean() for t in thirds] == pytest.approx([said[t].mean() for t in thirds], abs=0.06)
    assert certainty(np.array([[0.1, 0.5]]), np.array([[False, False]]))[0] == pytest.approx(0.45)


def test_the_curve_rises_to_the_risk_of_all_and_its_area_is_its_mean() -> None:
    found = section(Y, P, POSITIVE)
    assert found["coverage"][-1] == 1.0
    assert found["risk"][-1] == pytest.approx(1 - example_f1(Y, POSITIVE).mean(), abs=1e-5)
    assert found["risk"][10] < found["risk"][50] < found["risk"][-1]
    assert found["aurc"] == pytest.approx(np.mean(found["risk"]), abs=0.01)
    assert len(found["coverage"]) == len(found["risk"]) == 100


def test_a_perfect_order_beats_a_useless_one() -> None:
    sure = np.where(Y > 0, 0.99, 0.01)
    wrong = RNG.random(len(Y)) < 0.3
    sure[wrong] = 0.5 + 0.01 * RNG.random((wrong.sum(), 5))
    useless = section(Y, np.full(P.shape, 0.6), sure >= 0.4)
    assert section(Y, sure, sure >= 0.4)["aurc"] < 0.5 * useless["aurc"]
