"""How far a record lies from the training records, on vectors of which it is known."""

import numpy as np
import pytest
from scipy.spatial.distance import mahalanobis

from ecgviz.evaluate import out_of_distribution as ood


def cloud(n: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, 6)) @ rng.standard_normal((6, 6)) + 3


def test_with_all_axes_it_is_mahalanobis_distance() -> None:
    x = cloud(4000)
    shape = ood.fit(x, axes=6)
    inverse = np.linalg.inv(np.cov(x.T, bias=True))
    due = [mahalanobis(row, x.mean(axis=0), inverse) / np.sqrt(6) for row in x[:20]]
    np.testing.assert_allclose(shape.distance(x[:20]), due, rtol=0.02)  # the axes are kept in float16


def test_training_records_have_a_strangeness_of_mean_0_and_sd_1_and_a_far_one_stands_out() -> None:
    x = cloud(3000)
    shape = ood.fit(x, axes=3)
    values = shape.strangeness(x)
    assert values.mean() == pytest.approx(0, abs=1e-6)
    assert values.std() == pytest.approx(1, abs=1e-3)
    assert shape.strangeness(x[:1] + 100)[0] > 4


def test_what_lies_off_the_axes_counts() -> None:
    rng = np.random.default_rng(1)
    x = np.c_[rng.standard_normal((2000, 2)) * 10, rng.standard_normal((2000, 4)) * 0.1]
    shape = ood.fit(x, axes=2)
    off = np.zeros((1, 6))
    off[0, 4] = 3.0  # 30 standard deviations in a direction that no axis has
    assert shape.strangeness(off)[0] > 4


def test_limit_is_what_the_share_of_records_exceeds_in_any_look() -> None:
    values = np.random.default_rng(2).standard_normal((3, 5000))
    most = ood.limit(values, 0.01)
    assert (values.max(axis=0) > most).mean() == pytest.approx(0.01, abs=0.001)


def test_descriptors_tell_size_speed_and_leads_apart() -> None:
    rng = np.random.default_rng(3)
    x = np.cumsum(rng.standard_normal((2, 12, 1000)), axis=2) * 0.02
    plain, loud = ood.descriptors(x), ood.descriptors(10 * x)
    np.testing.assert_allclose(loud["size"] - plain["size"], np.log(10), atol=0.05)
    np.testing.assert_allclose(loud["leads"], plain["leads"], atol=0.1)
    mixed = ood.descriptors(x[:, rng.permutation(12)])
    np.testing.assert_allclose(np.sort(mixed["size"]), np.sort(plain["size"]))
    assert np.abs(mixed["leads"] - plain["leads"]).max() > 0.3
    quick = ood.descriptors(rng.standard_normal((2, 12, 1000)) * 0.2)
    assert (quick["speed"][:, :12] > plain["speed"][:, :12] + 1).all()


def test_a_flat_record_gives_finite_numbers() -> None:
    assert all(np.isfinite(values).all() for values in ood.descriptors(np.zeros((1, 12, 1000))).values())
