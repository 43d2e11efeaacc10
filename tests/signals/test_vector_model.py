"""Loops and lead vectors."""

import numpy as np
import pytest

from ecgviz.signals.vector_model import Loop, electrode_leads, twelve_leads, vector_leads

LOOP = Loop((0, 20, 40, 80), ((0.1, 0.2, -0.1), (1.0, 0.5, 0.3)))


def test_a_loop_is_zero_outside_and_passes_its_knots() -> None:
    at = LOOP.at(np.array([-0.01, 0.0, 0.02, 0.04, 0.08, 0.2]))
    np.testing.assert_allclose(
        at.T, [[0] * 3, [0] * 3, [0.1, 0.2, -0.1], [1.0, 0.5, 0.3], [0] * 3, [0] * 3], atol=1e-12
    )
    assert (LOOP.on_s, LOOP.off_s) == (0.0, 0.08)
    assert 0.03 < LOOP.peak_s < 0.06


@pytest.mark.parametrize(("axis", "lead", "sign"), [(0, 0, 1), (0, 7, 1), (1, 1, 1), (2, 2, -1), (2, 3, -1)])
def test_left_shows_in_i_and_v6_feet_in_ii_and_back_against_v1(axis: int, lead: int, sign: int) -> None:
    assert np.sign(vector_leads(np.eye(3)[:, [axis]])[lead, 0]) == sign


def test_electrodes_give_leads_that_add_up() -> None:
    potential = np.random.default_rng(0).normal(size=(9, 50))
    leads = twelve_leads(electrode_leads(potential))
    np.testing.assert_array_equal(leads[2], leads[1] - leads[0])
    np.testing.assert_allclose(leads[3] + leads[4] + leads[5], 0, atol=1e-6)
    np.testing.assert_allclose(leads[0], potential[1] - potential[0], atol=1e-6)
    np.testing.assert_allclose(electrode_leads(potential + 3.0), electrode_leads(potential), atol=1e-9)
