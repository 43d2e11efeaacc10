"""Data sets that are plain folders of WFDB records: LUDB, MIT-BIH, its noise records, and any other folder."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from ecgviz import readers
from ecgviz.datasets import headers, uncalibrated
from ecgviz.datasets.source import Entry, Kind, Source, table
from ecgviz.errors import DataError
from ecgviz.record import Patient, Record
from ecgviz.results import BeatSeries

__all__ = ["open_any", "open_ludb", "open_mitdb", "open_nstdb"]

HOME = "https://physionet.org/content/"
NOISE = "MIT-BIH noise"
NOISES = {"bw": "baseline wander", "em": "electrode motion", "ma": "muscle artefact"}


def open_ludb(root: Path) -> Source:
    """LUDB in `root/ludb`, its diagnoses taken from the header comments. DataError when it is not there."""
    return _source(root / "ludb", "ludb", "LUDB", "12-lead", _ludb, "ODC-BY 1.0")


def open_mitdb(root: Path) -> Source:
    """The MIT-BIH Arrhythmia Database in `root/mitdb`, with its reference beats. DataError when it is not there."""
    return _source(root / "mitdb", "mitdb", "MIT-BIH", "rhythm", _plain("MIT-BIH"), "ODC-BY 1.0")


def open_nstdb(root: Path) -> Source:
    """The MIT-BIH noise records in `root/nstdb`. DataError when they are not there."""
    return _source(root / "nstdb", "nstdb", NOISE, "noise", _noise, "ODC-BY 1.0")


def open_any(folder: Path) -> Source:
    """Any folder with WFDB records below it, under the folder's own name. DataError when it holds none."""
    return _source(folder, folder.name, folder.name, "rhythm", _plain(folder.name), "")


def _source(
    folder: Path, key: str, title: str, kind: Kind, entry_of: Callable[[str, headers.Header], Entry], licence: str
) -> Source:
    paths = {f"{key}/{_short(stem)}": path for stem, path in headers.find(folder)}
    if not paths:
        raise DataError(f"No WFDB header in {folder}; put the records there.")
    return Source(
        key=key,
        title=title,
        kind=kind,
        rows=lambda: table({entry: entry_of(entry.partition("/")[2], headers.peek(p)) for entry, p in paths.items()}),
        reader=lambda entry: _read(entry, paths[entry], title),
        beats=lambda entry: _beats(paths[entry]),
        licence=licence,
        home=f"{HOME}{key}/" if licence else "",
    )


def _read(entry: str, path: Path, title: str) -> Record:
    """One record, with age, sex and (LUDB) diagnoses from the comments where the reader leaves them aside."""
    found = uncalibrated.read(path, entry.partition("/")[0])
    header = headers.peek(path)
    age, sex = found.patient.age, found.patient.sex
    patient = Patient(age=header.age if age is None else age, sex=header.sex if sex is None else sex)
    said = tuple(f"LUDB:{text}" for text in _said(header)) if title == "LUDB" else ()
    name = f"{title} {entry.partition('/')[2]}"
    return replace(found, name=name, patient=patient, statements=found.statements or said)


def _said(header: headers.Header) -> tuple[str, ...]:
    """LUDB's diagnoses: every comment that is not an `<item>`."""
    return tuple(text.rstrip(". ") for text in header.comments if text and not text.startswith("<"))


def _short(stem: str) -> str:
    """LUDB keeps its records in `data`, which says nothing about a record."""
    return stem.removeprefix("data/")


def _plain(title: str) -> Callable[[str, headers.Header], Entry]:
    def entry_of(name: str, header: headers.Header) -> Entry:
        words = " ".join((*header.leads, *header.comments))
        return Entry(title=f"{title} {name}", words=words, age=header.age, sex=header.sex)

    return entry_of


def _noise(name: str, header: headers.Header) -> Entry:
    return Entry(title=f"{NOISE} {name}", words=NOISES.get(name, " ".join(header.comments)))


def _ludb(name: str, header: headers.Header) -> Entry:
    said = _said(header)
    return Entry(title=f"LUDB {name}", labels=said, words="; ".join(said), age=header.age, sex=header.sex)


def _beats(path: Path) -> BeatSeries | None:
    """Reference beats beside the record, None where there is no `.atr`."""
    if not path.with_suffix(".atr").is_file():
        return None
    return readers.read_annotations(path, "atr")
