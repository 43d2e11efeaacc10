"""Calibration and operating points find what they are built to find, from the data they are given alone."""

import numpy as np
import pytest
from scipy.special import expit

from ecgviz.codes import CINC
from ecgviz.evaluate.calibration import best_f1, challenge_thresholds, platt, probabilities
from ecgviz.evaluate.challenge import challenge_metric, merge
from ecgviz.evaluate.metrics import ece

RNG = np.random.default_rng(1)


def test_platt_recovers_slope_and_offset() -> None:
    z = RNG.normal(size=20_000)
    y = (RNG.random(len(z)) < expit(0.5 * z - 2)).astype(float)
    slope, offset = platt(y, z)
    assert slope == pytest.approx(0.5, abs=0.06)
    assert offset == pytest.approx(-2, abs=0.06)
    assert ece(y, probabilities(z[:, None], [(slope, offset)])[:, 0]) < 0.01


def test_platt_leaves_a_class_without_positives_alone() -> None:
    assert platt(np.zeros(50), RNG.normal(size=50)) == (1.0, 0.0)


def test_best_f1_splits_separable_scores_in_the_middle() -> None:
    y = np.array([0.0] * 50 + [1.0] * 50)
    assert best_f1(y, np.array([0.2] * 50 + [0.8] * 50)) == pytest.approx(0.5, abs=0.05)
    assert best_f1(np.zeros(10), np.full(10, 0.3)) == 0.5


def test_challenge_thresholds_do_not_score_below_best_f1() -> None:
    y, names = merge((RNG.random((400, 27)) < 0.15).astype(float), tuple(CINC))
    p = np.clip(0.35 * y + 0.6 * RNG.random(y.shape), 0, 1)
    first = np.array([best_f1(y[:, k], p[:, k]) for k in range(len(names))])
    better = challenge_thresholds(y, p, names)
    assert challenge_metric(y, p >= better, names) >= challenge_metric(y, p >= first, names)
