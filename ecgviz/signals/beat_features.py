"""What tells one heart beat from the others of its record: its timing, and its shape against the record's usual beat.

Nothing depends on the gain, the sampling rate or the polarity of the lead, and nothing on reference labels. A long
record is taken in stretches of about half an hour, each with a usual rhythm and a usual beat of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ecgviz.signals import beat_mixture
from ecgviz.signals.beat_shape import Shape, aligned_shape, shape_features
from ecgviz.signals.beats import at_rate, band, filled

__all__ = ["FEATURES", "WORK_HZ", "BeatFeatures", "beat_features", "rhythm_features"]

Array = NDArray[np.float64]

WORK_HZ = 250.0
BAND_HZ = (0.5, 40.0)
STRETCH = 3000
"""Beats at most in a stretch; a record of MIT-BIH (30 minutes) has about 2,300."""
NEAR, FAR = 10, 100
"""Beats on either side: of the variability nearby, of the usual interval."""
SHORTEST_S, LONGEST_S = 0.15, 6.0

RHYTHM: dict[str, str] = {
    "pre_median": "interval before the beat, over the median of the stretch",
    "pre_upper": "interval before, over the upper quartile of the stretch: the basic rhythm where most beats are early",
    "post_upper": "interval after, over the same quartile",
    "pre_usual": "interval before, over the 80th percentile of 100 beats on either side",
    "post_usual": "interval after, over the same percentile",
    "pre_before": "interval before, over the interval before that",
    "post_pre": "interval after, over the interval before: the compensatory pause",
    "pair_usual": "mean of both intervals over the usual one: 1 where the pause compensates fully",
    "before_usual": "interval before the previous beat, over the usual one",
    "next_usual": "interval after the next beat, over the usual one",
    "irregular": "median change from beat to beat, 16 beats on either side, over the local median of 8: fibrillation",
    "spread": "70th percentile of the squared deviation from the local median, 10 beats on either side, as a root",
    "surprise": "`pre_usual` over `spread` and 3 %: an early beat is unusual only where the others are regular",
}
"""Every ratio is a natural logarithm."""
SHAPE: dict[str, str] = {
    "qrs_correlation": "of the QRS (90 ms before R to 110 ms after) with the usual one, at the best alignment",
    "qrs_difference": "energy of the difference from the usual QRS over the energy of that, log10",
    "qrs_size": "peak to peak over the usual, logarithm",
    "qrs_duration": "spread in time of the squared slope, over the usual, logarithm",
    "qrs_sharpness": "energy of the slope over energy of the signal, over the usual, logarithm",
    "t_difference": "mean square difference of 120-400 ms after R, over the squared usual QRS size, log10",
    "p_correlation": "of 260-60 ms before R with the usual P wave",
    "p_difference": "mean square difference in the same place, over the squared usual QRS size, log10",
    "p_anywhere": "best correlation with the usual P wave from 100 ms earlier to 60 ms later",
    "early_activity": "energy of 350-180 ms before R over the usual, log10: a P wave on the T wave before",
}
MIXTURE: dict[str, str] = {
    "group_size": "share of the stretch's beats that have this QRS (12 groups), log10",
    "group_correlation": "of the group's mean QRS with the usual one",
    "mixture": "0 the usual QRS, 1 an ectopic QRS of the stretch, between them a fusion",
    "mixture_difference": "energy that no such mixture explains, over that of the usual QRS, log10",
}
NEIGHBOURS: dict[str, str] = {
    "p_nearby": "median `p_correlation`, 16 beats on either side: low without P waves, as in fibrillation",
    "p_against_nearby": "`p_correlation` less that median",
}
FEATURES: dict[str, str] = RHYTHM | SHAPE | MIXTURE | NEIGHBOURS
"""Each feature and what it is, in the order of the columns."""


@dataclass(frozen=True, eq=False)
class BeatFeatures:
    """values: (beats, features) in the order of FEATURES; windows: (beats, 2, samples) at `fs` Hz, the beat and its
    difference from the usual beat, in units of the usual QRS; start_s: (beats,) from the record's first sample."""

    values: NDArray[np.float32]
    windows: NDArray[np.float32]
    start_s: Array
    fs: float


def beat_features(lead: NDArray[np.floating], fs: float, times_s: Array, before: int, after: int) -> BeatFeatures:
    """Features and windows of the beats at times_s (beats,), increasing, in s from the first sample of `lead`.

    lead: (samples,) in mV, NaN where unrecorded; before, after: samples of the window at 125 Hz on either side of R.
    """
    signal = band(at_rate(filled(lead[None]), fs, WORK_HZ), WORK_HZ, *BAND_HZ)[0]
    at = np.clip(np.round(times_s * WORK_HZ).astype(np.intp), 0, signal.size - 1)
    values, windows = [], []
    for part in _stretches(times_s.size):
        rhythm = rhythm_features(times_s[part])
        shape = aligned_shape(signal, at[part], _basic(rhythm))
        form = shape_features(signal, shape)
        p = form[:, list(SHAPE).index("p_correlation")]
        nearby = _rolling(p, 16, 0.5)
        beside = np.stack([nearby, p - nearby], axis=1)
        values.append(np.concatenate([rhythm, form, beat_mixture.features(shape), beside], axis=1))
        windows.append(_windows(signal, at[part], shape, before, after))
    start_s = (at - 2 * before) / WORK_HZ
    return BeatFeatures(_bounded(np.concatenate(values)), np.concatenate(windows), start_s, WORK_HZ / 2)


def _stretches(beats: int) -> Iterator[slice]:
    """Slices of about equal length that cover all beats."""
    edges = np.linspace(0, beats, max(1, -(-beats // STRETCH)) + 1).round().astype(int)
    return (slice(int(a), int(b)) for a, b in pairwise(edges))


def rhythm_features(times_s: Array) -> Array:
    """(beats, 13) in the order of RHYTHM, from R times in s; beyond both ends the first and last interval go on."""
    rr = np.clip(np.diff(times_s), SHORTEST_S, LONGEST_S) if times_s.size > 1 else np.array([0.8])
    pre = np.concatenate([rr[:1], rr])[: times_s.size]
    post = np.concatenate([rr, rr[-1:]])[: times_s.size]
    before, following = np.concatenate([pre[:1], pre[:-1]]), np.concatenate([post[1:], post[-1:]])
    usual, upper, local = _rolling(pre, FAR, 0.8), float(np.quantile(pre, 0.75)), _rolling(pre, 8, 0.5)
    change = np.abs(np.diff(pre, prepend=pre[:1])) / local
    logged = np.log(pre / usual)
    deviation = (logged - _rolling(logged, NEAR, 0.5)) ** 2
    spread = np.sqrt(_rolling(deviation, NEAR, 0.7))
    columns = (
        np.log(pre / np.median(rr)),
        np.log(pre / upper),
        np.log(post / upper),
        logged,
        np.log(post / usual),
        np.log(pre / before),
        np.log(post / pre),
        np.log((pre + post) / 2 / usual),
        np.log(before / usual),
        np.log(following / usual),
        _rolling(change, 16, 0.5),
        spread,
        logged / (spread + 0.03),
    )
    return np.stack(columns, axis=1)


def _rolling(x: Array, reach: int, share: float) -> Array:
    """(n,) quantile of x (n,) over `reach` on either side, mirrored at the ends."""
    padded = np.pad(x, reach, mode="reflect" if x.size > reach else "edge")
    view = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1)
    return np.asarray(np.quantile(view, share, axis=1))


def _basic(rhythm: Array) -> NDArray[np.bool_]:
    """(beats,) those neither early nor followed by an early one, of which the usual beat is made; all if few."""
    names = list(RHYTHM)
    basic = (rhythm[:, names.index("pre_usual")] > np.log(0.85)) & (rhythm[:, names.index("post_usual")] > np.log(0.80))
    return basic if basic.sum() >= 5 else np.ones(len(rhythm), dtype=np.bool_)


def _windows(signal: Array, at: NDArray[np.intp], shape: Shape, before: int, after: int) -> NDArray[np.float32]:
    """(beats, 2, before + after) at 125 Hz: around R as given, and less the usual beat."""
    steps = 2 * np.arange(-before, after)
    beat = signal[np.clip(at[:, None] + steps, 0, signal.size - 1)] / shape.size
    usual = np.interp(steps, shape.steps, shape.usual) / shape.size
    return np.stack([beat, beat - usual], axis=1).clip(-8, 8).astype(np.float32)


def _bounded(values: Array) -> NDArray[np.float32]:
    """Within what float32 and a network can use; a flat lead has nothing to compare."""
    return np.nan_to_num(values, nan=0.0, posinf=10.0, neginf=-10.0).clip(-10, 10).astype(np.float32)
