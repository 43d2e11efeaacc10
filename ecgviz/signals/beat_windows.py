"""From a Record and its R peaks to what a model of single beats takes.

The window `to_next` is that of the Kaggle heartbeat set (Kachuee et al., ICHI 2018): from the R peak to 20 % into the
interval after the next beat, every third sample at 360 Hz, scaled to 0-1 over its own range, cut or zero-padded. The
published description says 125 Hz; the rows themselves are at 120 Hz.
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

from ecgviz.card import BeatInput
from ecgviz.errors import ModelError
from ecgviz.record import Flag, Record

__all__ = ["KAGGLE", "Beats", "gaps_bridged", "lead_for", "prepare_beats", "to_next"]

KAGGLE = BeatInput(task="beat", window="to_next", fs=120.0, samples=187, leads=("MLII", "II"))
RAW_HZ, EVERY, INTO_NEXT = 360.0, 3, 0.2
USUAL_S = 0.8
"""The interval assumed where there is a single beat."""


@dataclass(frozen=True, eq=False)
class Beats:
    """What a beat model takes.

    x: (beats, channels, samples) float32; valid: (beats, samples), False where the window is padding; rhythm: (beats,
    features) float32, of width 0 where the model has none; start_s: (beats,) time of each window's first sample on the
    record's axis; fs in Hz; lead: the one looked at; flags: what the model had to do without.
    """

    x: NDArray[np.float32]
    valid: NDArray[np.bool_]
    rhythm: NDArray[np.float32]
    start_s: NDArray[np.float64]
    fs: float
    lead: str
    flags: tuple[Flag, ...] = ()


def lead_for(record: Record, wanted: tuple[str, ...]) -> tuple[str, tuple[Flag, ...]]:
    """The first wanted lead that the record has, else its first one, which is flagged."""
    for lead in wanted:
        if lead in record.leads:
            return lead, ()
    text = f"The model was trained on lead {wanted[0]}; it was given {record.leads[0]}."
    return record.leads[0], (Flag("other_lead", text, "Its classes are less reliable on another lead."),)


def prepare_beats(record: Record, times_s: NDArray[np.float64], spec: BeatInput) -> Beats:
    """A `to_next` window for each R peak (beats,), increasing, in s on the record's axis.

    After the last beat the median interval is assumed. Raises ModelError where there is no beat or a beat lies outside
    the record.
    """
    if times_s.size == 0:
        raise ModelError("No beat was given; find the R peaks first, or mark one by hand.")
    end_s = record.start_s + record.seconds
    if times_s[0] < record.start_s or times_s[-1] >= end_s:
        raise ModelError(f"A beat lies outside the record, which runs from {record.start_s:g} to {end_s:g} s.")
    lead, flags = lead_for(record, spec.leads)
    signal = _at_raw_rate(gaps_bridged(record[lead]), record.fs)
    starts = np.round((times_s - record.start_s) * RAW_HZ).astype(np.int64)
    starts = np.minimum(starts, signal.size - 1)
    interval = round(float(np.median(np.diff(starts))) if starts.size > 1 else USUAL_S * RAW_HZ)
    marks = np.concatenate([starts, starts[-1] + interval * np.arange(1, 3)])
    ends = ends_of(marks, len(marks) + 1)[: starts.size]
    ends = np.clip(ends, starts + EVERY, signal.size)
    x, valid = to_next(signal, starts, ends, spec.samples)
    rhythm = np.zeros((starts.size, 0), dtype=np.float32)
    begin = record.start_s + starts / RAW_HZ
    return Beats(x[:, None].astype(np.float32), valid, rhythm, begin, RAW_HZ / EVERY, lead, flags)


def ends_of(marks: NDArray[np.int64], length: int) -> NDArray[np.int64]:
    """(marks - 1,) sample before which the window of each mark ends, for a record of `length` samples."""
    after = np.append(marks[2:], length)
    return np.floor(marks[1:] + INTO_NEXT * (after - marks[1:]) + 1e-9).astype(np.int64)


def to_next(
    signal: NDArray[np.float64], starts: NDArray[np.int64], ends: NDArray[np.int64], samples: int
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """(beats, samples) rows of 0-1 and where they are not padding, from (n,) raw samples between starts and ends."""
    rows = np.zeros((starts.size, samples))
    valid = np.zeros((starts.size, samples), dtype=np.bool_)
    for row, ok, start, end in zip(rows, valid, starts, ends, strict=True):
        piece = signal[start:end:EVERY]
        low, high = piece.min(), piece.max()
        kept = piece[:samples]
        row[: kept.size] = (kept - low) / (high - low) if high > low else 0.0
        ok[: kept.size] = True
    return rows, valid


def gaps_bridged(lead: NDArray[np.float32]) -> NDArray[np.float64]:
    """One lead (samples,) in float64 with straight lines over what was not recorded; 0 where nothing was."""
    out = lead.astype(np.float64)
    bad = np.isnan(out)
    if bad.all():
        out[:] = 0.0
    elif bad.any():
        at = np.arange(out.size)
        out[bad] = np.interp(at[bad], at[~bad], out[~bad])
    return out


def _at_raw_rate(signal: NDArray[np.float64], fs: float) -> NDArray[np.float64]:
    if abs(fs - RAW_HZ) < 1e-6:
        return signal
    ratio = Fraction(RAW_HZ / fs).limit_denominator(1000)
    return np.asarray(resample_poly(signal, ratio.numerator, ratio.denominator, padtype="line"), dtype=np.float64)
