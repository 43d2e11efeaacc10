"""Integrated gradients (Sundararajan et al., 2017) from a flat line in 32 steps, through Captum; per lead, signed."""

import torch
from captum.attr import IntegratedGradients
from torch import Tensor

from ecgviz.explain._stitch import Map, by_sample
from ecgviz.zoo._checkpoints import Model

__all__ = ["SIGNED", "attribute"]

SIGNED = True
STEPS = 32
AT_ONCE = 16


def attribute(model: Model, x: Tensor, person: Tensor, label: int) -> Map:
    """(windows, leads, samples), positive for the finding; its sum is how far the logit lies above a flat line's."""
    method = IntegratedGradients(model.network)
    found, missed, change = [], 0.0, 0.0
    with torch.enable_grad():
        for i in range(len(x)):  # Captum's batches are shared by all windows: one window at a time bounds the memory
            scores, delta = method.attribute(
                x[i : i + 1],
                target=label,
                additional_forward_args=person[i : i + 1],
                n_steps=STEPS,
                internal_batch_size=AT_ONCE,
                return_convergence_delta=True,
            )
            found.append(scores.detach())
            missed += float(delta.abs().sum())
            change += abs(float(scores.sum() - delta.sum()))
    scores = torch.cat(found).float().numpy()
    return by_sample(scores, model.card.input.fs, "input, against a flat line", adds_up(missed, change))


def adds_up(missed: float, change: float) -> str:
    """How far a sum of evidence misses the change of the logit that it should equal, in words."""
    share = min(1.0, missed / change) if change > 0 else 0.0
    return f"the evidence adds up to the change of the model's logit against a flat line within {100 * share:.0f} %"
