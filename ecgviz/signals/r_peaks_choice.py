"""Which maxima of the activity are beats: by height, by what surrounds them, and by the rhythm."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter
from scipy.signal import find_peaks

from ecgviz.signals.r_peaks_activity import usual_height

__all__ = ["choose"]

Array = NDArray[np.float64]
Places = NDArray[np.intp]

_REFRACTORY_S = 0.20
_LOWEST = 0.05
_HIGH = 0.30  # of the beats around
_CLOSEST_S = 0.24  # no two beats of MIT-BIH are closer; P waves before a beat are
_T_WAVE_S = 0.36
_T_WAVE, _BEFORE = 0.55, 0.45
_LATE = 1.66  # of the usual interval: Pan and Tompkins' search back
_HIGH_WHEN_LATE = 0.20
_ON_TIME = 0.15
_HIGH_WHEN_EXTRA = 0.70


def choose(curve: Array, fs: float) -> Places:
    """Sample numbers of the beats in an activity curve (samples,), increasing.

    A maximum counts when it is high beside the beats around it, is no T wave after and no P wave before a higher one,
    and does not divide an interval that is as long as the usual one. Where a beat is late, lower maxima are looked at
    again. The rules of search back and of T waves are those of Pan, Tompkins: IEEE TBME 1985;32:230-6.
    """
    found, _ = find_peaks(curve, distance=max(1, round(_REFRACTORY_S * fs)), height=_LOWEST)
    places = np.asarray(found, dtype=np.intp)
    if places.size == 0:
        return places
    height = curve[places] / usual_height(curve, fs)[places]
    kept = _without_neighbours(np.flatnonzero(height > _HIGH), places, height, fs)
    kept = _without_extras(kept, places, height)
    return places[_with_late_ones(kept, places, height, fs)]


def _without_neighbours(kept: Places, places: Places, height: Array, fs: float) -> Places:
    """Drop T waves (low, soon after a beat) and P waves (just before one, or low and a little before one)."""
    out: list[int] = []
    for i in kept.tolist():
        apart = (places[i] - places[out[-1]]) / fs if out else np.inf
        if apart < _T_WAVE_S:
            close = apart < _CLOSEST_S
            if height[i] < (1.0 if close else _T_WAVE) * height[out[-1]]:
                continue
            if height[out[-1]] <= (1.0 if close else _BEFORE) * height[i]:
                out.pop()
        out.append(i)
    return np.array(out, dtype=np.intp)


def _usual_interval(kept: Places, places: Places) -> Array:
    return np.asarray(median_filter(np.diff(places[kept]).astype(np.float64), 9, mode="nearest"), dtype=np.float64)


def _without_extras(kept: Places, places: Places, height: Array) -> Places:
    """Drop a mark lower than its neighbours where these lie one usual interval apart."""
    if kept.size < 4:
        return kept
    usual = np.maximum(_usual_interval(kept, places)[:-1], _usual_interval(kept, places)[1:])
    at, tall = places[kept], height[kept]
    whole = (at[2:] - at[:-2]) / usual
    low = tall[1:-1] < _HIGH_WHEN_EXTRA * np.minimum(tall[:-2], tall[2:])
    extra = np.concatenate(([False], low & (np.abs(whole - 1) < _ON_TIME), [False]))
    return kept[~extra]


def _with_late_ones(kept: Places, places: Places, height: Array, fs: float) -> Places:
    """Where an interval is much longer than usual, add the highest maximum inside it."""
    if kept.size < 3:
        return kept
    at = places[kept]
    gap = 0.3 * fs
    late = np.flatnonzero(np.diff(at) > _LATE * _usual_interval(kept, places))
    added = []
    for i in late:
        first, last = np.searchsorted(places, [at[i] + gap, at[i + 1] - gap])
        if first < last:
            best = first + int(np.argmax(height[first:last]))
            if height[best] > _HIGH_WHEN_LATE:
                added.append(best)
    return np.sort(np.concatenate((kept, np.array(added, dtype=np.intp))))
