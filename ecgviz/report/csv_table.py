"""A record as a table of millivolts: a column of seconds, a column for each lead, and what it is in comment lines."""

import numpy as np

from ecgviz import __version__
from ecgviz.record import Record

__all__ = ["about", "write"]


def about(record: Record) -> tuple[str, ...]:
    """What every export states: where the trace comes from, whose it is without a name, and what it may be used for."""
    origin = record.provenance.source
    age, sex = record.patient.age, record.patient.sex
    lines = [f"ecgviz {__version__}", f"source: {origin}{', not recorded' if origin == 'digitised' else ''}"]
    if age is not None:
        lines.append(f"age: {age:.0f}" if age <= 89 else "age: over 89")
    if sex is not None:
        lines.append(f"sex: {sex}")
    return (*lines, "UNCONFIRMED - requires physician over-read. Research and education, not a medical device.")


def write(record: Record) -> bytes:
    """CSV in UTF-8: `time (s)` with microseconds and each lead in mV with 0.01 uV; empty where nothing is known."""
    head = [f"# {line}" for line in about(record)]
    head.append(",".join(["time (s)", *(f"{lead} (mV)" for lead in record.leads)]))
    columns = [np.char.mod("%.6f", record.times), *(_cells(row) for row in record.signal)]
    rows = [",".join(cells) for cells in zip(*columns, strict=True)]
    return "\n".join([*head, *rows, ""]).encode()


def _cells(values: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(values), np.char.mod("%.5f", values), "")
