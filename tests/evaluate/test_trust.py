"""All sections at once, as they go into report.json."""

import json

import numpy as np
import pytest
from scipy.special import expit
from sklearn.metrics import brier_score_loss, log_loss

from ecgviz.codes import CINC
from ecgviz.evaluate import metrics
from ecgviz.evaluate.bootstrap import resamples
from ecgviz.evaluate.calibration import cross_fitted, platt, probabilities, summary, temperature
from ecgviz.evaluate.trust import sections

RNG = np.random.default_rng(8)
N = 600
Z = RNG.normal(size=(2 * N, 4)) * 2 - 1
Y = (RNG.random(Z.shape) < expit(Z)).astype(float)
SHARP = 2.5 * Z  # a network that is too sure of itself
AGE, SEX = RNG.integers(20, 95, N).astype(float), np.where(RNG.random(N) < 0.5, "F", "M")


def test_temperature_finds_how_much_too_sure_the_network_is() -> None:
    assert temperature(Y, SHARP) == pytest.approx(2.5, rel=0.1)


def test_cross_fitting_prefers_what_the_data_need() -> None:
    found = cross_fitted(Y, SHARP)
    assert found["temperature"] < found["none"]
    shifted = cross_fitted(Y, SHARP + np.array([3.0, -3.0, 2.0, -2.0]))
    assert shifted["platt"] < shifted["temperature"] < shifted["none"]
    few = cross_fitted(Y[:40], Z[:40])
    assert all(np.isfinite(v) for v in few.values())


def test_platt_finds_the_least_loss() -> None:
    y, z = Y[:, 2], SHARP[:, 2] + 4
    slope, offset = platt(y, z)
    n, positives = len(y), y.sum()
    target = np.where(y > 0, (positives + 1) / (positives + 2), 1 / (n - positives + 2))

    def loss(a: float, b: float) -> float:
        return float(np.mean(np.logaddexp(0, a * z + b) - target * (a * z + b)))

    for da, db in ((1e-3, 0), (-1e-3, 0), (0, 1e-3), (0, -1e-3)):
        assert loss(slope, offset) < loss(slope + da, offset + db)
    separable = platt(np.repeat([0.0, 1.0], 50), np.repeat([-30.0, 30.0], 50))
    assert 0 < separable[0] < 1


def test_calibration_figures_are_those_of_scikit_learn() -> None:
    p = expit(SHARP)
    found = summary(Y, p, resamples(np.arange(len(Y)), 50))
    assert found["brier"]["value"] == pytest.approx(brier_score_loss(Y.ravel(), p.ravel()), abs=1e-5)
    assert found["nll"]["value"] == pytest.approx(log_loss(Y.ravel(), p.ravel()), abs=1e-5)
    assert found["ece"]["value"] == pytest.approx(metrics.ece(Y.ravel(), p.ravel()), abs=1e-5)
    each = [metrics.ece(Y[:, k], p[:, k]) for k in range(4)]
    assert found["classwise_ece"]["value"] == pytest.approx(np.mean(each), abs=1e-5)
    for name, row in found.items():
        assert row["low"] < row["value"] < row["high"], name


def test_sections_are_strict_json_and_calibration_helps() -> None:
    scale = [platt(Y[:N, k], SHARP[:N, k]) for k in range(4)]
    p = probabilities(SHARP, scale)
    raw = expit(SHARP)
    cut = np.full(4, 0.4)
    found = sections(
        Y[:N], p[:N], raw[:N], Y[N:], p[N:], raw[N:], cut, list("abcd"), np.arange(N), AGE, SEX, repeats=50
    )
    json.dumps(found, allow_nan=False)
    assert list(found) == [
        "calibration",
        "calibration_tried_on_validation",
        "conformal",
        "selective",
        "subgroups",
        "subgroup_calibration",
        "subgroup_differences",
    ]
    for name in ("ece", "classwise_ece", "brier", "nll"):
        assert found["calibration"]["after"][name]["value"] < found["calibration"]["before"][name]["value"]
    assert found["conformal"]["fnr"]["value"] == pytest.approx(0.1, abs=0.03)
    assert set(found["conformal"]["subgroups"]) == set(found["subgroup_calibration"])


def test_equivalent_classes_are_merged() -> None:
    y = (RNG.random((200, 27)) < 0.3).astype(float)
    p = np.clip(0.4 * y + 0.5 * RNG.random(y.shape), 0.01, 0.99)
    arguments = (np.full(27, 0.5), list(CINC), np.arange(200), AGE[:200], SEX[:200])
    found = sections(y, p, p, y, p, p, *arguments, repeats=5)
    assert found["subgroups"]["women"]["classes"]["value"] == 24
