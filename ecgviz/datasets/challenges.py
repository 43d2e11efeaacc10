"""The PhysioNet/CinC Challenges of 2017 (one lead, atrial fibrillation) and 2020 (12 leads, 27 scored classes)."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from ecgviz import readers
from ecgviz.codes import CINC, cinc_labels
from ecgviz.datasets import headers, vocabulary
from ecgviz.datasets.source import Entry, Source, table
from ecgviz.errors import DataError
from ecgviz.record import Record

__all__ = ["open_2017", "open_2020"]


def open_2017(root: Path) -> Source:
    """CinC 2017 in `root/cinc2017`: headers and REFERENCE.csv. Raises DataError when it is not there."""
    folder = root / "cinc2017"
    reference = next((p for p in sorted(folder.rglob("REFERENCE*.csv"), reverse=True) if p.is_file()), None)
    if reference is None:
        raise DataError(f"No REFERENCE.csv in {folder}; put the Challenge's training set there.")
    paths = _listed("cinc2017", folder)
    return Source(
        key="cinc2017",
        title="CinC 2017",
        kind="one lead",
        rows=lambda: table(_entries_2017(paths(), reference)),
        reader=lambda entry: _read_2017(entry, paths()[entry], reference),
        labels=lambda: vocabulary.CINC2017,
        licence="ODC-BY 1.0",
        home="https://physionet.org/content/challenge-2017/",
    )


def open_2020(root: Path) -> Source:
    """CinC 2020 in `root/cinc2020`: headers with `#Dx:`. Raises DataError when there are none."""
    folder = root / "cinc2020"
    paths = _listed("cinc2020", folder)
    if next(headers.find(folder, 1), None) is None:
        raise DataError(f"No WFDB header in {folder}; put the Challenge's training sets there.")
    return Source(
        key="cinc2020",
        title="CinC 2020",
        kind="12-lead",
        rows=lambda: table({entry: _entry_2020(path) for entry, path in paths().items()}),
        reader=lambda entry: replace(readers.read(paths()[entry]), name=f"CinC 2020 {paths()[entry].stem}"),
        labels=lambda: {name: c.description for name, c in CINC.items()} | vocabulary.SNOMED,
        licence="CC BY 4.0",
        home="https://physionet.org/content/challenge-2020/",
    )


def _listed(key: str, folder: Path) -> Callable[[], dict[str, Path]]:
    """A listing that is made once, at its first use: identifier to header file."""
    kept: dict[str, Path] = {}

    def paths() -> dict[str, Path]:
        if not kept:
            kept.update({f"{key}/{stem}": path for stem, path in headers.find(folder)})
        return kept

    return paths


def _references(path: Path) -> dict[str, str]:
    try:
        with path.open(newline="", encoding="utf-8") as file:
            return {row[0]: row[1] for row in csv.reader(file) if len(row) > 1}
    except (OSError, ValueError, csv.Error) as error:
        raise DataError(f"{path.name} of CinC 2017 cannot be read ({error}); download it again.") from error


def _entries_2017(paths: dict[str, Path], reference: Path) -> dict[str, Entry]:
    classes = _references(reference)
    found: dict[str, Entry] = {}
    for entry, path in paths.items():
        label = classes.get(path.stem)
        words = vocabulary.CINC2017.get(label or "", "no reference")
        found[entry] = Entry(title=f"CinC 2017 {path.stem}", labels=(label,) if label else (), words=words)
    return found


def _read_2017(entry: str, path: Path, reference: Path) -> Record:
    label = _references(reference).get(path.stem)
    statements = (f"CINC2017:{label}",) if label else ()
    return replace(readers.read(path), statements=statements, name=f"CinC 2017 {path.stem}")


def _entry_2020(path: Path) -> Entry:
    header = headers.peek(path)
    codes = [code.strip() for code in header.comment("Dx").split(",") if code.strip()]
    return Entry(
        title=f"CinC 2020 {path.stem}",
        labels=_labels_2020(codes),
        words="; ".join(vocabulary.SNOMED.get(code, f"SNOMED {code}") for code in codes),
        age=header.age,
        sex=header.sex,
    )


def _labels_2020(codes: Sequence[str]) -> tuple[str, ...]:
    """Scored classes in the Challenge's order, then the codes outside them."""
    scored = {code for c in CINC.values() for code in (c.snomed, *c.also)}
    names = cinc_labels(codes)
    return (*(name for name in CINC if name in names), *(code for code in codes if code not in scored))
