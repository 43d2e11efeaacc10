"""Look-alikes: which records a model sees as most like this one, by what its last layer reads of them.

A Shelf holds that reading for the records of a library, and no signal. It is kept as one file for each model and
library, outside of the repository, and belongs to the weights that made it. Only an Eye needs torch.
"""

import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from ecgviz.errors import DataError
from ecgviz.record import Record
from ecgviz.signals.prepare import prepare

if TYPE_CHECKING:
    from torch import nn

    from ecgviz.zoo._checkpoints import Model

__all__ = ["Eye", "Neighbour", "Shelf", "eye", "nearest", "read", "write"]

Array = NDArray[np.float32]
ALIKE = 0.98
"""From this likeness on, two entries may be one recording stored twice."""


@dataclass(frozen=True, eq=False)
class Shelf:
    """entries: identifiers in the library; vectors (n, d): what the model reads; probabilities (n, labels)."""

    entries: tuple[str, ...]
    vectors: Array
    probabilities: Array


@dataclass(frozen=True)
class Neighbour:
    """entry: in the library; likeness: cosine of the two readings, each less the library's mean, in its spread."""

    entry: str
    likeness: float


@dataclass(frozen=True, eq=False)
class Eye:
    """A model that can be asked for its reading by several threads at once; see `eye`."""

    model: "Model"
    _twins: "tuple[nn.Module, ...]"

    def __call__(self, record: Record) -> tuple[Array, Array]:
        """(d,) reading, of an ensemble that of all its members, and (labels,) probabilities. Raises ModelError."""
        from ecgviz.zoo._gate import features, owner_cards
        from ecgviz.zoo._predict import predict, tensors

        cards = owner_cards(self.model.card)
        parts = [
            features(twin, *tensors(prepare(record, card.input))).mean(axis=0)
            for twin, card in zip(self._twins, cards, strict=True)
        ]
        found = predict(self.model, record).findings
        return np.concatenate(parts).astype(np.float32), np.array([f.probability for f in found], np.float32)


def eye(model: "Model") -> Eye:
    """The model without its last layer, beside the model itself; the weights are shared."""
    from ecgviz.zoo._gate import without_head

    return Eye(model, tuple(without_head(member) for member in model.members))


def nearest(shelf: Shelf, reading: Array, most: int = 5, leave: Collection[str] = ()) -> tuple[Neighbour, ...]:
    """The entries most like a reading (d,), the most alike first, without those of `leave`."""
    if len(shelf.entries) < 2:
        return ()
    mean, spread = shelf.vectors.mean(axis=0), shelf.vectors.std(axis=0)
    spread = np.where(spread > 1e-6, spread, np.inf)
    rows, own = (shelf.vectors - mean) / spread, (reading - mean) / spread
    likeness = rows @ own / (np.linalg.norm(rows, axis=1) * np.linalg.norm(own) + 1e-9)
    order = [int(at) for at in np.argsort(-likeness, kind="stable") if shelf.entries[at] not in leave]
    return tuple(Neighbour(shelf.entries[at], float(likeness[at])) for at in order[:most])


def write(path: Path, shelf: Shelf, weights: str) -> None:
    """Keep a shelf for the weights of this digest; a reader never meets half of a file. Raises DataError."""
    arrays = {"vectors": shelf.vectors.astype(np.float16), "probabilities": shelf.probabilities.astype(np.float16)}
    data = save(arrays, {"weights": weights, "entries": "\n".join(shelf.entries)})
    part = path.with_suffix(f".{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part.write_bytes(data)
        part.replace(path)
    except OSError as error:
        raise DataError(f"{path.parent} cannot be written ({error.strerror}); set XDG_CACHE_HOME.") from error


def read(path: Path, weights: str) -> Shelf | None:
    """A kept shelf; None where there is none, or one of other weights, or a damaged one."""
    try:
        with safe_open(path, framework="np") as file:
            told = file.metadata() or {}
            if told.get("weights") != weights:
                return None
            entries = tuple(filter(None, told.get("entries", "").split("\n")))
            shelf = Shelf(
                entries,
                file.get_tensor("vectors").astype(np.float32),
                file.get_tensor("probabilities").astype(np.float32),
            )
    except (OSError, SafetensorError):
        return None
    return shelf if len(entries) == len(shelf.vectors) == len(shelf.probabilities) else None
