"""How much of a trace is mains hum, baseline wander and muscle noise."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["NoiseLevels", "noise_levels"]

Array = NDArray[np.float64]

_BREATHING_HZ = 0.45  # slower than any heart rate, so no wave of a beat lies below it
_MUSCLE_HZ = (30.0, 100.0)


@dataclass(frozen=True, eq=False)
class NoiseLevels:
    """Noise of each lead in mV, all (leads,).

    mains: amplitude of the hum at `mains_hz`, 0 where the rate does not reach it; wander: range of the baseline;
    muscle: RMS of fast ripple in the calmer third of the trace.
    """

    mains: Array
    mains_hz: float
    wander: Array
    muscle: Array


def noise_levels(signal: Array, fs: float) -> NoiseLevels:
    """Measure the noise of (leads, samples) in mV at `fs` Hz, without NaN."""
    n = signal.shape[1]
    centred = signal - signal.mean(axis=1, keepdims=True)
    window = np.hanning(n)
    lines = np.abs(np.fft.rfft(centred * window, axis=1))
    spectrum = np.asarray(lines * 2 / window.sum(), dtype=np.float64)
    hz = np.asarray(np.fft.rfftfreq(n, 1 / fs), dtype=np.float64)
    hums = {rate: _hum(spectrum, hz, rate) for rate in (50.0, 60.0)}
    mains_hz = max(hums, key=lambda rate: float(hums[rate].max()))
    return NoiseLevels(hums[mains_hz], mains_hz, _wander(centred, fs), _muscle(centred, fs))


def _hum(spectrum: Array, hz: Array, rate: float) -> Array:
    """Height of a spectral line above its neighbourhood, in mV; a line is narrower than 1 Hz."""
    line, around = np.abs(hz - rate) < 0.6, (np.abs(hz - rate) > 1.5) & (np.abs(hz - rate) < 6)
    if hz[-1] < rate + 1.5 or not line.any() or not around.any():
        return np.zeros(len(spectrum))
    peak, floor = spectrum[:, line].max(axis=1), np.median(spectrum[:, around], axis=1)
    return np.where(peak > 4 * floor, peak, 0.0)


def _band(centred: Array, fs: float, low_hz: float, high_hz: float) -> Array:
    """The part of the trace between two frequencies, without mains, by masking its spectrum."""
    pad = min(centred.shape[1] - 1, int(2 * fs))
    wide = np.pad(centred, ((0, 0), (pad, pad)), mode="reflect")
    hz = np.fft.rfftfreq(wide.shape[1], 1 / fs)
    keep = (hz >= low_hz) & (hz <= high_hz) & ~((low_hz > 1) & ((np.abs(hz - 50) < 1.5) | (np.abs(hz - 60) < 1.5)))
    kept = np.fft.irfft(np.fft.rfft(wide, axis=1) * keep, n=wide.shape[1], axis=1)
    return np.asarray(kept[:, pad : pad + centred.shape[1]], dtype=np.float64)


def _wander(centred: Array, fs: float) -> Array:
    low, high = np.percentile(_band(centred, fs, 0.0, _BREATHING_HZ), [2, 98], axis=1)
    return np.asarray(high - low, dtype=np.float64)


def _muscle(centred: Array, fs: float) -> Array:
    fast = _band(centred, fs, *_MUSCLE_HZ)
    width = max(2, int(0.1 * fs))
    blocks = fast[:, : fast.shape[1] // width * width].reshape(len(fast), -1, width)
    if blocks.shape[1] == 0:
        return np.zeros(len(fast))
    return np.asarray(np.percentile(np.sqrt((blocks**2).mean(axis=2)), 33, axis=1), dtype=np.float64)
