"""Integrated gradients (Sundararajan et al., 2017) from a page without ink, summed over small squares."""

import numpy as np
import torch
from captum.attr import IntegratedGradients
from numpy.typing import NDArray
from torch import Tensor

from ecgviz.zoo.images._checkpoints import PageModel

__all__ = ["NOTE", "SIGNED", "attribute"]

SIGNED = True
STEPS = 16
SQUARE = 6
"""Pixels of the network's input that are added up: single pixels of a thin line flicker."""
NOTE = "against a page without ink; evidence in favour is positive, against is negative"


def attribute(model: PageModel, x: Tensor, label: int) -> NDArray[np.float32]:
    """(height / 6, width / 6), signed."""
    blank = torch.full_like(x, model.card.input.white)
    with torch.enable_grad():
        found = IntegratedGradients(model.network).attribute(
            x, blank, target=label, n_steps=STEPS, internal_batch_size=4
        )
    flat = found.detach().sum(dim=1, keepdim=True).float()
    pooled = torch.nn.functional.avg_pool2d(flat, SQUARE) * SQUARE**2
    scores: NDArray[np.float32] = pooled[0, 0].numpy().astype(np.float32)
    return scores
