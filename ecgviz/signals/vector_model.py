"""The heart as one moving dipole: waves are loops of a 3-D vector, leads are its projections.

Frame of Frank: x to the left, y to the feet, z to the back; mV.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

__all__ = ["DOWER", "ELECTRODES", "Loop", "electrode_leads", "twelve_leads", "vector_leads"]

ELECTRODES = ("RA", "LA", "LL", "V1", "V2", "V3", "V4", "V5", "V6")

# Dower, Machado, Osborne: On deriving the electrocardiogram from vectorcardiographic leads. Clin Cardiol 1980;3:87-95.
DOWER: NDArray[np.float64] = np.array(
    [
        [0.632, -0.235, 0.059],  # I
        [0.235, 1.066, -0.132],  # II
        [-0.515, 0.157, -0.917],  # V1
        [0.044, 0.164, -1.387],  # V2
        [0.882, 0.098, -1.277],  # V3
        [1.213, 0.127, -0.601],  # V4
        [1.125, 0.127, -0.086],  # V5
        [0.831, 0.076, 0.230],  # V6
    ]
)


def twelve_leads(independent: NDArray[np.float64]) -> NDArray[np.float32]:
    """The 12 leads, (12, samples) float32 mV, from I, II, V1-V6 (8, samples).

    III, aVR, aVL and aVF are computed in float32 from the stored I and II, so that the identities hold exactly.
    """
    eight = independent.astype(np.float32)
    one, two = eight[0], eight[1]
    half = np.float32(0.5)
    limb = (one, two, two - one, -(one + two) * half, one - two * half, two - one * half)
    return np.stack([*limb, *eight[2:]])


def vector_leads(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    """I, II, V1-V6 (8, samples) in mV of a heart vector (3, samples) in mV."""
    return np.asarray(DOWER @ vector, dtype=np.float64)


def electrode_leads(potential: NDArray[np.float64]) -> NDArray[np.float64]:
    """I, II, V1-V6 (8, samples) of nine electrode potentials (9, samples), both mV, in the order of ELECTRODES.

    The chest leads are taken against Wilson's central terminal.
    """
    right, left, foot = potential[:3]
    terminal = (right + left + foot) / 3
    return np.concatenate([np.stack([left - right, foot - right]), potential[3:] - terminal])


@dataclass(frozen=True)
class Loop:
    """One wave: the vector leaves zero at the first time, passes each knot, and is back at zero at the last.

    at_ms: increasing times in ms, the first and last being the ends of the wave; knots: the vectors (x, y, z) in mV
    at the times between. A cubic spline with zero slope at both ends joins them, so the wave is the same at any rate.
    """

    at_ms: tuple[float, ...]
    knots: tuple[tuple[float, float, float], ...]

    @cached_property
    def _spline(self) -> CubicSpline[np.float64]:
        zero = (0.0, 0.0, 0.0)
        values = np.array([zero, *self.knots, zero])
        return CubicSpline(np.array(self.at_ms) / 1000, values, bc_type="clamped")

    @property
    def on_s(self) -> float:
        """Start in seconds on the loop's own clock."""
        return self.at_ms[0] / 1000

    @property
    def off_s(self) -> float:
        """End in seconds on the loop's own clock."""
        return self.at_ms[-1] / 1000

    @cached_property
    def peak_s(self) -> float:
        """Time of the longest vector."""
        fine = np.linspace(self.on_s, self.off_s, 801)
        return float(fine[np.argmax(np.linalg.norm(self._spline(fine), axis=1))])

    def at(self, t_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """The vector (3, samples) in mV at times in seconds; zero outside the wave."""
        inside = (t_s > self.on_s) & (t_s < self.off_s)
        vector = np.zeros((3, t_s.size))
        vector[:, inside] = self._spline(t_s[inside]).T
        return vector

    def scaled(self, gains: Sequence[float]) -> "Loop":
        """The same wave with x, y and z each times its own gain."""
        x, y, z = gains
        return Loop(self.at_ms, tuple((x * a, y * b, z * c) for a, b, c in self.knots))
