"""Resamples draw patients, and intervals are those of theory."""

import numpy as np
import pytest

from ecgviz.evaluate.bootstrap import figure, p_value, resamples

RNG = np.random.default_rng(5)


def test_resampling_keeps_a_patients_records_together() -> None:
    patients = np.repeat(np.arange(10), 3)
    counts = resamples(patients, 20).reshape(20, 10, 3)
    assert (counts == counts[:, :, :1]).all()
    assert (counts.sum(axis=(1, 2)) == 30).all()


def test_interval_of_a_mean_is_that_of_theory() -> None:
    x = RNG.normal(size=400)
    found = figure(float(x.mean()), resamples(np.arange(400)) @ x / 400)
    assert (found["high"] - found["low"]) / 2 == pytest.approx(1.96 * x.std() / 20, rel=0.15)


def test_a_biased_figure_is_moved_back_and_a_missing_one_is_none() -> None:
    samples = 0.5 + RNG.normal(size=1000)
    found = figure(0.0, samples, biased=True)
    assert found["low"] == pytest.approx(-1.96, abs=0.2)
    assert found["high"] == pytest.approx(1.96, abs=0.2)
    assert figure(float("nan"), np.full(5, np.nan)) == {"value": None, "low": None, "high": None}
    assert figure(1.0, np.array([1.0, np.nan, 1.0]))["high"] == 1.0


def test_p_value_is_two_sided() -> None:
    assert p_value(np.linspace(-1, 1, 999)) == pytest.approx(1.0, abs=0.01)
    assert p_value(np.linspace(0.1, 1, 999)) == pytest.approx(2 / 1000)
    assert p_value(-np.linspace(0.1, 1, 999)) == pytest.approx(2 / 1000)
    assert np.isnan(p_value(np.full(3, np.nan)))
