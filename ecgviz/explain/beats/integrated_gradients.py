"""Integrated gradients (Sundararajan et al., 2017) through Captum, from a line at the beat's own median; signed."""

import numpy as np
import torch
from captum.attr import IntegratedGradients
from numpy.typing import NDArray

from ecgviz.signals.beat_windows import Beats
from ecgviz.zoo.beats._models import BeatModel

__all__ = ["LAYER", "SIGNED", "attribute"]

SIGNED = True
LAYER = "input"
STEPS = 32
SMOOTH = 5
"""Samples over which the evidence is averaged: single samples of a recurrent network alternate in sign."""


def attribute(model: BeatModel, beat: Beats, label: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Signed evidence (samples,) summed over the channels, and the samples (samples,)."""
    assert model.network is not None
    x = torch.from_numpy(beat.x)
    flat = x.clone()
    valid = torch.from_numpy(beat.valid[0])
    flat[:, :, valid] = x[:, :, valid].median(dim=2, keepdim=True).values
    with torch.enable_grad():
        found = IntegratedGradients(model.network).attribute(
            x, flat, target=label, additional_forward_args=torch.from_numpy(beat.rhythm), n_steps=STEPS
        )
    scores = found.detach().double().numpy()[0].sum(axis=0)
    scores = np.convolve(scores, np.full(SMOOTH, 1 / SMOOTH), mode="same")
    return scores, np.arange(len(scores), dtype=np.float64)
