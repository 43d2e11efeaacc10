"""Over-reads: what a reader found before the model's answer was shown, and on which labels they agree with it.

A row names a record by its digest, and by its identifier in the library where that is public; never by a name, and no
row holds a sample of the signal. Rows are only added: a reader who thinks again adds another one, and the last counts.
"""

import csv
import io
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Engine,
    Float,
    Integer,
    MetaData,
    RowMapping,
    String,
    Table,
    Text,
    insert,
    select,
    update,
)
from sqlalchemy.exc import SQLAlchemyError

from ecgviz.errors import StoreError

__all__ = ["LONGEST_NOTE", "VARIABLE", "OverReads", "Reading", "Verdict", "to_csv", "url"]

VARIABLE = "ECGVIZ_STORE"
LONGEST_NOTE = 2000


@dataclass(frozen=True)
class Reading:
    """A reader's own findings in one record, made before the model's answer was shown.

    record: its digest; entry: its identifier in the library, empty for a person's own file; found: labels of `task`
    that the reader holds for present, out of all that were `offered`; blind: whether no answer to this record had been
    shown in the session before; model, weights, model_found: whose answer was then revealed, and its findings, None
    until it was.
    """

    record: str
    entry: str
    task: str
    found: tuple[str, ...]
    offered: tuple[str, ...]
    blind: bool
    note: str = ""
    made: str = ""
    model: str = ""
    weights: str = ""
    model_found: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Verdict:
    """What a reader who saw the model's answer thinks of one label of it.

    present: whether the model was at or above its threshold; agrees: whether the reader holds that for right.
    """

    record: str
    entry: str
    task: str
    model: str
    weights: str
    label: str
    probability: float
    threshold: float
    present: bool
    agrees: bool
    note: str = ""
    made: str = ""


_META = MetaData()
_KINDS: dict[object, type] = {bool: Boolean, float: Float}
_READINGS = Table(
    "ecgviz_readings",
    _META,
    Column("id", Integer, primary_key=True),
    Column("reader", String(64), nullable=False, index=True),
    *(Column(f.name, Boolean if f.type is bool else Text) for f in fields(Reading)),
)
_VERDICTS = Table(
    "ecgviz_verdicts",
    _META,
    Column("id", Integer, primary_key=True),
    Column("reader", String(64), nullable=False, index=True),
    *(Column(f.name, _KINDS.get(f.type, Text)) for f in fields(Verdict)),
)
_LISTS = ("found", "offered", "model_found")


def url() -> str:
    """The database as SQLAlchemy names it: ECGVIZ_STORE, else a SQLite file in the person's own data folder.

    Makes the folder of that file. Raises StoreError where it cannot.
    """
    given = os.environ.get(VARIABLE, "").strip()
    if given:
        return given
    base = os.environ.get("XDG_DATA_HOME", "").strip()
    folder = (Path(base) if base else Path.home() / ".local" / "share") / "ecgviz"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StoreError(f"{folder} cannot be made ({error.strerror}); set {VARIABLE} to another database.") from error
    return f"sqlite:///{folder / 'over_reads.sqlite'}"


class OverReads:
    """The over-reads of one database. Every method takes the reader; None reads those of all readers.

    Raises StoreError where the database cannot be reached or written.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        with _reached():
            _META.create_all(engine)

    def add_reading(self, reader: str, reading: Reading) -> None:
        """Keep a reading."""
        self._add(_READINGS, reader, reading)

    def add_verdict(self, reader: str, verdict: Verdict) -> None:
        """Keep a verdict."""
        self._add(_VERDICTS, reader, verdict)

    def _add(self, table: Table, reader: str, what: Reading | Verdict) -> None:
        row = asdict(what) | {"reader": reader, "made": what.made or _now(), "note": what.note[:LONGEST_NOTE]}
        row |= {key: json.dumps(row[key]) for key in _LISTS if row.get(key) is not None}
        with _reached(), self._engine.begin() as connection:
            connection.execute(insert(table), row)

    def reveal(self, reader: str, reading: Reading, model: str, weights: str, found: Sequence[str]) -> None:
        """Add to a reading whose answer was shown after it, once: a second answer leaves the first as it is."""
        at = (_READINGS.c.reader == reader) & (_READINGS.c.record == reading.record)
        at &= (_READINGS.c.task == reading.task) & (_READINGS.c.made == reading.made)
        values = {"model": model, "weights": weights, "model_found": json.dumps(list(found))}
        with _reached(), self._engine.begin() as connection:
            connection.execute(update(_READINGS).where(at & _READINGS.c.model_found.is_(None)).values(values))

    def readings(self, reader: str | None, record: str = "", task: str = "") -> list[Reading]:
        """Readings, the first one first; of one record and one task where they are given."""
        return [Reading(**_back(row)) for row in self._rows(_READINGS, reader, record=record, task=task)]

    def verdicts(self, reader: str | None, record: str = "", model: str = "") -> list[Verdict]:
        """Verdicts, the first one first; on one record and one model where they are given."""
        return [Verdict(**_back(row)) for row in self._rows(_VERDICTS, reader, record=record, model=model)]

    def _rows(self, table: Table, reader: str | None, **equal: str) -> Sequence[RowMapping]:
        names = [column for column in table.c if column.name not in ("id", "reader")]
        query = select(*names).order_by(table.c.id)
        if reader is not None:
            query = query.where(table.c.reader == reader)
        for name, value in equal.items():
            query = query.where(table.c[name] == value) if value else query
        with _reached(), self._engine.connect() as connection:
            return connection.execute(query).mappings().all()


def to_csv(rows: Sequence[Reading] | Sequence[Verdict], kind: type[Reading] | type[Verdict]) -> str:
    """The rows as a table for a spreadsheet, lists joined by a semicolon; one head line even where there is no row."""
    out = io.StringIO()
    names = [f.name for f in fields(kind)]
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow([_cell(getattr(row, name)) for name in names])
    return out.getvalue()


def _cell(value: object) -> str:
    if isinstance(value, tuple):
        return ";".join(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = "" if value is None else str(value)
    # a spreadsheet takes these for the beginning of a formula, and a note may hold anything
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") and isinstance(value, str) else text


def _back(row: RowMapping) -> dict[str, Any]:
    return {
        key: tuple(json.loads(value)) if key in _LISTS and value is not None else value for key, value in row.items()
    }


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


@contextmanager
def _reached() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        why = str(getattr(error, "orig", None) or error).splitlines()[0][:120]
        raise StoreError(f"The over-reads cannot be kept ({why}); see {VARIABLE}.") from error
