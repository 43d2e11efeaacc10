"""How well a detector finds beats: sensitivity and positive predictivity, beat by beat.

After ANSI/AAMI EC57, as its reference program bxb does it: a found beat and a reference beat are a pair when they lie
within 150 ms and neither has a nearer partner. In ventricular flutter or fibrillation (in MIT-BIH record 207, from `[`
to `]`, with a `!` on each wave) the reference marks no beats: waves are not beats, so that none can be missed there,
and what a detector finds there is neither right nor wrong and is not counted. bxb also leaves out the first five
minutes, in which a device may learn; here every minute counts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Agreement", "compare", "pairs", "pooled"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Agreement:
    """Numbers of reference beats, found beats and pairs; errors_s: found minus reference time of each, (pairs,)."""

    reference: int
    found: int
    errors_s: Array

    @property
    def matched(self) -> int:
        """Reference beats that were found."""
        return int(self.errors_s.size)

    @property
    def missed(self) -> int:
        """Reference beats that were not found."""
        return self.reference - self.matched

    @property
    def false(self) -> int:
        """Found beats that are none."""
        return self.found - self.matched

    @property
    def sensitivity(self) -> float:
        """Part of the reference beats that was found; NaN without any."""
        return self.matched / self.reference if self.reference else float("nan")

    @property
    def predictivity(self) -> float:
        """Part of the found beats that is right, +P; NaN without any."""
        return self.matched / self.found if self.found else float("nan")

    @property
    def median_error_ms(self) -> float:
        """Median distance of a pair, without its sign; NaN without pairs."""
        return float(np.median(np.abs(self.errors_s))) * 1000 if self.errors_s.size else float("nan")


def pairs(reference_s: Array, found_s: Array, window_s: float = 0.15) -> NDArray[np.intp]:
    """Pairs of (reference, found) beats, (pairs, 2), each beat at most once; both series in s and in time order."""
    out = []
    i = k = 0
    while i < reference_s.size and k < found_s.size:
        apart = abs(found_s[k] - reference_s[i])
        if found_s[k] < reference_s[i]:
            nearer = k + 1 < found_s.size and abs(found_s[k + 1] - reference_s[i]) < apart
        else:
            nearer = i + 1 < reference_s.size and abs(found_s[k] - reference_s[i + 1]) < apart
        if apart <= window_s and not nearer:
            out.append((i, k))
            i, k = i + 1, k + 1
        elif found_s[k] < reference_s[i]:
            k += 1
        else:
            i += 1
    return np.array(out, dtype=np.intp).reshape(-1, 2)


def compare(
    reference_s: Array, found_s: Array, *, window_s: float = 0.15, excluded: Sequence[tuple[float, float]] = ()
) -> Agreement:
    """Found against reference beats, both in s and in time order.

    excluded: (start, end) in s of flutter and fibrillation, where a found beat without partner is not counted.
    """
    found_pairs = pairs(reference_s, found_s, window_s)
    alone = np.ones(found_s.size, dtype=bool)
    alone[found_pairs[:, 1]] = False
    inside = np.zeros(found_s.size, dtype=bool)
    for start, end in excluded:
        inside |= (found_s >= start) & (found_s <= end)
    errors = found_s[found_pairs[:, 1]] - reference_s[found_pairs[:, 0]]
    return Agreement(int(reference_s.size), int(found_s.size - (alone & inside).sum()), errors)


def pooled(agreements: Iterable[Agreement]) -> Agreement:
    """The beats of all recordings counted together (gross figures of EC57)."""
    every = list(agreements)
    errors = np.concatenate([one.errors_s for one in every]) if every else np.empty(0)
    return Agreement(sum(one.reference for one in every), sum(one.found for one in every), errors)
