"""Removal is a straight line, random places keep the blocks, and a heat that is right beats them."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from captum.metrics import infidelity

from ecgviz.explain._trial import trial
from ecgviz.explain.proof import removal
from ecgviz.leads import STANDARD_12
from ecgviz.signals import synthetic

RECORD = synthetic.simulate("sinus_rhythm").record


def test_what_is_removed_becomes_a_straight_line() -> None:
    signal = np.array([[0, 9, 9, 3, 4], [5, 6, 7, 8, 9]], np.float32)
    one = removal.bridged(signal, np.array([[False, True, True, False, True]]), 100.0)
    np.testing.assert_allclose(one, [[0, 1, 2, 3, 3], [5, 6, 7, 8, 8]])
    each = removal.bridged(signal, np.array([[False, True, True, False, False], [True] * 5]), 100.0)
    np.testing.assert_allclose(each, [[0, 1, 2, 3, 4], [0] * 5])
    assert signal[0, 1] == 9


def test_what_is_left_of_a_wave_is_not_drawn_out_to_a_plateau() -> None:
    signal = np.ones((1, 100), np.float32)
    mask = np.ones((1, 100), bool)
    mask[0, 40:45] = False
    alone = removal.bridged(signal, mask, 100.0)[0]
    np.testing.assert_allclose(alone[40:45], 1)
    np.testing.assert_allclose(alone[[34, 39, 45, 49]], [0.4, 0.9, 0.9, 0.5], atol=1e-6)
    assert not alone[:31].any() and not alone[54:].any()
    assert not removal.bridged(signal, np.ones((1, 100), bool), 100.0).any()


def test_blocks_are_means_of_50_ms() -> None:
    heat = np.arange(24, dtype=np.float32).reshape(2, 12)
    np.testing.assert_allclose(removal.blocks(heat, 100.0), [[2, 7, 10.5], [14, 19, 22.5]])


def test_the_strongest_share_is_taken_and_equals_lie_anywhere() -> None:
    ranked = np.zeros((2, 100))
    ranked[1, 30:40] = 1
    mask = removal.strongest(ranked, 0.05, 500, 100.0)
    assert mask[1, 150:200].all()
    assert mask.sum() == 50
    wide = removal.strongest(ranked, 0.25, 500, 100.0)
    assert wide.sum() == 250
    assert wide[:, 250:].any() and wide[:, :150].any()


def test_random_places_hold_the_same_blocks() -> None:
    ranked = np.random.default_rng(0).random((12, 200))
    moved = removal.shifted(ranked, np.random.default_rng(1))
    assert not np.array_equal(moved, ranked)
    np.testing.assert_allclose(np.sort(moved, axis=None), np.sort(ranked, axis=None))
    rows = {tuple(np.sort(row)) for row in moved}
    assert rows == {tuple(np.sort(row)) for row in ranked}


@pytest.mark.parametrize("keeping", [False, True])
def test_the_true_place_beats_every_rival_and_a_wrong_one_none(keeping: bool, make: SimpleNamespace) -> None:
    asked = trial(make.model_around(make.Energy()), make.restless(), "MI")
    right = removal.rivals(asked, asked.heat("gradient_x_input"), keeping=keeping)
    assert right.beaten == 1
    assert right.z > 1
    assert right.better == ()
    assert right.heat[0] == pytest.approx(-2 if keeping else asked.logit, abs=1e-4)
    assert right.heat[-1] == pytest.approx(asked.logit if keeping else -2, abs=1e-4)
    wrong = np.ones((12, 1000), np.float32)
    wrong[STANDARD_12.index("III")] = 0
    found = removal.rivals(asked, wrong, keeping=keeping)
    assert found.beaten < 0.2
    assert found.better == ("amplitude", "slope", "qrs_mask")


def test_a_part_removed_is_compared_with_parts_at_random(make: SimpleNamespace) -> None:
    asked = trial(make.model_around(make.Energy()), make.restless(), "MI")
    without, random = removal.removed(asked, asked.heat("gradient_x_input"), 0.1)
    assert without == pytest.approx(-2, abs=0.2)
    assert random.shape == (20,)
    assert np.median(random) > without + 0.5


def test_infidelity_is_captums(make: SimpleNamespace) -> None:
    asked = trial(make.model_of("resnet1d_wang"), RECORD, "MI")
    heat = asked.heat("gradient_x_input")
    found, trivial = removal.foretold(asked, heat, seed=3)
    rng = np.random.default_rng(3)
    masks = np.stack([removal._stretches(rng, 12, 1000, 100.0) for _ in range(removal.STRETCHES)])
    gone = np.stack([removal.bridged(asked.signal, mask, 100.0) for mask in masks])
    fell = asked.logit - asked.logits(gone)

    def perturbed(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return torch.from_numpy(masks.astype(np.float32)), torch.from_numpy(gone)

    expected = infidelity(
        lambda x: asked.model.network(x)[:, 1],
        perturbed,
        torch.from_numpy(asked.signal[None]),
        torch.from_numpy(heat[None]),
        n_perturb_samples=len(masks),
        normalize=True,
    )
    told = (heat * masks).sum(axis=(1, 2))
    assert set(trivial) == {"amplitude", "slope", "qrs_mask"}
    if told @ fell > 0:  # Captum also takes a negative multiple of the heat
        assert found == pytest.approx(float(expected) / (fell**2).mean(), rel=1e-3)
    else:
        assert found == 1


def test_a_heat_that_adds_up_foretells_and_no_heat_does_not(make: SimpleNamespace) -> None:
    network = make.Energy()
    network.weight.data[:] = 0.001
    asked = trial(make.model_around(network), make.restless(), "MI")
    assert removal.foretold(asked, np.zeros((12, 1000), np.float32))[0] == 1
    assert removal.foretold(asked, asked.signal**2)[0] < 0.3
    assert removal.foretold(asked, -(asked.signal**2))[0] == 1
