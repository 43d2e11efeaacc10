"""From decoded channels to a Record: one rate, names once each, and every doubt as a visible flag."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecgviz.errors import NeedsInputError, ReadError
from ecgviz.optional import need
from ecgviz.readers._common import Given, check_rate, check_size, is_lead, lead_name
from ecgviz.record import Flag, Patient, Provenance, Record

__all__ = ["Channel", "float32", "name_channels", "to_record"]

SHORT_S = 1.0
LARGE_SPREAD_MV = 20.0  # a QRS complex reaches 5 mV; paced or hypertrophied hearts stay below 10 mV
LARGE_LEVEL_MV = 30.0
SMALL_SPREAD_MV = 0.005  # 5 uV is below the noise of any amplifier


@dataclass(frozen=True, eq=False)
class Channel:
    """One stored signal: its raw name, its samples in mV with NaN where missing, and its own rate in Hz."""

    name: str
    mv: NDArray[np.float32]
    fs: float


def float32(values: NDArray[Any], convert: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> NDArray[np.float32]:
    """Convert stored values to mV in double precision, rounded once; in pieces, so that a day fits in memory."""
    out = np.empty(values.shape[0], dtype=np.float32)
    with np.errstate(over="ignore"):
        for at in range(0, out.size, 2**20):
            out[at : at + 2**20] = convert(values[at : at + 2**20].astype(np.float64))
    return out


def name_channels(stored: Sequence[str], given: Given, where: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Clean lead names, each once, and notes on what was renamed.

    Raises NeedsInputError where a name is empty, ReadError where a lead occurs twice or the given names differ.
    """
    names = [lead_name(name) for name in stored]
    if given.leads is not None:
        return _given_names(names, given.leads, where)
    if "" in names:
        raise NeedsInputError(f"{where}: {names.count('')} of {len(names)} signals have no name.", ("leads",))
    doubled = {name for name, count in Counter(names).items() if count > 1}
    if leads := sorted(name for name in doubled if is_lead(name)):
        raise ReadError(
            f"{where} names lead {', '.join(leads)} more than once, so the true lead is unknown; correct the names."
        )
    seen: Counter[str] = Counter()
    for i, name in enumerate(names):
        if name in doubled:
            seen[name] += 1
            names[i] = f"{name} {seen[name]}"
    if len(set(names)) < len(names):
        raise ReadError(f"{where} has signals whose names cannot be told apart; name each lead once.")
    return tuple(names), tuple(f"several signals are called {name}; numbered here" for name in sorted(doubled))


def _given_names(names: list[str], leads: tuple[str, ...], where: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if len(leads) != len(names):
        raise ReadError(f"{where} has {len(names)} signals, but {len(leads)} leads were given; name each signal once.")
    differing = [(old, new) for old, new in zip(names, leads, strict=True) if old and old != new and is_lead(old)]
    if differing:
        old, new = differing[0]
        raise ReadError(f"{where} calls a lead {old}, but {new} was given; leave the leads empty.")
    renamed = [old for old, new in zip(names, leads, strict=True) if old and old != new]
    return leads, (f"names {', '.join(renamed)} replaced by the leads given",) if renamed else ()


def to_record(
    channels: Sequence[Channel],
    *,
    given: Given,
    where: str,
    name: str,
    patient: Patient,
    provenance: Provenance,
    notes: Sequence[str] = (),
    flags: Sequence[Flag] = (),
    statements: Sequence[str] = (),
) -> Record:
    """One Record from channels of one duration; channels at lower rates are resampled to the highest.

    Raises ReadError where there is no channel, no sample or a rate or size beyond the limits.
    """
    if not channels:
        raise ReadError(f"{where} holds no ECG signal; choose an ECG recording.")
    leads, renamed = name_channels([channel.name for channel in channels], given, where)
    fs = check_rate(max(channel.fs for channel in channels), f"in {where}")
    samples = max(channel.mv.size for channel in channels if channel.fs == fs)
    check_size(len(channels), samples, where)
    if samples == 0:
        raise ReadError(f"{where} holds no samples; the file is empty or cut off.")
    signal, raised = _joined(channels, leads, fs, samples)
    found = [*_strange_names(leads), *_inspect(signal, leads, fs, where)]
    return Record(
        signal=signal,
        fs=fs,
        leads=leads,
        patient=patient,
        provenance=provenance,
        name=name,
        statements=tuple(statements),
        notes=(*notes, *renamed, *raised),
        flags=(*flags, *found),
    )


def _strange_names(leads: tuple[str, ...]) -> list[Flag]:
    """Beside known leads an unknown name is probably a damaged one; a record of unknown names alone is not."""
    strange = [lead for lead in leads if not is_lead(lead)]
    if len(strange) == len(leads):
        return []
    advice = "The name in the file may be damaged; compare with the original printout."
    return [Flag("unknown_lead", f"{lead} is no known lead name.", advice, "warning", lead) for lead in strange]


def _joined(
    channels: Sequence[Channel], leads: tuple[str, ...], fs: float, samples: int
) -> tuple[NDArray[np.float32], list[str]]:
    """All channels at one rate, (leads, samples), with a note for each that was resampled."""
    rows = [channel.mv if channel.fs == fs else _resampled(channel, fs, samples) for channel in channels]
    raised = [
        f"{lead} resampled from {channel.fs:g} to {fs:g} Hz"
        for lead, channel in zip(leads, channels, strict=True)
        if channel.fs != fs
    ]
    return np.stack(rows) if len(rows) > 1 else rows[0][np.newaxis], raised


def _resampled(channel: Channel, fs: float, samples: int) -> NDArray[np.float32]:
    """Polyphase resampling; gaps are bridged for the filter and put back afterwards."""
    ratio = Fraction(fs / channel.fs).limit_denominator(1000)
    gaps = np.isnan(channel.mv)
    filled = channel.mv.astype(np.float64)
    if gaps.all():
        return np.full(samples, np.nan, dtype=np.float32)
    if gaps.any():
        where = np.arange(filled.size)
        filled[gaps] = np.interp(where[gaps], where[~gaps], filled[~gaps])
    signal = need("scipy.signal", "scipy")
    out = signal.resample_poly(filled, ratio.numerator, ratio.denominator, padtype="line")[:samples]
    if gaps.any():
        nearest = np.minimum((np.arange(samples) / float(ratio)).astype(int), gaps.size - 1)
        out[gaps[nearest]] = np.nan
    return np.asarray(out, dtype=np.float32)


def _inspect(signal: NDArray[np.float32], leads: tuple[str, ...], fs: float, where: str) -> list[Flag]:
    if np.isinf(signal).any():
        raise ReadError(f"{where} holds infinite samples; the file is damaged or its gain is wrong.")
    missing = [int(np.isnan(row).sum()) for row in signal]
    samples = signal.shape[1]
    if min(missing) == samples:
        raise ReadError(f"{where} holds only missing samples; there is nothing to show.")
    flags = [flag for row, lead, gone in zip(signal, leads, missing, strict=True) for flag in _lead(row, lead, gone)]
    if samples / fs < SHORT_S:
        text = f"The recording lasts {samples / fs:.2f} s."
        flags.append(Flag("short_record", text, "Rhythm cannot be judged; record at least 10 s."))
    spreads, levels = zip(*(_extent(row) for row in signal), strict=True)
    return flags + _scale(leads, np.asarray(spreads), np.asarray(levels))


def _lead(row: NDArray[np.float32], lead: str, gone: int) -> list[Flag]:
    if gone == row.size:
        return [Flag("missing_lead", f"Lead {lead} has no samples.", "Do not judge this lead.", "error", lead)]
    if gone:
        text = f"Lead {lead}: {gone} of {row.size} samples are missing."
        return [Flag("missing_samples", text, "Gaps are left open, not filled.", "warning", lead)]
    if row.size > 1 and (row == row[0]).all():
        text = f"Lead {lead} is constant at {row[0]:.3g} mV."
        return [Flag("flat_lead", text, "The electrode was off; do not judge this lead.", "warning", lead)]
    return []


def _extent(row: NDArray[np.float32]) -> tuple[float, float]:
    """Spread between the 1st and 99th percentile and absolute median in mV, from at most 20,000 samples."""
    some = row[:: max(1, row.size // 20_000)]
    some = some[np.isfinite(some)]
    if some.size == 0:
        return np.nan, np.nan
    low, middle, high = np.percentile(some, (1, 50, 99))
    return float(high - low), float(abs(middle))


def _scale(leads: tuple[str, ...], spreads: NDArray[np.float64], levels: NDArray[np.float64]) -> list[Flag]:
    """Amplitudes no heart makes: the unit or the gain in the file is probably wrong, in all leads or in some."""
    live = np.nan_to_num(spreads) > 0
    wrong = live & ((spreads > LARGE_SPREAD_MV) | (spreads < SMALL_SPREAD_MV))
    advice = "The unit or gain is probably wrong; do not read amplitudes."
    if wrong.any() and wrong.sum() * 2 >= live.sum():
        text = f"The signal spans {_span(float(np.median(spreads[wrong])))}; an ECG spans 0.5 to 5 mV."
        return [Flag("wrong_scale", text, advice, "error")]
    flags = [
        Flag("wrong_scale", f"Lead {leads[i]} spans {_span(spreads[i])}.", advice, "warning", leads[i])
        for i in np.flatnonzero(wrong)
    ]
    if (level := float(np.nanmedian(levels))) > LARGE_LEVEL_MV:
        flags.append(Flag("wrong_scale", f"The signal lies {level:.3g} mV off zero.", advice))
    return flags


def _span(mv: float) -> str:
    return f"{mv:.3g} mV" if mv > 1 else f"only {1000 * mv:.3g} uV"
