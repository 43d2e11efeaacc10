"""A beat model on any folder of WFDB records with beat annotations."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecgviz.datasets import heartbeat
from ecgviz.errors import DataError
from ecgviz.evaluate import beats
from ecgviz.zoo import beats as zoo

__all__ = ["evaluate"]

SCORED = ("N", "S", "V", "F")
"""Paced and unclassifiable beats are not scored, as the AAMI recommends; a beat called so counts as an error."""


def evaluate(name: str, folder: Path, records: Sequence[str] = ()) -> dict[str, Any]:
    """Figures over the reference beats of every record with an `.atr` below the folder, or of those of MIT-BIH named.

    model, data, split, n, records, metrics: accuracy, macro_f1 over those of N, S, V, F that occur, weighted_f1, a
    figure a class, each with its interval from resampled records. Raises DataError, ReadError, ModelError.
    """
    model = zoo.load(name)
    labels = tuple(dict.fromkeys((*SCORED, *model.card.label_names)))
    parts = []
    for strip in heartbeat.strips(folder, tuple(records)):
        inside = _inside(strip)
        names = [label for label, kept in zip(strip.beats.labels, inside, strict=True) if kept]
        truth = np.array([labels.index(name) if name in SCORED else -1 for name in names], dtype=np.int64)
        kept = truth >= 0
        if not kept.any():
            continue
        found = zoo.predict(model, strip.record, strip.beats.times_s[inside])
        said = np.array([labels.index(label) for label in found.best], dtype=np.int64)
        record = np.full(int(kept.sum()), strip.name)
        parts.append(beats.by_record(truth[kept], said[kept], record, len(labels)))
    if not parts:
        raise DataError(f"No beat of class {', '.join(SCORED)} is annotated in {folder}; check the annotation files.")
    found_all = beats.summary(np.concatenate(parts), labels)
    split = f"reference beats of {len(parts)} record{'s' if len(parts) > 1 else ''}"
    return {"model": name, "data": str(folder), "split": split} | found_all


def _inside(strip: heartbeat.Strip) -> NDArray[np.bool_]:
    """(beats,) those that lie within the recording, each later than the one before."""
    times = strip.beats.times_s
    later = np.concatenate([[True], np.diff(times) > 0]) if times.size else np.zeros(0, dtype=np.bool_)
    end = strip.record.start_s + strip.record.seconds
    return np.asarray(later & (times >= strip.record.start_s) & (times < end))
