"""Guided Grad-CAM (Selvaraju et al., 2017): Grad-CAM times guided backpropagation, in absolute terms.

The size without the sign did best against cardiologists' marks in Suh et al. (2024). Guided backpropagation
(Springenberg et al., 2015) lets only positive gradients pass an activation. Captum's stops at ReLU alone and warns on
stderr; this one, which agrees with it there, treats every activation layer so, on a copy of the network.
"""

import numpy as np
import torch
from captum.attr import Saliency
from torch import Tensor, nn

from ecgviz.explain import grad_cam
from ecgviz.explain._network import activations_wrapped, private
from ecgviz.explain._stitch import Map, by_sample
from ecgviz.zoo._checkpoints import Model

__all__ = ["SIGNED", "attribute", "guided_gradient"]

SIGNED = False


class _Guided(nn.Module):
    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, x: Tensor) -> Tensor:
        x = x.clone()  # what reaches x by a shortcut passes unguided
        if x.requires_grad:
            x.register_hook(lambda gradient: gradient.clamp(min=0))  # type: ignore[no-untyped-call]
        out: Tensor = self.layer(x)
        return out


def attribute(model: Model, x: Tensor, person: Tensor, label: int, layer: str = "") -> Map:
    """(windows, leads, samples), non-negative."""
    cam = grad_cam.attribute(model, x, person, label, layer)
    places = cam.offset + np.arange(cam.scores.shape[2]) * cam.stride
    at = np.arange(x.shape[2])
    weight = np.stack([[np.interp(at, places, row) for row in window] for window in cam.scores])
    guided = guided_gradient(model, x, person, label).abs().numpy()
    return by_sample(guided * weight, model.card.input.fs, cam.layer)


def guided_gradient(model: Model, x: Tensor, person: Tensor, label: int) -> Tensor:
    """(windows, leads, samples), signed."""
    network = private(model).network
    activations_wrapped(network, _Guided)
    with torch.enable_grad():
        found: Tensor = Saliency(network).attribute(
            x.clone().requires_grad_(), target=label, abs=False, additional_forward_args=person
        )
    return found.detach()
