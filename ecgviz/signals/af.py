"""Atrial fibrillation from the irregularity of the RR intervals alone: it sees no P waves.

Three features of 32 intervals in a logistic regression:
* CoSEn, sample entropy corrected for the tolerance and the rate (Lake, Moorman: Am J Physiol Heart 2011;300:H319-25);
* the share of turning points, 2/3 in a series without order (Dash et al.: Ann Biomed Eng 2009;37:1701-9);
* the autocorrelation at two beats, high where ectopic beats come in a pattern.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from ecgviz.results import BeatSeries

__all__ = ["DEFINITION", "FEATURES", "AtrialFibrillation", "atrial_fibrillation", "features", "windows"]

Array = NDArray[np.float64]

WINDOW = 32
LEAST_INTERVALS = 8
LONGEST_RR_S = 3.0
TOLERANCE_S = 0.08
SHORTEST_EPISODE_S, JOINED_S = 30.0, 10.0

FEATURES = ("CoSEn", "turning points", "autocorrelation at two beats")
# Fitted and chosen on the fit half of CinC 2017. `python -m benchmarks.af` prints the fit anew beside these; it differs
# in the second digit when `r_peaks` changes.
INTERCEPT = -0.1248
WEIGHTS = (3.7721, 5.5274, -1.4207)
THRESHOLD = 0.46

DEFINITION = (
    f"AF: at least {SHORTEST_EPISODE_S:g} s in which the RR intervals have no order, judged from the {WINDOW} "
    f"intervals around each beat, interruptions under {JOINED_S:g} s included. Intervals beside V, F and Q beats are "
    "left out: without beat classes, many ventricular extrasystoles look like AF. Burden is the share of the time with "
    "a signal. P waves are not looked at: flutter with a changing block counts as AF, flutter with a fixed block does "
    "not, and many atrial extrasystoles can look like AF."
)


@dataclass(frozen=True, eq=False)
class AtrialFibrillation:
    """Episodes (start, end) in seconds and `burden`, their share 0..1 of the `analysed_s` seconds with a signal.

    probability (intervals,): of AF in the window around each interval that was used, which ends at end_s. Burden is
    None where there are too few intervals to tell.
    """

    episodes: tuple[tuple[float, float], ...] = ()
    burden: float | None = None
    analysed_s: float = 0.0
    end_s: Array = field(default_factory=lambda: np.empty(0))
    probability: Array = field(default_factory=lambda: np.empty(0))


def atrial_fibrillation(beats: BeatSeries, gaps: Sequence[tuple[float, float]] = ()) -> AtrialFibrillation:
    """Episodes of AF by DEFINITION; gaps: spans in seconds without signal.

    Intervals beside ventricular, fusion and unclassed beats (V, F, Q) and above 3 s are left out; S beats stay, because
    a classifier takes many beats of AF for S.
    """
    end_s, rr = beats.times_s[1:], np.diff(beats.times_s)
    whole = np.ones(rr.size, dtype=bool)
    for begin, end in gaps:
        whole &= (end_s <= begin) | (end_s - rr >= end)
    analysed = float(rr[whole].sum())
    ectopic = np.array([label in ("V", "F", "Q") for label in beats.labels], dtype=bool)
    use = whole & (rr <= LONGEST_RR_S) & ~(ectopic[:-1] | ectopic[1:])
    end_s, rr = end_s[use], rr[use]
    if rr.size < LEAST_INTERVALS:
        return AtrialFibrillation(analysed_s=analysed)
    probability = _probability(windows(rr))
    episodes = _episodes(end_s - rr, end_s, probability >= THRESHOLD)
    burden = min(1.0, sum(end - start for start, end in episodes) / analysed)
    return AtrialFibrillation(episodes, burden, analysed, end_s, probability)


def windows(rr: Array) -> Array:
    """The 32 intervals around each, (intervals, 32); fewer where there are fewer, the same ones near both ends."""
    size = min(WINDOW, rr.size)
    first = np.clip(np.arange(rr.size) - size // 2, 0, rr.size - size)
    return np.asarray(sliding_window_view(rr, size)[first])


def features(rows: Array) -> Array:
    """FEATURES of each window of intervals in seconds: (windows, intervals) to (windows, 3)."""
    one, other = np.triu_indices(rows.shape[1] - 1, 1)
    found = np.empty((len(rows), 3))
    for first in range(0, len(rows), 1024):
        part = rows[first : first + 1024]
        alike = np.abs(part[:, one] - part[:, other]) < TOLERANCE_S
        still = alike & (np.abs(part[:, one + 1] - part[:, other + 1]) < TOLERANCE_S)
        entropy = -np.log((still.sum(axis=1) + 0.5) / (alike.sum(axis=1) + 1))
        step = np.diff(part, axis=1)
        centred = part - np.median(part, axis=1, keepdims=True)
        power = (centred**2).mean(axis=1) + 1e-6
        stop = first + len(part)
        found[first:stop, 0] = entropy + np.log(2 * TOLERANCE_S) - np.log(part.mean(axis=1))
        found[first:stop, 1] = (step[:, :-1] * step[:, 1:] < 0).mean(axis=1)
        found[first:stop, 2] = (centred[:, 2:] * centred[:, :-2]).mean(axis=1) / power
    return found


def _probability(rows: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-(INTERCEPT + features(rows) @ np.array(WEIGHTS)))))


def _episodes(start_s: Array, end_s: Array, hit: NDArray[np.bool_]) -> tuple[tuple[float, float], ...]:
    """Spans of hits, joined over short interruptions, that last long enough."""
    spans: list[list[float]] = []
    for start, end in zip(start_s[hit].tolist(), end_s[hit].tolist(), strict=True):
        if spans and start - spans[-1][1] < JOINED_S:
            spans[-1][1] = end
        else:
            spans.append([start, end])
    return tuple((start, end) for start, end in spans if end - start >= SHORTEST_EPISODE_S)
