"""Maps without any model, which an explanation must beat: where the trace is large, where it is steep, the QRS."""

import numpy as np
from numpy.typing import NDArray

from ecgviz.explain._stitch import Map, by_sample
from ecgviz.record import Record
from ecgviz.signals.intervals import delineate
from ecgviz.signals.prepare import Prepared

__all__ = ["trivial"]

LAYER = "no model was asked"


def trivial(name: str, x: NDArray[np.float32], prepared: Prepared, record: Record, fs: float) -> Map:
    """(windows, leads, samples), for `qrs_mask` (windows, 1, samples); name: one of `explain.BASELINES`.

    x: the windows of one or more altered copies of the record; a copy's beats are taken to be where the record's are.
    """
    if name == "qrs_mask":
        once = _qrs(prepared, record, fs)
        return Map(np.tile(once, (len(x) // len(once), 1, 1)), 1.0, 0.0, LAYER)
    return by_sample(np.abs(x if name == "amplitude" else np.gradient(x, axis=2)), fs, LAYER)


def _qrs(prepared: Prepared, record: Record, fs: float) -> NDArray[np.float32]:
    """1 within each QRS, 0 elsewhere."""
    times = prepared.start_s[:, None] + np.arange(prepared.x.shape[2]) / fs
    mask = np.zeros(times.shape, np.float32)
    for on, off in (beat.qrs for beat in delineate(record) if beat.qrs):
        mask[(times >= on) & (times <= off)] = 1
    return mask[:, None]
