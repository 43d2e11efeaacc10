"""Weights kept as 8-bit whole numbers come back with their names, their shapes and an error that is bounded by row."""

from pathlib import Path

import pytest
import torch
from torch import nn

from ecgviz.errors import ModelError
from ecgviz.zoo import ARCHITECTURES, _checkpoints
from ecgviz.zoo._int8 import SMALLEST, pack, unpack


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_network_comes_back_within_half_a_step(name: str, tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = _checkpoints.build(name, {"labels": 5})
    before = {k: v.clone() for k, v in network.state_dict().items()}
    _checkpoints.save_weights(network, tmp_path, int8=True)
    after = _checkpoints.read_weights(tmp_path)
    network.load_state_dict(after)
    for key, value in before.items():
        assert after[key].shape == value.shape
        if value.ndim > 1 and value.numel() > SMALLEST:
            rows, error = value.flatten(1).abs(), (after[key] - value).flatten(1).abs()
            assert (error <= rows.amax(dim=1, keepdim=True) / 254 * 1.0001).all()
            assert len(value.unique()) > 1 and len(after[key][0].unique()) <= 255
        else:
            torch.testing.assert_close(after[key], value, rtol=1e-3, atol=1e-7)


def test_int8_halves_the_file_and_keeps_the_logits(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = _checkpoints.build("vgg16", {"labels": 5}).eval()
    sizes, logits = [], [network(x := torch.randn(2, 12, 250))]
    for int8 in (False, True):
        _checkpoints.save_weights(network, tmp_path, int8=int8)
        sizes.append((tmp_path / _checkpoints.WEIGHTS).stat().st_size)
        network.load_state_dict(_checkpoints.read_weights(tmp_path))
        logits.append(network(x))
    assert 0.5 < sizes[1] / sizes[0] < 0.52
    exact, half, eighth = logits
    assert (half - exact).abs().max() < 1e-2 * exact.abs().max()
    assert 0 < (eighth - exact).abs().max() < 0.05 * exact.abs().max()


def test_packing_twice_gives_the_same_whole_numbers() -> None:
    state = {"w": torch.randn(8, 1024)}
    once = pack(state)
    again = pack(unpack(once))
    assert once["w"].dtype == torch.int8 and torch.equal(once["w"], again["w"])
    assert once["w"].flatten(1).abs().amax(dim=1).eq(127).all()


def test_rows_of_zeros_stay_zero_and_values_that_are_not_finite_stay_so() -> None:
    value = torch.randn(4, 2048)
    value[1], value[2, 5] = 0.0, float("nan")
    value[3, 7] = float("inf")
    back = unpack(pack({"w": value}))["w"]
    assert back[0].isfinite().all() and back[1].eq(0).all()
    assert not back[2].isfinite().all() and not back[3].isfinite().all()


def test_small_tensors_vectors_and_counters_are_left_alone() -> None:
    state = {"small": torch.randn(4, 4), "bias": torch.randn(9000), "seen": torch.arange(9000).view(2, -1)}
    assert all(pack(state)[name] is value for name, value in state.items())


def test_a_name_that_is_taken_is_refused() -> None:
    with pytest.raises(ModelError, match=r"w cannot be kept as int8: the network has a w\.scale"):
        pack({"w": torch.randn(8, 1024), "w.scale": torch.ones(8)})


def test_digest_is_that_of_the_file_and_the_load_check_sees_it(tmp_path: Path) -> None:
    network = nn.Sequential(nn.Linear(100, 100))
    first = _checkpoints.save_weights(network, tmp_path, int8=True)
    assert first == _checkpoints.save_weights(network, tmp_path, int8=True)
    assert first != _checkpoints.save_weights(network, tmp_path)
