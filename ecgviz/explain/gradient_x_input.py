"""Gradient times input (Shrikumar et al., 2016), through Captum; per lead, signed."""

import torch
from captum.attr import InputXGradient
from torch import Tensor

from ecgviz.explain._stitch import Map, by_sample
from ecgviz.zoo._checkpoints import Model

__all__ = ["SIGNED", "attribute"]

SIGNED = True


def attribute(model: Model, x: Tensor, person: Tensor, label: int) -> Map:
    """(windows, leads, samples), positive for the finding."""
    method = InputXGradient(model.network)
    with torch.enable_grad():
        found = method.attribute(x.clone().requires_grad_(), target=label, additional_forward_args=person)
    return by_sample(found.detach().float().numpy(), model.card.input.fs, "input")
