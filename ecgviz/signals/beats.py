"""Heart beats: where the R peaks are, from all leads together."""

from fractions import Fraction
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, median_filter, uniform_filter1d
from scipy.signal import butter, find_peaks, resample_poly, sosfiltfilt

from ecgviz.record import Record

__all__ = ["at_rate", "band", "filled", "r_peaks"]

Array = NDArray[np.float64]

_DETECT_HZ = 250.0
_REFRACTORY_S = 0.20


def filled(signal: NDArray[np.floating]) -> Array:
    """The leads (leads, samples) in float64 with unrecorded samples bridged by straight lines; 0 where all are NaN."""
    out = np.array(signal, dtype=np.float64)
    at = np.arange(out.shape[1])
    for row in out:
        bad = np.isnan(row)
        if bad.all():
            row[:] = 0.0
        elif bad.any():
            row[bad] = np.interp(at[bad], at[~bad], row[~bad])
    return out


def at_rate(signal: Array, fs: float, target_hz: float) -> Array:
    """The leads (leads, samples) resampled from `fs` to `target_hz`, by a polyphase filter."""
    if abs(fs - target_hz) < 1e-6:
        return signal
    up, down = _ratio(target_hz / fs)
    return np.asarray(resample_poly(signal, up, down, axis=1, padtype="line"), dtype=np.float64)


def _ratio(value: float) -> tuple[int, int]:
    exact = Fraction(value).limit_denominator(1000)
    return exact.numerator, exact.denominator


def band(signal: Array, fs: float, low_hz: float | None, high_hz: float | None) -> Array:
    """Zero-phase Butterworth filter of (leads, samples); a cut-off that the rate does not reach is left out."""
    high_hz = high_hz if high_hz is not None and high_hz < 0.49 * fs else None
    if low_hz is None and high_hz is None:
        return signal
    pad = min(signal.shape[1] - 1, int(fs))
    return np.asarray(sosfiltfilt(_butterworth(fs, low_hz, high_hz), signal, axis=1, padlen=pad), dtype=np.float64)


@lru_cache(maxsize=64)
def _butterworth(fs: float, low_hz: float | None, high_hz: float | None) -> Array:
    if low_hz is not None and high_hz is not None:
        return np.asarray(butter(2, [low_hz, high_hz], btype="bandpass", fs=fs, output="sos"), dtype=np.float64)
    if low_hz is not None:
        return np.asarray(butter(2, low_hz, btype="highpass", fs=fs, output="sos"), dtype=np.float64)
    return np.asarray(butter(2, float(high_hz or 0), btype="lowpass", fs=fs, output="sos"), dtype=np.float64)


def r_peaks(record: Record) -> Array:
    """R-peak times in seconds on the record's axis, (beats,), increasing; empty where no beat stands out.

    Energy between 6 and 24 Hz, summed over the leads after scaling each by its own QRS size and weighting it by how
    clearly beats stand out in it, against a threshold that follows the beats nearby. The peak is that of the length
    of the multi-lead vector. In the spirit of Pan, Tompkins: IEEE TBME 1985;32:230-6, for many leads.
    """
    if record.seconds < 1.0:
        return np.empty(0)
    signal = at_rate(filled(record.signal), record.fs, _DETECT_HZ)
    activity = _activity(band(signal, _DETECT_HZ, 6.0, 24.0))
    if activity is None:
        return np.empty(0)
    peaks = _accept(activity)
    return record.start_s + _refine(signal, peaks) / _DETECT_HZ


def _activity(filtered: Array) -> Array | None:
    """One non-negative function of time that is large at each QRS, (samples,); None when every lead is flat."""
    size = np.percentile(np.abs(filtered), 98, axis=1)
    live = size > 1e-3
    if not live.any():
        return None
    energy = uniform_filter1d((filtered[live] / size[live, None]) ** 2, int(0.09 * _DETECT_HZ), axis=1)
    clear = np.percentile(energy, 97, axis=1) / (np.percentile(energy, 50, axis=1) + 1e-3)
    weight = np.clip(clear, 1.0, 60.0)
    return np.asarray(np.sqrt(np.average(energy, axis=0, weights=weight)), dtype=np.float64)


def _accept(activity: Array) -> NDArray[np.intp]:
    """Maxima that are as high as the beats around them."""
    n = int(_REFRACTORY_S * _DETECT_HZ)
    found, _ = find_peaks(activity, distance=n, height=0.02 * activity.max())
    peaks = np.asarray(found, dtype=np.intp)
    if peaks.size == 0:
        return peaks
    height = activity[peaks]
    second = maximum_filter1d(activity, int(1.6 * _DETECT_HZ))
    level = median_filter(second, int(6 * _DETECT_HZ) | 1, mode="nearest")[peaks]
    keep = height > 0.36 * level
    peaks, height = peaks[keep], height[keep]
    return _without_t_waves(peaks, height)


def _without_t_waves(peaks: NDArray[np.intp], height: Array) -> NDArray[np.intp]:
    """Drop what follows a beat within 0.36 s at less than 0.55 of its height: a T wave (Pan and Tompkins' rule)."""
    kept: list[int] = []
    for i in range(peaks.size):
        if kept and (peaks[i] - peaks[kept[-1]]) / _DETECT_HZ < 0.36 and height[i] < 0.55 * height[kept[-1]]:
            continue
        if kept and (peaks[i] - peaks[kept[-1]]) / _DETECT_HZ < 0.36 and height[kept[-1]] < 0.45 * height[i]:
            kept.pop()
        kept.append(i)
    return peaks[kept]


def _refine(signal: Array, peaks: NDArray[np.intp]) -> Array:
    """Move each peak to the longest multi-lead vector within 70 ms, (beats,) in samples."""
    length = np.sqrt((band(signal, _DETECT_HZ, 1.0, 40.0) ** 2).sum(axis=0))
    reach = int(0.07 * _DETECT_HZ)
    out = [max(0, p - reach) + int(np.argmax(length[max(0, p - reach) : p + reach + 1])) for p in peaks]
    inside = [p for p in out if 1 < p < length.size - 2]  # a beat cut off by the edge has no peak there
    return np.unique(np.array(inside, dtype=np.float64))
