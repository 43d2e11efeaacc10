"""Coefficients of a linear model times the standardised samples: its logit, sample by sample; signed and exact."""

import numpy as np
from numpy.typing import NDArray

from ecgviz.signals.beat_windows import Beats
from ecgviz.zoo.beats._models import BeatModel

__all__ = ["LAYER", "SIGNED", "attribute"]

SIGNED = True
LAYER = "input"


def attribute(model: BeatModel, beat: Beats, label: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Signed evidence (samples,) that adds up to the class's logit less its intercept, and the samples (samples,)."""
    scores: NDArray[np.float64] = model.answer.evidence(beat.x[0, 0], label)
    return scores, np.arange(len(scores), dtype=np.float64)
