"""Maps of single windows, put together on the record's time axis."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Map", "stitch"]


@dataclass(frozen=True, eq=False)
class Map:
    """scores: (windows, leads or 1, steps); step i of a window lies `offset + i * stride` samples into it.

    field: samples that one step sees.
    """

    scores: NDArray[np.float32]
    stride: float
    offset: float
    layer: str = ""
    field: float = 1.0


def stitch(found: Map, starts: NDArray[np.int64], width: int, samples: int) -> NDArray[np.float32]:
    """(leads or 1, samples): each window's map by linear interpolation, averaged where windows overlap.

    starts: first sample of each window; width: samples of a window; samples: length of the record at the same rate.
    """
    rows, steps = found.scores.shape[1:]
    places = found.offset + np.arange(steps) * found.stride
    total, count = np.zeros((rows, samples)), np.zeros(samples)
    for scores, start in zip(found.scores, starts, strict=True):
        end = min(samples, start + width)
        inside = np.arange(end - start)
        total[:, start:end] += np.stack([np.interp(inside, places, row) for row in scores])
        count[start:end] += 1
    whole: NDArray[np.float32] = (total / np.maximum(count, 1)).astype(np.float32)
    return whole
