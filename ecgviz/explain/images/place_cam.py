"""Gradient times activation at each place of the last block (HiResCAM, Draelos and Carin, 2020).

Where the head reads places apart, the mean gradient of Grad-CAM mixes what different places mean; this does not, and
its sum over the map is what the map adds to a linear head's logit.
"""

import numpy as np
import torch
from captum.attr import LayerGradientXActivation
from numpy.typing import NDArray
from torch import Tensor

from ecgviz.zoo.images._checkpoints import PageModel

__all__ = ["NOTE", "SIGNED", "attribute"]

SIGNED = True
NOTE = "evidence in favour is positive, against is negative"


def attribute(model: PageModel, x: Tensor, label: int) -> NDArray[np.float32]:
    """(rows, columns) of the layer's map, signed."""
    method = LayerGradientXActivation(model.network, model.cam_layer)
    with torch.enable_grad():
        found = method.attribute(x.clone().requires_grad_(), target=label)
    scores: NDArray[np.float32] = found.detach()[0].sum(dim=0).numpy().astype(np.float32)
    return scores
