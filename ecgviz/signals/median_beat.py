"""The representative beat: beats grouped by the shape of their QRS, aligned, and their median."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, median_filter

from ecgviz.record import Record
from ecgviz.signals.beats import at_rate, band, filled

__all__ = ["MedianBeat", "median_beat"]

Array = NDArray[np.float64]

WORK_HZ = 500.0  # delineation works at this rate
_BEFORE_S, _AFTER_S = 0.45, 0.70  # of the representative beat, around R
_ALIKE = 0.88  # correlation over the QRS, all leads together, above which two beats have the same shape


@dataclass(frozen=True, eq=False)
class MedianBeat:
    """The beats of one shape, aligned, and their median.

    signal: (leads, samples) mV at `fs` Hz, baseline removed; r: the sample of R; members: which beats went in;
    beats: (members, leads, samples), the aligned beats; r_s: each member's R on the record's axis, (members,);
    rr_s: cycle length in seconds, None with a single beat; rr_spread: standard deviation of RR over its mean.
    """

    signal: Array
    fs: float
    r: int
    members: NDArray[np.intp]
    beats: Array
    r_s: Array
    rr_s: float | None
    rr_spread: float


def median_beat(record: Record, peaks_s: Array) -> tuple[MedianBeat, ...]:
    """Group beats by the shape of their QRS and average each group; the dominant group comes first.

    peaks_s: R peaks on the record's axis, (beats,). Dominant is the group with most beats; of groups of about equal
    size, the one with the narrower QRS. Empty without beats.
    """
    signal = without_spikes(at_rate(filled(record.signal), record.fs, WORK_HZ))
    signal = band(signal, WORK_HZ, 0.4, None)
    before, after = int(_BEFORE_S * WORK_HZ), int(_AFTER_S * WORK_HZ)
    padded = np.pad(signal, ((0, 0), (before + 30, after + 30)), mode="edge")
    at = np.round((peaks_s - record.start_s) * WORK_HZ).astype(int) + before + 30
    if at.size == 0:
        return ()
    quick = band(padded, WORK_HZ, 1.0, 40.0)
    half = int(0.08 * WORK_HZ)
    groups, at = _grouped(quick, at, half)
    cycles = np.diff(peaks_s)
    rr, spread = (float(np.median(cycles)), float(cycles.std() / cycles.mean())) if at.size > 1 else (None, 0.0)
    out = []
    for members in sorted(groups, key=lambda g: -g.size):
        beats = np.stack([padded[:, at[i] - before : at[i] + after] for i in members])
        r_s = (at[members] - before - 30) / WORK_HZ + record.start_s
        out.append(MedianBeat(np.median(beats, axis=0), WORK_HZ, before, members, beats, r_s, rr, spread))
    return tuple(sorted(out, key=lambda b: (-b.members.size // max(1, at.size // 4), _width(b))))


def without_spikes(signal: Array) -> Array:
    """The leads (leads, samples) at 500 Hz without pacing spikes: below 6 ms wide, above 0.25 mV in any lead."""
    smooth = median_filter(signal, size=(1, 7), mode="nearest")
    tall = np.abs(signal - smooth)
    limit = np.maximum(
        0.25, 0.35 * np.abs(signal - np.median(signal, axis=1, keepdims=True)).max(axis=1, keepdims=True)
    )
    spike = maximum_filter1d((tall > limit).any(axis=0).astype(np.uint8), 9).astype(bool)
    return np.where(spike, median_filter(signal, size=(1, 13), mode="nearest"), signal) if spike.any() else signal


def _grouped(signal: Array, at: NDArray[np.intp], half: int) -> tuple[list[NDArray[np.intp]], NDArray[np.intp]]:
    """Beats that correlate above 0.88 with the median of their group over the QRS, and their aligned positions."""
    left, aligned, groups = np.arange(at.size), at.copy(), []
    while left.size:
        some = left[:: max(1, left.size // 400)]
        cut = np.stack([signal[:, aligned[i] - half : aligned[i] + half].ravel() for i in some])
        unit = cut / (np.linalg.norm(cut, axis=1, keepdims=True) + 1e-9)
        seed = cut[np.argmax((unit @ unit.T > _ALIKE).sum(axis=1))]
        for _ in range(2):
            template = seed.reshape(signal.shape[0], -1)
            scores = np.array([_align(signal, aligned, i, template, half) for i in left])
            taken = left[scores > _ALIKE] if (scores > _ALIKE).any() else left[[int(np.argmax(scores))]]
            seed = np.median([signal[:, aligned[i] - half : aligned[i] + half].ravel() for i in taken], axis=0)
        groups.append(taken)
        left = np.setdiff1d(left, taken)
    return groups, aligned


def _align(signal: Array, aligned: NDArray[np.intp], i: np.intp, template: Array, half: int) -> float:
    """Move beat i to where it fits the template best within 24 ms; its correlation there."""
    reach, at = 12, aligned[i]
    wide = signal[:, at - half - reach : at + half + reach]
    windows = np.lib.stride_tricks.sliding_window_view(wide, 2 * half, axis=1)
    dots = np.einsum("lsw,lw->s", windows, template)
    norms = np.sqrt(np.einsum("lsw,lsw->s", windows, windows)) * np.linalg.norm(template) + 1e-9
    scores = dots / norms
    best = int(np.argmax(scores))
    aligned[i] = at + best - reach
    return float(scores[best])


def _width(beat: MedianBeat) -> float:
    """Seconds over which half of the QRS slope energy is spread; only to compare groups."""
    cut = beat.signal[:, beat.r - 60 : beat.r + 60]
    speed = (np.diff(cut, axis=1) ** 2).sum(axis=0)
    return float((np.sort(speed)[::-1].cumsum() < 0.85 * speed.sum()).sum() / beat.fs)
