"""Heart beats: where the R peaks are, from all leads together."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.signal import butter, resample_poly, sosfiltfilt

from ecgviz.record import Record
from ecgviz.signals.r_peaks_activity import activity
from ecgviz.signals.r_peaks_choice import choose
from ecgviz.signals.r_peaks_flutter import stretches

__all__ = ["at_rate", "band", "filled", "flutter", "r_peaks"]

Array = NDArray[np.float64]

_DETECT_HZ = 250.0
_SMOOTH_HZ = (1.0, 30.0)
_REACH_S = 0.07
_BLOCK_S, _MARGIN_S = 600.0, 30.0


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

    For any number of leads, from one second to a day, by blocks of ten minutes. The energy between 6 and 24 Hz of all
    leads shows the beats (`r_peaks_activity`), their height and rhythm decide (`r_peaks_choice`), and the mark stands
    where the vector of all leads is longest, within 70 ms. Ventricular flutter has no QRS complexes and gets no marks:
    ask `flutter` before calling a stretch without beats a pause.
    """
    found = []
    for block in _blocks(record):
        signal = band(block.signal, _DETECT_HZ, 6.0, 24.0)
        curve = activity(signal, _DETECT_HZ)
        if curve is None:
            continue
        smooth = band(block.signal, _DETECT_HZ, *_SMOOTH_HZ)
        times = _longest(smooth, choose(curve, _DETECT_HZ)) / _DETECT_HZ
        for start, end in stretches(smooth, _DETECT_HZ):
            times = times[(times < start) | (times > end)]
        found.append(block.own(times))
    return record.start_s + np.concatenate(found) if found else np.empty(0)


def flutter(record: Record) -> tuple[tuple[float, float], ...]:
    """Stretches of ventricular flutter, (start, end) in seconds on the record's axis; `r_peaks` marks none there."""
    spans: list[tuple[float, float]] = []
    for block in _blocks(record):
        for start, end in stretches(band(block.signal, _DETECT_HZ, *_SMOOTH_HZ), _DETECT_HZ):
            first, last = record.start_s + block.start_s + start, record.start_s + block.start_s + end
            if spans and first <= spans[-1][1]:
                spans[-1] = spans[-1][0], max(last, spans[-1][1])
            else:
                spans.append((first, last))
    return tuple(spans)


@dataclass(frozen=True, eq=False)
class _Block:
    """Leads at the rate of detection from `start_s`; `first_s` to `last_s` is this block's own part of the record."""

    signal: Array
    start_s: float
    first_s: float
    last_s: float

    def own(self, times: Array) -> Array:
        """Those of the block's times that are its own, counted from the record's first sample."""
        moved = self.start_s + times
        return np.asarray(moved[(moved >= self.first_s) & (moved < self.last_s)], dtype=np.float64)


def _blocks(record: Record) -> Iterator[_Block]:
    """The record in parts that overlap, so that memory does not grow with its length."""
    if record.seconds < 1.0:
        return
    count = max(1, round(record.seconds / _BLOCK_S))
    edges = np.linspace(0.0, record.seconds, count + 1)
    for first, last in pairwise(edges.tolist()):
        begin = max(0, int((first - _MARGIN_S) * record.fs))
        part = record.signal[:, begin : int((last + _MARGIN_S) * record.fs) + 1]
        signal = at_rate(filled(part), record.fs, _DETECT_HZ)
        yield _Block(signal, begin / record.fs, first, np.inf if last == edges[-1] else last)


def _longest(smooth: Array, places: NDArray[np.intp]) -> Array:
    """Move each place to the longest vector of all leads within 70 ms; (beats,) in samples."""
    length = np.sqrt((smooth**2).sum(axis=0))
    reach = int(_REACH_S * _DETECT_HZ)
    padded = np.pad(length, reach, constant_values=-1.0)
    around = sliding_window_view(padded, 2 * reach + 1)[places]
    peaks = np.unique(places - reach + around.argmax(axis=1)).astype(np.float64)
    inside: Array = peaks[(peaks > 1) & (peaks < length.size - 2)]  # a beat cut off by the edge has no peak there
    return inside
