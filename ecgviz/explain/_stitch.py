"""Maps of single windows, put together on the record's time axis."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Map", "by_sample", "joined", "stitch"]

SMOOTH_S = 0.05
"""Moving mean of a map that has a value for each sample: single samples are finer than any wave."""


@dataclass(frozen=True, eq=False)
class Map:
    """scores: (windows, leads or 1, steps); step i of a window lies `offset + i * stride` samples into it.

    field: samples that one step sees. note: what a reader of this map should know.
    """

    scores: NDArray[np.float32]
    stride: float
    offset: float
    layer: str = ""
    field: float = 1.0
    note: str = ""


def by_sample(scores: NDArray[np.floating], fs: float, layer: str, note: str = "") -> Map:
    """The Map of (windows, leads, samples) scores, smoothed by a moving mean of 50 ms."""
    half = max(1, round(SMOOTH_S * fs / 2 - 0.25))
    width = 2 * half + 1
    total = np.cumsum(np.pad(scores, ((0, 0), (0, 0), (half + 1, half))), axis=2, dtype=np.float64)
    smooth = (total[..., width:] - total[..., :-width]) / width
    return Map(smooth.astype(np.float32), 1.0, 0.0, layer, width, note)


def joined(maps: list[Map]) -> Map:
    """Maps of the same kind for one window after the other."""
    first = maps[0]
    notes = list(dict.fromkeys(m.note for m in maps if m.note))
    scores = np.concatenate([m.scores for m in maps])
    return Map(scores, first.stride, first.offset, first.layer, first.field, "; ".join(notes))


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
