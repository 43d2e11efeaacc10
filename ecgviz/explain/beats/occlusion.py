"""Occlusion: how much the logit of the class falls when a stretch is replaced by a straight line; any model."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ecgviz.signals.beat_windows import Beats
from ecgviz.zoo.beats._models import BeatModel, logits

__all__ = ["LAYER", "SIGNED", "attribute"]

SIGNED = True
LAYER = "input, stretches of 67 ms"
WIDTH_S = 8 / 120
STRIDE = 2


def attribute(model: BeatModel, beat: Beats, label: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Signed evidence (places,) and the samples (places,) in the middle of the stretches.

    Evidence is the logit against the likeliest other class, so that what helps all classes alike counts nothing.
    """
    length = int(beat.valid[0].sum())
    width = max(2, round(WIDTH_S * beat.fs))
    starts = range(0, max(1, length - width + 1), STRIDE)
    x = np.repeat(beat.x, len(starts) + 1, axis=0)
    for row, start in zip(x[1:], starts, strict=True):
        end = min(start + width, length)
        for channel in row:
            left, right = channel[max(0, start - 1)], channel[min(end, length - 1)]
            channel[start:end] = np.linspace(left, right, end - start)
    n = len(x)
    many = replace(
        beat,
        x=x,
        rhythm=np.repeat(beat.rhythm, n, axis=0),
        valid=np.repeat(beat.valid, n, axis=0),
        start_s=np.repeat(beat.start_s, n),
    )
    margin = _margin(logits(model, many), label)
    return margin[0] - margin[1:], np.array(starts, dtype=np.float64) + (width - 1) / 2


def _margin(raw: NDArray[np.float64], label: int) -> NDArray[np.float64]:
    others = np.delete(raw, label, axis=1)
    return np.asarray(raw[:, label] - others.max(axis=1))
