"""The mean beat of each class in one lead, with its spread and a few samples."""

import numpy as np
from numpy.typing import NDArray

from ecgviz.record import Record
from ecgviz.results import BeatSeries, MeanBeat

__all__ = ["BEFORE_S", "AFTER_S", "DEFINITION", "mean_beats"]

BEFORE_S, AFTER_S = 0.25, 0.45
AT_MOST, EXAMPLES = 500, 10
_REACH_S = 0.03
_ORDER = ("N", "S", "V", "F", "Q")

DEFINITION = (
    f"Mean beat: up to {AT_MOST} beats of a class, evenly spread over the record, "
    f"from {BEFORE_S * 1000:.0f} ms before to "
    f"{AFTER_S * 1000:.0f} ms after R, each moved by at most {_REACH_S * 1000:.0f} ms to fit the others and "
    "less its own median; the band is one standard deviation to each side."
)


def mean_beats(record: Record, lead: str, beats: BeatSeries) -> tuple[MeanBeat, ...]:
    """One MeanBeat per class that occurs, in the order N, S, V, F, Q; beats without a class are left out.

    A beat cut off by an end of the record or with unrecorded samples is not used. Raises RecordError for an unknown
    lead.
    """
    signal = record[lead]
    found = []
    for label in _ORDER:
        r_s = beats.times_s[[k for k, own in enumerate(beats.labels) if own == label]]
        if r_s.size:
            found.append(_mean(record, signal, lead, label, r_s))
    return tuple(beat for beat in found if beat is not None)


def _mean(
    record: Record, signal: NDArray[np.float32], lead: str, label: str, r_s: NDArray[np.float64]
) -> MeanBeat | None:
    before, after = round(BEFORE_S * record.fs), round(AFTER_S * record.fs)
    reach = round(_REACH_S * record.fs)
    at = np.rint((r_s - record.start_s) * record.fs).astype(int)
    inside = (at - before - reach >= 0) & (at + after + reach < record.samples)
    chosen = np.flatnonzero(inside)[_spread(int(inside.sum()), AT_MOST)]
    used_s, at = r_s[chosen], at[chosen]
    wide = signal[at[:, None] + np.arange(-before - reach, after + reach + 1)]
    whole = ~np.isnan(wide).any(axis=1)
    if not whole.any():
        return None
    aligned = _aligned(wide[whole], reach)
    aligned = aligned - np.median(aligned, axis=1, keepdims=True)
    shown = _spread(len(aligned), EXAMPLES)
    return MeanBeat(
        label=label,
        lead=lead,
        count=r_s.size,
        used=len(aligned),
        times_s=np.arange(-before, after + 1) / record.fs,
        mean=aligned.mean(axis=0).astype(np.float32),
        sd=aligned.std(axis=0).astype(np.float32),
        examples=aligned[shown].astype(np.float32),
        examples_s=used_s[whole][shown],
    )


def _spread(n: int, at_most: int) -> NDArray[np.intp]:
    """At most so many of n places, evenly spread."""
    return np.linspace(0, n - 1, min(n, at_most)).round().astype(np.intp)


def _aligned(wide: NDArray[np.float32], reach: int) -> NDArray[np.float32]:
    """Each beat moved by at most `reach` samples to where it fits the median best; (beats, samples - 2 reach)."""
    windows = np.lib.stride_tricks.sliding_window_view(wide, wide.shape[1] - 2 * reach, axis=1)
    shift = np.full(len(wide), reach)
    for _ in range(2):
        template = np.median(windows[np.arange(len(wide)), shift], axis=0)
        template = template - template.mean()
        centred = windows - windows.mean(axis=2, keepdims=True)
        norm = np.sqrt((centred**2).sum(axis=2)) + 1e-6
        shift = np.asarray((centred @ template / norm).argmax(axis=1))
    return np.asarray(windows[np.arange(len(wide)), shift], np.float32)
