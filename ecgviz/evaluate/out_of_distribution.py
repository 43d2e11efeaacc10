"""How far a record lies from those that a model was trained on: distances of several looks at it, and one limit.

Each look is a vector. Its distance is Mahalanobis' by probabilistic principal components (Tipping and Bishop, 1999):
along the main directions of the training records in units of their spread, and off them in units of what training
records leave there. Distances are compared on a logarithmic scale, in standard deviations of the training records'.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["AXES", "Reference", "Shape", "descriptors", "fit", "limit", "strangeness"]

Array = NDArray[np.floating]

AXES = 64
_FLOOR_MV = 1e-3
"""Below what is not told apart from nothing."""
_CLOSEST = 0.98
"""Where a correlation of 1 is put, so that its angle stays apart from noise."""


@dataclass(frozen=True, eq=False)
class Shape:
    """Where the training records lie in one look. mean (d,), axes (k, d), spread (k,), rest: mean square off the axes,
    0 where they are all.

    centre, width: mean and standard deviation of the training records' log distance.
    """

    mean: Array
    axes: Array
    spread: Array
    rest: float
    centre: float = 0.0
    width: float = 1.0

    def distance(self, x: Array) -> NDArray[np.float64]:
        """(n,) of vectors (n, d)."""
        off = np.asarray(x, dtype=np.float64) - self.mean
        along = off @ np.asarray(self.axes, dtype=np.float64).T
        outside = np.mean(np.square(off - along @ self.axes), axis=1) / self.rest if self.rest else 0.0
        return np.asarray(np.sqrt(np.mean(np.square(along / self.spread), axis=1) + outside), dtype=np.float64)

    def strangeness(self, x: Array) -> NDArray[np.float64]:
        """(n,) standard deviations of the training records' log distance above their mean."""
        return np.asarray((np.log(self.distance(x) + 1e-9) - self.centre) / self.width, dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Reference:
    """The looks by name and the strangeness that `flagged` of `records` unseen records of good quality exceed."""

    looks: dict[str, Shape]
    limit: float
    flagged: float
    records: int


def fit(x: Array, axes: int = AXES) -> Shape:
    """Where vectors (n, d) of training records lie, in float16 for the axes as they are kept."""
    given = np.asarray(x, dtype=np.float64)
    mean = given.mean(axis=0)
    off = given - mean
    values, vectors = np.linalg.eigh(off.T @ off / len(off))
    chosen = vectors[:, np.argsort(-values, kind="stable")[:axes]].T.astype(np.float16).astype(np.float64)
    along = off @ chosen.T
    spread = np.maximum(along.std(axis=0), 1e-6)
    rest = max(float(np.square(off - along @ chosen).mean()), 1e-9) if axes < len(mean) else 0.0
    plain = Shape(mean, chosen, spread, rest)
    log = np.log(plain.distance(given) + 1e-9)
    return Shape(mean, chosen, spread, rest, float(log.mean()), max(float(log.std()), 1e-6))


def strangeness(looks: Mapping[str, Shape], x: Mapping[str, Array]) -> NDArray[np.float64]:
    """(looks, n): of each look at the same n records, in the order of `looks`."""
    return np.stack([shape.strangeness(x[name]) for name, shape in looks.items()])


def limit(values: NDArray[np.float64], share: float) -> float:
    """What the largest of (looks, n) strangeness exceeds in `share` of the n records."""
    return float(np.quantile(values.max(axis=0), 1 - share))


def descriptors(x: Array) -> dict[str, NDArray[np.float64]]:
    """What the input itself shows: x (n, leads, samples) mV as a network takes it, at its rate, band-limited.

    `size` (n, leads): log RMS of each lead; `speed` (n, 2 x leads): log of how its steepness varies against
    its size, and how far steep parts stand out; `leads` (n, pairs): how each two leads correlate, as an angle.
    """
    given = np.asarray(x, dtype=np.float64)
    given = given - given.mean(axis=2, keepdims=True)
    size = given.std(axis=2) + _FLOOR_MV
    slope = np.abs(np.diff(given, axis=2))
    steep = np.quantile(slope, 0.99, axis=2) + _FLOOR_MV
    pace = np.log((slope.std(axis=2) + _FLOOR_MV) / size)
    peaks = np.log(steep / (np.median(slope, axis=2) + _FLOOR_MV))
    unit = given / (size[..., None] + 4 * _FLOOR_MV)
    one, other = np.triu_indices(given.shape[1], 1)
    alike = (unit @ unit.transpose(0, 2, 1) / given.shape[2])[:, one, other]
    angle = np.arcsin(_CLOSEST * np.clip(alike, -1, 1))
    return {"size": np.log(size), "speed": np.concatenate([pace, peaks], axis=1), "leads": angle}
