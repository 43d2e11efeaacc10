"""From any Record to what a 12-lead network takes: the one preparation that training, prediction and heat share.

The band limit and the change of rate are one multiplication in the frequency domain, on the signal followed by its
mirror image (as in a cosine transform), so that there is no jump at the ends, no phase shift and, whatever the
recording's rate, the same band reaches the network.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from ecgviz.card import InputSpec
from ecgviz.errors import ModelError
from ecgviz.leads import derive
from ecgviz.record import Flag, Patient, Record

__all__ = ["Prepared", "condition", "demographics", "model_input", "prepare"]

SHORTEST_S = 1.0
SLOWEST_HZ = 50.0
LOW_ORDER = 4
"""Order of the high-pass magnitude 1 / (1 + (f0/f)^order): a Butterworth filter of order 2 run both ways."""
MOST_ABSENT = 6
EDGE = 0.15
"""Half-width of the cosine edge at the upper end, as a share of that frequency."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """x: (windows, leads, samples) float32 in units of `scale_mv`; start_s: (windows,) on the record's own axis.

    demographics: (5,) age / 100, age unknown, female, male, sex unknown. flags: what the model had to do without.
    """

    x: NDArray[np.float32]
    start_s: NDArray[np.float64]
    demographics: NDArray[np.float32]
    flags: tuple[Flag, ...] = ()
    notes: tuple[str, ...] = field(default=())


def prepare(record: Record, spec: InputSpec) -> Prepared:
    """The windows a model takes. Raises ModelError where the record cannot honestly be given to it.

    Absent limb leads are derived where two are present; other absent leads become zero, as in training, and are
    flagged, as are an unknown age or sex and a record shorter than `shortest_s`. At most `max_windows`, evenly spread.
    """
    _check(record, spec)
    x, flags = _gather(record, spec)
    y = condition(x, record.fs, spec)
    shortest = round(spec.shortest_s * spec.fs)
    if y.shape[1] < shortest:
        text = f"The record has {record.seconds:.1f} s; the model needs {spec.shortest_s:g} s, the rest was left empty."
        flags.append(Flag("short_record", text, "Record at least that long where the result matters."))
        y = np.pad(y, ((0, 0), (0, shortest - y.shape[1])))
    width = min(round(spec.seconds * spec.fs), y.shape[1])
    starts = _starts(y.shape[1], width, spec)
    windows = np.stack([y[:, s : s + width] for s in starts])
    low, high = spec.band_hz
    note = f"model input: {spec.fs:g} Hz, {low:g}-{high:g} Hz, {len(starts)} x {width / spec.fs:g} s"
    if spec.demographics:
        flags += _unknowns(record.patient)
    begin = record.start_s + starts / spec.fs
    return Prepared(windows, begin, demographics(record.patient), tuple(flags), (note,))


def model_input(record: Record, spec: InputSpec) -> Record:
    """What a model is given, as a Record in mV on the record's own seconds; NaN where no window lies.

    Raises ModelError as `prepare`.
    """
    made = prepare(record, spec)
    firsts = np.round((made.start_s - record.start_s) * spec.fs).astype(np.int64)
    width = made.x.shape[2]
    signal = np.full((len(spec.leads), int(firsts.max()) + width), np.nan, dtype=np.float32)
    for window, first in zip(made.x, firsts, strict=True):
        signal[:, first : first + width] = window * np.float32(spec.scale_mv)
    return Record(signal, spec.fs, spec.leads, record.start_s, record.patient, name=record.name, notes=made.notes)


def condition(x: NDArray[np.float32], fs: float, spec: InputSpec) -> NDArray[np.float32]:
    """Band-limit, bring to `spec.fs` and scale: (leads, samples) mV at fs -> (leads, samples') in units of scale_mv."""
    ratio = Fraction(spec.fs / fs).limit_denominator(1000)
    n = x.shape[1]
    half = ratio.denominator * fft.next_fast_len(-(-n // ratio.denominator), real=True)
    padded = np.pad(x, ((0, 0), (0, half - n)), mode="edge") if half > n else x
    spectrum = fft.rfft(np.concatenate([padded, padded[:, ::-1]], axis=1), axis=1)
    out = 2 * half * ratio.numerator // ratio.denominator
    gain = _response(2 * half, out, float(spec.fs / ratio), spec.band_hz, spec.scale_mv)
    y = fft.irfft(spectrum[:, : gain.size] * gain, n=out, axis=1)
    kept: NDArray[np.float32] = y[:, : max(1, round(n * ratio.numerator / ratio.denominator))].astype(np.float32)
    return kept


@lru_cache(maxsize=32)
def _response(n_in: int, n_out: int, fs: float, band: tuple[float, float], scale: float) -> NDArray[np.float32]:
    f = np.arange(min(n_in, n_out) // 2 + 1) * (fs / n_in)
    low, high = band
    with np.errstate(divide="ignore"):
        gain = 1 / (1 + (low / f) ** LOW_ORDER)
    edge = np.clip((f / high - (1 - EDGE)) / (2 * EDGE), 0, 1)
    gain = gain * (0.5 + 0.5 * np.cos(np.pi * edge)) * (n_out / n_in) / scale
    curve: NDArray[np.float32] = gain.astype(np.float32)
    return curve


def demographics(patient: Patient) -> NDArray[np.float32]:
    """(5,): age / 100 (0 when unknown), age unknown, female, male, sex unknown."""
    age, sex = patient.age, patient.sex
    values = [0.0 if age is None else min(age, 90.0) / 100, age is None, sex == "F", sex == "M", sex is None]
    return np.array(values, dtype=np.float32)


def _check(record: Record, spec: InputSpec) -> None:
    if record.seconds < SHORTEST_S:
        raise ModelError(f"The record lasts {record.seconds:.2f} s; a model needs at least {SHORTEST_S:g} s.")
    if record.fs < SLOWEST_HZ:
        raise ModelError(f"The rate is {record.fs:g} Hz; a model needs at least {SLOWEST_HZ:g} Hz.")
    if not set(spec.leads) & (set(record.leads) | set(derive(record.signal, record.leads))):
        raise ModelError(
            f"None of the model's leads ({', '.join(spec.leads)}) is in this record, which has "
            f"{', '.join(record.leads[:12])}; choose a model for these leads."
        )


def _gather(record: Record, spec: InputSpec) -> tuple[NDArray[np.float32], list[Flag]]:
    have = {lead: record.signal[i] for i, lead in enumerate(record.leads)}
    derived = {k: v for k, v in derive(record.signal, record.leads).items() if k in spec.leads}
    have |= derived
    missing = [lead for lead in spec.leads if lead not in have]
    x = np.stack([have[lead] if lead in have else np.zeros(record.samples, np.float32) for lead in spec.leads])
    flags = []
    if derived:
        names = ", ".join(derived)
        flags.append(Flag("derived_lead", f"{names} computed from the other limb leads.", level="info"))
    if missing:
        text = f"The model was given nothing for {', '.join(missing)}."
        if len(missing) <= MOST_ABSENT:
            flags.append(Flag("missing_lead", text, "Its probabilities are less reliable without these leads."))
        else:
            advice = f"It was trained with at most {MOST_ABSENT} leads absent: do not rely on its probabilities."
            flags.append(Flag("missing_lead", text, advice, "error"))
    gaps = np.isnan(x)
    if gaps.any():
        text = f"{100 * gaps.mean():.1f} % of the samples are missing; the model saw straight lines there."
        flags.append(Flag("missing_samples", text, "Do not trust evidence that lies in the gaps."))
        x = _bridge(x, gaps)
    return x, flags


def _bridge(x: NDArray[np.float32], gaps: NDArray[np.bool_]) -> NDArray[np.float32]:
    x = x.copy()
    index = np.arange(x.shape[1])
    for row, gap in zip(x, gaps, strict=True):
        row[gap] = np.interp(index[gap], index[~gap], row[~gap]) if not gap.all() else 0.0
    return x


def _starts(samples: int, width: int, spec: InputSpec) -> NDArray[np.int64]:
    last = samples - width
    count = 1 + -(-last // round(spec.stride_s * spec.fs))
    return np.unique(np.linspace(0, last, min(count, spec.max_windows)).round().astype(np.int64))


def _unknowns(patient: Patient) -> list[Flag]:
    unknown = [word for word, value in (("age", patient.age), ("sex", patient.sex)) if value is None]
    if not unknown:
        return []
    text = f"The patient's {' and '.join(unknown)} is unknown; the model was told so."
    return [Flag("unknown_patient", text, "State it with the record if you know it.", "info")]
