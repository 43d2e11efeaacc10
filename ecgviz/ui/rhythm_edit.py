"""Editing the beats of a recording: every edit makes a new BeatSeries, and every edit can be taken back.

A history keeps what each edit took away and what it put in its place, so a day's recording with hundreds of edits
stays small. No Streamlit here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ecgviz.errors import EditError
from ecgviz.results import BeatPrediction, BeatSeries

__all__ = ["CLASSES", "CLOSEST_S", "Beat", "Change", "History", "Suggestion", "rows_of", "suggestions"]

CLASSES: dict[str, str] = {
    "N": "normal or bundle branch block",
    "S": "supraventricular ectopic",
    "V": "ventricular ectopic",
    "F": "fusion of ventricular and normal",
    "Q": "paced, unclassifiable or unusable",
}
"""The AAMI classes of ANSI/AAMI EC57 in words."""
CLOSEST_S = 0.05
"""A beat this near to another is the same beat."""


@dataclass(frozen=True)
class Beat:
    """One beat: R-peak time in seconds and its class or None."""

    time_s: float
    label: str | None


@dataclass(frozen=True)
class Change:
    """One edit. words: what it did; taken and given: beats before and after; rejected: suggestions turned down."""

    words: str
    taken: tuple[Beat, ...] = ()
    given: tuple[Beat, ...] = ()
    rejected: tuple[Beat, ...] = ()


@dataclass(frozen=True, eq=False)
class History:
    """The beats as they are now, with the edits that led there and those taken back. Immutable."""

    series: BeatSeries
    done: tuple[Change, ...] = ()
    undone: tuple[Change, ...] = ()

    @property
    def rejected(self) -> frozenset[Beat]:
        """Every suggestion turned down so far."""
        return frozenset(beat for change in self.done for beat in change.rejected)

    def add(self, time_s: float, label: str | None) -> "History":
        """A new beat. Raises EditError within CLOSEST_S of another."""
        times = self.series.times_s
        if times.size and np.abs(times - time_s).min() < CLOSEST_S:
            raise EditError(f"There is a beat at {time_s:.2f} s already; choose its class instead.")
        return self._with(Change(f"added {label or '?'} at {time_s:.2f} s", given=(Beat(float(time_s), label),)))

    def delete(self, index: int) -> "History":
        """Without the beat of this number."""
        beat = self._beat(index)
        return self._with(Change(f"deleted {beat.label or '?'} at {beat.time_s:.2f} s", taken=(beat,)))

    def relabel(self, labels: Mapping[int, str | None], words: str = "") -> "History":
        """Other classes for these beats, by number; unchanged where all of them have theirs already."""
        pairs = [(self._beat(i), label) for i, label in sorted(labels.items())]
        pairs = [(beat, label) for beat, label in pairs if beat.label != label]
        if not pairs:
            return self
        first, label = pairs[0]
        told = words or f"{first.label or '?'} to {label or '?'} at {first.time_s:.2f} s"
        given = tuple(Beat(beat.time_s, label) for beat, label in pairs)
        return self._with(Change(told, tuple(beat for beat, _ in pairs), given))

    def reject(self, suggested: Iterable[Beat]) -> "History":
        """These suggestions are not shown again until this is taken back."""
        beats = tuple(suggested)
        words = f"kept the class of {len(beats)} beat{'s' if len(beats) != 1 else ''}"
        return self._with(Change(words, rejected=beats)) if beats else self

    def undo(self) -> "History":
        """Before the last edit; itself where there is none."""
        if not self.done:
            return self
        last = self.done[-1]
        series = _changed(self.series, last.given, last.taken)
        return History(series, self.done[:-1], (*self.undone, last))

    def redo(self) -> "History":
        """After the edit that was taken back last; itself where there is none."""
        if not self.undone:
            return self
        again = self.undone[-1]
        return History(_changed(self.series, again.taken, again.given), (*self.done, again), self.undone[:-1])

    def to_start(self) -> "History":
        """With every edit taken back."""
        history = self
        while history.done:
            history = history.undo()
        return history

    def _beat(self, index: int) -> Beat:
        return Beat(float(self.series.times_s[index]), self.series.labels[index])

    def _with(self, change: Change) -> "History":
        return History(_changed(self.series, change.taken, change.given), (*self.done, change))


def _changed(series: BeatSeries, taken: Sequence[Beat], given: Sequence[Beat]) -> BeatSeries:
    """The series without the one beats and with the others, in time order; times stay the same floats."""
    keep = np.ones(series.times_s.size, dtype=bool)
    keep[_numbers(series.times_s, [beat.time_s for beat in taken])] = False
    times = np.concatenate([series.times_s[keep], [beat.time_s for beat in given]])
    labels = [label for label, kept in zip(series.labels, keep, strict=True) if kept]
    labels += [beat.label for beat in given]
    order = np.argsort(times, kind="stable")
    times = times[order]
    times.flags.writeable = False
    return replace(series, times_s=times, labels=tuple(labels[i] for i in order))


def _numbers(times: NDArray[np.float64], wanted: Sequence[float]) -> NDArray[np.intp]:
    return np.searchsorted(times, np.asarray(wanted, dtype=np.float64))


@dataclass(frozen=True)
class Suggestion:
    """A model would give beat `index`, at `beat.time_s`, the class `beat.label`, with this probability."""

    index: int
    beat: Beat
    probability: float


def suggestions(history: History, prediction: BeatPrediction) -> tuple[Suggestion, ...]:
    """Where the model's likeliest class is not the beat's own, in time order, without those turned down.

    A beat that the model was not asked about (one added since) has no suggestion.
    """
    series, rejected = history.series, history.rejected
    rows = rows_of(series, prediction)
    best = prediction.probabilities.argmax(axis=1) if len(prediction.times_s) else np.empty(0, dtype=np.intp)
    found = []
    for index in np.flatnonzero(rows >= 0):
        row = int(rows[index])
        label = prediction.labels[best[row]]
        if label == series.labels[index]:
            continue
        beat = Beat(float(series.times_s[index]), label)
        if beat not in rejected:
            found.append(Suggestion(int(index), beat, float(prediction.probabilities[row, best[row]])))
    return tuple(found)


def rows_of(series: BeatSeries, prediction: BeatPrediction) -> NDArray[np.intp]:
    """For each beat its row in the prediction, (beats,), -1 where the model was not asked about it."""
    asked = prediction.times_s
    if not asked.size:
        return np.full(series.times_s.size, -1, dtype=np.intp)
    rows = np.minimum(np.searchsorted(asked, series.times_s), asked.size - 1)
    return np.where(asked[rows] == series.times_s, rows, -1).astype(np.intp)
