"""Every metric against scikit-learn or a hand-made case."""

import numpy as np
import pytest
from sklearn import metrics as sk

from ecgviz.evaluate import metrics

RNG = np.random.default_rng(3)
Y = (RNG.random((400, 6)) < [0.5, 0.3, 0.1, 0.05, 0.02, 0.2]).astype(float)
P = np.clip(0.6 * Y + 0.7 * RNG.random(Y.shape), 0, 1).round(2)


def test_areas_are_those_of_scikit_learn() -> None:
    np.testing.assert_allclose(metrics.aurocs(Y, P), sk.roc_auc_score(Y, P, average=None))
    np.testing.assert_allclose(metrics.auprcs(Y, P), sk.average_precision_score(Y, P, average=None))
    assert metrics.macro_auroc(Y, P) == pytest.approx(sk.roc_auc_score(Y, P))
    assert metrics.micro_auroc(Y, P) == pytest.approx(sk.roc_auc_score(Y, P, average="micro"))


def test_operating_point_is_that_of_scikit_learn() -> None:
    positive = P >= 0.55
    at = metrics.operating(Y, positive)
    np.testing.assert_allclose(at["f1"], sk.f1_score(Y, positive, average=None))
    np.testing.assert_allclose(at["sensitivity"], sk.recall_score(Y, positive, average=None))
    np.testing.assert_allclose(at["precision"], sk.precision_score(Y, positive, average=None))
    np.testing.assert_allclose(at["specificity"], sk.recall_score(1 - Y, ~positive, average=None))


def test_an_absent_class_is_left_out_not_counted_as_zero() -> None:
    y = Y.copy()
    y[:, 4] = 0
    assert np.isnan(metrics.aurocs(y, P)[4])
    keep = [0, 1, 2, 3, 5]
    assert metrics.macro_auroc(y, P) == pytest.approx(sk.roc_auc_score(y[:, keep], P[:, keep]))


def test_ece_is_zero_for_perfect_and_large_for_inverted_probabilities() -> None:
    y = (RNG.random(200_000) < 0.3).astype(float)
    assert metrics.ece(y, np.full(len(y), 0.3)) < 0.01
    assert metrics.ece(y, 1 - y) > 0.9
    bins = metrics.reliability(Y[:, 0], P[:, 0])
    assert sum(bins["count"]) == len(Y)
