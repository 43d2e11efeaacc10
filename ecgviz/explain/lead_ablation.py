"""Lead ablation: how far the logit falls when one whole lead is made flat; through Captum."""

import torch
from captum.attr import FeatureAblation
from torch import Tensor

from ecgviz.explain._stitch import Map
from ecgviz.zoo._checkpoints import Model

__all__ = ["SIGNED", "attribute"]

SIGNED = True


def attribute(model: Model, x: Tensor, person: Tensor, label: int) -> Map:
    """(windows, leads, 1): one value for each lead, positive for the finding."""
    leads, samples = x.shape[1:]
    with torch.inference_mode():
        found = FeatureAblation(model.network).attribute(
            x,
            target=label,
            additional_forward_args=person,
            feature_mask=torch.arange(leads)[None, :, None].expand(1, leads, samples),
            perturbations_per_eval=max(1, leads // len(x)),
        )
    scores = found[..., :1].float().numpy()
    return Map(scores, samples, (samples - 1) / 2, "input, one lead made flat", samples)
