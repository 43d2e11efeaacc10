"""Every record that opens without an upload: data sets below ECGVIZ_DATA, an example file, the simulated gallery."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import pandas as pd

from ecgviz.datasets import challenges, packaged, ptbxl_source, vocabulary, wfdb_folders
from ecgviz.datasets.source import Filter, Source
from ecgviz.errors import DataError, EcgvizError
from ecgviz.record import Record
from ecgviz.results import BeatSeries

__all__ = ["VARIABLE", "Filter", "Library", "Source", "data_root", "open_library"]

VARIABLE = "ECGVIZ_DATA"
_OPENERS: dict[str, Callable[[Path], Source]] = {
    "ptb-xl": ptbxl_source.open_source,
    "ludb": wfdb_folders.open_ludb,
    "cinc2020": challenges.open_2020,
    "cinc2017": challenges.open_2017,
    "mitdb": wfdb_folders.open_mitdb,
    "nstdb": wfdb_folders.open_nstdb,
}
_PACKAGED = ("example", "simulated")


def data_root() -> Path | None:
    """The folder named by ECGVIZ_DATA, None when the variable is unset. DataError when it names no folder."""
    named = os.environ.get(VARIABLE, "").strip()
    if not named:
        return None
    root = Path(named).expanduser()
    if not root.is_dir():
        raise DataError(
            f"{VARIABLE} is {named!r}, which is not a folder; set it to the folder that holds the data sets."
        )
    return root.resolve()


@dataclass(frozen=True, eq=False)
class Library:
    """All sources. root: the data folder; absent: why a known data set is not here, by its key."""

    root: Path | None
    sources: tuple[Source, ...]
    absent: dict[str, str]

    @property
    def reason(self) -> str:
        """One sentence for an empty list of data sets; empty where there is at least one."""
        if self.root is None:
            return f"No data folder: set {VARIABLE} to a folder with PTB-XL or other WFDB records to browse them here."
        if all(source.key in _PACKAGED for source in self.sources):
            return f"{self.root} holds no data set in its publisher's layout; put PTB-XL in its folder ptb-xl."
        return ""

    def __getitem__(self, key: str) -> Source:
        for source in self.sources:
            if source.key == key:
                return source
        raise DataError(self.absent.get(key, f"No data set {key[:40]!r}; there are {', '.join(self.keys)}."))

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the sources in their order of display."""
        return tuple(source.key for source in self.sources)

    def search(self, wanted: Filter | None = None, source: str | None = None) -> pd.DataFrame:
        """The entries of one source, or of all, that pass the filter, indexed by identifier."""
        chosen = self.sources if source is None else (self[source],)
        return pd.concat([each.entries(wanted) for each in chosen])

    def read(self, entry: str) -> Record:
        """One record by its identifier, such as `ptb-xl/00001`. DataError for one that is in no list."""
        return self[entry.partition("/")[0]].read(entry)

    def beats(self, entry: str) -> BeatSeries | None:
        """Reference beats of a record, None where its data set has none."""
        source = self[entry.partition("/")[0]]
        if source.beats is None or entry not in source.table.index:
            return None
        return source.beats(entry)

    def in_words(self, record: Record) -> tuple[str, ...]:
        """The record's reference statements in English, each with its code."""
        return vocabulary.in_words(record.statements, self.root)


@lru_cache(maxsize=4)
def open_library(root: Path | None) -> Library:
    """All sources below `root` (None: those that need no data), best known first. Nothing large is read yet.

    A data set that is absent or damaged is left out, and `absent` says why.
    """
    openers: dict[str, Callable[[], Source]] = {}
    if root is not None:
        openers |= {key: partial(make, root) for key, make in _OPENERS.items()}
        openers |= {path.name: partial(wfdb_folders.open_any, path) for path in _others(root)}
    openers |= {"example": packaged.open_dicom, "simulated": packaged.open_simulated}
    found: list[Source] = []
    absent: dict[str, str] = {}
    for key, make in openers.items():
        try:
            found.append(make())
        except EcgvizError as error:
            if key in {*_OPENERS, *_PACKAGED}:
                absent[key] = str(error)
    return Library(root, tuple(found), absent)


def _others(root: Path) -> list[Path]:
    """Folders that no known data set claims: the root itself where it holds headers, else those inside it."""
    if (root / "ptbxl_database.csv").is_file():
        return []
    if next(root.glob("*.hea"), None):
        return [root]
    inside = (path for path in root.iterdir() if path.is_dir() and not path.name.startswith("."))
    return sorted(path for path in inside if path.name not in {*_OPENERS, *_PACKAGED})
