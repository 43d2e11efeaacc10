"""Calibration and operating points of one task, from the validation fold alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ecgviz.card import LabelSpec
from ecgviz.codes import EQUIVALENT, IMPLIED
from ecgviz.datasets import ptbxl
from ecgviz.evaluate import calibration
from ecgviz.evaluate.challenge import merge
from ecgviz.train import cards
from ecgviz.train.data import Fold

__all__ = ["Answers", "answers", "best_f1s", "labels", "scored", "support"]

FEWEST_POSITIVES = 50
"""Under this many positives in training a label is shown as too few to trust."""


@dataclass(frozen=True, eq=False)
class Answers:
    """A network's answers to the records that a task scores: y and raw logits (records, labels), the table's rows."""

    y: NDArray[np.float32]
    raw: NDArray[np.float32]
    rows: pd.DataFrame


def answers(fold: Fold, out: NDArray[np.float32], task: str, span: tuple[int, int]) -> Answers:
    """What `out` (records, outputs) says of one task; span: the task's outputs."""
    chosen, columns = fold.scored[task], slice(*span)
    return Answers(fold.y[chosen, columns], out[chosen, columns], fold.rows.iloc[chosen])


def scored(y: NDArray[Any], values: NDArray[Any], names: Sequence[str]) -> tuple[Any, Any, tuple[str, ...]]:
    """Labels and scores as PTB-XL is scored: CinC's equivalents merged, classes outside its vocabulary left out."""
    if "NSR" not in names:
        return y, values, tuple(names)
    keep = [k for k, name in enumerate(names) if name not in IMPLIED]
    kept = tuple(names[k] for k in keep)
    (y, merged), (values, _) = merge(y[:, keep], kept), merge(values[:, keep], kept)
    return y, values, merged


def support(y: NDArray[np.float32], task: str) -> NDArray[np.float32]:
    """(labels,) positives in training; a class that another implies has those of the other."""
    names, found = ptbxl.TASKS[task], np.asarray(y.sum(axis=0), dtype=np.float32)
    for implied, by in IMPLIED.items():
        if implied in names:
            found[names.index(implied)] = found[names.index(by)]
    return found


def labels(task: str, positives: NDArray[np.float32], found: Answers) -> tuple[LabelSpec, ...]:
    """Each label with its Platt scaling and threshold; positives: (labels,) in training; found: on validation."""
    names, y, raw = ptbxl.TASKS[task], found.y.copy(), found.raw
    for implied, by in IMPLIED.items():
        if implied in names:
            y[:, names.index(implied)] = y[:, names.index(by)]
    scale = [calibration.platt(y[:, k], raw[:, k]) for k in range(len(names))]
    p = calibration.probabilities(raw, scale)
    cut = dict(zip(names, best_f1s(y, p), strict=True))
    if task == "cinc2020":
        merged_y, merged_p, kept = scored(y, p, names)
        cut |= dict(zip(kept, calibration.challenge_thresholds(merged_y, merged_p, kept), strict=True))
        cut |= {one: cut[other] for one, other in EQUIVALENT.items()}
    words = cards.describe(task)
    return tuple(
        LabelSpec(
            name=name,
            description=words[name][0],
            codes=words[name][1],
            train_positives=int(positives[k]),
            threshold=round(float(cut[name]), 4),
            platt=(round(scale[k][0], 5), round(scale[k][1], 5)),
            trusted=bool(positives[k] >= FEWEST_POSITIVES),
            note=words[name][2],
        )
        for k, name in enumerate(names)
    )


def best_f1s(y: NDArray[Any], p: NDArray[Any]) -> list[float]:
    """The threshold with the best F1 of each class."""
    return [calibration.best_f1(y[:, k], p[:, k]) for k in range(y.shape[1])]
