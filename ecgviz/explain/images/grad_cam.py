"""Grad-CAM (Selvaraju et al., 2017) at the last block, through Captum."""

import numpy as np
import torch
from captum.attr import LayerGradCam
from numpy.typing import NDArray
from torch import Tensor

from ecgviz.zoo.images._checkpoints import PageModel

__all__ = ["NOTE", "SIGNED", "attribute"]

SIGNED = False
NOTE = "channels weighed by their mean gradient; only evidence in favour is shown"


def attribute(model: PageModel, x: Tensor, label: int) -> NDArray[np.float32]:
    """(rows, columns) of the layer's map, not negative. `model` is private: Captum hooks its network."""
    cam = LayerGradCam(model.network, model.cam_layer)
    with torch.enable_grad():
        found = cam.attribute(x.clone().requires_grad_(), target=label, relu_attributions=True)
    scores: NDArray[np.float32] = found.detach()[0, 0].numpy().astype(np.float32)
    return scores
