"""From a Record to calibrated probabilities."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ecgviz.card import ModelCard
from ecgviz.errors import ModelError
from ecgviz.record import Record, worst_first
from ecgviz.results import Finding, Prediction
from ecgviz.signals.prepare import Prepared, prepare
from ecgviz.zoo._checkpoints import Model

__all__ = ["findings", "logits", "predict", "tensors", "together"]


def tensors(prepared: Prepared) -> tuple[Tensor, Tensor]:
    """x (windows, leads, samples) and demographics (windows, 5), as a network takes them."""
    person = torch.from_numpy(prepared.demographics)
    return torch.from_numpy(prepared.x), person.expand(len(prepared.x), -1)


def together(out: Tensor, card: ModelCard) -> Tensor:
    """Logits of the windows as one row of logits: (windows, labels) -> (labels,)."""
    return out.mean(dim=0) if card.input.aggregate == "mean" else out.amax(dim=0)


def logits(model: Model, prepared: Prepared) -> NDArray[np.float32]:
    """(labels,) uncalibrated logits of one record. ModelError where they are not finite."""
    x, person = tensors(prepared)
    with torch.inference_mode():
        found: NDArray[np.float32] = together(model.network(x, person), model.card).numpy()
    if not np.isfinite(found).all():
        raise ModelError(f"{model.card.name} gave no finite answer; the record's amplitude may be far out of range.")
    return found


def findings(card: ModelCard, raw: NDArray[np.float32]) -> tuple[Finding, ...]:
    """(labels,) logits as calibrated findings in the card's order."""
    slope, offset = np.array([label.platt for label in card.labels], dtype=np.float64).T
    p = 1 / (1 + np.exp(-np.clip(raw * slope + offset, -60, 60)))
    return tuple(
        Finding(label.name, float(value), label.threshold, label.trusted)
        for label, value in zip(card.labels, p, strict=True)
    )


def predict(model: Model, record: Record) -> Prediction:
    """Prepare, run and calibrate; the record's flags and those of the preparation travel with the findings."""
    prepared = prepare(record, model.card.input)
    found = findings(model.card, logits(model, prepared))
    return Prediction(model.card.name, found, worst_first(prepared.flags, record.flags))
