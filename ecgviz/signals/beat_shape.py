"""The shape of each beat of a lead against the usual beat, the median of those of the basic rhythm."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

__all__ = ["Shape", "aligned_shape", "correlation", "cut", "shape_features"]

Array = NDArray[np.float64]

HZ = 250.0
"""Of the signal that all functions here take."""
LEAST = 1e-9


def _steps(ms: float) -> int:
    return round(ms * HZ / 1000)


QRS = (_steps(90), _steps(110))
WHOLE = (_steps(350), _steps(500))
LEVEL = slice(WHOLE[0] - _steps(80), WHOLE[0] - _steps(60))
P_WAVE = (_steps(260), -_steps(60))
P_SHORT = (_steps(220), -_steps(60))


@dataclass(frozen=True, eq=False)
class Shape:
    """at: (beats,) sample of R moved to the best alignment; match: (beats,) correlation there; qrs: (beats, samples)
    and whole: (beats, samples) cut around it; usual: (samples,) the usual beat at `steps` from R; size: its QRS from
    peak to peak; like: (beats,) those that resemble it."""

    at: NDArray[np.intp]
    match: Array
    qrs: Array
    whole: Array
    usual: Array
    steps: NDArray[np.intp]
    size: float
    like: NDArray[np.bool_]

    @property
    def usual_qrs(self) -> Array:
        """(samples,) the usual beat where `qrs` is cut."""
        return self.usual[WHOLE[0] - QRS[0] : WHOLE[0] + QRS[1]]


def cut(signal: Array, at: NDArray[np.intp], before: int, after: int) -> Array:
    """(beats, before + after) of (samples,); the ends go on with their last value."""
    return np.asarray(signal[np.clip(at[:, None] + np.arange(-before, after), 0, signal.size - 1)])


def correlation(a: Array, b: Array) -> Array:
    """(n,) Pearson's, of rows (n, samples) with (samples,) or (n, samples); 0 where one is flat."""
    a, b = _centred(a), _centred(b)
    return np.asarray((a * b).sum(-1) / np.sqrt((a**2).sum(-1) * (b**2).sum(-1) + LEAST**2))


def _centred(x: Array) -> Array:
    return np.asarray(x - x.mean(axis=-1, keepdims=True))


def aligned_shape(signal: Array, at: NDArray[np.intp], basic: NDArray[np.bool_]) -> Shape:
    """Align the beats at samples `at` (beats,) with the median of the basic ones (beats,), three times over."""
    pattern = np.median(cut(signal, at, *QRS)[basic], axis=0)
    for _ in range(2):
        moved, match = _aligned(signal, at, pattern, _steps(40))
        best = basic & (match >= np.quantile(match[basic], 0.4))
        pattern = np.median(cut(signal, moved, *QRS)[best], axis=0)
    moved, match = _aligned(signal, at, pattern, _steps(60))
    whole = cut(signal, moved, *WHOLE)
    like = basic & (match >= np.quantile(match[basic], 0.3))
    usual = np.median(whole[like], axis=0)
    size = float(np.ptp(pattern)) + 1e-6
    steps = np.arange(-WHOLE[0], WHOLE[1])
    return Shape(moved, match, cut(signal, moved, *QRS), whole, usual, steps, size, like)


def _aligned(signal: Array, at: NDArray[np.intp], pattern: Array, reach: int) -> tuple[NDArray[np.intp], Array]:
    """Each beat moved by at most `reach` samples to where it resembles the pattern most, and how much it does."""
    best, lag = np.full(at.size, -2.0), np.zeros(at.size, dtype=np.intp)
    for step in range(-reach, reach + 1):
        found = correlation(cut(signal, at + step, *QRS), pattern) - 0.002 * abs(step)  # ties: stay near R
        better = found > best
        best[better], lag[better] = found[better], step
    return at + lag, best


def shape_features(signal: Array, shape: Shape) -> Array:
    """(beats, 10) in the order of `beat_features.SHAPE`."""
    level = np.median(shape.whole[:, LEVEL], axis=1, keepdims=True)
    usual = shape.usual - np.median(shape.usual[LEVEL])
    whole, r = shape.whole - level, WHOLE[0]
    t_wave, p_wave = slice(r + _steps(120), r + _steps(400)), slice(r - P_WAVE[0], r + P_WAVE[1])
    early = slice(0, _steps(170))
    duration, sharpness = _duration_and_sharpness(whole[:, r - _steps(150) : r + _steps(200)])
    pattern = _centred(shape.usual_qrs)
    apart = ((_centred(shape.qrs) - pattern) ** 2).sum(axis=1) / ((pattern**2).sum() + LEAST)
    columns = (
        shape.match,
        np.log10(apart + 1e-3),
        np.log(np.ptp(shape.qrs, axis=1) / shape.size + 1e-2),
        duration - np.median(duration[shape.like]),
        sharpness - np.median(sharpness[shape.like]),
        _log_power(whole[:, t_wave] - usual[t_wave], shape.size, 1e-4),
        correlation(whole[:, p_wave], usual[p_wave]),
        _log_power(_centred(whole[:, p_wave]) - _centred(usual[p_wave]), shape.size, 1e-5),
        _p_anywhere(signal, shape),
        _log_power(_centred(whole[:, early]), shape.size, 1e-5)
        - _log_power(_centred(usual[None, early]), shape.size, 1e-5),
    )
    return np.stack(columns, axis=1)


def _log_power(x: Array, size: float, least: float) -> Array:
    """(n,) log10 of the mean square over the squared size of the QRS."""
    return np.asarray(np.log10((x**2).mean(axis=1) / size**2 + least))


def _duration_and_sharpness(qrs: Array) -> tuple[Array, Array]:
    """(beats,) logarithms: the spread in time of the squared slope in ms, and the slope's share of the energy."""
    slope = np.abs(np.diff(qrs, axis=1))
    power = uniform_filter1d(slope**2, 3, axis=1) + LEAST
    time = np.arange(power.shape[1]) * 1000 / HZ
    centre = (power * time).sum(axis=1) / power.sum(axis=1)
    spread = np.sqrt((power * (time - centre[:, None]) ** 2).sum(axis=1) / power.sum(axis=1))
    energy = (_centred(qrs) ** 2).sum(axis=1) + LEAST
    return np.log(spread + 1.0), np.log((slope**2).sum(axis=1) / energy + LEAST)


def _p_anywhere(signal: Array, shape: Shape) -> Array:
    """(beats,) the best correlation with the usual P wave over shifts of -100 to 60 ms."""
    pattern = shape.usual[WHOLE[0] - P_SHORT[0] : WHOLE[0] + P_SHORT[1]]
    shifts = range(-_steps(100), _steps(60) + 1, 2)
    found = [correlation(cut(signal, shape.at + k, *P_SHORT), pattern) for k in shifts]
    return np.asarray(np.max(found, axis=0), dtype=np.float64)
