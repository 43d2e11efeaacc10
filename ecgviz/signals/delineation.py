"""Wave boundaries on a representative beat, from all leads at once.

Global onsets and offsets: the first and last moment at which any lead moves, as electrocardiographs report them
(AHA/ACC/HRS recommendations, part I. Circulation 2007;115:1306-24).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from ecgviz.signals.beats import band
from ecgviz.signals.median_beat import MedianBeat

__all__ = ["Boundaries", "boundaries"]

Array = NDArray[np.float64]

# Shares of a wave's greatest speed at which it is seen to begin and end, and how much earlier and later the eye of
# an expert puts the ends of the QRS; all chosen on the even-numbered records of LUDB.
QRS_ON, QRS_OFF, P_ON, P_OFF = 0.05, 0.045, 0.20, 0.28
QRS_LEAD_IN_S, QRS_LEAD_OUT_S = 0.010, 0.006
# Power of the mean P wave over that of its variation from beat to beat, at least; more when RR is irregular, so that
# fibrillatory waves are not taken for P.
P_CLEAR, P_CLEAR_IRREGULAR = 1.2, 2.5
T_REACH_S = 0.46  # after the QRS onset at 100/min, within which most T waves have ended


@dataclass(frozen=True)
class Boundaries:
    """Wave boundaries of one representative beat, in seconds relative to R; None where a wave was not found."""

    p_on: float | None
    p_off: float | None
    qrs_on: float
    qrs_off: float
    t_on: float | None
    t_peak: float | None
    t_off: float | None


def boundaries(beat: MedianBeat, *, seek_p: bool = True) -> Boundaries | None:
    """Find the waves of a representative beat; None when no QRS stands out from the noise."""
    smooth = band(beat.signal, beat.fs, None, 60.0)
    speed = _speed(smooth, beat.fs, 0.003)
    qrs = _qrs(speed, beat)
    if qrs is None:
        return None
    on, off = qrs
    t = _t_wave(beat, on, off)
    p = _p_wave(beat, on, t) if seek_p else None

    def after_r(sample: int) -> float:
        return (sample - beat.r) / beat.fs

    return Boundaries(
        p_on=after_r(p[0]) if p else None,
        p_off=after_r(p[1]) if p else None,
        qrs_on=after_r(on),
        qrs_off=after_r(off),
        t_on=after_r(t[0]) if t else None,
        t_peak=after_r(t[1]) if t else None,
        t_off=after_r(t[2]) if t else None,
    )


def _speed(signal: Array, fs: float, sigma_s: float) -> Array:
    """Length of the multi-lead velocity vector, mV/s, (samples,)."""
    velocity = gaussian_filter1d(signal, sigma_s * fs, axis=1, order=1) * fs
    return np.asarray(np.sqrt((velocity**2).mean(axis=0)), dtype=np.float64)


def _quiet(speed: Array, fs: float) -> float:
    """Speed of what is left of the noise: the level of the stillest 60 ms of the beat."""
    n = int(0.06 * fs)
    return float(np.min(np.convolve(speed, np.ones(n) / n, mode="valid")))


def _edge(speed: Array, start: int, step: int, level: float, hold: int, stop: int) -> int:
    """Walk from `start` until the speed stays below `level` for `hold` samples; `stop` at the latest."""
    i, calm = start, 0
    while i != stop:
        calm = calm + 1 if speed[i] < level else 0
        if calm == hold:
            return i - step * (hold - 1)
        i += step
    return stop


def _qrs(speed: Array, beat: MedianBeat) -> tuple[int, int] | None:
    fs, r = beat.fs, beat.r
    near = speed[r - int(0.09 * fs) : r + int(0.09 * fs)]
    top = float(near.max())
    noise = _quiet(speed, fs)
    if top < 6 * noise or top <= 0:
        return None
    core = np.flatnonzero(near > 0.3 * top) + r - int(0.09 * fs)
    first, last = int(core[0]), int(core[-1])
    hold = int(0.012 * fs)
    on = _edge(speed, first, -1, max(QRS_ON * top, 2.5 * noise), hold, first - int(0.10 * fs))
    after = speed[last : last + int(0.12 * fs)]
    still = float(np.min(np.convolve(after, np.ones(hold) / hold, mode="valid")))
    off = _edge(speed, last, 1, max(QRS_OFF * top, 1.4 * still, 2.5 * noise), hold, last + int(0.12 * fs))
    return on - round(QRS_LEAD_IN_S * fs), off + round(QRS_LEAD_OUT_S * fs)


def _t_wave(beat: MedianBeat, on: int, off: int) -> tuple[int, int, int] | None:
    """T onset, peak and end: the median over the leads, each weighted by the height of its T wave.

    Each lead is judged by the greatest trapezium under its limbs (Vázquez-Seisdedos et al: Biomed Eng Online
    2011;10:77). A T wave that does not end before the usual time for the cycle length is looked for further on.
    """
    fs, rr = beat.fs, beat.rr_s or 1.0
    x = band(beat.signal, fs, None, 20.0)
    first, found = off + round(0.02 * fs), None
    for extra in (0.0, 0.08, 0.16):
        reach = min(T_REACH_S + 0.35 * (rr - 0.6) + extra, rr - 0.10)
        last = min(x.shape[1] - 1, on + round(reach * fs))
        if last - first < round(0.12 * fs):
            return found
        found = _t_limbs(x[:, first:last], first, fs)
        if found[2] < last - 0.05 * fs:
            break
    return found


def _t_limbs(cut: Array, first: int, fs: float) -> tuple[int, int, int]:
    """T onset, peak and end within (leads, samples) that begin at sample `first` and end in the isoelectric line."""
    rows, guard = [], round(0.05 * fs)
    for lead in cut:
        level = lead - np.median(lead[-round(0.03 * fs) :])
        inner = level[guard : -guard or None]
        bump = inner - np.linspace(inner[0], inner[-1], inner.size)
        peak = guard + int(np.argmax(np.abs(bump)))
        upright = level * np.sign(bump[peak - guard])
        t_on = peak - _trapezium(upright[: peak + 1][::-1])
        rows.append((t_on, peak, peak + _trapezium(upright[peak:]), float(np.abs(bump).max())))
    on, peak, off, weight = np.array(rows).T
    middle = [round(_weighted_median(values, weight)) for values in (on, peak, off)]
    return first + middle[0], first + middle[1], first + middle[2]


def _weighted_median(values: Array, weights: Array) -> float:
    order = np.argsort(values)
    share = np.cumsum(weights[order]) - weights[order] / 2
    return float(np.interp(0.5 * weights.sum(), share, values[order]))


def _trapezium(limb: Array) -> int:
    """Where a falling limb that starts at its peak reaches the ground: the corner of the greatest trapezium."""
    if limb.size < 4:
        return limb.size - 1
    steep = int(np.argmin(np.diff(limb[: max(4, int(limb.size * 0.8))])))
    x = np.arange(steep, limb.size)
    area = 0.5 * (limb[steep] - limb[x]) * (2 * (limb.size - 1) - x - steep)
    return int(x[np.argmax(area)])


def _p_wave(beat: MedianBeat, on: int, t: tuple[int, int, int] | None) -> tuple[int, int] | None:
    """P onset and end, or None where no wave repeats before the QRS."""
    fs = beat.fs
    first = max(5, on - round(0.37 * fs))
    if t is not None and beat.rr_s is not None:
        first = max(first, t[2] - int(beat.rr_s * fs) - int(0.01 * fs))
    last = on - int(0.012 * fs)
    if last - first < int(0.06 * fs):
        return None
    x = band(beat.signal, fs, None, 30.0)
    cut = x[:, first:last]
    ramp = np.linspace(0, 1, cut.shape[1])
    bump = np.sqrt(((cut - cut[:, :1] * (1 - ramp) - cut[:, -1:] * ramp) ** 2).mean(axis=0))
    peak = first + int(np.argmax(bump))
    speed = _speed(x, fs, 0.006)
    left = speed[max(first, peak - int(0.07 * fs)) : peak + 1]
    right = speed[peak : min(last, peak + int(0.07 * fs)) + 1]
    up = peak - left.size + 1 + int(np.argmax(left))
    down = peak + int(np.argmax(right))
    hold = int(0.008 * fs)
    p_on = _edge(speed, up, -1, max(P_ON * left.max(), 1.5 * _quiet(speed, fs)), hold, max(up - int(0.08 * fs), 1))
    p_off = _edge(
        speed, down, 1, max(P_OFF * right.max(), 1.5 * _quiet(speed, fs)), hold, min(down + int(0.08 * fs), on)
    )
    if not _repeats(beat, p_on, p_off, bump.max()):
        return None
    return p_on, p_off


def _repeats(beat: MedianBeat, start: int, stop: int, height: float) -> bool:
    """Whether the wave is there in each beat: its mean power against the power of what differs between beats."""
    if height < 0.008:
        return False
    margin = round(0.04 * beat.fs)
    cut = gaussian_filter1d(beat.beats[..., max(0, start - margin) : stop + margin], 0.006 * beat.fs, axis=2)
    cut = cut[..., start - max(0, start - margin) : stop - max(0, start - margin)]
    cut = cut - cut.mean(axis=2, keepdims=True)
    if len(cut) < 3:
        return height > 0.03
    middle = np.median(cut, axis=0)
    rest = float(np.median(((cut - middle) ** 2).mean(axis=(1, 2))))
    clear = P_CLEAR_IRREGULAR if beat.rr_spread > 0.12 else P_CLEAR
    return bool((middle**2).mean() > clear * rest)
