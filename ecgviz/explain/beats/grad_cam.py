"""Grad-CAM at the last convolution, in evaluation mode, through Captum."""

import copy

import numpy as np
import torch
from captum.attr import LayerGradCam
from numpy.typing import NDArray

from ecgviz.signals.beat_windows import Beats
from ecgviz.zoo.beats._models import BeatModel

__all__ = ["LAYER", "SIGNED", "attribute"]

SIGNED = False
LAYER = "last convolution"


def attribute(model: BeatModel, beat: Beats, label: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Non-negative evidence (steps,) and the samples (steps,) at which the steps lie.

    Captum hooks the network: each call has modules of its own, which share the weights.
    """
    assert model.network is not None
    shared = {id(p): p for p in (*model.network.parameters(), *model.network.buffers())}
    network = copy.deepcopy(model.network, shared)
    cam = LayerGradCam(network, model.module.cam_layer(network))
    x = torch.from_numpy(beat.x).requires_grad_()
    with torch.enable_grad():
        found = cam.attribute(
            x, target=label, additional_forward_args=torch.from_numpy(beat.rhythm), relu_attributions=True
        )
    scores = found.detach().double().numpy()[0, 0]
    stride, offset = model.module.cam_grid(network)
    return scores, offset + stride * np.arange(len(scores))
