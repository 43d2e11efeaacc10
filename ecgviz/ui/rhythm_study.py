"""What the beats of a recording come to: intervals, events, atrial fibrillation, variability, and the line of numbers.

No Streamlit here.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ecgviz.results import BeatSeries, Event, RRSeries
from ecgviz.signals import af, events, hrv, rr
from ecgviz.signals.rr import ARTEFACT, GAP
from ecgviz.ui.rhythm_edit import CLASSES

__all__ = ["Agreement", "Number", "Study", "agreement", "counts", "numbers", "study"]

MATCH_S = 0.15
"""A beat is the reference's beat within this time (ANSI/AAMI EC57)."""


@dataclass(frozen=True, eq=False)
class Study:
    """All that follows from the beats; rate: per minute at the end of each interval."""

    beats: BeatSeries
    rr: RRSeries
    rate: NDArray[np.float64]
    events: tuple[Event, ...]
    af: af.AtrialFibrillation
    hrv: hrv.HRV


@dataclass(frozen=True)
class Number:
    """One figure of the line above the trace; definition: how it is had."""

    name: str
    value: str
    definition: str


def study(beats: BeatSeries, gaps: Sequence[tuple[float, float]], flutter: Sequence[tuple[float, float]] = ()) -> Study:
    """Study the beats; in seconds, gaps: spans without signal (`rr.silent`), flutter: of the ventricles."""
    blank = (*gaps, *flutter)
    intervals = rr.rr_series(beats, blank)
    fibrillation = af.atrial_fibrillation(beats, blank)
    found = events.find_events(beats, intervals, gaps=gaps, flutter=flutter, af=fibrillation.episodes)
    variability = hrv.hrv(intervals, fibrillation.episodes)
    return Study(beats, intervals, rr.heart_rate(intervals), found, fibrillation, variability)


def counts(beats: BeatSeries) -> dict[str, int]:
    """Beats of each class that occurs, in the order of CLASSES; `?` counts those without a class."""
    found = Counter(label or "?" for label in beats.labels)
    return {label: found[label] for label in (*CLASSES, "?") if found[label]}


def numbers(found: Study) -> tuple[Number, ...]:
    """The line of numbers: a figure that could not be had is told as a dash."""
    clear = np.array([why not in (GAP, ARTEFACT) for why in found.rr.left_out], dtype=bool)
    intervals = found.rr.rr_s[clear]
    rates = found.rate[np.isfinite(found.rate)]
    by_kind = Counter(event.kind for event in found.events)
    longest = f"{intervals.max():.2f} s" if intervals.size else "–"
    kinds = events.KINDS
    return (
        Number("Beats", f"{found.beats.times_s.size:,}", "Every beat in the list, whatever its class."),
        Number(
            "Mean rate",
            f"{60 / intervals.mean():.0f}/min" if intervals.size else "–",
            "60 s over the mean RR interval, without gaps and artefacts.",
        ),
        Number(
            "Slowest to fastest",
            f"{rates.min():.0f} to {rates.max():.0f}/min" if rates.size else "–",
            rr.RATE_DEFINITION,
        ),
        Number("Longest RR", longest, kinds["longest_rr"].definition),
        Number("Pauses", str(by_kind["pause"]), kinds["pause"].definition),
        Number("V runs", _classed(found.beats, by_kind["ventricular_run"]), kinds["ventricular_run"].definition),
        Number(
            "S runs", _classed(found.beats, by_kind["supraventricular_run"]), kinds["supraventricular_run"].definition
        ),
        Number("AF burden", "–" if found.af.burden is None else f"{found.af.burden:.0%}", af.DEFINITION),
        Number("SDNN", _ms(found.hrv, "sdnn_ms"), _defined(found.hrv, "sdnn_ms")),
        Number("RMSSD", _ms(found.hrv, "rmssd_ms"), _defined(found.hrv, "rmssd_ms")),
    )


def _classed(beats: BeatSeries, number: int) -> str:
    """A count of runs, which beats without a class cannot have."""
    return str(number) if any(beats.labels) else "–"


def _ms(found: hrv.HRV, name: str) -> str:
    value = found.values.get(name)
    return "–" if value is None else f"{value:.0f} ms"


def _defined(found: hrv.HRV, name: str) -> str:
    words = hrv.DEFINITIONS[name][2]
    why = found.missing.get(name)
    told = f"{words[0].upper()}{words[1:]}, outside AF."
    return f"{told} Not given: {why}." if why else told


@dataclass(frozen=True)
class Agreement:
    """Beats against a reference, with a match within MATCH_S: matched, missed by us, extra; same: of equal class."""

    matched: int
    missed: int
    extra: int
    same: int
    classed: int

    @property
    def words(self) -> str:
        """One line for a reader."""
        beats, ours = self.matched + self.missed, self.matched + self.extra
        if not beats or not ours:
            return "The reference and these beats have nothing in common to compare."
        told = (
            f"Against the reference annotation ({beats:,} beats, within {1000 * MATCH_S:.0f} ms): "
            f"sensitivity {_percent(self.matched, beats)}, positive predictive value {_percent(self.matched, ours)}"
        )
        if self.classed:
            told += f"; the same class in {_percent(self.same, self.classed)} of the matched beats"
        return told + "."


def _percent(part: int, whole: int) -> str:
    """A share that is told as 100 % only where nothing is lacking."""
    share = 100 * part / whole
    return "100 %" if part == whole else f"{min(share, 99.99):.2f} %"


def agreement(beats: BeatSeries, reference: BeatSeries) -> Agreement:
    """Compare beats with a reference: a pair is two beats of which each is the other's nearest, within MATCH_S."""
    ours, theirs = beats.times_s, reference.times_s
    if not ours.size or not theirs.size:
        return Agreement(0, theirs.size, ours.size, 0, 0)
    there, here = _nearest(ours, theirs), _nearest(theirs, ours)
    at = np.arange(ours.size)
    pairs = at[(here[there] == at) & (np.abs(theirs[there] - ours) <= MATCH_S)]
    labels = [(beats.labels[i], reference.labels[there[i]]) for i in pairs]
    classed = [own == other for own, other in labels if own is not None and other is not None]
    return Agreement(pairs.size, theirs.size - pairs.size, ours.size - pairs.size, sum(classed), len(classed))


def _nearest(of: NDArray[np.float64], among: NDArray[np.float64]) -> NDArray[np.intp]:
    """For each moment the place of the nearest one among others."""
    after = np.clip(np.searchsorted(among, of), 1, max(among.size - 1, 1))
    after = np.minimum(after, among.size - 1)
    before = np.maximum(after - 1, 0)
    return np.where(of - among[before] <= among[after] - of, before, after)
