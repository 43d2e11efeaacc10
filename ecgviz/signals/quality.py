"""Faults of a recording that a reader, or a model, must know of before trusting it."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from ecgviz.leads import STANDARD_12, derive
from ecgviz.record import Flag, Record
from ecgviz.signals.beats import filled, r_peaks
from ecgviz.signals.delineation import boundaries
from ecgviz.signals.lead_swap import ALARM, arm_swap_score
from ecgviz.signals.median_beat import MedianBeat, median_beat
from ecgviz.signals.noise import noise_levels

__all__ = ["CODES", "check"]

Array = NDArray[np.float64]

CODES = (
    "wrong_scale",
    "no_beats",
    "lead_swap",
    "missing_lead",
    "flat_lead",
    "duplicated_lead",
    "limb_lead_mismatch",
    "missing_samples",
    "clipped_lead",
    "too_short",
    "muscle_noise",
    "baseline_wander",
    "mains_hum",
    "low_rate",
)
"""Every finding, in the order of its weight within one level."""

# The limits were set on 2,500 records of PTB-XL; mV unless said otherwise.
_MAINS, _WANDER, _MUSCLE = 0.02, 1.0, 0.035
_TALL, _SMALL = 6.5, 0.08  # a typical lead's QRS: above or below this no adult heart, but a wrong gain
_FLAT_S, _FLAT_RANGE = 2.0, 0.002
_EINTHOVEN = 0.1
_DIAGNOSTIC_HZ = 150.0  # AHA/ACC/HRS part I, Circulation 2007;115:1306-24
_SHORT_S = 5.0
_LEVELS = ("error", "warning", "info")


def check(record: Record) -> tuple[Flag, ...]:
    """All that is wrong with a recording, worst first; empty for a clean one.

    Codes are those of CODES. About 20 ms for 12 leads of 10 s at 500 Hz.
    """
    typical = _typical_range(record)
    flat = _flat_rows(record, typical)
    live = [i for i, row in enumerate(record.signal) if i not in flat and not np.isnan(row).all()]
    flags = [*_missing(record), *_missing_leads(record), *_flat(record, flat), *_short(record), *_rate(record)]
    if live:
        heart = _beats(record.pick([record.leads[i] for i in live]), typical)
        signal = filled(record.signal)
        flags += [*heart, *_duplicated(record, signal, live, typical)]
        if "wrong_scale" not in [flag.code for flag in heart]:
            flags += [*_clipped(record, live), *_mismatch(record), *_noise(record, signal, live)]
    return tuple(sorted(flags, key=lambda flag: (_LEVELS.index(flag.level), CODES.index(flag.code))))


def _typical_range(record: Record) -> float:
    """Median over the leads that move of their whole range, mV; 0 where none moves."""
    ranges = [float(np.ptp(row[~np.isnan(row)])) for row in record.signal if not np.isnan(row).all()]
    moving = [value for value in ranges if value > 0]
    return float(np.median(moving)) if moving else 0.0


def _missing(record: Record) -> Iterator[Flag]:
    share = np.isnan(record.signal).mean(axis=1)
    if share.any():
        worst = int(np.argmax(share))
        leads = ", ".join(lead for lead, part in zip(record.leads, share, strict=True) if part)
        text = f"Samples are missing in {leads}: {100 * share[worst]:.1f} % of {record.leads[worst]}."
        yield Flag("missing_samples", text, "Gaps stay empty in the picture; models see them bridged.", "warning")


def _missing_leads(record: Record) -> Iterator[Flag]:
    present = set(record.leads) | set(derive(record.signal, record.leads))
    absent = [lead for lead in STANDARD_12 if lead not in present]
    if absent:
        text = f"{len(absent)} of the 12 leads are absent: {', '.join(absent)}."
        advice = "A 12-lead model is given nothing for them; record them where its answer matters."
        yield Flag("missing_lead", text, advice, "warning" if len(absent) <= 4 else "info")


def _flat_rows(record: Record, typical: float) -> dict[int, float]:
    """Leads without any change for at least 2 s, and for how long, in seconds.

    The constant tail of 0.1 s in published 500 Hz files of PTB-XL is far below that.
    """
    need = max(2, round(min(_FLAT_S, 0.8 * record.seconds) * record.fs))
    still = min(_FLAT_RANGE, 0.02 * typical)
    rows = {}
    for i, row in enumerate(record.signal):
        kept = row[~np.isnan(row)]
        longest = int(_runs(np.diff(kept) == 0).max(initial=0)) + 1
        if kept.size and (longest >= need or np.ptp(kept) < still):
            rows[i] = max(longest, kept.size if np.ptp(kept) < still else 0) / record.fs
    return rows


def _runs(same: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Lengths of the unbroken stretches of True, (stretches,)."""
    edges = np.diff(np.concatenate([[0], same.view(np.int8), [0]]))
    return np.asarray(np.flatnonzero(edges == -1) - np.flatnonzero(edges == 1), dtype=np.intp)


def _flat(record: Record, rows: dict[int, float]) -> Iterator[Flag]:
    for i, seconds in rows.items():
        lead = record.leads[i]
        text = f"{lead} is a flat line for {seconds:.1f} s."
        yield Flag("flat_lead", text, f"Check the electrode of {lead}; do not read this lead.", "warning", lead)


def _duplicated(record: Record, signal: Array, live: list[int], typical: float) -> Iterator[Flag]:
    centred = signal - np.median(signal, axis=1, keepdims=True)
    size, slack = np.sqrt((centred**2).mean(axis=1)), min(0.001, 0.001 * typical)
    for a, b in combinations(live, 2):
        if abs(size[a] - size[b]) <= 0.01 * size[a] + slack:
            apart = float(np.sqrt(((centred[a] - centred[b]) ** 2).mean()))
            if apart < 0.01 * size[a] + slack:
                one, two = record.leads[a], record.leads[b]
                text = f"{two} repeats {one} (they differ by {1000 * apart:.1f} uV)."
                yield Flag("duplicated_lead", text, "One of them was stored twice or miswired.", "warning", two)


def _clipped(record: Record, live: list[int]) -> Iterator[Flag]:
    hold = max(2, round(0.008 * record.fs))
    for i in live:
        row = record.signal[i]
        kept = row[~np.isnan(row)]
        middle, reach = float(np.median(kept)), float(np.ptp(kept))
        for edge in (float(kept.max()), float(kept.min())):
            runs = _runs(np.abs(kept - edge) < 1e-6)
            if abs(edge - middle) > 0.3 * reach and reach > 0.3 and (runs >= hold).sum() >= 2:
                lead = record.leads[i]
                text = f"{lead} is cut off at {edge:.2f} mV in {(runs >= hold).sum()} places."
                yield Flag("clipped_lead", text, "The amplifier was driven beyond its range.", "warning", lead)
                break


def _mismatch(record: Record) -> Iterator[Flag]:
    """Einthoven: III = II - I; Goldberger: aVR = -(I + II)/2, aVL = I - II/2, aVF = II - I/2."""
    if "I" not in record.leads or "II" not in record.leads:
        return
    due = derive(np.stack([record["I"], record["II"]]), ("I", "II"))
    worst, lead = 0.0, ""
    for name in set(due) & set(record.leads):
        gap = np.abs(record[name] - due[name])
        gap = gap[~np.isnan(gap)]
        size = float(np.percentile(gap, 99)) if gap.size else 0.0
        if size > worst:
            worst, lead = size, name
    if worst > _EINTHOVEN:
        text = f"{lead} differs by {worst:.2f} mV from what I and II demand (Einthoven, Goldberger)."
        yield Flag("limb_lead_mismatch", text, "Limb leads were rescaled, shifted or mislabelled.", "warning", lead)


def _short(record: Record) -> Iterator[Flag]:
    if record.seconds < _SHORT_S:
        text = f"The recording lasts {record.seconds:.1f} s."
        yield Flag("too_short", text, "A 12-lead ECG is 10 s; rhythm cannot be judged.", "warning")


def _rate(record: Record) -> Iterator[Flag]:
    if record.fs < 2 * _DIAGNOSTIC_HZ:
        text = f"At {record.fs:g} Hz nothing above {record.fs / 2:g} Hz was recorded."
        advice = "Non-diagnostic bandwidth: fine notches and peak voltages are lost (150 Hz is asked for)."
        yield Flag("low_rate", text, advice, "info")


def _noise(record: Record, signal: Array, live: list[int]) -> Iterator[Flag]:
    if record.seconds < 1.0:
        return
    levels = noise_levels(signal[live], record.fs)
    leads = [record.leads[i] for i in live]

    def worst(values: Array, limit: float) -> tuple[float, str]:
        order = [int(i) for i in np.argsort(-values) if values[i] > limit]
        return float(values.max()), ", ".join(leads[i] for i in order[:3]) + (" and others" if len(order) > 3 else "")

    size, where = worst(levels.muscle, _MUSCLE)
    if size > _MUSCLE:
        text = f"Fast ripple of {1000 * size:.0f} uV RMS, most in {where}."
        yield Flag("muscle_noise", text, "P waves and fibrillation cannot be judged; repeat at rest.", "warning")
    size, where = worst(levels.wander, _WANDER)
    if size > _WANDER:
        text = f"The baseline wanders by {size:.1f} mV, most in {where}."
        yield Flag("baseline_wander", text, "ST levels cannot be judged there.", "warning")
    size, where = worst(levels.mains, _MAINS)
    if size > _MAINS:
        text = f"Mains hum of {levels.mains_hz:g} Hz, {1000 * size:.0f} uV, most in {where}."
        yield Flag("mains_hum", text, f"A {levels.mains_hz:g} Hz notch filter hides it.", "warning")


def _beats(record: Record, typical: float) -> list[Flag]:
    """What only the beats show: their size and, on the limb leads, swapped arms. Tiny signals are first lifted."""
    lift = 1.0 / typical if 0 < typical < 0.05 else 1.0
    lifted = record if lift == 1.0 else record.with_signal(record.signal * lift, "lifted to be measured")
    peaks = r_peaks(lifted)
    groups = median_beat(lifted, peaks)
    alike = max((group.members.size for group in groups), default=0)
    if not groups or boundaries(groups[0]) is None or (peaks.size >= 6 and alike < 0.25 * peaks.size):
        if record.seconds < 3.0:
            return []
        advice = "This may not be an ECG, or noise hides it."
        return [Flag("no_beats", "No QRS complex that repeats was found.", advice, "error")]
    flags = list(_scale(groups[0], lift))
    score = arm_swap_score(record, groups[0])
    if score is not None and score > ALARM:
        text = f"Lead I is upside down against V6, P wave included (log odds {score:.1f} for swapped arms)."
        advice = "Check the arm electrodes: I must be inverted, II and III, aVR and aVL exchanged. Or dextrocardia."
        flags.append(Flag("lead_swap", text, advice, "error", "I"))
    return flags


def _scale(beat: MedianBeat, lift: float) -> Iterator[Flag]:
    half = round(0.1 * beat.fs)
    height = float(np.median(np.ptp(beat.signal[:, beat.r - half : beat.r + half], axis=1))) / lift
    if height > _TALL:
        text = f"A typical QRS is {height:.4g} mV high, about {_times(height)} too much."
        yield Flag("wrong_scale", text, "Microvolts read as millivolts, or a wrong gain: check the unit.", "error")
    elif height < _SMALL:
        text = f"A typical QRS is only {height:.2g} mV high."
        yield Flag("wrong_scale", text, "Volts read as millivolts, or a wrong gain: check the unit.", "error")


def _times(height: float) -> str:
    return f"{10 ** round(np.log10(height / 1.2)):g} times"
