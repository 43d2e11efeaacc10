"""Pairs of beats against the wfdb package and by hand; what EC57 leaves out."""

import numpy as np
import pytest
from wfdb.processing import compare_annotations

from ecgviz.evaluate.beat_detection import compare, pairs, pooled


@pytest.mark.parametrize("seed", range(20))
def test_as_the_wfdb_package_counts(seed: int) -> None:
    rng = np.random.default_rng(seed)
    reference = np.cumsum(rng.integers(90, 400, 800))
    found = reference[rng.random(800) > 0.05] + 0
    found = found + rng.integers(-30, 31, found.size)
    extra = rng.integers(0, reference[-1], 40)
    found = np.unique(np.concatenate((found, extra[np.abs(extra[:, None] - reference).min(axis=1) > 60])))
    trusted = compare_annotations(reference, found, 54)
    ours = compare(reference / 360, found / 360)
    assert (ours.matched, ours.missed, ours.false) == (trusted.tp, trusted.fn, trusted.fp)
    assert ours.sensitivity == pytest.approx(trusted.sensitivity)
    assert ours.predictivity == pytest.approx(trusted.positive_predictivity)


def test_each_beat_has_one_partner_the_nearest() -> None:
    np.testing.assert_array_equal(pairs(np.array([1.0]), np.array([0.9, 1.02, 1.1])), [[0, 1]])
    np.testing.assert_array_equal(pairs(np.array([0.9, 1.02, 1.1]), np.array([1.0])), [[1, 0]])
    np.testing.assert_array_equal(pairs(np.array([1.0, 1.25]), np.array([1.1, 1.3])), [[0, 0], [1, 1]])
    assert pairs(np.array([1.0]), np.array([1.2])).shape == (0, 2)
    assert pairs(np.empty(0), np.array([1.2])).shape == (0, 2)


def test_the_edge_of_the_window_counts() -> None:
    assert compare(np.array([1.0]), np.array([1.125]), window_s=0.125).matched == 1
    assert compare(np.array([1.0]), np.array([1.126]), window_s=0.125).matched == 0


def test_found_beats_in_flutter_are_not_counted_but_missed_ones_are() -> None:
    reference = np.array([1.0, 2.0, 9.0, 10.0])
    found = np.array([1.01, 4.0, 4.3, 4.6, 5.0, 9.02, 12.0])
    plain, standard = compare(reference, found), compare(reference, found, excluded=[(3.0, 8.0)])
    assert (plain.missed, plain.false) == (2, 5)
    assert (standard.missed, standard.false) == (2, 1)
    at_the_end = compare(reference, found, excluded=[(0.5, 1.5)])
    assert (at_the_end.matched, at_the_end.false) == (2, 5)


def test_pooled_counts_beats_not_records() -> None:
    many = compare(np.arange(1.0, 100.0), np.arange(1.0, 100.0) + 0.002)
    few = compare(np.array([1.0, 2.0]), np.array([1.004]))
    both = pooled([many, few])
    assert (both.reference, both.found, both.matched) == (101, 100, 100)
    assert both.sensitivity == 100 / 101
    assert both.median_error_ms == pytest.approx(2.0)


def test_nothing_to_compare_is_nan() -> None:
    nothing = pooled([])
    assert np.isnan([nothing.sensitivity, nothing.predictivity, nothing.median_error_ms]).all()
