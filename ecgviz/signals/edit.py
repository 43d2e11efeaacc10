"""Changes made to a Record on purpose: swapped arms, a lead that fell off, noise, gain, band, start and heart rate.

All are pure: they return a new Record with a note. Noise arises at the electrodes, so Einthoven's law still holds.
"""

from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline
from scipy.signal import butter, sosfiltfilt

from ecgviz.errors import RecordError
from ecgviz.leads import STANDARD_12, derive
from ecgviz.record import Record
from ecgviz.signals.beats import band, filled
from ecgviz.signals.vector_model import ELECTRODES, electrode_leads, twelve_leads

__all__ = [
    "NOISES",
    "Noise",
    "add_noise",
    "amplify",
    "drop_lead",
    "electrode_noise",
    "faster",
    "later",
    "low_pass",
    "swap_arms",
]

Noise = Literal["mains_50", "mains_60", "wander", "muscle"]
NOISES: tuple[Noise, ...] = ("mains_50", "mains_60", "wander", "muscle")

_MASTER_HZ = 1000.0  # noise is drawn at this rate and interpolated, so that it is the same at any sampling rate


def swap_arms(record: Record) -> Record:
    """Right and left arm electrodes exchanged: I is inverted, II and III, aVR and aVL change places.

    Raises RecordError when a limb lead of the record has a partner that is neither present nor derivable.
    """
    rows = dict(zip(record.leads, record.signal, strict=True)) | derive(record.signal, record.leads)
    partner = {"II": "III", "III": "II", "aVR": "aVL", "aVL": "aVR"}
    signal = record.signal.copy()
    for i, lead in enumerate(record.leads):
        if lead == "I":
            signal[i] = -signal[i]
        elif lead in partner:
            if partner[lead] not in rows:
                raise RecordError(f"The arms cannot be swapped: lead {lead} needs {partner[lead]}, which is absent.")
            signal[i] = rows[partner[lead]]
    return record.with_signal(signal, "arm electrodes swapped on purpose")


def drop_lead(record: Record, lead: str) -> Record:
    """One lead flat at 0 mV, as when its electrode fell off. Raises RecordError when the lead is absent."""
    signal = record.signal.copy()
    signal[record.leads.index(lead) if lead in record.leads else _absent(record, lead)] = 0.0
    return record.with_signal(signal, f"lead {lead} dropped on purpose")


def add_noise(record: Record, kind: Noise, level_mv: float, *, seed: int = 0) -> Record:
    """Noise of one kind with about `level_mv` RMS in the chest leads; 0 returns an equal signal.

    kind: `mains_50`, `mains_60` (with a weak third harmonic), `wander` (breathing and movement below 0.5 Hz),
    `muscle` (20 to 150 Hz in bursts, strongest at the arms). Leads other than the standard 12 get noise of their own.
    """
    electrodes = electrode_noise(kind, record.times, np.random.default_rng(seed)) * level_mv
    twelve = dict(zip(STANDARD_12, twelve_leads(electrode_leads(electrodes)), strict=True))
    spare = iter(np.resize(electrodes, (len(record.leads), electrodes.shape[1])))
    added = np.stack([twelve[lead] if lead in twelve else next(spare) for lead in record.leads])
    return record.with_signal(record.signal + added, f"{kind} noise of {level_mv:g} mV added on purpose")


def amplify(record: Record, factor: float) -> Record:
    """Every lead times `factor`, as when the gain was stated wrongly. Raises RecordError unless it is above 0."""
    if not (np.isfinite(factor) and factor > 0):
        raise RecordError(f"A gain of {factor:g} is not possible; give a number above 0.")
    return record.with_signal(record.signal * np.float32(factor), f"gain multiplied by {factor:g} on purpose")


def low_pass(record: Record, high_hz: float) -> Record:
    """Nothing kept above `high_hz` (zero phase); NaN stays NaN. Unchanged where the rate does not reach so far.

    Raises RecordError unless it is above 0.
    """
    if not high_hz > 0:
        raise RecordError(f"A low-pass at {high_hz:g} Hz is not possible; give a number above 0.")
    if high_hz >= 0.45 * record.fs:
        return record
    signal = band(filled(record.signal), record.fs, None, high_hz)
    signal[np.isnan(record.signal)] = np.nan
    return record.with_signal(signal, f"low-pass at {high_hz:g} Hz on purpose")


def later(record: Record, seconds: float) -> Record:
    """The recording begun so much later: its first seconds are gone, the rest stays where it was on the time axis.

    Raises RecordError where nothing would be left.
    """
    first = round(seconds * record.fs)
    if not 0 <= first < record.samples:
        raise RecordError(f"A start {seconds:g} s later is not possible in a record of {record.seconds:.1f} s.")
    note = f"started {seconds:g} s later on purpose"
    return record.with_signal(record.signal[:, first:], note, start_s=record.start_s + first / record.fs)


def faster(record: Record, factor: float) -> Record:
    """Heart rate times `factor` by running the trace faster or slower: PR, QRS and QT shrink or grow with it.

    A slowed trace is cut to the record's length; a hastened one ends earlier. Raises RecordError unless above 0.
    """
    if not (np.isfinite(factor) and factor > 0):
        raise RecordError(f"A heart rate times {factor:g} is not possible; give a number above 0.")
    fs = record.fs * factor
    kept = min(record.samples, round(record.seconds * fs))
    run = replace(record, signal=record.signal[:, :kept], fs=fs)
    return run.with_signal(run.signal, f"heart rate multiplied by {factor:g} on purpose")


def electrode_noise(kind: Noise, t_s: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Noise at the nine ELECTRODES, (9, samples), about 1 RMS each, a continuous function of the times in seconds."""
    if kind == "wander":
        return _wander(t_s, rng)
    if kind == "muscle":
        arms = np.array([1.3, 1.3, 0.5, 0.8, 0.8, 0.8, 0.9, 0.9, 0.9])[:, None]
        bursts = 0.75 + 0.5 * np.sin(2 * np.pi * rng.uniform(0.15, 0.35, (9, 1)) * t_s + rng.uniform(0, 6.3, (9, 1)))
        return np.asarray(arms * bursts * band_noise(t_s, rng, 20.0, 150.0, len(ELECTRODES)), dtype=np.float64)
    hum_hz = 50.0 if kind == "mains_50" else 60.0
    gain, phase = rng.uniform(0.5, 1.5, (9, 1)), rng.uniform(-0.6, 0.6, (9, 1))
    angle = 2 * np.pi * hum_hz * t_s + phase
    return np.asarray(gain * np.sqrt(2) * (np.sin(angle) + 0.08 * np.sin(3 * angle)), dtype=np.float64)


def band_noise(
    t_s: NDArray[np.float64], rng: np.random.Generator, low_hz: float, high_hz: float, rows: int
) -> NDArray[np.float64]:
    """Gaussian noise of unit RMS between two frequencies, (rows, samples), the same at any sampling rate."""
    first, seconds = float(t_s[0]) - 0.5, float(t_s[-1] - t_s[0]) + 1.0
    grid = first + np.arange(int(np.ceil(seconds)) * int(_MASTER_HZ)) / _MASTER_HZ
    sos = butter(4, [low_hz, high_hz], btype="bandpass", fs=_MASTER_HZ, output="sos")
    rough = sosfiltfilt(sos, rng.standard_normal((rows, grid.size)), axis=1)
    rough /= rough.std(axis=1, keepdims=True)
    return np.asarray(CubicSpline(grid, rough, axis=1)(t_s), dtype=np.float64)


def _wander(t_s: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    total = np.zeros((9, t_s.size))
    for rate_hz, size in ((0.08, 0.7), (0.19, 0.8), (0.27, 1.0), (0.43, 0.35)):
        angle = 2 * np.pi * rate_hz * rng.uniform(0.9, 1.1) * t_s
        total += size * rng.uniform(0.4, 1.3, (9, 1)) * np.sin(angle + rng.uniform(0, 2 * np.pi, (9, 1)))
    return total


def _absent(record: Record, lead: str) -> int:
    raise RecordError(f"Lead {lead} is not in this record; it has {', '.join(record.leads)}.")
