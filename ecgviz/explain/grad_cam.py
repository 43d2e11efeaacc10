"""Grad-CAM (Selvaraju et al., 2017) at one layer, through Captum; for an ensemble the mean of its members' maps.

The map knows time only: the layer's channels have mixed the leads.
"""

import numpy as np
import torch
from captum.attr import LayerGradCam
from numpy.typing import NDArray
from torch import Tensor

from ecgviz.errors import ModelError
from ecgviz.explain._layers import USUAL, Part, parts
from ecgviz.explain._network import private
from ecgviz.explain._stitch import Map
from ecgviz.zoo._checkpoints import Model

__all__ = ["SIGNED", "attribute"]

SIGNED = False


def attribute(model: Model, x: Tensor, person: Tensor, label: int, layer: str = "") -> Map:
    """(windows, 1, steps) of non-negative evidence. Captum hooks the network: each call has a copy of its own."""
    found = parts(private(model), layer)
    maps = [_one(model.card.name, part, x, person, label) for part in found]
    stride, offset, field = found[0].grid
    if len(found) > 1:
        stride = min(part.grid[0] for part in found)
        offset, field = 0.0, max(part.grid[2] for part in found)
        at = np.arange(0, x.shape[2], stride)
        maps = [_moved(scores, part, at) for scores, part in zip(maps, found, strict=True)]
    return Map(np.mean(maps, axis=0), stride, offset, layer or USUAL, field)


def _one(name: str, part: Part, x: Tensor, person: Tensor, label: int) -> NDArray[np.float32]:
    cam = LayerGradCam(part.network, part.layer)
    with torch.enable_grad():
        found = cam.attribute(
            x * part.scale, target=label, additional_forward_args=person, relu_attributions=True
        ).detach()
    if found.ndim != 3:
        raise ModelError(f"Grad-CAM needs a layer of {name} with channels and time; choose integrated gradients.")
    scores: NDArray[np.float32] = found.numpy().astype(np.float32)
    return scores


def _moved(scores: NDArray[np.float32], part: Part, at: NDArray[np.float64]) -> NDArray[np.float32]:
    """(windows, 1, places): one member's map at the given samples."""
    places = part.grid[1] + np.arange(scores.shape[2]) * part.grid[0]
    return np.stack([[np.interp(at, places, row) for row in window] for window in scores]).astype(np.float32)
