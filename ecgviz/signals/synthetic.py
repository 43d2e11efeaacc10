"""A 12-lead ECG simulator with known wave boundaries, and the gallery of what it can show.

Each beat is a set of loops of one heart vector, projected to the leads by Dower's matrix; the limb leads obey
Einthoven and Goldberger exactly. The same key and seed give the same waveform at every sampling rate.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ecgviz.errors import RecordError
from ecgviz.leads import STANDARD_12
from ecgviz.record import Patient, Provenance, Record
from ecgviz.signals.edit import band_noise
from ecgviz.signals.gallery import GALLERY, Entry
from ecgviz.signals.morphology import MORPHOLOGIES
from ecgviz.signals.rhythms import Plan, PlannedBeat, qt_s
from ecgviz.signals.vector_model import electrode_leads, twelve_leads, vector_leads

__all__ = ["GALLERY", "BeatTruth", "Entry", "Simulation", "simulate"]

_SPIKE_MV = (0.15, -1.1, 0.5)  # pacing artefact of a bipolar lead in the right ventricular apex
_SPIKE_S = 0.0015
_BREATH_HZ = 0.25


@dataclass(frozen=True)
class BeatTruth:
    """Where the waves of one beat begin, peak and end, in seconds; None for a wave that is absent or cut off.

    Peaks are those of the heart vector's length. label: AAMI class.
    """

    p_on: float | None
    p_peak: float | None
    p_off: float | None
    qrs_on: float | None
    r_peak: float
    qrs_off: float | None
    t_on: float | None
    t_peak: float | None
    t_off: float | None
    label: str


@dataclass(frozen=True, eq=False)
class Simulation:
    """A simulated Record and the truth about each beat whose R peak lies within it."""

    record: Record
    beats: tuple[BeatTruth, ...]


def simulate(key: str, *, seconds: float = 10.0, fs: float = 500.0, seed: int = 0) -> Simulation:
    """Simulate one entry of the GALLERY.

    Raises RecordError for an unknown key, or when the length or the rate is not positive.
    """
    if key not in GALLERY:
        raise RecordError(f"The gallery has no entry {key!r}; choose one of {', '.join(GALLERY)}.")
    if not (seconds > 0 and fs > 0 and seconds * fs >= 1):
        raise RecordError(f"{seconds} s at {fs} Hz is no recording; length and rate must be positive.")
    entry, rng = GALLERY[key], np.random.default_rng([seed, *key.encode()])
    t_s = np.arange(round(seconds * fs)) / fs
    plan = entry.rhythm(rng, seconds)
    independent = vector_leads(_heart_vector(plan, t_s, rng) + (entry.atria(rng, t_s) if entry.atria else 0.0))
    record = Record(
        signal=twelve_leads(independent + _background(t_s, rng)),
        fs=fs,
        leads=STANDARD_12,
        patient=Patient(age=entry.age, sex=entry.sex),
        provenance=Provenance(
            source="simulated", format="Simulated", unit_from="given", band=(None, min(150.0, fs / 2))
        ),
        name=f"{entry.title} (simulated)",
        notes=("simulated from a heart-vector model",),
    )
    if entry.fault:
        record = entry.fault(record, seed)
    truth = (_truth(beat, seconds) for beat in plan if beat.shape is not None)
    return Simulation(record, tuple(beat for beat in truth if 0 <= beat.r_peak < seconds))


def _heart_vector(plan: Plan, t_s: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """All beats of a plan, (3, samples) mV; breathing changes the size by 3 % and turns the axis by 2 degrees."""
    total = np.zeros((3, t_s.size))
    phase = rng.uniform(0, 2 * np.pi)
    for beat in plan:
        breath = np.sin(2 * np.pi * _BREATH_HZ * beat.qrs_s + phase)
        size = 1 + 0.03 * breath + 0.008 * rng.standard_normal()
        first, last = np.searchsorted(t_s, [beat.qrs_s - 0.5, beat.qrs_s + 0.9])
        total[:, first:last] += _turn(np.radians(2.0) * breath) @ (size * _beat_vector(beat, t_s[first:last]))
    return total


def _beat_vector(beat: PlannedBeat, t_s: NDArray[np.float64]) -> NDArray[np.float64]:
    clock = t_s - beat.qrs_s
    vector = np.zeros((3, t_s.size))
    if beat.pr_s is not None:
        vector += beat.p.at(clock + beat.pr_s)
    if beat.paced:
        vector += np.outer(_SPIKE_MV, np.exp(-0.5 * ((clock + 0.012) / _SPIKE_S) ** 2))
    if beat.shape is not None:
        shape = MORPHOLOGIES[beat.shape]
        vector += shape.qrs.at(clock) + shape.recovery.at(_to_template(beat, clock))
    return vector


def _stretch(beat: PlannedBeat) -> tuple[float, float]:
    """End of the QRS in seconds, and by how much ST-T is stretched to reach the QT of this cycle length."""
    shape = MORPHOLOGIES[beat.shape or "normal"]
    j_s = shape.j_ms / 1000
    return j_s, (qt_s(beat) - j_s) / (shape.qt_ms / 1000 - j_s)


def _to_template(beat: PlannedBeat, clock_s: NDArray[np.float64]) -> NDArray[np.float64]:
    j_s, stretch = _stretch(beat)
    return np.where(clock_s > j_s, j_s + (clock_s - j_s) / stretch, clock_s)


def _turn(angle: float) -> NDArray[np.float64]:
    """Rotation in the frontal plane."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])


def _background(t_s: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """What even a good recording has, (8, samples) mV: 3 uV of muscle and amplifier noise, 15 uV of breathing."""
    noise = 0.003 * band_noise(t_s, rng, 1.0, 100.0, 9)
    breath = 0.015 * rng.uniform(0.3, 1.0, (9, 1)) * np.sin(2 * np.pi * _BREATH_HZ * t_s + rng.uniform(0, 6.3))
    return electrode_leads(noise + breath)


def _truth(beat: PlannedBeat, seconds: float) -> BeatTruth:
    assert beat.shape is not None
    shape = MORPHOLOGIES[beat.shape]
    j_s, stretch = _stretch(beat)

    def inside(at_s: float | None) -> float | None:
        return at_s if at_s is not None and 0 <= at_s < seconds else None

    def late(template_s: float) -> float | None:
        return inside(beat.qrs_s + j_s + (template_s - j_s) * stretch)

    start = None if beat.pr_s is None else beat.qrs_s - beat.pr_s
    return BeatTruth(
        p_on=None if start is None else inside(start),
        p_peak=None if start is None else inside(start + beat.p.peak_s),
        p_off=None if start is None else inside(start + beat.p.off_s),
        qrs_on=inside(beat.qrs_s),
        r_peak=beat.qrs_s + shape.qrs.peak_s,
        qrs_off=inside(beat.qrs_s + j_s),
        t_on=late(shape.t_on_ms / 1000),
        t_peak=late(shape.t_peak_s),
        t_off=late(shape.qt_ms / 1000),
        label=beat.label,
    )
