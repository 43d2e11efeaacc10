"""The layers that keep their numbers step by step give what torch's own give."""

import pytest
import torch
from torch import nn

from ecgviz.zoo._blocks import BatchNorm1d, Conv1d, concat


@pytest.mark.parametrize(
    ("kernel", "stride", "padding", "bias"), [(39, 1, 19, False), (3, 2, 1, True), (1, 1, 0, True)]
)
def test_a_convolution_is_that_of_torch(kernel: int, stride: int, padding: int, bias: bool) -> None:
    torch.manual_seed(0)
    ours = Conv1d(12, 8, kernel, stride, padding, bias=bias)
    theirs = nn.Conv1d(12, 8, kernel, stride, padding, bias=bias)
    theirs.load_state_dict(ours.state_dict())
    for length in (250, 251):
        x = torch.randn(3, 12, length)
        torch.testing.assert_close(ours(x), theirs(x), rtol=1e-4, atol=1e-5)


def test_a_normalisation_is_that_of_torch_in_training_and_after() -> None:
    torch.manual_seed(0)
    ours, theirs = BatchNorm1d(8), nn.BatchNorm1d(8)
    for training in (True, False):
        x = torch.randn(3, 8, 50) * 2 + 1
        ours.train(training)
        theirs.train(training)
        torch.testing.assert_close(ours(x), theirs(x))
    torch.testing.assert_close(ours.state_dict(), theirs.state_dict())


def test_channels_are_put_together_in_order_and_memory_stays_step_by_step() -> None:
    parts = [Conv1d(12, 8, 1)(torch.randn(2, 12, 50)) for _ in range(2)]
    both = concat(parts)
    torch.testing.assert_close(both, torch.cat(parts, dim=1))
    assert BatchNorm1d(16)(both).stride() == (50 * 16, 1, 16)
