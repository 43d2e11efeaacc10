"""Where in a long recording the reader is: the chosen moment and the window around it. No Streamlit here."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ecgviz.errors import EditError
from ecgviz.record import Record

__all__ = ["REACH_S", "SPANS_S", "Place", "clock", "nearest", "seconds_of"]

SPANS_S = (5.0, 10.0, 30.0)
"""Lengths of the detail window."""
REACH_S = 0.2
"""A click this near to a beat means the beat."""
Times = NDArray[np.float64]


@dataclass(frozen=True)
class Place:
    """The chosen moment `at_s` and the window of `span_s` from `start_s`, all in seconds of the record's axis.

    first_s, last_s: the recording's own ends.
    """

    first_s: float
    last_s: float
    at_s: float
    start_s: float
    span_s: float = 10.0

    @classmethod
    def at_start(cls, record: Record, times_s: Times) -> "Place":
        """The first beat in the first window, or the recording's beginning."""
        first, last = record.start_s, record.start_s + record.seconds
        return cls(first, last, float(times_s[0]) if times_s.size else first, first)

    @property
    def stop_s(self) -> float:
        """End of the window."""
        return min(self.start_s + self.span_s, self.last_s)

    def select(self, at_s: float) -> "Place":
        """Another moment; the window stays where it shows it, else it is centred on it."""
        at_s = min(max(at_s, self.first_s), self.last_s)
        shown = self.start_s <= at_s <= self.stop_s
        return replace(self, at_s=at_s) if shown else self.centre(at_s)

    def centre(self, at_s: float) -> "Place":
        """Another moment with the window around it, as far as the recording reaches."""
        at_s = min(max(at_s, self.first_s), self.last_s)
        return replace(self, at_s=at_s, start_s=self._begin(at_s - self.span_s / 2, self.span_s))

    def zoom(self, span_s: float) -> "Place":
        """A window of another length; the chosen moment keeps its share of it where it was shown."""
        share = (self.at_s - self.start_s) / self.span_s
        share = share if 0 <= share <= 1 else 0.5
        begin = self._begin(self.at_s - share * span_s, span_s)
        return replace(self, span_s=span_s, start_s=begin)

    def page(self, by: int) -> "Place":
        """A window further on or back, with the chosen moment in its middle."""
        begin = self._begin(self.start_s + by * self.span_s, self.span_s)
        return replace(self, start_s=begin, at_s=min(begin + self.span_s / 2, self.last_s))

    def snapped(self, times_s: Times, at_s: float) -> "Place":
        """The beat within REACH_S of a click, or the moment itself; the window stays where it shows it."""
        near = nearest(times_s, at_s)
        return self.select(at_s if near is None else float(times_s[near]))

    def beat(self, times_s: Times) -> int | None:
        """The number of the chosen beat, None where the chosen moment is none."""
        near = nearest(times_s, self.at_s)
        return near if near is not None and abs(times_s[near] - self.at_s) < 1e-6 else None

    def step(self, times_s: Times, by: int) -> float | None:
        """The time of the next (1) or previous (-1) of these moments, None where there is none."""
        if by > 0:
            after = int(np.searchsorted(times_s, self.at_s + 1e-6))
            return float(times_s[after]) if after < times_s.size else None
        before = int(np.searchsorted(times_s, self.at_s - 1e-6)) - 1
        return float(times_s[before]) if before >= 0 else None

    def inside(self, times_s: Times) -> tuple[int, int]:
        """The first and the end of the numbers of the beats in the window."""
        return int(np.searchsorted(times_s, self.start_s)), int(np.searchsorted(times_s, self.stop_s, side="right"))

    def _begin(self, wanted: float, span_s: float) -> float:
        return float(max(self.first_s, min(wanted, self.last_s - span_s)))


def nearest(times_s: Times, at_s: float, reach_s: float = REACH_S) -> int | None:
    """The number of the beat nearest to a moment, None where none is within reach."""
    if not times_s.size:
        return None
    after = int(np.searchsorted(times_s, at_s))
    near = min((i for i in (after - 1, after) if 0 <= i < times_s.size), key=lambda i: abs(float(times_s[i]) - at_s))
    return near if abs(float(times_s[near]) - at_s) <= reach_s else None


def clock(seconds: float, digits: int = 1) -> str:
    """Time since the beginning: `0:12.3`, `4:05.2`, `13:04:05.2`."""
    whole = round(max(seconds, 0.0), digits)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(int(minutes), 60)
    width = 3 + digits if digits else 2
    lead = f"{hours}:{minutes:02d}" if hours else f"{minutes}"
    return f"{lead}:{rest:0{width}.{digits}f}"


def seconds_of(text: str) -> float:
    """Seconds from what `clock` writes or a reader types. Raises EditError for anything else."""
    parts = text.strip().split(":")
    try:
        values = [float(part) for part in parts]
    except ValueError:
        values = []
    if not 1 <= len(values) <= 3 or not all(0 <= value < 1e7 for value in values):
        raise EditError(f"{text[:20]!r} is no time; write seconds, or minutes:seconds, or hours:minutes:seconds.")
    return float(sum(value * 60**power for power, value in enumerate(reversed(values))))
