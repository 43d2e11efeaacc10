"""The promise of the conformal threshold holds over simulated draws, and its figures are what they say."""

import numpy as np
import pytest
from scipy.special import expit

from ecgviz.evaluate.bootstrap import resamples
from ecgviz.evaluate.conformal import missed, section, sets, threshold


def _draw(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    z = rng.normal(size=(n, 6)) * 2 - np.array([0.0, 1, 2, 3, 1, 2])
    y = (rng.random(z.shape) < expit(z)).astype(float)
    return y, expit(1.5 * z + 0.3 * rng.normal(size=z.shape))  # badly calibrated: the promise does not need calibration


@pytest.mark.parametrize("alpha", [0.05, 0.1, 0.3])
def test_the_miss_rate_is_alpha_on_average_and_hardly_less(alpha: float) -> None:
    rng = np.random.default_rng(0)
    rates = []
    for _ in range(300):
        cut = threshold(*_draw(rng, 150), alpha)
        y, p = _draw(rng, 400)
        rates.append(np.nanmean(missed(y, sets(p, cut))))
    error = np.std(rates) / np.sqrt(len(rates))
    assert np.mean(rates) <= alpha + 2 * error
    assert np.mean(rates) >= alpha - 2 / 100 - 2 * error  # at most about 2 / n below, n labelled records


def test_the_finite_sample_correction_by_hand() -> None:
    """19 records with one label each at 0.01 .. 0.19: alpha 0.1 allows (1.9 + 0.1 - 1) = 1 miss, so the cut is 0.02."""
    p = np.arange(1, 20)[:, None] / 100
    assert threshold(np.ones((19, 1)), p, 0.1) == pytest.approx(0.02)
    assert threshold(np.ones((18, 1)), p[:18], 0.1) == pytest.approx(0.01)
    assert threshold(np.ones((8, 1)), p[:8], 0.1) == 0.0
    assert threshold(np.zeros((30, 1)), np.full((30, 1), 0.5), 0.1) == 0.0


def test_two_labels_of_one_record_weigh_half_each() -> None:
    y = np.array([[1.0, 1.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]])
    chosen = np.array([[True, False, True], [False, False, False], [True, False, False]])
    np.testing.assert_array_equal(missed(y, chosen), [0.5, 1.0, np.nan])


def test_section_reports_what_the_sets_do() -> None:
    y, p = _draw(np.random.default_rng(1), 800)
    women = np.arange(800) % 2 == 0
    groups = {"women": women, "men": ~women, "nobody": np.zeros(800, bool)}
    found = section(y, p, 0.4, resamples(np.arange(800), 200), groups)
    chosen = p >= 0.4
    assert found["fnr"]["value"] == pytest.approx(np.nanmean(missed(y, chosen)), abs=1e-5)
    assert found["mean_set_size"]["value"] == pytest.approx(chosen.sum(axis=1).mean(), abs=1e-5)
    assert found["empty_share"]["value"] == pytest.approx((~chosen).all(axis=1).mean(), abs=1e-5)
    assert found["fnr"]["low"] < found["fnr"]["value"] < found["fnr"]["high"]
    assert list(found["subgroups"]) == ["women", "men"]
    assert found["subgroups"]["men"]["fnr"]["value"] == pytest.approx(np.nanmean(missed(y, chosen)[~women]), abs=1e-5)
