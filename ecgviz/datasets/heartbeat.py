"""Heart beats of MIT-BIH: the Kaggle heartbeat set rebuilt from the records, and the inter-patient set.

The Kaggle set ("ECG Heartbeat Categorization", Kachuee et al., ICHI 2018) has 109,446 beats of all 48 records, split at
random. Its rows follow from the records by a rule (`signals.beat_windows`); which of them were its test rows is kept
here as one bit a beat, in the order of the records and their beats. The inter-patient split is that of de Chazal,
O'Dwyer, Reilly, IEEE Trans Biomed Eng 2004;51:1196.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ecgviz import readers
from ecgviz.errors import DataError
from ecgviz.readers.annotations import read_marks
from ecgviz.record import Record
from ecgviz.results import BeatSeries
from ecgviz.signals.beat_windows import KAGGLE, ends_of, to_next

__all__ = ["CLASSES", "DS1", "DS2", "PACED", "Rows", "Strip", "kaggle", "kaggle_csv", "strip", "strips"]

CLASSES = ("N", "S", "V", "F", "Q")
_DS1 = (101, 106, 108, 109, 112, 114, 115, 116, 118, 119, 122, 124, 201, 203, 205, 207, 208, 209, 215, 220, 223, 230)
_DS2 = (100, 103, 105, 111, 113, 117, 121, 123, 200, 202, 210, 212, 213, 214, 219, 221, 222, 228, 231, 232, 233, 234)
DS1, DS2 = tuple(map(str, _DS1)), tuple(map(str, _DS2))
SAME_PERSON = "202"
"""Of DS2; the person of record 201 in DS1."""
PACED = ("102", "104", "107", "217")
RECORDS = tuple(sorted((*DS1, *DS2, *PACED)))
GAIN = 200.0
"""MIT-BIH's units per mV: rows are computed from whole numbers, as the published ones were."""
_TEST_BITS = Path(__file__).with_name("kaggle_test.bits")


@dataclass(frozen=True, eq=False)
class Rows:
    """Beats as the Kaggle set has them.

    x: (n, 187) float32 of 0-1; y: (n,) index in CLASSES; test: (n,) whether it is a row of the published test file;
    record (n,) and sample (n,) at 360 Hz say where each comes from, empty for rows read from the CSV files.
    """

    x: NDArray[np.float32]
    y: NDArray[np.int64]
    test: NDArray[np.bool_]
    record: NDArray[np.str_]
    sample: NDArray[np.int64]

    @cached_property
    def valid(self) -> NDArray[np.bool_]:
        """(n, 187), False in the padding at the end."""
        last = self.x.shape[1] - 1 - (self.x[:, ::-1] > 0).argmax(axis=1)
        return np.asarray(np.arange(self.x.shape[1]) <= last[:, None])


@dataclass(frozen=True, eq=False)
class Strip:
    """One long record and its reference beats."""

    name: str
    record: Record
    beats: BeatSeries


def folder(root: Path) -> Path:
    """The folder with `100.hea`: `root` itself or `root/mitdb`. DataError when neither has it."""
    for path in (root, root / "mitdb"):
        if (path / "100.hea").is_file():
            return path
    raise DataError(f"No 100.hea in {root} or its folder mitdb; give a folder with the MIT-BIH Arrhythmia Database.")


def strip(path: Path) -> Strip:
    """One WFDB record with an `.atr` file beside it; path with or without suffix. Raises ReadError."""
    stem = path.with_suffix("")
    return Strip(stem.name, readers.read(stem.with_suffix(".hea")), readers.read_annotations(stem.with_suffix(".hea")))


def strips(root: Path, names: tuple[str, ...] = ()) -> Iterator[Strip]:
    """Records of MIT-BIH by name, or, without names, every record with beat annotations anywhere below `root`."""
    if names:
        found = [folder(root) / f"{name}.hea" for name in names]
    else:
        found = sorted(path.with_suffix(".hea") for path in root.rglob("*.atr") if path.with_suffix(".hea").is_file())
    if not found:
        raise DataError(f"No WFDB record with an .atr file in {root}; put .hea, .dat and .atr files there.")
    for path in found:
        yield strip(path)


def kaggle(root: Path) -> Rows:
    """The 109,446 rows of the Kaggle set, from the WFDB records in `root/mitdb`. Raises DataError, ReadError."""
    home = folder(root)
    parts = [_rows(home / f"{name}.hea") for name in RECORDS]
    record = np.concatenate([np.full(len(y), name) for name, (_, y, _) in zip(RECORDS, parts, strict=True)])
    x, y, sample = (np.concatenate(column) for column in zip(*parts, strict=True))
    test = np.unpackbits(np.frombuffer(_TEST_BITS.read_bytes(), dtype=np.uint8), count=len(y)).astype(np.bool_)
    return Rows(x, y, test, record, sample)


def _rows(header: Path) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.int64]]:
    """(n, 187), (n,) class and (n,) sample of one record: every beat but the last."""
    first = readers.read(header).signal[0]
    marks, labels = read_marks(header)
    ends = ends_of(marks, first.size)
    at = np.array([k for k, label in enumerate(labels) if label in CLASSES][:-1])
    x, _ = to_next(np.rint(first.astype(np.float64) * GAIN), marks[at], ends[at], KAGGLE.samples)
    y = np.array([CLASSES.index(str(labels[k])) for k in at], dtype=np.int64)
    return x.astype(np.float32), y, marks[at]


def kaggle_csv(home: Path) -> Rows:
    """The published `mitbih_train.csv` and `mitbih_test.csv`: 187 samples and the class a row. Raises DataError."""
    tables = []
    for part in ("train", "test"):
        path = home / f"mitbih_{part}.csv"
        if not path.is_file():
            raise DataError(
                f"No {path.name} in {home}; give the folder with both CSV files of the Kaggle heartbeat set."
            )
        table = pd.read_csv(path, header=None).to_numpy(dtype=np.float32)
        if table.shape[1] != KAGGLE.samples + 1:
            raise DataError(f"{path.name} has {table.shape[1]} columns; the Kaggle heartbeat set has 188.")
        tables.append(table)
    both = np.concatenate(tables)
    y = both[:, -1].astype(np.int64)
    if y.min() < 0 or y.max() >= len(CLASSES):
        raise DataError(f"The last column holds class {y.max()}; the Kaggle heartbeat set has 0 to 4.")
    test = np.arange(len(both)) >= len(tables[0])
    nowhere = np.full(len(both), "")
    return Rows(both[:, :-1], y, test, nowhere, np.full(len(both), -1, dtype=np.int64))
