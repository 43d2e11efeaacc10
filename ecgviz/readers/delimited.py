"""Tables of samples: CSV, TSV and text, one row an instant, one column a lead.

Unit and lead names come from the header (`II (uV)`), the rate from a column of times; what the file does not state must
be given. Nothing is read as a file name or address, and nothing is unpacked.
"""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ecgviz.errors import NeedsInputError, ReadError
from ecgviz.readers._assemble import Channel, float32, to_record
from ecgviz.readers._common import Given, Step, agreed_rate, is_lead, lead_name, millivolts, parse_origin, patient_of
from ecgviz.readers._source import Source, shown
from ecgviz.readers._table_text import Table, is_number, parse, plain_text
from ecgviz.record import Flag, Provenance, Record

__all__ = ["LABEL", "SUFFIXES", "read", "sniff"]

LABEL = "CSV, TSV or text table"
SUFFIXES = (".csv", ".tsv", ".txt")

_TIME = re.compile(r"(?:elapsed[ _]?)?(?:time(?:stamp)?|t|seconds?|sec|millis(?:econds)?|ms)", re.IGNORECASE)
_COUNTER = re.compile(
    r"(?:samples?|index|idx|row|frame|n|nr|no|sample[ _]?(?:#|no|nr|number|index))\.?|#|unnamed: 0", re.IGNORECASE
)
_UNIT = re.compile(r"(?P<name>.*?)[\s_/(\[]+(?P<unit>[munµμ]?V|m?s|sec(?:onds)?)[)\]]?", re.IGNORECASE)
_SECONDS = {"s": 1.0, "sec": 1.0, "second": 1.0, "seconds": 1.0, "ms": 1e-3, "millis": 1e-3, "milliseconds": 1e-3}
_PLAUSIBLE = (50.0, 20_000.0)  # Hz: less than a factor 1000 apart, so seconds and milliseconds cannot be confused


@dataclass(frozen=True)
class _Column:
    """One column: its place, its name without the unit, and the unit as written (`""` where there is none)."""

    place: int
    name: str
    unit: str

    @property
    def is_time(self) -> bool:
        """Whether it holds times."""
        return _TIME.fullmatch(self.name) is not None and millivolts(self.unit) is None

    @property
    def is_counter(self) -> bool:
        """Whether it only numbers the rows."""
        return _COUNTER.fullmatch(self.name) is not None or (self.name == "" and self.place == 0)


def sniff(name: str, head: bytes) -> float:
    """0 to 1: how surely this is a table of numbers, by its first lines; a usual suffix is a hint for a damaged one."""
    known = name.lower().endswith(SUFFIXES)
    if not plain_text(head):
        return 0.0
    text = head.decode("utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1", errors="replace")
    if text.lstrip("\ufeff \t\r\n").startswith(("<", "{", "%PDF")):
        return 0.0
    lines = [line for line in text.splitlines() if line.strip() and line[0] not in "#%"][1:6]
    cells = [cell for line in lines for cell in re.split(r"[;,\t ]+", line.strip()) if cell]
    numbers = sum(is_number(cell.strip("\"'")) for cell in cells)
    if cells and numbers > len(cells) / 2:
        return 0.5
    return 0.3 if known else 0.0


def read(source: Source, given: Given) -> Record:
    """Read a table in mV. A column of times gives the rate, said in the notes.

    Raises NeedsInputError for a rate, unit or lead names that are neither stored nor given; ReadError for a ragged
    table, text among the numbers, uneven times, or a given value that contradicts the file.
    """
    where = shown(source.name)
    table = parse(source.data(), where)
    stored = any(table.names)
    columns = [_column(i, name, unit) for i, (name, unit) in enumerate(zip(table.names, table.units, strict=True))]
    timing = [column for column in columns if stored and (column.is_time or column.is_counter)]
    signals, flags = _signals([column for column in columns if column not in timing], table, where)
    step_of, unknown_unit = _units(signals, given, where)
    fs, notes = _rate([column for column in timing if column.is_time], table, given, where)
    _ask(signals, fs, unknown_unit, given, where, stored)
    rate = agreed_rate(fs, given, where)
    channels = [
        Channel(column.name, _millivolts(table.values[:, column.place], step_of[column.place]), rate)
        for column in signals
    ]
    comments = [line for line in source.head().decode("latin-1").splitlines() if line.startswith("#")]
    units = dict.fromkeys(column.unit or (given.unit.text if given.unit else "") for column in signals)
    return to_record(
        channels,
        given=given,
        where=where,
        name=source.stem,
        patient=patient_of(None, None, given),
        provenance=Provenance(
            source=parse_origin(comments),
            format="Delimited text",
            unit=", ".join(units),
            unit_from="given" if unknown_unit else "header",
        ),
        notes=[*table.notes, *notes],
        flags=flags,
    )


def _millivolts(values: NDArray[np.float64], step: float) -> NDArray[np.float32]:
    return float32(values, lambda stored: stored * step)


def _column(place: int, name: str, unit: str) -> _Column:
    """Split `II (uV)`, `II [mV]`, `II_mV`, `time (s)` into name and unit."""
    name = name.strip().strip("'\"").strip()
    if unit:
        return _Column(place, name, unit)
    match = _UNIT.fullmatch(name)
    if match and match["name"] and not is_lead(lead_name(name)) and _fits(match["name"], match["unit"]):
        return _Column(place, match["name"].strip(), match["unit"])
    return _Column(place, name, "")


def _fits(name: str, unit: str) -> bool:
    """Times carry seconds, everything else carries volts."""
    return (_TIME.fullmatch(name.strip()) is not None) != (millivolts(unit) is not None)


def _signals(columns: list[_Column], table: Table, where: str) -> tuple[list[_Column], list[Flag]]:
    """The columns that are leads, and a flag for each left out because it is text or beside known leads unknown."""
    leads_known = any(is_lead(lead_name(column.name)) for column in columns)
    kept, flags = [], []
    for column in columns:
        known = is_lead(lead_name(column.name)) or millivolts(column.unit) is not None
        if column.place in table.text_columns and known:
            raise ReadError(f"{where}: the column {shown(column.name)} holds text, not samples; mend the table.")
        if known or not (leads_known or column.place in table.text_columns):
            kept.append(column)
            continue
        text = f"Column {shown(column.name, 24) or column.place + 1} is no known lead and was left out."
        flags.append(Flag("left_out", text, "Only ECG leads are shown.", "info"))
    if not kept:
        raise ReadError(f"{where} has no column of samples; choose a table with one column a lead.")
    return kept, flags


def _units(signals: list[_Column], given: Given, where: str) -> tuple[dict[int, float], bool]:
    """mV of one unit for each column, and whether any had to come from the user."""
    steps: dict[int, float] = {}
    for column in signals:
        factor = millivolts(column.unit) if column.unit else None
        if factor is None and column.unit:
            raise ReadError(f"{where}: {shown(column.name)} is in {shown(column.unit)!r}, not in volts.")
        if factor is not None and given.unit is not None and not np.isclose(given.unit.mv, factor):
            text = f"{where} says {shown(column.unit)}, but {given.unit.text} was given"
            raise ReadError(f"{text}; leave the unit empty.")
        steps[column.place] = _step(factor, given.unit)
    return steps, any(not column.unit for column in signals)


def _step(factor: float | None, given: Step | None) -> float:
    if factor is not None:
        return factor
    return np.nan if given is None else given.mv


def _ask(signals: list[_Column], fs: float | None, unknown_unit: bool, given: Given, where: str, stored: bool) -> None:
    """Everything that is absent is asked for at once."""
    named = all(column.name for column in signals) and any(
        is_lead(lead_name(column.name)) or re.search("ecg|ekg|lead", column.name, re.IGNORECASE) for column in signals
    )
    absent = {
        "fs": fs is None and given.fs is None,
        "unit": unknown_unit and given.unit is None,
        "leads": not named and given.leads is None,
    }
    missing = tuple(name for name, gone in absent.items() if gone)
    if missing:
        kind = f"{len(signals)} columns of samples" + ("" if stored else " and no header")
        words = {"fs": "the sampling rate in Hz", "unit": "the unit", "leads": "the lead names"}
        wanted = ", ".join(words[name] for name in missing)
        raise NeedsInputError(f"{where} has {kind}; it does not state {wanted}: give what is missing.", missing)


def _rate(timing: list[_Column], table: Table, given: Given, where: str) -> tuple[float | None, list[str]]:
    """The rate that the column of times states, with a note; None where it states none."""
    if not timing:
        return None, []
    column = timing[0]
    times = table.values[:, column.place]
    if column.place in table.text_columns or np.isnan(times).any() or times.size < 3:
        return None, [f"column {shown(column.name)} is no list of numbers; not used"]
    low, middle, high = np.percentile(np.diff(times), (0, 50, 100))
    even = middle > 0 and low > 0.25 * middle and high < 1.75 * middle
    if not even and given.fs is None and high > 1.75 * middle > 0:
        row = int(np.argmax(np.diff(times))) + 2
        raise ReadError(f"{where}: the times jump at sample {row}, so samples are missing; mend or cut the table.")
    if not even:
        text = f"{where}: the times in column {shown(column.name)} are too coarse or uneven to tell the rate"
        if given.fs is None:
            raise NeedsInputError(f"{text}; give the rate in Hz.", ("fs",))
        return None, [f"column {shown(column.name)} is too coarse to check the rate"]
    return _hertz(column, float(times[-1] - times[0]) / (times.size - 1), table)


def _hertz(column: _Column, step: float, table: Table) -> tuple[float | None, list[str]]:
    written = (column.unit or column.name).lower()
    if written in _SECONDS:
        second, word = _SECONDS[written], written
    elif _PLAUSIBLE[0] <= 1 / step <= _PLAUSIBLE[1] and step < 1:
        second, word = 1.0, "seconds"
    elif _PLAUSIBLE[0] <= 1000 / step <= _PLAUSIBLE[1] and step != round(step):
        second, word = 1e-3, "milliseconds"
    else:
        return None, [f"column {shown(column.name)} has no unit of time; not used"]
    fs = 1 / (step * second)
    rounded = round(fs)
    # Times written with few digits give 499.98; a whole rate within what rounding explains is meant.
    if rounded and abs(fs - rounded) <= max(1e-6, 2 / table.values.shape[0]) * rounded * 0.5:
        fs = float(rounded)
    return fs, [f"rate {fs:g} Hz from the column {shown(column.name)}, read as {word}"]
