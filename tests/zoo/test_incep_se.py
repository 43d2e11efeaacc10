"""The variant whose grid differs from the usual one, and the second input."""

import pytest
import torch
from torch import nn

from ecgviz.zoo import _blocks, _checkpoints, incep_se


def test_flyingemp_steps_lie_and_see_as_its_grid_says() -> None:
    network = _checkpoints.build("incep_se", {"variant": "flyingemp"}).double().eval()
    layer, (stride, offset, field) = incep_se.cam_layers(network)["last convolution"]
    for parent in list(network.modules()):
        for key, child in parent.named_children():
            if isinstance(child, nn.ReLU | _blocks.SqueezeExcite):
                setattr(parent, key, nn.Identity())
    kept = {}
    layer.register_forward_hook(lambda _m, _i, out: kept.update(out=out))
    x = torch.randn(1, 12, 800, dtype=torch.float64, requires_grad=True)
    network(x)
    assert kept["out"].shape[2] == 800 / stride
    kept["out"][..., 200].sum().backward()
    seen = torch.nonzero(x.grad.abs().sum(dim=(0, 1))).flatten()
    assert int(seen.max() - seen.min() + 1) == field
    assert abs(float(seen.double().mean()) - (offset + stride * 200)) < 4  # even kernels lean to the right


@pytest.mark.parametrize("variant", ["paper", "flyingemp"])
def test_what_is_known_of_the_patient_changes_the_answer(variant: str) -> None:
    torch.manual_seed(0)
    network = _checkpoints.build("incep_se", {"variant": variant, "demographics": True}).eval()
    x = torch.randn(1, 12, 250)
    young, old = torch.tensor([[0.2, 0, 1.0, 0, 0]]), torch.tensor([[0.8, 0, 0, 1.0, 0]])
    assert not torch.allclose(network(x, young), network(x, old))
