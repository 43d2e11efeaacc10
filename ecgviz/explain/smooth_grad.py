"""SmoothGrad, squared (Smilkov et al., 2017; Hooker et al., 2019): mean squared gradient of 16 slightly noisy copies.

Captum's NoiseTunnel draws from the generator of the whole process, so that two sessions would disturb each other:
the noise is drawn here, the gradient is Captum's. It says where the answer is sensitive, not in which direction.
"""

import torch
from captum.attr import Saliency
from torch import Tensor

from ecgviz.explain._stitch import Map, by_sample
from ecgviz.zoo._checkpoints import Model

__all__ = ["SIGNED", "attribute"]

SIGNED = False
COPIES = 16
NOISE = 0.1
"""Standard deviation of the noise over that of the lead."""


def attribute(model: Model, x: Tensor, person: Tensor, label: int) -> Map:
    """(windows, leads, samples), non-negative; the same noise each time."""
    method, found = Saliency(model.network), []
    for i in range(len(x)):
        noise = torch.randn((COPIES, *x.shape[1:]), generator=torch.Generator().manual_seed(0))
        noisy = x[i] + NOISE * x[i].std(dim=1, keepdim=True) * noise  # (copies, leads, samples)
        with torch.enable_grad():
            slope = method.attribute(
                noisy.requires_grad_(),
                target=label,
                abs=False,
                additional_forward_args=person[i : i + 1].expand(COPIES, -1),
            )
        found.append(slope.detach().square().mean(dim=0))
    return by_sample(torch.stack(found).numpy(), model.card.input.fs, f"input, mean of {COPIES} noisy copies")
