"""What a step minimises: plain, weighted or asymmetric binary cross-entropy, each label a question of its own."""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, logsigmoid

__all__ = ["LOSSES", "Loss", "loss_of"]

Loss = Callable[[Tensor, Tensor], Tensor]
LOSSES = ("plain", "weighted", "asymmetric")
HEAVIEST = 10.0
"""Largest weight of a positive; without a limit the rarest labels would drown the rest."""
FOCUS_NEGATIVE, FOCUS_POSITIVE, MARGIN = 4.0, 1.0, 0.05


def loss_of(name: str, y: NDArray[np.float32]) -> Loss:
    """The loss of logits and targets, both (records, outputs); y: the training targets, for the weights."""
    if name == "weighted":
        positives = np.maximum(y.sum(axis=0), 1.0)
        weight = torch.from_numpy(np.clip((len(y) - positives) / positives, 1.0, HEAVIEST).astype(np.float32))
        return lambda out, target: binary_cross_entropy_with_logits(out, target, pos_weight=weight)
    return _asymmetric if name == "asymmetric" else binary_cross_entropy_with_logits


def _asymmetric(out: Tensor, target: Tensor) -> Tensor:
    """Ridnik et al., 2021: easy negatives count less, and those below the margin not at all."""
    p = out.sigmoid()
    shifted = (p - MARGIN).clamp(min=0)
    found = target * (1 - p) ** FOCUS_POSITIVE * logsigmoid(out)
    missed = (1 - target) * shifted**FOCUS_NEGATIVE * torch.log1p(-shifted.clamp(max=1 - 1e-6))
    return -(found + missed).mean()
