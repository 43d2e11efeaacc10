"""RR intervals: which of them lie between two normal beats, and the heart rate that they make."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter, uniform_filter1d

from ecgviz.record import Record
from ecgviz.results import BeatSeries, RRSeries

__all__ = [
    "ARTEFACT",
    "ECTOPIC",
    "GAP",
    "NN_DEFINITION",
    "RATE_DEFINITION",
    "UNCLASSED",
    "heart_rate",
    "rr_series",
    "silent",
]

Array = NDArray[np.float64]
Spans = Sequence[tuple[float, float]]

GAP, ECTOPIC, UNCLASSED, ARTEFACT = "gap", "beside an ectopic beat", "paced or unclassed beat", "artefact"
SILENT_S = 1.0
SHORTEST_RR_S, LONGEST_NN_S = 0.25, 3.0
OFF_MEDIAN, NEIGHBOURS = 0.3, 11
RATE_INTERVALS = 10  # even, so that bigeminy has a steady rate

NN_DEFINITION = (
    "NN: an interval between two neighbouring normal beats (class N). Left out are intervals beside an ectopic beat "
    f"(S, V, F), beside a paced or unclassed beat (Q), across a gap in the signal, below {SHORTEST_RR_S:g} s or above "
    f"{LONGEST_NN_S:g} s, and, where beats have no class, more than {OFF_MEDIAN:.0%} off the median of the "
    f"{NEIGHBOURS} intervals around them."
)
RATE_DEFINITION = (
    f"Heart rate: 60 s over the mean of {RATE_INTERVALS} neighbouring RR intervals, without gaps and artefacts."
)


def silent(record: Record) -> tuple[tuple[float, float], ...]:
    """Spans in seconds of at least 1 s in which no lead has a signal: not recorded, or one constant value."""
    still = np.ones(record.samples - 1, dtype=bool)
    for row in record.signal:
        step = np.diff(row)
        still &= np.isnan(step) | (step == 0)
    edges = np.flatnonzero(np.diff(np.pad(still.astype(np.int8), 1)))
    spans = zip(edges[::2], edges[1::2], strict=True)
    long = [(a, b) for a, b in spans if (b - a) / record.fs >= SILENT_S]
    return tuple((record.start_s + float(a) / record.fs, record.start_s + float(b) / record.fs) for a, b in long)


def rr_series(beats: BeatSeries, gaps: Spans = ()) -> RRSeries:
    """The intervals between the beats, each with the reason why it is no NN interval; gaps: spans without signal.

    Reasons are GAP, UNCLASSED, ECTOPIC and ARTEFACT, the first that applies; see NN_DEFINITION.
    """
    rr = np.diff(beats.times_s)
    if not rr.size:
        return RRSeries(np.empty(0), np.empty(0), (), ())
    classes = np.array([label or "" for label in beats.labels])
    reasons = np.full(rr.size, "", dtype=object)
    reasons[_is_artefact(rr, classes)] = ARTEFACT
    reasons[_beside(np.isin(classes, ("S", "V", "F")))] = ECTOPIC
    reasons[_beside(classes == "Q")] = UNCLASSED
    reasons[_across(beats.times_s, gaps)] = GAP
    return RRSeries(beats.times_s[1:].astype(np.float64), rr.astype(np.float64), beats.labels[1:], tuple(reasons))


def _beside(beats: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return np.asarray(beats[:-1] | beats[1:], dtype=bool)


def _is_artefact(rr: Array, classes: NDArray[np.str_]) -> NDArray[np.bool_]:
    impossible = (rr < SHORTEST_RR_S) | (rr > LONGEST_NN_S)
    around = median_filter(rr, NEIGHBOURS, mode="nearest")
    unlike = np.abs(rr - around) > OFF_MEDIAN * around
    return np.asarray(impossible | (unlike & _beside(classes == "")), dtype=bool)


def _across(times_s: Array, gaps: Spans) -> NDArray[np.bool_]:
    """Which intervals share time with a gap."""
    hit = np.zeros(times_s.size - 1, dtype=bool)
    for begin, end in gaps:
        first = int(np.searchsorted(times_s, begin, side="right")) - 1
        last = int(np.searchsorted(times_s, end, side="left"))
        hit[max(first, 0) : last] = True
    return hit


def heart_rate(rr: RRSeries) -> Array:
    """Beats per minute at each interval's end, (intervals,), NaN across gaps; see RATE_DEFINITION."""
    known = np.array([why not in (GAP, ARTEFACT) for why in rr.left_out], dtype=bool)
    rate = np.full(rr.rr_s.size, np.nan)
    if known.any():
        rate[known] = 60 / uniform_filter1d(rr.rr_s[known], min(RATE_INTERVALS, int(known.sum())), mode="nearest")
        dubious = np.array([why == ARTEFACT for why in rr.left_out], dtype=bool)
        rate[dubious] = np.interp(rr.end_s[dubious], rr.end_s[known], rate[known])
    return rate
