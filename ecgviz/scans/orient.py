"""Which way up the page stands, by its rows of trace, its printed names and its calibration pulses."""

from dataclasses import dataclass

from ecgviz.scans.flat import Flat, turned
from ecgviz.scans.layout import ENOUGH, Reading, Span, read_page, span_of
from ecgviz.scans.pulse import Pulse, find_pulses
from ecgviz.scans.rows import Row, find_rows

__all__ = ["View", "upright", "view"]


@dataclass(frozen=True, eq=False)
class View:
    """A flat page in one orientation, and what is seen on it so."""

    flat: Flat
    rows: tuple[Row, ...]
    pulses: tuple[Pulse, ...]
    span: Span | None
    readings: tuple[Reading, ...]
    quarters: int = 0

    @property
    def best(self) -> Reading | None:
        """The layout whose names are seen best."""
        return self.readings[0] if self.readings else None

    @property
    def evidence(self) -> float:
        """How much speaks for this way up: names in their places, pulses that go up."""
        named = max((reading.right - reading.wrong for reading in self.readings), default=0)
        return named + 1.5 * min(len(self.pulses), 3)


def view(flat: Flat, quarters: int = 0) -> View:
    """What is seen on the page as it stands."""
    rows = find_rows(flat)
    if not rows:
        return View(flat, rows, (), None, (), quarters)
    pulses = find_pulses(flat, rows)
    span = span_of(flat, rows, pulses)
    return View(flat, rows, pulses, span, read_page(flat, rows, span), quarters)


def upright(flat: Flat, fixed: bool) -> tuple[View, bool]:
    """The page the right way up, and whether something on it proves that.

    fixed: the page is taken to stand as it is.
    """
    if fixed:
        return view(flat), True
    lying = _strength(turned(flat, 1)) > 1.3 * _strength(flat)
    seen: list[View] = []
    for quarters in (1, 0, 3, 2) if lying else (0, 2):  # tall complexes can make an upright page look as if it lay
        seen.append(view(turned(flat, quarters) if quarters else flat, quarters))
        best = seen[-1].best
        if best is not None and best.right >= ENOUGH and best.wrong <= 1:
            return seen[-1], True
    chosen, other = sorted(seen, key=lambda one: one.evidence, reverse=True)[:2]
    return chosen, chosen.evidence >= other.evidence + 1.5


def _strength(flat: Flat) -> float:
    """How much of the page is rows of trace."""
    return sum(row.cover * (row.x1 - row.x0) for row in find_rows(flat))
