"""The state-space filter is the sum it stands for, at any length, and its fast form agrees with it."""

import pytest
import torch

from ecgviz.zoo.s4 import Config, Model, StateSpace


def direct(layer: StateSpace, x: torch.Tensor) -> torch.Tensor:
    """The filter from its definition: states driven by a held input, forwards and backwards, in plain sums."""
    length, width = x.shape[-1], len(layer.skip)
    a = torch.complex(-layer.log_decay.exp(), layer.frequency).view(width, -1)
    step = a * layer.log_step.exp()[:, None]
    out = torch.view_as_complex(layer.output) * ((step.exp() - 1) / a)[:, None]
    total = layer.skip[:, None, None] * x
    for t in range(length):
        for s in range(length):
            way, lag = (0, t - s) if t >= s else (1, s - t - 1)
            total[..., t] = total[..., t] + 2 * (out[:, way] * (step * lag).exp()).real.sum(-1)[:, None] * x[..., s]
    return total


@pytest.mark.parametrize("length", [20, 32, 33, 70])
def test_the_filter_is_its_definition(length: int) -> None:
    torch.manual_seed(0)
    layer = StateSpace(3, 8).double()
    x = torch.randn(3, 2, length, dtype=torch.float64)
    with torch.no_grad():
        torch.testing.assert_close(layer(x), direct(layer, x))


@pytest.mark.parametrize("length", [33, 250])
def test_the_matrix_form_and_its_gradients_agree_with_the_fourier_form(length: int) -> None:
    torch.manual_seed(0)
    layer = StateSpace(4, 8)
    x, grad = torch.randn(4, 3, length, requires_grad=True), torch.randn(4, 3, length)
    found = []
    for fast in (False, True):
        with torch.autocast("cpu", torch.bfloat16, enabled=fast):
            out = layer(x)
        assert out.dtype == (torch.bfloat16 if fast else torch.float32)
        found.append([out, *torch.autograd.grad(out, [x, *layer.parameters()], grad.to(out.dtype))])
    for slow, quick in zip(*found, strict=True):
        assert (slow - quick.float()).norm() < 0.01 * slow.norm()


def test_trained_on_crops_it_answers_about_whole_windows() -> None:
    """The filter of a crop is the beginning of the filter of a window."""
    layer = StateSpace(3, 8)
    torch.testing.assert_close(layer.kernel(1000)[:, 750:1249], layer.kernel(250), rtol=1e-4, atol=1e-6)


def test_the_state_is_neither_decayed_nor_rounded() -> None:
    """Vectors are not decayed by the optimiser and stay in float32 in the weights' file."""
    network = Model(Config(labels=3))
    state = [p for name, p in network.named_parameters() if name.endswith(("log_step", "log_decay", "frequency"))]
    assert len(state) == 12
    assert all(p.ndim == 1 for p in state)
