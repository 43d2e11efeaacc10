"""How much a QRS complex is going on: one curve from all leads, and what counts as high beside it.

Everything is relative to the seconds around, so that a day is judged like ten seconds.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, median_filter, uniform_filter1d

__all__ = ["activity", "usual_height"]

Array = NDArray[np.float64]

_HOP_S = 0.1  # what lasts seconds is followed in steps of this
_QRS_S = 0.09
_RR_S = 1.6  # a stretch this long holds a beat at 38/min and above
_NEAR_S = 8.0
_FAR_S = 40.0
_PAUSE = 0.35  # in a pause, what lies below this part of the beats of the last 40 s is still no beat
_SMALLEST_MV = 0.01  # a smaller "beat" is noise of the amplifier
_CLEAREST = 60.0


def activity(filtered: Array, fs: float) -> Array | None:
    """A curve that is near 1 at each QRS complex and near 0 elsewhere, (samples,); None where every lead is flat.

    filtered: leads x samples in mV, 6 to 24 Hz. Each lead is measured by its own QRS energy nearby and weighs as much
    as its beats stand out there. The leads are joined by a power mean of exponent 1/2, so that a disturbance of one
    lead, on which the clear ones are silent, remains low.
    """
    energy = np.sqrt(np.maximum(uniform_filter1d(filtered**2, max(1, round(_QRS_S * fs)), axis=1), 0.0))
    weights, scales = [], []
    for row in energy:
        level, floor = _around(row, fs)
        clear = np.minimum(level / (floor + 1e-3), _CLEAREST) - 1
        weights.append(np.where(level > _SMALLEST_MV, np.maximum(clear, 0.0), 0.0))
        scales.append(1 / (level + 1e-6))
    total = np.sum(weights, axis=0)
    if not total.any():
        return None
    joined = np.zeros(energy.shape[1])
    for row, weight, scale in zip(energy, weights, scales, strict=True):
        joined += np.sqrt(row) * _at_samples(weight / (total + 1e-9) * np.sqrt(scale), row.size, fs)
    return joined**2


def usual_height(curve: Array, fs: float) -> Array:
    """The height of the beats around each sample of the curve, (samples,)."""
    return _at_samples(_around(curve, fs)[0], curve.size, fs)


def _around(row: Array, fs: float) -> tuple[Array, Array]:
    """Height of the beats and of what lies between them in the seconds around, each every 0.1 s."""
    hop = _hop(row.size, fs)
    cut = row[: row.size // hop * hop].reshape(-1, hop)
    highest = maximum_filter1d(cut.max(axis=1), max(1, round(_RR_S / _HOP_S)))
    near = round(_NEAR_S / _HOP_S) | 1
    level = median_filter(highest, near, mode="nearest")
    every = 10
    far = median_filter(highest[::every], round(_FAR_S / _HOP_S / every) | 1, mode="nearest")
    lasting = np.interp(np.arange(highest.size), np.arange(far.size) * every, far)
    floor = median_filter(np.median(cut, axis=1), near, mode="nearest")
    return np.maximum(level, _PAUSE * lasting), floor


def _hop(samples: int, fs: float) -> int:
    return max(1, min(round(_HOP_S * fs), samples))


def _at_samples(steps: Array, samples: int, fs: float) -> Array:
    """What was found every 0.1 s, at every sample."""
    return np.pad(np.repeat(steps, hop := _hop(samples, fs)), (0, samples - steps.size * hop), mode="edge")
