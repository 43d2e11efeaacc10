"""Integrated gradients (Sundararajan et al., 2017) from a flat line, through Captum; per lead, signed."""

import torch
from captum.attr import IntegratedGradients
from torch import Tensor

from ecgviz.explain._stitch import Map
from ecgviz.zoo._checkpoints import Model

__all__ = ["SIGNED", "attribute"]

SIGNED = True
STEPS = 32
SMOOTH = 5
"""Samples of a moving mean: single samples at 100 Hz are finer than any wave."""


def attribute(model: Model, x: Tensor, person: Tensor, label: int) -> Map:
    """(windows, leads, samples), positive for the finding."""
    method = IntegratedGradients(model.network)
    batch = len(x) * STEPS
    with torch.enable_grad():
        found = method.attribute(
            x, target=label, additional_forward_args=person, n_steps=STEPS, internal_batch_size=batch
        )
    kernel = torch.full((1, 1, SMOOTH), 1 / SMOOTH)
    flat = found.detach().float().reshape(-1, 1, x.shape[2])
    smooth = torch.nn.functional.conv1d(flat, kernel, padding=SMOOTH // 2).reshape(x.shape)
    return Map(smooth.numpy(), 1.0, 0.0, "input, against a flat line", SMOOTH)
