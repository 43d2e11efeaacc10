"""Occlusion (Zeiler and Fergus, 2014): how far the logit falls when 0.2 s of one lead is made flat; through Captum."""

import torch
from captum.attr import Occlusion
from torch import Tensor

from ecgviz.explain._stitch import Map
from ecgviz.zoo._checkpoints import Model

__all__ = ["SIGNED", "attribute"]

SIGNED = True
WINDOW_S, STRIDE_S = 0.2, 0.1
AT_ONCE = 8


def attribute(model: Model, x: Tensor, person: Tensor, label: int) -> Map:
    """(windows, leads, steps): mean effect of the occlusions that cover each 0.1 s step; positive for the finding."""
    fs = model.card.input.fs
    width, stride = round(WINDOW_S * fs), round(STRIDE_S * fs)
    method, found = Occlusion(model.network), []
    with torch.inference_mode():
        for i in range(len(x)):
            effect = method.attribute(
                x[i : i + 1],
                sliding_window_shapes=(1, width),
                strides=(1, stride),
                target=label,
                additional_forward_args=person[i : i + 1],
                perturbations_per_eval=AT_ONCE,
            )
            found.append(torch.nn.functional.avg_pool1d(effect, stride))  # (1, leads, steps)
    scores = torch.cat(found).float().numpy()
    return Map(scores, stride, (stride - 1) / 2, "input, 0.2 s of one lead made flat", width)
