"""R peaks of a recording of any length, a stretch at a time, so that progress can be told. No Streamlit here."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ecgviz.record import Record
from ecgviz.signals import beats

__all__ = ["MARGIN_S", "STRETCH_S", "Told", "excerpt", "onto_peak", "r_peaks"]

STRETCH_S = 1800.0
"""A recording up to this length is searched in one go."""
MARGIN_S = 15.0
"""So much more on either side is searched with each stretch, so that its first and last beats have neighbours."""
ONTO_S = 0.06
"""A beat added by hand is put on the largest deflection within this time."""
Told = Callable[[float], None]


def r_peaks(record: Record, told: Told = lambda share: None) -> NDArray[np.float64]:
    """R-peak times in seconds on the record's axis, (beats,); `told` is given the share done, 0 to 1."""
    if record.seconds <= STRETCH_S + 2 * MARGIN_S:
        found = beats.r_peaks(record)
        told(1.0)
        return found
    count = int(np.ceil(record.seconds / STRETCH_S))
    edges = record.start_s + np.arange(count) * STRETCH_S
    parts = []
    for k, begin in enumerate(edges):
        end = edges[k + 1] if k + 1 < count else np.inf
        found = beats.r_peaks(excerpt(record, begin - MARGIN_S, begin + STRETCH_S + MARGIN_S))
        parts.append(found[(found >= begin) & (found < end)])
        told((k + 1) / count)
    return np.concatenate(parts)


def excerpt(record: Record, start_s: float, stop_s: float) -> Record:
    """The stretch of a record between two moments on its own axis, as far as it reaches."""
    first = max(0, round((start_s - record.start_s) * record.fs))
    stop = min(record.samples, round((stop_s - record.start_s) * record.fs))
    return replace(record, signal=record.signal[:, first:stop], start_s=record.start_s + first / record.fs)


def onto_peak(record: Record, lead: str, at_s: float) -> float:
    """The time of the sample near `at_s` that is farthest from the lead's level around it, on the record's axis."""
    at = min(max(round((at_s - record.start_s) * record.fs), 0), record.samples - 1)
    reach = max(1, round(ONTO_S * record.fs))
    around = record[lead][max(0, at - 5 * reach) : at + 5 * reach + 1]
    first = max(0, at - reach)
    near = record[lead][first : at + reach + 1]
    if np.isfinite(near).any():
        at = first + int(np.nanargmax(np.abs(near - np.nanmedian(around))))
    return record.start_s + at / record.fs
