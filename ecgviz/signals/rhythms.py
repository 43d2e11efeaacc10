"""When the heart beats: plans of atrial and ventricular events, and the waves of atria that never rest."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from ecgviz.signals.morphology import MORPHOLOGIES, P_ECTOPIC, P_SINUS
from ecgviz.signals.vector_model import Loop

__all__ = ["Atria", "Plan", "PlannedBeat", "Rhythm", "bigeminy", "fibrillation", "fibrillatory_waves", "flutter"]
__all__ += ["flutter_waves", "premature_atrial", "sinus"]

START_S = -2.0  # plans begin before the record so that its first sample lies within an ongoing rhythm


@dataclass(frozen=True)
class PlannedBeat:
    """One event: QRS onset at `qrs_s`; the P onset `pr_s` before it, or no P; QT adapts to the cycle `rr_s`.

    shape: a key of MORPHOLOGIES, or None for a P wave that is not conducted; label: AAMI class.
    """

    qrs_s: float
    shape: str | None
    rr_s: float
    pr_s: float | None = None
    p: Loop = P_SINUS
    label: str = "N"
    paced: bool = False


Plan = list[PlannedBeat]
Rhythm = Callable[[np.random.Generator, float], Plan]
Atria = Callable[[np.random.Generator, NDArray[np.float64]], NDArray[np.float64]]


def _cycles(rng: np.random.Generator, stop_s: float, rate_bpm: float, variation: float) -> list[float]:
    """Onsets of a sinus rhythm: respiratory arrhythmia at about 15 breaths a minute and a little randomness."""
    base, phase = 60 / rate_bpm, rng.uniform(0, 2 * np.pi)
    onsets = [START_S + rng.uniform(0, base)]
    while onsets[-1] < stop_s + 2:
        breath = np.sin(2 * np.pi * 0.25 * onsets[-1] + phase)
        onsets.append(onsets[-1] + base * (1 + variation * breath + 0.2 * variation * rng.standard_normal()))
    return onsets


def sinus(
    rate_bpm: float, *, pr_ms: float | None = 160.0, shape: str = "normal", variation: float = 0.02, paced: bool = False
) -> Rhythm:
    """A regular rhythm with one P wave before each QRS; without P where `pr_ms` is None."""

    def plan(rng: np.random.Generator, stop_s: float) -> Plan:
        pr_s = None if pr_ms is None else pr_ms / 1000
        label = "Q" if paced else "N"
        onsets = _cycles(rng, stop_s, rate_bpm, variation)
        return [PlannedBeat(b, shape, b - a, pr_s, label=label, paced=paced) for a, b in pairwise(onsets)]

    return plan


def premature_atrial(rate_bpm: float, *, every: int = 4, pr_ms: float = 156.0) -> Rhythm:
    """Each n-th beat comes early from an atrial focus and resets the sinus node: the pause is not compensatory."""

    def plan(rng: np.random.Generator, stop_s: float) -> Plan:
        base, at, beats, count = 60 / rate_bpm, START_S + rng.uniform(0, 0.3), Plan(), int(rng.integers(every))
        while at < stop_s + 2:
            early, after = count % every == every - 1, count % every == 0
            rr = base * (0.62 if early else 1.10 if after else 1 + 0.012 * rng.standard_normal())
            at += rr
            loop, label, pr_s = (P_ECTOPIC, "S", 0.138) if early else (P_SINUS, "N", pr_ms / 1000)
            beats.append(PlannedBeat(at, "normal", base if early else rr, pr_s, loop, label))
            count += 1
        return beats

    return plan


def bigeminy(rate_bpm: float, *, coupling_ms: float = 440.0, pr_ms: float = 158.0) -> Rhythm:
    """A ventricular extrasystole after each sinus beat; the sinus node runs on, so the pause is fully compensatory."""

    def plan(rng: np.random.Generator, stop_s: float) -> Plan:
        onsets, beats, pr_s = _cycles(rng, stop_s, rate_bpm, 0.01), Plan(), pr_ms / 1000
        cycle = 60 / rate_bpm
        for sinus_s, blocked_s in zip(onsets[::2], onsets[1::2], strict=False):
            early = sinus_s + coupling_ms / 1000 * (1 + 0.006 * rng.standard_normal())
            beats.append(PlannedBeat(sinus_s, "normal", 1.15 * cycle, pr_s))
            beats.append(PlannedBeat(early, "pvc", cycle, label="V"))
            beats.append(PlannedBeat(blocked_s, None, cycle, pr_s))
        return beats

    return plan


def fibrillation(rate_bpm: float, *, spread: float = 0.22) -> Rhythm:
    """Irregularly irregular conduction without P waves: independent gamma-distributed RR, none below 0.34 s.

    Gamma: Corino, Sandberg, Mainardi, Sornmo: An atrioventricular node model. IEEE TBME 2011;58:3386-95, in spirit.
    """

    def plan(rng: np.random.Generator, stop_s: float) -> Plan:
        base, at, beats = 60 / rate_bpm, START_S, Plan()
        while at < stop_s + 2:
            rr = max(0.34, rng.gamma(1 / spread**2, base * spread**2))
            at += rr
            beats.append(PlannedBeat(at, "normal", 0.5 * (rr + base)))
        return beats

    return plan


FLUTTER_CYCLE_S = 0.204  # 294 waves a minute


def flutter(blocks: tuple[int, ...] = (4, 4, 2, 4, 3, 4, 2, 2)) -> Rhythm:
    """Every second to fourth flutter wave is conducted, at a fixed delay after the wave."""

    def plan(rng: np.random.Generator, stop_s: float) -> Plan:
        waves, beats, turn = round(START_S / FLUTTER_CYCLE_S), Plan(), int(rng.integers(len(blocks)))
        while waves * FLUTTER_CYCLE_S < stop_s + 2:
            skip = blocks[turn % len(blocks)]
            waves, turn = waves + skip, turn + 1
            beats.append(PlannedBeat(waves * FLUTTER_CYCLE_S + 0.03, "normal", 3 * FLUTTER_CYCLE_S))
        return beats

    return plan


_SAW = CubicSpline(
    [0.0, 0.15, 0.35, 0.55, 0.70, 0.80, 0.90, 1.0],
    [0.10, 0.075, 0.045, -0.01, -0.13, -0.17, -0.03, 0.10],
    bc_type="periodic",
)


def flutter_waves(rng: np.random.Generator, t_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Typical (counter-clockwise) flutter: a sawtooth, negative in II, III and aVF, upright in V1; (3, samples) mV."""
    saw = _SAW(np.mod(t_s / FLUTTER_CYCLE_S, 1.0))
    return np.outer([0.06, 1.0, 0.55], saw) * rng.uniform(0.95, 1.05)


def fibrillatory_waves(rng: np.random.Generator, t_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Waves of 5 to 8 a second whose rate and size wander, clearest in V1; (3, samples) mV.

    After Stridh, Sornmo: Spatiotemporal QRST cancellation. IEEE TBME 2001;48:105-111 (modulated sawtooth).
    """
    total = np.zeros((3, t_s.size))
    sources = ((6.4, (-0.030, 0.022, -0.052)), (5.3, (0.006, 0.030, 0.010)), (7.7, (-0.008, -0.012, -0.022)))
    for rate_hz, direction in sources:
        a, b, c = rng.uniform(0, 2 * np.pi, 3)
        phase = (
            2 * np.pi * rate_hz * t_s
            + 1.6 * np.sin(2 * np.pi * 0.31 * t_s + a)
            + 0.8 * np.sin(2 * np.pi * 0.83 * t_s + b)
        )
        size = 1 + 0.35 * np.sin(2 * np.pi * 0.23 * t_s + c)
        saw = sum(np.sin(k * phase) / k for k in (1, 2, 3))
        total += np.outer(direction, size * saw)
    return total


def qt_s(beat: PlannedBeat) -> float:
    """QT of a planned beat at its cycle length, by Fridericia's cube root, in seconds."""
    assert beat.shape is not None
    return MORPHOLOGIES[beat.shape].qt_ms / 1000 * float(np.cbrt(beat.rr_s))
