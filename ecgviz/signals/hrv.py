"""Heart rate variability after the Task Force of ESC and NASPE: Circulation 1996;93:1043-65."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import trapezoid
from scipy.interpolate import CubicSpline
from scipy.signal import detrend, welch

from ecgviz.results import RRSeries

__all__ = ["DEFINITIONS", "HRV", "hrv"]

Array = NDArray[np.float64]

LEAST_INTERVALS, LEAST_SHARE = 30, 0.8  # of a record; the share makes sure that many intervals follow each other
SEGMENT_S, LEAST_SEGMENT_S = 300.0, 120.0
RESAMPLED_HZ = 4.0
LF_HZ, HF_HZ = (0.04, 0.15), (0.15, 0.40)

DEFINITIONS: dict[str, tuple[str, str, str]] = {
    "mean_nn_ms": ("Mean NN", "ms", "mean of the NN intervals"),
    "sdnn_ms": ("SDNN", "ms", "standard deviation of the NN intervals; it grows with the length of the recording"),
    "rmssd_ms": ("RMSSD", "ms", "root mean square of the differences of NN intervals that follow each other"),
    "pnn50": ("pNN50", "%", "share of NN intervals that differ by more than 50 ms from the one before"),
    "sd1_ms": ("SD1", "ms", "spread across the diagonal of the Poincaré plot"),
    "sd2_ms": ("SD2", "ms", "spread along the diagonal of the Poincaré plot"),
    "lf_ms2": ("LF", "ms²", "power between 0.04 and 0.15 Hz"),
    "hf_ms2": ("HF", "ms²", "power between 0.15 and 0.40 Hz"),
    "lf_hf": ("LF/HF", "", "LF over HF"),
}
"""Name, unit and definition of each figure, in the order of a table."""


@dataclass(frozen=True, eq=False)
class HRV:
    """The figures by key of DEFINITIONS; `missing` says of each other one why it could not be had.

    intervals: NN intervals used; share: of all intervals, 0..1; segments: how many are behind LF and HF.
    frequencies_hz, power_ms2_hz: their mean spectrum, both (bins,), empty without one.
    """

    intervals: int
    share: float
    values: dict[str, float] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    segments: int = 0
    frequencies_hz: Array = field(default_factory=lambda: np.empty(0))
    power_ms2_hz: Array = field(default_factory=lambda: np.empty(0))


def hrv(rr: RRSeries, without: Sequence[tuple[float, float]] = ()) -> HRV:
    """Variability of the NN intervals; without: spans in seconds that are no sinus rhythm, such as AF episodes."""
    use = rr.normal
    for begin, end in without:
        use &= ~((rr.end_s > begin) & (rr.end_s - rr.rr_s < end))
    count, share = int(use.sum()), float(use.mean()) if use.size else 0.0
    why = _too_few(count, share)
    if why:
        return HRV(count, share, {}, dict.fromkeys(DEFINITIONS, why))
    values = _time_domain(1000 * rr.rr_s, use)
    spectra = _spectra(rr, use)
    if not spectra:
        hz, power = np.empty(0), np.empty(0)
        why = f"needs {LEAST_SEGMENT_S / 60:g} minutes with NN intervals in {LEAST_SHARE:.0%} of the time"
    else:
        hz, power = spectra[0][0], np.mean([p for _, p in spectra], axis=0)
        lf, hf = _band_power(hz, power, LF_HZ), _band_power(hz, power, HF_HZ)
        values |= {"lf_ms2": lf, "hf_ms2": hf} | ({"lf_hf": lf / hf} if hf > 0 else {})
        why = "HF is 0"
    missing = {name: why for name in DEFINITIONS if name not in values}
    return HRV(count, share, values, missing, len(spectra), hz, power)


def _too_few(count: int, share: float) -> str:
    if count < LEAST_INTERVALS:
        return f"needs {LEAST_INTERVALS} NN intervals, there are {count}"
    if share < LEAST_SHARE:
        return f"needs {LEAST_SHARE:.0%} of the intervals to be NN, {share:.0%} are"
    return ""


def _time_domain(ms: Array, use: NDArray[np.bool_]) -> dict[str, float]:
    """The figures in ms and %; differences only of intervals that follow each other directly."""
    nn, pairs = ms[use], use[:-1] & use[1:]
    first, second = ms[:-1][pairs], ms[1:][pairs]
    step = second - first
    found: dict[str, float] = {"mean_nn_ms": float(nn.mean()), "sdnn_ms": float(nn.std(ddof=1))}
    found["rmssd_ms"] = float(np.sqrt(np.mean(step**2)))
    found["pnn50"] = 100 * float(np.mean(np.abs(step) > 50))
    found["sd1_ms"] = float(np.std(step / np.sqrt(2), ddof=1))
    found["sd2_ms"] = float(np.std((first + second) / np.sqrt(2), ddof=1))
    return found


def _spectra(rr: RRSeries, use: NDArray[np.bool_]) -> list[tuple[Array, Array]]:
    """Spectrum in ms²/Hz of each 5-minute segment that NN intervals cover well; one of 2 to 5 minutes stands alone."""
    begin, end = float(rr.end_s[0] - rr.rr_s[0]), float(rr.end_s[-1])
    whole = int((end - begin) // SEGMENT_S)
    length = SEGMENT_S if whole else end - begin
    if length < LEAST_SEGMENT_S:
        return []
    found = []
    for k in range(max(whole, 1)):
        inside = use & (rr.end_s > begin + k * length) & (rr.end_s <= begin + (k + 1) * length)
        if inside.sum() >= LEAST_INTERVALS and rr.rr_s[inside].sum() >= LEAST_SHARE * length:
            found.append(_spectrum(rr.end_s[inside], 1000 * rr.rr_s[inside], length))
    return found


def _spectrum(at_s: Array, ms: Array, length: float) -> tuple[Array, Array]:
    """The intervals as a smooth curve at 4 Hz, and its power by Welch's method with windows of half the segment."""
    grid = np.arange(at_s[0], at_s[-1], 1 / RESAMPLED_HZ)
    curve = CubicSpline(at_s, ms)(grid)
    window = int(min(LEAST_SEGMENT_S, length / 2 if length >= SEGMENT_S else length) * RESAMPLED_HZ)
    hz, power = welch(curve, RESAMPLED_HZ, nperseg=min(window, grid.size), detrend=detrend, nfft=2048)
    return np.asarray(hz), np.asarray(power)


def _band_power(hz: Array, power: Array, band: tuple[float, float]) -> float:
    inside = (hz >= band[0]) & (hz < band[1])
    return float(trapezoid(power[inside], hz[inside]))
