"""One finding of one record on trial: the signal as the model takes it, asked again in any altered form."""

import importlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ecgviz.errors import ModelError
from ecgviz.explain import BASELINES
from ecgviz.explain._stitch import Map, joined, stitch
from ecgviz.explain._trivial import trivial
from ecgviz.record import Record
from ecgviz.signals.prepare import Prepared, prepare
from ecgviz.zoo._checkpoints import Model
from ecgviz.zoo._predict import together

__all__ = ["Trial", "trial"]

AT_ONCE = 8
"""Windows that go through a network together: more would not be faster and would need more memory."""

Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Trial:
    """starts: the first sample of each window; signal: (leads, samples) in the model's units, whole record."""

    model: Model
    record: Record
    label: int
    prepared: Prepared
    starts: NDArray[np.int64]
    signal: Array

    @property
    def fs(self) -> float:
        """Hz of the signal and of every heat."""
        return self.model.card.input.fs

    @cached_property
    def logit(self) -> float:
        """Of the unaltered record, as predicted."""
        return float(self.logits(self.signal[None])[0])

    def probability(self, logits: NDArray[np.float64]) -> NDArray[np.float64]:
        """Calibrated as the card says."""
        slope, offset = self.model.card.labels[self.label].platt
        found: NDArray[np.float64] = 1 / (1 + np.exp(-np.clip(logits * slope + offset, -60, 60)))
        return found

    def windows(self, signals: Array) -> Tensor:
        """(n, leads, samples) -> (n x windows, leads, width), as the network takes them."""
        width = self.prepared.x.shape[2]
        cut = np.stack([signals[..., s : s + width] for s in self.starts], axis=1)
        return torch.from_numpy(cut.reshape(-1, *cut.shape[2:]))

    def person(self, windows: int) -> Tensor:
        """Age and sex for that many windows, (windows, 5)."""
        return torch.from_numpy(self.prepared.demographics).expand(windows, -1)

    def logits(self, signals: Array) -> NDArray[np.float64]:
        """(n,) logits of n altered records (n, leads, samples), windows together as in a prediction."""
        x = self.windows(signals)
        with torch.inference_mode():
            out = torch.cat([self.model.network(part, self.person(len(part))) for part in torch.split(x, AT_ONCE)])
            rows = [together(part, self.model.card)[self.label] for part in torch.split(out, len(self.starts))]
        return np.array([float(row) for row in rows])

    def maps(self, method: str, signals: Array, layer: str = "", model: Model | None = None) -> Map:
        """The method's Map for the windows of n altered records, one after the other; `model` in place of this one."""
        x = self.windows(signals)
        if method in BASELINES:
            return trivial(method, x.numpy(), self.prepared, self.record, self.fs)
        attribute = importlib.import_module(f"ecgviz.explain.{method}").attribute
        more = {"layer": layer} if layer else {}
        asked = model or self.model
        parts = torch.split(x, AT_ONCE)
        return joined([attribute(asked, part, self.person(len(part)), self.label, **more) for part in parts])

    def stitched(self, found: Map) -> Array:
        """(n, leads or 1, samples): the heat of each of n records, unscaled, from the Map of all their windows."""
        each = np.split(found.scores, len(found.scores) // len(self.starts))
        width, samples = self.prepared.x.shape[2], self.signal.shape[1]
        maps = [Map(scores, found.stride, found.offset) for scores in each]
        return np.stack([stitch(one, self.starts, width, samples) for one in maps])

    def heat(self, method: str, layer: str = "", model: Model | None = None) -> Array:
        """(leads or 1, samples): the unscaled heat of the unaltered record."""
        whole: Array = self.stitched(self.maps(method, self.signal[None], layer, model))[0]
        return whole


def trial(model: Model, record: Record, label: str) -> Trial:
    """Raises ModelError for a label that the model does not know, and as `signals.prepare` does."""
    card = model.card
    if label not in card.label_names:
        raise ModelError(f"{card.name} has no label {label!r}; it knows {', '.join(card.label_names)}.")
    prepared = prepare(record, card.input)
    starts = np.round((prepared.start_s - record.start_s) * card.input.fs).astype(np.int64)
    leads, width = prepared.x.shape[1:]
    signal = np.zeros((leads, int(starts.max()) + width), np.float32)
    for window, start in zip(prepared.x, starts, strict=True):
        signal[:, start : start + width] = window
    return Trial(model, record, card.label_names.index(label), prepared, starts, signal)
