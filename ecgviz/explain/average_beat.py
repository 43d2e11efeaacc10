"""Heat on the average beat: the maps of many beats, or of many records, laid over each other at the R peak."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ecgviz.record import Record
from ecgviz.results import Attribution
from ecgviz.signals.median_beat import median_beat

__all__ = ["AFTER_S", "BEFORE_S", "STEP_S", "AverageBeat", "average_beat", "mean_of"]

BEFORE_S, AFTER_S, STEP_S = 0.3, 0.5, 0.005

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class AverageBeat:
    """times_s (n,): seconds from R; signal (leads, n) mV, the median of the record's commonest beats; heat (leads, n):
    mean evidence for the finding at each place of these beats, None without a map; beats: how many; records: of how
    many the average is.
    """

    times_s: Array
    leads: tuple[str, ...]
    signal: Array
    heat: Array | None
    beats: int
    records: int = 1


def average_beat(record: Record, peaks_s: Array, found: Attribution | None = None) -> AverageBeat | None:
    """The commonest beat of a record with the evidence on it; None where no beat was found.

    peaks_s: R peaks on the record's axis. Evidence against the finding counts as none. In a lead that the map lacks
    the heat is NaN.
    """
    groups = median_beat(record, peaks_s)
    if not groups:
        return None
    beat = groups[0]
    times = np.arange(-BEFORE_S, AFTER_S + STEP_S / 2, STEP_S)
    own = (np.arange(beat.signal.shape[1]) - beat.r) / beat.fs
    signal = np.stack([np.interp(times, own, row) for row in beat.signal])
    heat = None if found is None else _heat(record.leads, found, np.asarray(beat.r_s), times)
    return AverageBeat(times, record.leads, signal, heat, int(beat.members.size))


def _heat(leads: Sequence[str], found: Attribution, r_s: Array, times: Array) -> Array:
    """(leads, n): the mean of the map over the beats that lie within it."""
    axis = found.start_s + np.arange(found.scores.shape[1]) / found.fs
    at = r_s[:, None] + times
    inside = np.where((at >= axis[0]) & (at <= axis[-1]), at, np.nan)
    rows = []
    for lead in leads:
        if lead not in found.leads:
            rows.append(np.full(times.size, np.nan))
            continue
        evidence = np.clip(np.nan_to_num(found.scores[found.leads.index(lead)].astype(np.float64)), 0, None)
        each = np.interp(np.nan_to_num(inside), axis, evidence)
        counted = np.isfinite(inside)
        rows.append((each * counted).sum(axis=0) / np.maximum(counted.sum(axis=0), 1))
    return np.stack(rows)


def mean_of(beats: Sequence[AverageBeat]) -> AverageBeat:
    """The mean over records, each with equal weight, over the leads that all have; of heats where all have one."""
    leads = tuple(lead for lead in beats[0].leads if all(lead in one.leads for one in beats))
    rows = [[one.leads.index(lead) for lead in leads] for one in beats]
    signal = np.mean([one.signal[at] for one, at in zip(beats, rows, strict=True)], axis=0)
    heats = [one.heat[at] for one, at in zip(beats, rows, strict=True) if one.heat is not None]
    heat = np.mean(heats, axis=0) if len(heats) == len(beats) else None
    return AverageBeat(beats[0].times_s, leads, signal, heat, sum(one.beats for one in beats), len(beats))
