"""Grad-CAM (Selvaraju et al., 2017) on the last convolutional layer, through Captum.

The map knows time only: the layer's channels have mixed the leads.
"""

import numpy as np
import torch
from captum.attr import LayerGradCam
from torch import Tensor

from ecgviz.explain._stitch import Map
from ecgviz.zoo._checkpoints import Model

__all__ = ["SIGNED", "attribute"]

SIGNED = False


def attribute(model: Model, x: Tensor, person: Tensor, label: int) -> Map:
    """(windows, 1, steps) of non-negative evidence. Captum hooks the network, so one call at a time for each model."""
    with model.lock, torch.enable_grad():
        cam = LayerGradCam(model.network, model.cam_layer)
        found = cam.attribute(x, target=label, additional_forward_args=person, relu_attributions=True)
    stride, offset, field = model.module.cam_grid()
    scores = found.detach().numpy().astype(np.float32)  # (windows, 1, steps)
    return Map(scores, stride, offset, "last convolution", field)
