"""What a session has on its desk for the Rhythm page: of each recording the beats, their edits and the place in it.

A desk lives in the session's own state, is kept by the record's digest and by where its beats come from, and only a few
are kept: going to another recording and back loses no edit, and a long session does not grow.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import streamlit as st

from ecgviz.errors import EcgvizError
from ecgviz.results import BeatPrediction, BeatSeries, Event
from ecgviz.ui.rhythm_edit import CLOSEST_S, History, Suggestion, suggestions
from ecgviz.ui.rhythm_place import Place, nearest, seconds_of

__all__ = ["MOST", "Desk", "current", "drop", "keep", "put"]

T = TypeVar("T")
MOST = 6
_DESKS, _OPEN = "_rhythm", "_rhythm_open"


@dataclass(eq=False)
class Desk:
    """One recording being read.

    begun: where the beats come from; gaps: spans in seconds without signal; flutter: spans of ventricular flutter;
    model: whose classes the beats have or are compared with; predictions: by model; trouble: why the model has none;
    said: a line about the last action, shown once; made: what was computed last under a name, with what it was
    computed from.
    """

    begun: str
    history: History
    place: Place
    gaps: tuple[tuple[float, float], ...] = ()
    flutter: tuple[tuple[float, float], ...] = ()
    model: str | None = None
    predictions: dict[str, BeatPrediction] = field(default_factory=dict)
    trouble: str = ""
    said: str = ""
    made: dict[str, tuple[tuple[Hashable, ...], Any]] = field(default_factory=dict)

    @property
    def prediction(self) -> BeatPrediction | None:
        """What the chosen model says."""
        return self.predictions.get(self.model or "")

    @property
    def beat(self) -> int | None:
        """The number of the chosen beat."""
        return self.place.beat(self.series.times_s)

    @property
    def series(self) -> BeatSeries:
        """The beats as they are now."""
        return self.history.series

    def once(self, name: str, of: tuple[Hashable, ...], make: Callable[[], T]) -> T:
        """What `make` returns, computed anew only when what it is made `of` has changed (beats by identity)."""
        kept = self.made.get(name)
        if kept is None or kept[0] != of:
            kept = self.made[name] = (of, make())
        found: T = kept[1]
        return found

    @property
    def edited(self) -> bool:
        """Whether there is an edit that could be lost."""
        return bool(self.history.done or self.history.undone)

    @property
    def suggested(self) -> tuple[Suggestion, ...]:
        """Where the model would choose another class."""
        prediction = self.prediction
        if prediction is None:
            return ()
        return self.once("suggested", (self.history, prediction), lambda: suggestions(self.history, prediction))

    def act(self, change: Callable[[History], History], *, on: bool = False) -> None:
        """Edit the beats; what cannot be done is said. on: go on to the next suggestion afterwards."""
        try:
            self.history = change(self.history)
        except EcgvizError as error:
            self.said = str(error)
            return
        if on:
            self.next_suggestion()

    def add(self, label: str) -> None:
        """A beat at the chosen moment."""
        self.act(lambda history: history.add(self.place.at_s, label))

    def label(self, label: str) -> None:
        """Another class for the chosen beat, or a new beat of this class where the chosen moment is none."""
        beat = self.beat
        if beat is None:
            self.add(label)
        else:
            self.act(lambda history: history.relabel({beat: label}))

    def delete(self) -> None:
        """Take the chosen beat away."""
        beat = self.beat
        if beat is not None:
            self.act(lambda history: history.delete(beat))

    def here(self) -> Suggestion | None:
        """The suggestion for the chosen beat."""
        beat = self.beat
        return next((one for one in self.suggested if one.index == beat), None)

    def accept(self) -> None:
        """The suggested class for the chosen beat."""
        one = self.here()
        if one is not None:
            self.act(lambda history: history.relabel({one.index: one.beat.label}), on=True)

    def reject(self) -> None:
        """The chosen beat keeps its class."""
        one = self.here()
        if one is not None:
            self.act(lambda history: history.reject([one.beat]), on=True)

    def accept_all(self, least: float) -> None:
        """Every suggestion with at least this probability."""
        found = {one.index: one.beat.label for one in self.suggested if one.probability >= least}
        self.act(lambda history: history.relabel(found, f"accepted {len(found)} suggestions from {least:.2f} on"))

    def next_suggestion(self) -> None:
        """Go to the next suggestion, from the end on to the first."""
        times = [one.beat.time_s for one in self.suggested]
        if times:
            self.place = self.place.select(next((t for t in times if t > self.place.at_s + 1e-6), times[0]))

    def undo(self) -> None:
        """Take the last edit back and go to where it was made."""
        if self.history.done:
            self._show(self.history.done[-1].taken + self.history.done[-1].given)
            self.history = self.history.undo()

    def redo(self) -> None:
        """Make the edit that was taken back last again."""
        if self.history.undone:
            self._show(self.history.undone[-1].given + self.history.undone[-1].taken)
            self.history = self.history.redo()

    def to_start(self) -> None:
        """Take all edits back."""
        self.history = self.history.to_start()

    def _show(self, beats: tuple[object, ...]) -> None:
        if len(beats) and len(beats) <= 2:
            self.place = self.place.select(getattr(beats[0], "time_s", self.place.at_s))

    def click(self, at_s: float, *, overview: bool) -> None:
        """A click into a picture: in the overview the window goes there, in the detail the beat is chosen."""
        times = self.series.times_s
        if overview:
            near = nearest(times, at_s, 1.0)
            self.place = self.place.centre(at_s if near is None else float(times[near]))
        else:
            self.place = self.place.snapped(times, at_s)

    def visit(self, event: Event) -> None:
        """Where an event begins, in the middle of the window; its first beat is chosen."""
        near = nearest(self.series.times_s, event.start_s)
        self.place = self.place.centre(event.start_s if near is None else float(self.series.times_s[near]))

    def jump(self, value: float, *, seconds: bool) -> None:
        """To a moment, or to the beat of this number."""
        times = self.series.times_s
        if seconds:
            self.click(float(value), overview=True)
        elif 0 <= int(value) < times.size:
            self.place = self.place.centre(float(times[int(value)]))

    def go(self, at_s: float | None) -> None:
        """To a moment: the window is centred on it unless it shows it already."""
        if at_s is not None:
            self.place = self.place.select(at_s)

    def type_time(self, text: str, start_s: float) -> None:
        """To a time as typed, counted from the beginning of the recording; to a beat only where there is one."""
        try:
            at_s = start_s + seconds_of(text)
        except EcgvizError as error:
            self.said = str(error)
            return
        near = nearest(self.series.times_s, at_s, CLOSEST_S)
        self.place = self.place.centre(at_s if near is None else float(self.series.times_s[near]))


def current() -> Desk:
    """The desk that was drawn last, for callbacks."""
    desk: Desk = st.session_state[_OPEN]
    return desk


def keep(digest: str, begun: str) -> Desk | None:
    """The desk of a recording, if there is one, which then is the current one."""
    desks: dict[tuple[str, str], Desk] = st.session_state.setdefault(_DESKS, {})
    desk = desks.pop((digest, begun), None)
    if desk is not None:
        desks[digest, begun] = desk
        st.session_state[_OPEN] = desk
    return desk


def put(digest: str, desk: Desk) -> Desk:
    """A new desk, now the current one; the one not used for longest makes room."""
    desks: dict[tuple[str, str], Desk] = st.session_state.setdefault(_DESKS, {})
    desks[digest, desk.begun] = desk
    while len(desks) > MOST:
        del desks[next(iter(desks))]
    st.session_state[_OPEN] = desk
    return desk


def drop(digest: str, begun: str) -> None:
    """Forget a desk, as other beats are about to take its place."""
    desks: dict[tuple[str, str], Desk] = st.session_state.setdefault(_DESKS, {})
    desks.pop((digest, begun), None)
