"""Whether the arm electrodes changed places: what lead I does against V6 and against what a heart does."""

import numpy as np
from numpy.typing import NDArray

from ecgviz.leads import derive
from ecgviz.record import Record
from ecgviz.signals.delineation import boundaries
from ecgviz.signals.median_beat import MedianBeat

__all__ = ["ALARM", "arm_swap_score"]

Array = NDArray[np.float64]

# Odds of a swap: a logistic regression without intercept on half of 2,000 records of PTB-XL (CC BY 4.0), each also
# with its arms swapped. All features change sign with the swap. The signs are those of Hedén et al: Detection of
# frequently overlooked electrocardiographic lead reversals. Am J Cardiol 1996;78:600-4.
_WEIGHTS = {"qrs_like_v6": -3.0, "st_t_like_v6": -1.1, "p_leftward": -1.9, "p_like_v6": -1.4, "qrs_leftward": -2.2}
ALARM = 3.0


def arm_swap_score(record: Record, beat: MedianBeat) -> float | None:
    """Log odds that right and left arm are swapped; above ALARM it is likely. None without I, aVF and V6.

    beat: the prevailing beat of the record. Dextrocardia gives the same limb leads, but with small V4 to V6.
    """
    rows = dict(zip(record.leads, beat.signal, strict=True))
    limb = derive(beat.signal.astype(np.float32), record.leads)
    rows |= {lead: values.astype(np.float64) for lead, values in limb.items()}
    edges = boundaries(beat)
    if edges is None or any(lead not in rows for lead in ("I", "aVF", "V6")):
        return None

    def cut(on_s: float, off_s: float) -> Array:
        span = slice(beat.r + round(on_s * beat.fs), beat.r + round(off_s * beat.fs) + 1)
        return np.stack([rows["I"], rows["aVF"] * 2 / np.sqrt(3), rows["V6"]])[:, span]

    level = cut(edges.qrs_on - 0.012, edges.qrs_on).mean(axis=1, keepdims=True)
    qrs = cut(edges.qrs_on, edges.qrs_off) - level
    found = {"qrs_like_v6": _alike(qrs), "qrs_leftward": _leftward(qrs)}
    if edges.t_off is not None:
        found["st_t_like_v6"] = _alike(cut(edges.qrs_off, edges.t_off))
    if edges.p_on is not None and edges.p_off is not None:
        p = cut(edges.p_on, edges.p_off)
        p = p - np.linspace(p[:, 0], p[:, -1], p.shape[1], axis=1)
        found |= {"p_leftward": _leftward(p), "p_like_v6": _alike(p)}
    return float(sum(_WEIGHTS[name] * value for name, value in found.items()))


def _alike(wave: Array) -> float:
    """Correlation of lead I with V6, 0 where one of them is flat."""
    one, six = wave[0] - wave[0].mean(), wave[2] - wave[2].mean()
    size = float(np.sqrt((one @ one) * (six @ six)))
    return float(one @ six) / size if size > 1e-6 else 0.0


def _leftward(wave: Array) -> float:
    """Cosine of the frontal axis: 1 to the left, -1 to the right."""
    left, down = wave[0].sum(), wave[1].sum()
    return float(left / (np.hypot(left, down) + 1e-9))
