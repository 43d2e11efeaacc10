"""What every reader shares: units to mV, lead names, ages, and what the user gave by hand."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ecgviz.errors import NeedsInputError, ReadError
from ecgviz.leads import STANDARD_12, canonical
from ecgviz.readers._source import shown
from ecgviz.record import Patient

__all__ = [
    "MAX_EXPANDED",
    "MAX_LEADS",
    "MAX_SAMPLES",
    "RATE_LIMITS",
    "Given",
    "Step",
    "agreed_rate",
    "check_rate",
    "check_size",
    "is_lead",
    "lead_name",
    "millivolts",
    "parse_age",
    "parse_origin",
    "parse_sex",
    "parse_step",
    "patient_of",
]

MAX_LEADS = 256
MAX_SAMPLES = 24_000_000  # leads x samples; one lead of 24 h at 250 Hz has 21.6 million
MAX_EXPANDED = 8_000_000  # leads x samples from compressed content or from gaps, which cost a sender nothing
RATE_LIMITS = (20.0, 50_000.0)  # Hz: below, no QRS complex survives; above, no ECG device samples

_TO_MV = {"v": 1e3, "mv": 1.0, "uv": 1e-3, "nv": 1e-6}
_SPELLED = {"volt": "v", "millivolt": "mv", "microvolt": "uv", "nanovolt": "nv"}
_STEP = re.compile(r"\s*(?P<number>[\d.]+(?:e[+-]?\d+)?)?\s*(?P<unit>\D.*?)\s*", re.IGNORECASE)
_AGE = re.compile(r"\s*(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>[DWMY]?)", re.IGNORECASE)
_ORIGIN = re.compile(r"\bsource: (digitised|simulated)\b", re.IGNORECASE)
_YEARS = {"D": 1 / 365.25, "W": 7 / 365.25, "M": 1 / 12, "Y": 1.0, "": 1.0}
_LEADS = frozenset(
    (*STANDARD_12, "V7", "V8", "V9", "V3R", "V4R", "V5R", "V6R", "MLI", "MLII", "MLIII", "vx", "vy", "vz")
)
Sex = Literal["F", "M"]
Origin = Literal["recorded", "simulated", "digitised"]


def millivolts(unit: str) -> float | None:
    """How many mV one of this unit is (`mV`, `uV`, `nV`, `V`, in any case, or spelled out); None for no voltage."""
    key = unit.strip().strip("\0").strip().lower().replace("µ", "u").replace("μ", "u")
    key = _SPELLED.get(key.removesuffix("s"), key)
    return _TO_MV.get(key)


@dataclass(frozen=True)
class Step:
    """A unit with the number before it: `5 uV` is 0.005 mV."""

    text: str
    mv: float


def parse_step(text: str) -> Step:
    """Read a unit such as `mV` or `4.88 uV` (the size of one step of stored integers). Raises ReadError."""
    match = _STEP.fullmatch(text)
    factor = millivolts(match["unit"]) if match else None
    try:
        number = float(match["number"] or 1) if match else 0.0
    except ValueError:
        number = 0.0
    if factor is None or not (1e-6 <= number <= 1e6):
        raise ReadError(f"The unit {shown(text)!r} is not known; give mV, uV, nV or V, or one step such as '5 uV'.")
    return Step(" ".join(text.split()), number * factor)


def is_lead(name: str) -> bool:
    """Whether a cleaned name is a lead that this library knows."""
    return name in _LEADS


def lead_name(raw: str) -> str:
    """A stored name as it is shown: a known lead as on paper, anything else short and without markup."""
    name = canonical(raw.replace("\0", " "))
    return name if is_lead(name) else shown(name, 24)


def parse_age(text: str) -> float | None:
    """Years from `57`, `057Y`, `6M`; None where unknown (`NaN`, `-1`, `?`). 300 means over 89 (PTB-XL) and stays."""
    match = _AGE.match(text.replace("\0", " "))
    if not match:
        return None
    years = float(match["number"]) * _YEARS[match["unit"].upper()]
    return years if years <= 120 or years == 300 else None


def parse_origin(comments: Iterable[str]) -> Origin:
    """How the trace came to be, as this library's own exports state it in a comment (`source: digitised`)."""
    found = next((match[1].lower() for text in comments if (match := _ORIGIN.search(text))), "recorded")
    return "digitised" if found == "digitised" else "simulated" if found == "simulated" else "recorded"


def parse_sex(text: str) -> Sex | None:
    """F or M from `Female`, `male`, `F`, `m`; None for everything else."""
    first = text.replace("\0", " ").strip().upper()
    if first in ("F", "FEMALE"):
        return "F"
    return "M" if first in ("M", "MALE") else None


@dataclass(frozen=True)
class Given:
    """What the user stated because the file may lack it: None where nothing was stated. See `Given.of`."""

    fs: float | None = None
    unit: Step | None = None
    leads: tuple[str, ...] | None = None
    age: float | None = None
    sex: Sex | None = None

    @classmethod
    def of(
        cls, fs: float | None, unit: str | None, leads: tuple[str, ...] | None, age: float | None, sex: str | None
    ) -> "Given":
        """Check each statement once. Raises ReadError for one that cannot be meant."""
        if fs is not None:
            check_rate(fs, "given")
        if leads is not None:
            leads = tuple(lead_name(lead) for lead in leads)
            if not leads or "" in leads or len(set(leads)) < len(leads):
                raise ReadError(f"The leads given are {shown(', '.join(leads), 80)!r}; name each lead once.")
        if age is not None and not (0 <= age <= 120 or age == 300):
            raise ReadError(f"The age given is {age}; give years between 0 and 120.")
        known = None if sex is None else parse_sex(sex)
        if sex is not None and known is None:
            raise ReadError(f"The sex given is {shown(sex)!r}; give F or M.")
        return cls(fs, None if unit is None else parse_step(unit), leads, age, known)


def check_rate(fs: float, where: str) -> float:
    """A believable sampling rate in Hz. Raises ReadError outside RATE_LIMITS."""
    low, high = RATE_LIMITS
    if not (math.isfinite(fs) and low <= fs <= high):
        raise ReadError(
            f"The sampling rate {where} is {fs:g} Hz; an ECG has {low:g} to {high:g} Hz. Correct it before reading."
        )
    return float(fs)


def agreed_rate(stored: float | None, given: Given, where: str) -> float:
    """The file's rate in Hz, or the user's where the file has none.

    Raises NeedsInputError without either and ReadError where they differ by more than 0.1 %.
    """
    if stored is None and given.fs is None:
        raise NeedsInputError(f"{where} has no sampling rate; give the rate in Hz.", ("fs",))
    if stored is None:
        return check_rate(given.fs or 0.0, "given")
    check_rate(stored, f"in {where}")
    if given.fs is not None and abs(given.fs - stored) > 1e-3 * stored:
        raise ReadError(f"{where} says {stored:g} Hz, but {given.fs:g} Hz was given; leave the rate empty.")
    return stored


def check_size(leads: int, samples: int, where: str) -> None:
    """Refuse what no page could show and no memory should hold. Raises ReadError."""
    if leads > MAX_LEADS:
        raise ReadError(f"{where} has {leads} signals; at most {MAX_LEADS} can be read.")
    if leads * samples > MAX_SAMPLES:
        raise ReadError(
            f"{where} has {leads} x {samples} samples; at most {MAX_SAMPLES:,} can be read. Cut it into parts."
        )


def patient_of(age: float | None, sex: Sex | None, given: Given) -> Patient:
    """Age and sex of the file, or the user's where the file has none. Raises ReadError where they differ."""
    if age is not None and given.age is not None and abs(age - given.age) >= 1:
        raise ReadError(f"The file says age {age:g}, but {given.age:g} was given; leave the age empty.")
    if sex is not None and given.sex is not None and sex != given.sex:
        raise ReadError(f"The file says sex {sex}, but {given.sex} was given; leave the sex empty.")
    return Patient(given.age if age is None else age, given.sex if sex is None else sex)
