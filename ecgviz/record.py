"""The one type that every reader returns and every picture and model starts from."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from ecgviz.errors import RecordError

__all__ = ["Flag", "Patient", "Provenance", "Record", "Scan", "worst_first"]

Level = Literal["error", "warning", "info"]
LEVELS: tuple[Level, ...] = get_args(Level)


@dataclass(frozen=True)
class Flag:
    """One thing a reader of the trace must know before trusting it.

    code: stable name such as `lead_swap`; text: what was found, with the value; advice: what to do.
    """

    code: str
    text: str
    advice: str = ""
    level: Level = "warning"
    lead: str | None = None


def worst_first(*groups: Iterable[Flag]) -> tuple[Flag, ...]:
    """Each finding (code and lead) once, as the first group that has it says it; errors, warnings, notes."""
    found: dict[tuple[str, str | None], Flag] = {}
    for flag in (flag for group in groups for flag in group):
        found.setdefault((flag.code, flag.lead), flag)
    return tuple(sorted(found.values(), key=lambda flag: LEVELS.index(flag.level)))


@dataclass(frozen=True)
class Patient:
    """What a model or a page may know of the person: age in years and sex, never a name or an identifier."""

    age: float | None = None
    sex: Literal["F", "M"] | None = None


@dataclass(frozen=True)
class Provenance:
    """Where the numbers come from and how their unit was known.

    source: how the trace came to be; format: as the reader names it; unit: as stored in the file;
    unit_from: how the unit was known (`header`, `given`); band: analogue or digital band in Hz, None where unknown;
    filters: display or hardware filters already applied, in words.
    """

    source: Literal["recorded", "simulated", "digitised"] = "recorded"
    format: str = ""
    unit: str = "mV"
    unit_from: str = "header"
    band: tuple[float | None, float | None] = (None, None)
    filters: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Record:
    """An ECG: `signal` (leads, samples) float32 in mV at `fs` Hz, its first sample at `start_s` seconds.

    The array is read-only; NaN marks samples that were not recorded. `statements` are reference annotations that came
    with the file, each with its vocabulary (`SCP:NORM`, `SNOMED:426783006`). `notes` say what was done on the way.

    Raises RecordError for a wrong shape, a rate that is not finite and positive, doubled leads or an infinite sample.
    """

    signal: NDArray[np.float32]
    fs: float
    leads: tuple[str, ...]
    start_s: float = 0.0
    patient: Patient = field(default_factory=Patient)
    provenance: Provenance = field(default_factory=Provenance)
    name: str = "ECG"
    statements: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    flags: tuple[Flag, ...] = ()

    def __post_init__(self) -> None:
        signal = np.array(self.signal, dtype=np.float32, order="C")
        if signal.ndim != 2 or 0 in signal.shape:
            raise RecordError(f"An ECG needs leads x samples, but this has shape {signal.shape}.")
        if not (np.isfinite(self.fs) and self.fs > 0):
            raise RecordError(f"The sampling rate is {self.fs} Hz; it must be a positive number.")
        if len(self.leads) != signal.shape[0]:
            raise RecordError(f"{signal.shape[0]} signals have {len(self.leads)} lead names; give one name each.")
        doubled = sorted({lead for lead in self.leads if self.leads.count(lead) > 1})
        if doubled:
            raise RecordError(f"Lead {', '.join(doubled)} occurs more than once; every lead needs its own name.")
        if np.isinf(signal).any():
            raise RecordError("The signal holds infinite values; the file is damaged or its gain is wrong.")
        signal.flags.writeable = False
        object.__setattr__(self, "signal", signal)
        object.__setattr__(self, "fs", float(self.fs))
        object.__setattr__(self, "leads", tuple(self.leads))

    def __getitem__(self, lead: str) -> NDArray[np.float32]:
        """One lead, (samples,) mV. Raises RecordError when it is absent."""
        if lead not in self.leads:
            raise RecordError(f"Lead {lead} is not in this record; it has {', '.join(self.leads)}.")
        row: NDArray[np.float32] = self.signal[self.leads.index(lead)]
        return row

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.signal.flags.writeable = False

    @property
    def samples(self) -> int:
        """Number of samples in each lead."""
        return int(self.signal.shape[1])

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return self.samples / self.fs

    @property
    def times(self) -> NDArray[np.float64]:
        """Time of each sample in seconds, (samples,)."""
        return self.start_s + np.arange(self.samples) / self.fs

    @cached_property
    def digest(self) -> str:
        """SHA-256 over every field: equal only for records that are the same in everything shown or computed."""
        sha = hashlib.sha256(self.signal.tobytes())
        rest = (
            self.signal.shape,
            self.fs,
            self.leads,
            self.start_s,
            self.patient,
            self.provenance,
            self.name,
            self.statements,
            self.notes,
            self.flags,
        )
        sha.update(repr(rest).encode())
        return sha.hexdigest()

    def with_signal(self, signal: NDArray[np.floating[Any]], note: str, **changes: Any) -> "Record":
        """A copy with another signal (and any other field) and one more note that says what was done."""
        return replace(self, signal=signal, notes=(*self.notes, note), **changes)

    def pick(self, leads: Sequence[str]) -> "Record":
        """A copy with only these leads, in this order. Raises RecordError when one is absent."""
        rows = np.stack([self[lead] for lead in leads])
        return replace(self, signal=rows, leads=tuple(leads))


@dataclass(frozen=True, eq=False)
class Scan:
    """A picture of an ECG page: `pixels` (height, width, 3) uint8 RGB; `px_per_mm` where the file states it.

    The array is read-only. Raises RecordError for another shape or type.
    """

    pixels: NDArray[np.uint8]
    px_per_mm: float | None = None
    name: str = "page"
    format: str = ""
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.pixels.ndim != 3 or self.pixels.shape[2] != 3 or 0 in self.pixels.shape:
            raise RecordError(f"A page needs height x width x 3 colours, but this has shape {self.pixels.shape}.")
        if self.pixels.dtype != np.uint8:
            raise RecordError(f"A page needs 8-bit colours, but this has {self.pixels.dtype}.")
        pixels = np.array(self.pixels, order="C")
        pixels.flags.writeable = False
        object.__setattr__(self, "pixels", pixels)

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.pixels.flags.writeable = False

    @cached_property
    def digest(self) -> str:
        """SHA-256 over every field."""
        sha = hashlib.sha256(self.pixels.tobytes())
        sha.update(repr((self.pixels.shape, self.px_per_mm, self.name, self.format, self.notes)).encode())
        return sha.hexdigest()
