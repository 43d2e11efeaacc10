"""Disturb the record by less than anybody would notice, and explain again: how far does the heat move?"""

import numpy as np
from numpy.typing import NDArray

from ecgviz.explain._trial import Trial

__all__ = ["COPIES", "jittered", "sensitivity", "unsteadiness"]

Array = NDArray[np.float32]
COPIES = 16
NOISE_MV, GAIN, SHIFT = 0.01, 0.05, 1
"""White noise in mV, relative change of all amplitudes, samples of shift: at most."""


def jittered(trial: Trial, method: str, layer: str = "", seed: int = 0) -> Array:
    """(16, leads or 1, samples): the heat of 16 jittered copies, each moved back by its shift."""
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal((COPIES, *trial.signal.shape)) * NOISE_MV / trial.model.card.input.scale_mv
    gain = 1 + GAIN * rng.uniform(-1, 1, (COPIES, 1, 1))
    shifts = rng.integers(-SHIFT, SHIFT + 1, COPIES)
    copies = ((trial.signal + noise) * gain).astype(np.float32)
    copies = np.stack([_moved(copy, shift) for copy, shift in zip(copies, shifts, strict=True)])
    heats = trial.stitched(trial.maps(method, copies, layer))
    return np.stack([_moved(heat, -shift) for heat, shift in zip(heats, shifts, strict=True)])


def _moved(x: Array, by: int) -> Array:
    """(rows, samples) moved in time; the sample at the end is repeated."""
    at = np.clip(np.arange(x.shape[1]) - by, 0, x.shape[1] - 1)
    return x[:, at]


def sensitivity(heat: Array, copies: Array) -> float:
    """Sensitivity-max (Yeh et al., 2019): the largest change of the heat over its size, both as Euclidean norms."""
    size = float(np.linalg.norm(heat))
    change = np.linalg.norm((copies - heat).reshape(len(copies), -1), axis=1)
    return float(change.max()) / size if size > 0 else np.inf


def unsteadiness(copies: Array) -> float:
    """Standard deviation of the heat over the copies against their mean, both as root mean square; 0 is steady."""
    size = float(np.sqrt((copies.mean(axis=0) ** 2).mean()))
    return float(np.sqrt(copies.var(axis=0).mean())) / size if size > 0 else np.inf
