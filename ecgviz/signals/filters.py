"""Filters for the eye: zero-phase, labelled, and never on the way to a model."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, filtfilt, iirnotch, sosfiltfilt

from ecgviz.errors import RecordError
from ecgviz.record import Record
from ecgviz.signals.beats import filled

__all__ = ["DISPLAY", "Filter", "display", "is_diagnostic", "reason_not_diagnostic"]

Array = NDArray[np.float64]

_ORDER = 2
# A filter run forward and back has its -3 dB point moved by this factor (Robertson, Dowling: Design and responses of
# Butterworth and critically damped digital filters. J Electromyogr Kinesiol 2003;13:569-73).
_TWICE = (2**0.5 - 1) ** (1 / (2 * _ORDER))
_NOTCH_QUALITY = 25.0

# AHA/ACC/HRS recommendations, part I. Circulation 2007;115:1306-24.
_LOW_HZ, _LOW_ZERO_PHASE_HZ, _HIGH_HZ = 0.05, 0.67, 150.0


@dataclass(frozen=True)
class Filter:
    """A display filter: what the footer calls it and its -3 dB points in Hz; None where nothing is cut."""

    label: str
    low_hz: float | None
    high_hz: float | None
    notch_hz: float | None = None


DISPLAY = {
    "off": Filter("no display filter", None, None),
    "0.05-150": Filter("0.05-150 Hz", 0.05, 150.0),
    "0.67-150": Filter("0.67-150 Hz", 0.67, 150.0),
    "0.5-40": Filter("0.5-40 Hz", 0.5, 40.0),
    "0.67-25": Filter("0.67-25 Hz", 0.67, 25.0),
}


def display(record: Record, name: str, notch_hz: float | None = None) -> Record:
    """The record as one of the DISPLAY filters shows it, with a notch at `notch_hz` (50 or 60) where asked.

    NaN stays NaN. What the sampling rate does not reach is left out, and the note says so.
    Raises RecordError for an unknown name or a notch that is not positive.
    """
    if name not in DISPLAY:
        raise RecordError(f"There is no display filter {name!r}; choose one of {', '.join(DISPLAY)}.")
    chosen = DISPLAY[name]
    notch = chosen.notch_hz if notch_hz is None else notch_hz
    if notch is not None and not notch > 0:
        raise RecordError(f"A notch at {notch:g} Hz is not possible; choose 50 or 60 Hz.")
    signal, words = filled(record.signal), []
    if chosen.low_hz is not None or chosen.high_hz is not None:
        signal, word = _banded(signal, record.fs, chosen)
        words.append(word)
    if notch is not None:
        signal, word = _notched(signal, record.fs, notch)
        words.append(word)
    if not words:
        return record
    signal[np.isnan(record.signal)] = np.nan
    provenance = replace(record.provenance, filters=(*record.provenance.filters, *words))
    return record.with_signal(signal, "display filter: " + ", ".join(words), provenance=provenance)


def is_diagnostic(record: Record, name: str = "off") -> bool:
    """Whether the trace, shown through a display filter, keeps the bandwidth that diagnosis asks for."""
    return reason_not_diagnostic(record, name) is None


def reason_not_diagnostic(record: Record, name: str = "off") -> str | None:
    """Why the trace falls short of 0.05 (0.67 if zero-phase) to 150 Hz, in a few words; None where it does not."""
    chosen = DISPLAY[name]
    low, high = record.provenance.band
    if chosen.high_hz is not None and chosen.high_hz < _HIGH_HZ:
        return f"low-pass {chosen.high_hz:g} Hz"
    if chosen.low_hz is not None and chosen.low_hz > _LOW_ZERO_PHASE_HZ:
        return f"high-pass {chosen.low_hz:g} Hz"
    if record.fs / 2 < _HIGH_HZ:
        return f"sampled at {record.fs:g} Hz"
    if high is not None and high < _HIGH_HZ:
        return f"recorded to {high:g} Hz"
    if low is not None and low > _LOW_HZ:
        return f"recorded from {low:g} Hz"
    return None


def _banded(signal: Array, fs: float, chosen: Filter) -> tuple[Array, str]:
    """Band-limited (leads, samples) and what was really done."""
    low, high, word = chosen.low_hz, chosen.high_hz, chosen.label
    if high is not None and high / _TWICE >= 0.49 * fs:
        high = None
        word = f"{low:g} Hz high-pass (the recording ends at {fs / 2:g} Hz)" if low is not None else "none"
    for cut, kind in ((low, "highpass"), (high, "lowpass")):
        if cut is not None:
            edge = cut * _TWICE if kind == "highpass" else cut / _TWICE
            sos = butter(_ORDER, edge, btype="highpass" if kind == "highpass" else "lowpass", fs=fs, output="sos")
            pad = min(signal.shape[1] - 1, round(3 * fs / edge))
            signal = np.asarray(sosfiltfilt(sos, signal, axis=1, padlen=pad), dtype=np.float64)
    return signal, word


def _notched(signal: Array, fs: float, notch_hz: float) -> tuple[Array, str]:
    if notch_hz >= 0.49 * fs:
        return signal, f"no notch (the recording ends at {fs / 2:g} Hz)"
    b, a = iirnotch(notch_hz, _NOTCH_QUALITY, fs=fs)
    pad = min(signal.shape[1] - 1, round(fs))
    return np.asarray(filtfilt(b, a, signal, axis=1, padlen=pad), dtype=np.float64), f"{notch_hz:g} Hz notch"
