"""The parts of a split: rows of beats, their classes and the record of each.

The validation part is a fifth of the Kaggle training rows, drawn by class, or five whole records of DS1.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ecgviz.datasets import heartbeat
from ecgviz.datasets.heartbeat import CLASSES, DS1, DS2, Rows
from ecgviz.errors import DataError
from ecgviz.train.beats.config import SPLITS

__all__ = ["VALIDATED_ON", "Part", "labels_of", "parts", "rows"]

VALIDATED_ON = ("114", "118", "205", "215", "223")
"""Records of DS1 that hold all four classes between them and are validated on."""
HELD_BACK = 5
SPLIT_SEED = 42


@dataclass(frozen=True, eq=False)
class Part:
    """x: (n, samples) float32; y: (n,) class; record: (n,) name."""

    x: NDArray[np.float32]
    y: NDArray[np.int64]
    record: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.y)


def labels_of(split: str) -> tuple[str, ...]:
    """The classes told apart: paced and unclassifiable beats are left out between patients, as the AAMI says."""
    return CLASSES if split == "kaggle" else CLASSES[:4]


def rows(data: Path, runs: Path) -> Rows:
    """The rebuilt rows, kept in `runs` after the first time."""
    path = runs / "kaggle_rows.npz"
    if path.is_file():
        with np.load(path, allow_pickle=False) as kept:
            return Rows(**{name: kept[name] for name in kept.files})
    found = heartbeat.kaggle(data)
    runs.mkdir(parents=True, exist_ok=True)
    np.savez(path, x=found.x, y=found.y, test=found.test, record=found.record, sample=found.sample)
    return found


def parts(found: Rows, split: str) -> dict[str, Part]:
    """train, validation and test. Raises DataError for an unknown split."""
    if split not in SPLITS:
        raise DataError(f"There is no split {split!r} of beats; choose one of {', '.join(SPLITS)}.")
    if split == "kaggle":
        masks = _kaggle(found)
    else:
        of_four = found.y < len(CLASSES) - 1
        held, ds1 = np.isin(found.record, VALIDATED_ON), np.isin(found.record, DS1)
        masks = {"train": ds1 & ~held, "validation": held, "test": np.isin(found.record, DS2)}
        masks = {name: mask & of_four for name, mask in masks.items()}
    return {name: Part(found.x[mask], found.y[mask], found.record[mask]) for name, mask in masks.items()}


def _kaggle(found: Rows) -> dict[str, NDArray[np.bool_]]:
    """The published test rows, and every fifth training row of each class in a random order."""
    rng = np.random.default_rng(SPLIT_SEED)
    held = np.zeros(len(found.y), dtype=np.bool_)
    for label in range(len(CLASSES)):
        rows_of = np.flatnonzero((found.y == label) & ~found.test)
        held[rng.permutation(rows_of)[: round(len(rows_of) / HELD_BACK)]] = True
    return {"train": ~found.test & ~held, "validation": held, "test": found.test}
