"""What the pictures of beats have in common: the mark of each class, and how long recordings are thinned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "ALWAYS_SEEN",
    "CLASSES",
    "UNKNOWN",
    "BeatClass",
    "clicked",
    "clock",
    "clock_ticks",
    "counted",
    "extremes",
    "groups",
    "mark",
    "spread",
]


@dataclass(frozen=True)
class BeatClass:
    """A beat class: its name, its Plotly symbol, and its colour in the light and the dark frame."""

    name: str
    symbol: str
    light: str
    dark: str

    def colour(self, frame: str) -> str:
        """The colour for a frame."""
        return self.dark if frame == "dark" else self.light


# Okabe and Ito's colours, darker in the light frame; the symbols tell the classes apart without colour.
CLASSES: dict[str, BeatClass] = {
    "N": BeatClass("normal", "circle", "#5f6b76", "#9aa5b1"),
    "S": BeatClass("supraventricular", "triangle-up", "#0072b2", "#56b4e9"),
    "V": BeatClass("ventricular", "square", "#c04d00", "#ff9a4d"),
    "F": BeatClass("fusion", "diamond", "#007a59", "#2fd0a0"),
    "Q": BeatClass("paced or unclassed", "x", "#3f4750", "#d8dee4"),
}
# Plotly pales what is not selected; a click on one beat must not hide the others.
ALWAYS_SEEN: dict[str, Any] = {"selected": {"marker": {"opacity": 1}}, "unselected": {"marker": {"opacity": 1}}}
UNKNOWN = BeatClass("no class", "circle-open", "#5f6b76", "#9aa5b1")


def mark(label: str | None) -> BeatClass:
    """How a class is drawn."""
    return CLASSES.get(label or "", UNKNOWN)


def groups(labels: Sequence[str | None]) -> list[tuple[str | None, NDArray[np.intp]]]:
    """The places of each class that occurs, in the order N, S, V, F, Q, none."""
    codes = np.array([label if label in CLASSES else "" for label in labels], dtype="<U1")
    found = [(label or None, np.flatnonzero(codes == label)) for label in (*CLASSES, "")]
    return [(label, at) for label, at in found if at.size]


def extremes(signal: NDArray[np.float32], bins: int) -> tuple[NDArray[np.float32], int]:
    """Least and largest value of each of at most `bins` equal bins, (2 x bins,), and the samples in a bin.

    Their order alternates, so that the line runs along the edge from one bin to the next; NaN where a bin has none.
    """
    width = max(1, -(-signal.size // bins))
    count = -(-signal.size // width)
    padded = np.full(count * width, np.nan, np.float32)
    padded[: signal.size] = signal
    rows = padded.reshape(count, width)
    ends = np.stack([np.fmin.reduce(rows, axis=1), np.fmax.reduce(rows, axis=1)], axis=1)
    ends[1::2] = ends[1::2, ::-1]
    return ends.ravel(), width


def spread(times_s: NDArray[np.float64], values: NDArray[Any], columns: int) -> NDArray[np.intp]:
    """Places of the least and the largest value in each of so many columns of time; all where they are few."""
    if times_s.size <= 2 * columns:
        return np.arange(times_s.size)
    column = np.searchsorted(np.linspace(times_s[0], times_s[-1], columns + 1)[1:-1], times_s, side="right")
    order = np.lexsort((values, column))
    last = np.flatnonzero(np.append(np.diff(column[order]) != 0, True))
    first = np.append(0, last[:-1] + 1)
    return np.unique(order[np.concatenate([first, last])])


def clicked(point: Mapping[str, Any]) -> tuple[int | None, float]:
    """What a selected point of Streamlit is: the beat's place in its series, None between beats, and the second."""
    given = point.get("customdata")
    beat = int(given[0] if isinstance(given, Sequence) else given) if given is not None else -1
    return (beat if beat >= 0 else None), float(point["x"])


def clock(seconds: float, digits: int = 0) -> str:
    """Seconds as m:ss, or h:mm:ss from an hour on."""
    whole, sign = round(abs(seconds), digits), "-" if seconds < 0 else ""
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    tail = f"{left:0{3 + digits if digits else 2}.{digits}f}"
    return f"{sign}{hours:.0f}:{minutes:02.0f}:{tail}" if hours else f"{sign}{minutes:.0f}:{tail}"


def clock_ticks(begin_s: float, end_s: float, most: int = 9) -> dict[str, Any]:
    """Ticks of a time axis at whole seconds, minutes or hours."""
    steps = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 86400)
    step = next((step for step in steps if (end_s - begin_s) / step <= most), steps[-1])
    values = np.arange(np.ceil(begin_s / step) * step, end_s + 1e-6, step)
    return {"tickmode": "array", "tickvals": values, "ticktext": [clock(float(value)) for value in values]}


def counted(labels: Sequence[str | None]) -> str:
    """How many beats of each class, in words."""
    return ", ".join(f"{at.size} {label or 'without class'}" for label, at in groups(labels)) or "no beats"
