"""What a model said of every test record, kept so that any two models can be compared patient by patient."""

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ecgviz.card import ModelCard
from ecgviz.evaluate.paired import Answers
from ecgviz.train.operating import scored
from ecgviz.zoo import _answers

__all__ = ["keep"]


def keep(folder: Path, card: ModelCard, raw: NDArray[np.floating], y: NDArray[np.floating], rows: pd.DataFrame) -> None:
    """Write `<name>/answers.safetensors` and `_truth/<task>.safetensors` in `folder`, the folder of all models.

    raw: logits before calibration, y: 0 or 1, both (records, labels) as in the card; rows: the table's, for its
    `patient_id`, of which only "same person" is kept. Classes are merged and left out as they are in the report.
    """
    slope, offset = np.array([label.platt for label in card.labels], dtype=np.float64).T
    truth, logits, names = scored(y, raw * slope + offset, card.label_names)
    cut = {label.name: label.threshold for label in card.labels}
    threshold = np.array([cut[name] for name in names])
    _, patient = np.unique(rows["patient_id"].to_numpy(), return_inverse=True)
    found = Answers(
        labels=names,
        y=truth.astype(np.float32),
        logits=logits.astype(np.float32),
        thresholds=np.log(threshold / (1 - threshold)),
        patient=patient.astype(np.int32),
    )
    _answers.write(folder, card, found)
