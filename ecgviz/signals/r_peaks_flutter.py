"""Ventricular flutter: a wave like a sine, in which no beat can be marked."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.ndimage import find_objects, label

__all__ = ["stretches"]

Array = NDArray[np.float64]

_ENOUGH_HZ = 125.0
_WINDOW_S, _STEP_S = 4.0, 1.0
_SURE, _STILL = 0.45, 0.55
_SHORTEST_S, _LONGEST_S = 0.18, 0.45  # of one wave: 133 to 333 per minute
_LASTING = 2  # windows: 5 s


def stretches(smooth: Array, fs: float) -> list[tuple[float, float]]:
    """Ventricular flutter as (start, end) in seconds from the first sample.

    smooth: leads x samples in mV, 1 to 30 Hz. A sine added to itself half a wave later is nothing; what remains, as a
    part of the whole, is the leakage of the VF filter (Kuo, Dillman: Computers in Cardiology 1978:347-9). Averaged over
    the leads, in windows of 4 s, it is below 0.55 throughout a stretch of 5 s or more and below 0.45 somewhere in it.
    """
    every = max(1, int(fs // _ENOUGH_HZ))
    smooth, fs = smooth[:, ::every], fs / every
    length, step = round(_WINDOW_S * fs), round(_STEP_S * fs)
    if smooth.shape[1] < length:
        return []
    leakage = np.mean([_leakage(sliding_window_view(row, length)[::step], fs) for row in smooth], axis=0)
    groups, _ = label(leakage < _STILL)
    found = [where[0] for where in find_objects(groups)]
    return [
        (at.start * step / fs, ((at.stop - 1) * step + length) / fs)
        for at in found
        if at.stop - at.start >= _LASTING and leakage[at].min() < _SURE
    ]


def _leakage(waves: Array, fs: float) -> Array:
    """What the best notch filter leaves of each window (windows, samples), 0 to 1; 1 at a rate that is no flutter."""
    change = np.abs(np.diff(waves, axis=1)).sum(axis=1)
    half = np.rint(np.pi * np.abs(waves).sum(axis=1) / (change + 1e-9)).astype(np.intp)
    out = np.ones(len(waves))
    likely = np.flatnonzero((2 * half >= _SHORTEST_S * fs) & (2 * half <= _LONGEST_S * fs))
    for shift in np.unique(half[likely]):
        rows = likely[half[likely] == shift]
        later, now = waves[rows, shift:], waves[rows, :-shift]
        out[rows] = np.abs(later + now).sum(axis=1) / (np.abs(later) + np.abs(now)).sum(axis=1)
    return out
