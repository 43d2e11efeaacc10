"""The one type behind every list of records: where they come from, which there are, and how one is read."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import pandas as pd

from ecgviz.errors import DataError
from ecgviz.record import Record
from ecgviz.results import BeatSeries

__all__ = ["COLUMNS", "Entry", "Filter", "Kind", "Source", "table"]

Kind = Literal["12-lead", "one lead", "rhythm", "noise", "example", "simulated"]
COLUMNS = ("title", "age", "sex", "labels", "fold", "words")


@dataclass(frozen=True)
class Entry:
    """One row of a list. labels: codes to filter by; words: English text to search in; fold: 0 where there is none."""

    title: str
    labels: tuple[str, ...] = ()
    words: str = ""
    age: float | None = None
    sex: str | None = None
    fold: int = 0


@dataclass(frozen=True)
class Filter:
    """Which records are wanted; an empty field asks for nothing.

    text: words that must all occur in title, labels or the statements' English description; superclass: this class too;
    labels: any of these; ages: years, both ends included (a record without an age falls out); folds: any of these.
    """

    text: str = ""
    superclass: str | None = None
    labels: tuple[str, ...] = ()
    ages: tuple[float, float] | None = None
    sex: Literal["F", "M"] | None = None
    folds: tuple[int, ...] = ()


def table(entries: dict[str, Entry]) -> pd.DataFrame:
    """Entries by identifier as a table with the columns of COLUMNS and a lower-case column `searched`."""
    index = pd.Index(list(entries), name="entry", dtype=object)
    columns = {name: [getattr(entry, name) for entry in entries.values()] for name in COLUMNS}
    columns["searched"] = [f"{e.title} {e.words} {' '.join(e.labels)}".lower() for e in entries.values()]
    return pd.DataFrame(columns, index=index, dtype=object).astype({"age": float, "fold": int})


@dataclass(frozen=True, eq=False)
class Source:
    """A list of records that is made when it is first asked for.

    key: first part of every identifier (`ptb-xl/00001`), fit for a link; rows: makes the table (see `table`);
    reader: one record by its identifier, called only with identifiers that are in the table;
    beats: reference beats by identifier, where the data set has them; labels: what each label means;
    licence and home: as its publisher states them.
    """

    key: str
    title: str
    kind: Kind
    rows: Callable[[], pd.DataFrame]
    reader: Callable[[str], Record]
    labels: Callable[[], dict[str, str]] = dict
    beats: Callable[[str], BeatSeries | None] | None = None
    licence: str = ""
    home: str = ""

    @cached_property
    def table(self) -> pd.DataFrame:
        """All records. Raises DataError where the data set's own tables are damaged."""
        return self.rows()

    @property
    def count(self) -> int:
        """How many records there are."""
        return len(self.table)

    @cached_property
    def choices(self) -> dict[str, tuple[str, int]]:
        """Each label that occurs: its meaning and the number of records with it, the most frequent first."""
        meaning = self.labels()
        counts = Counter(label for labels in self.table["labels"] for label in labels)
        return {label: (meaning.get(label, label), count) for label, count in counts.most_common()}

    @cached_property
    def _having(self) -> dict[str, set[str]]:
        having: dict[str, set[str]] = {}
        for entry, labels in self.table["labels"].items():
            for label in labels:
                having.setdefault(label, set()).add(str(entry))
        return having

    def entries(self, wanted: Filter | None = None) -> pd.DataFrame:
        """The records that pass the filter, indexed by identifier, with the columns of COLUMNS."""
        wanted = wanted or Filter()
        rows = self.table
        for anyone in filter(None, ((wanted.superclass,) if wanted.superclass else (), wanted.labels)):
            having = [self._having[label] for label in anyone if label in self._having]
            rows = rows[rows.index.isin(set[str]().union(*having))]
        if wanted.ages is not None:
            rows = rows[rows["age"].between(*wanted.ages)]
        if wanted.sex is not None:
            rows = rows[rows["sex"] == wanted.sex]
        if wanted.folds:
            rows = rows[rows["fold"].isin(wanted.folds)]
        for word in wanted.text.lower().split():
            rows = rows[rows["searched"].str.contains(word, regex=False)]
        return rows[list(COLUMNS)]

    def read(self, entry: str) -> Record:
        """One record. DataError for an identifier that is not in the list."""
        if entry not in self.table.index:
            raise DataError(f"{self.title} has no record {entry[:80]!r} here; choose one from its list.")
        return self.reader(entry)
