"""Rate, global intervals, frontal axes and the place of each wave of each beat."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ecgviz.errors import RecordError
from ecgviz.leads import derive
from ecgviz.record import Flag, Record
from ecgviz.results import Measurements
from ecgviz.signals.beats import r_peaks
from ecgviz.signals.delineation import Boundaries, boundaries
from ecgviz.signals.median_beat import MedianBeat, median_beat

__all__ = ["BeatWaves", "delineate", "measure", "qtc"]

Window = tuple[float, float]

_AXIS_FLOOR_MV = 0.02  # a mean wave smaller than this in both I and aVF has no reliable direction


@dataclass(frozen=True)
class BeatWaves:
    """One beat: its R peak and its waves as (onset, end), all in seconds on the record's axis.

    None marks a wave that was not found or lies outside the record. dominant: whether the beat has the record's
    prevailing QRS shape.
    """

    r_s: float
    p: Window | None
    qrs: Window | None
    t: Window | None
    dominant: bool


def qtc(qt_ms: float, rate_bpm: float) -> dict[str, float]:
    """QT in ms corrected for the rate, by formula, Fridericia first; RR = 60 / rate in seconds.

    Fridericia QT / RR^(1/3), Bazett QT / RR^(1/2), Framingham QT + 154 (1 - RR) (Sagie 1992), Hodges
    QT + 1.75 (rate - 60). Raises RecordError when QT or the rate is not positive.
    """
    if not (qt_ms > 0 and rate_bpm > 0):
        raise RecordError(f"QTc needs a positive QT and rate, not {qt_ms:g} ms at {rate_bpm:g}/min.")
    rr_s = 60 / rate_bpm
    return {
        "Fridericia": qt_ms / rr_s ** (1 / 3),
        "Bazett": qt_ms / rr_s**0.5,
        "Framingham": qt_ms + 154 * (1 - rr_s),
        "Hodges": qt_ms + 1.75 * (rate_bpm - 60),
    }


def measure(record: Record) -> Measurements:
    """Rate from the mean RR; intervals and axes on the median of the prevailing beats, over all leads.

    None marks what could not be measured, with a flag that says why.
    """
    peaks = r_peaks(record)
    rate = float(60 * (peaks.size - 1) / (peaks[-1] - peaks[0])) if peaks.size > 1 else None
    groups = median_beat(record, peaks)
    edges = boundaries(groups[0]) if groups else None
    if edges is None:
        flag = Flag("no_beats", "No QRS stands out from the noise.", "Intervals cannot be measured.", "warning")
        return Measurements(rate_bpm=rate, r_peaks_s=peaks, flags=(flag,))
    qt_ms = None if edges.t_off is None else 1000 * (edges.t_off - edges.qrs_on)
    p_axis, qrs_axis, t_axis = _axes(groups[0], record.leads, edges)
    return Measurements(
        rate_bpm=rate,
        r_peaks_s=peaks,
        pr_ms=None if edges.p_on is None else 1000 * (edges.qrs_on - edges.p_on),
        qrs_ms=1000 * (edges.qrs_off - edges.qrs_on),
        qt_ms=qt_ms,
        qtc_ms=qtc(qt_ms, rate) if qt_ms and rate else {},
        p_axis_deg=p_axis,
        qrs_axis_deg=qrs_axis,
        t_axis_deg=t_axis,
        flags=_remarks(groups, edges, peaks),
    )


def delineate(record: Record) -> tuple[BeatWaves, ...]:
    """The waves of each beat, in time order: the boundaries of its group's median beat, moved to the beat.

    P waves are looked for before beats of the prevailing shape alone; a wave that would overlap the beat before it
    or leave the record is None.
    """
    found = []
    for rank, group in enumerate(median_beat(record, r_peaks(record))):
        edges = boundaries(group, seek_p=rank == 0)
        if edges is not None:
            found += [_placed(float(r_s), edges, rank == 0) for r_s in group.r_s]
    found.sort(key=lambda beat: beat.r_s)
    return tuple(_apart(found, i, record) for i in range(len(found)))


def _placed(r_s: float, edges: Boundaries, dominant: bool) -> BeatWaves:
    def window(on: float | None, off: float | None) -> Window | None:
        return None if on is None or off is None else (r_s + on, r_s + off)

    return BeatWaves(
        r_s,
        window(edges.p_on, edges.p_off),
        window(edges.qrs_on, edges.qrs_off),
        window(edges.t_on, edges.t_off),
        dominant,
    )


def _apart(beats: list[BeatWaves], i: int, record: Record) -> BeatWaves:
    """Beat i without waves that overlap its neighbours' QRS or leave the record."""
    start, end = record.start_s, record.start_s + record.seconds
    before = beats[i - 1].qrs if i else None
    after = beats[i + 1].qrs if i + 1 < len(beats) else None

    def kept(window: Window | None, low: float, high: float) -> Window | None:
        return window if window is not None and window[0] >= low and window[1] <= high else None

    beat = beats[i]
    return BeatWaves(
        beat.r_s,
        kept(beat.p, max(start, before[1] if before else start), end),
        kept(beat.qrs, start, end),
        kept(beat.t, start, min(end, after[0] if after else end)),
        beat.dominant,
    )


def _axes(
    beat: MedianBeat, leads: tuple[str, ...], edges: Boundaries
) -> tuple[float | None, float | None, float | None]:
    """Frontal axes of P, QRS and T in degrees, -180 to 180, from the net area in I and aVF.

    aVF is a shorter lead than I by the factor sqrt(3)/2, which is put right first.
    """
    rows = dict(zip(leads, beat.signal, strict=True))
    rows |= derive(beat.signal.astype(np.float32), leads)
    if "I" not in rows or "aVF" not in rows:
        return None, None, None
    pair = np.stack([rows["I"], rows["aVF"] * 2 / np.sqrt(3)]).astype(np.float64)
    zero = pair[:, _span(beat, edges.qrs_on - 0.012, edges.qrs_on)].mean(axis=1, keepdims=True)
    level = pair - zero
    p = level[:, _span(beat, edges.p_on, edges.p_off)] if edges.p_on is not None and edges.p_off is not None else None
    if p is not None:
        p = p - np.linspace(p[:, 0], p[:, -1], p.shape[1], axis=1)
    qrs = level[:, _span(beat, edges.qrs_on, edges.qrs_off)]
    t = level[:, _span(beat, edges.t_on, edges.t_off)] if edges.t_on is not None and edges.t_off is not None else None
    return _direction(p), _direction(qrs), _direction(t)


def _span(beat: MedianBeat, on_s: float, off_s: float) -> slice:
    return slice(
        beat.r + round(on_s * beat.fs), max(beat.r + round(off_s * beat.fs), beat.r + round(on_s * beat.fs) + 2)
    )


def _direction(wave: NDArray[np.float64] | None) -> float | None:
    if wave is None:
        return None
    x, y = wave.mean(axis=1)
    if np.abs(wave).max() < _AXIS_FLOOR_MV:
        return None
    return float(np.degrees(np.arctan2(y, x)))


def _remarks(groups: tuple[MedianBeat, ...], edges: Boundaries, peaks: NDArray[np.float64]) -> tuple[Flag, ...]:
    flags = []
    if edges.p_on is None:
        flags.append(Flag("no_p_wave", "No P wave repeats before the QRS.", "PR is not measured.", "info"))
    if edges.t_off is None:
        flags.append(Flag("no_t_wave", "The end of T could not be found.", "QT is not measured.", "info"))
    others = peaks.size - groups[0].members.size
    if others:
        text = f"{others} of {peaks.size} beats have another QRS shape."
        flags.append(Flag("other_beats", text, "Intervals are those of the prevailing beats.", "info"))
    if groups[0].members.size < 3:
        text = f"Intervals rest on {groups[0].members.size} beat(s)."
        flags.append(Flag("few_beats", text, "Use a longer recording.", "info"))
    return tuple(flags)
