"""Beat models: built from a setting or a card, kept beside the card, and asked about the beats of a record."""

import importlib
import threading
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from ecgviz.card import BeatCard, load_beat_card
from ecgviz.errors import ModelError
from ecgviz.record import Record, worst_first
from ecgviz.results import BeatPrediction
from ecgviz.signals.beat_windows import Beats, prepare_beats
from ecgviz.zoo import _checkpoints
from ecgviz.zoo.beats import ARCHITECTURES

__all__ = ["BeatModel", "architecture", "build", "configured", "load", "logits", "predict", "prepared", "probabilities"]

AT_ONCE = 256
CLASSICAL = "weights.skops"


@dataclass(frozen=True, eq=False)
class BeatModel:
    """A loaded model of beats. answer: a network, or the classical model; lock guards whatever hooks a network."""

    card: BeatCard
    module: ModuleType
    answer: Any
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def network(self) -> nn.Module | None:
        """The network; None for a classical model."""
        return self.answer if isinstance(self.answer, nn.Module) else None


def architecture(name: str) -> ModuleType:
    """The module of an architecture. Raises ModelError for an unknown one."""
    if name not in ARCHITECTURES:
        raise ModelError(f"There is no beat architecture {name!r}; choose one of {', '.join(ARCHITECTURES)}.")
    return importlib.import_module(f"ecgviz.zoo.beats.{name}")


def configured(name: str, setting: str) -> Any:
    """The architecture's Config from words such as `row=9` or `cell=lstm layers=2`. Raises ModelError."""
    module, config = architecture(name), None
    given = dict(part.partition("=")[::2] for part in setting.split())
    if "row" in given:
        config = module.ROWS.get(int(given.pop("row")))
        if config is None:
            raise ModelError(f"{name} has no such row; it has {', '.join(map(str, module.ROWS))}.")
    config = config or module.Config()
    known = {f.name: f for f in fields(config)}
    if unknown := sorted(set(given) - set(known)):
        raise ModelError(f"{name} has no setting {', '.join(unknown)}; it has {', '.join(known)}.")
    return replace(config, **{key: _value(text, getattr(config, key)) for key, text in given.items()})


def _value(text: str, like: Any) -> Any:
    if isinstance(like, bool):
        return text.lower() in ("1", "true", "yes")
    if isinstance(like, tuple):
        return tuple(int(part) for part in text.split(","))
    return type(like)(text)


def build(name: str, config: dict[str, Any]) -> Any:
    """A fresh network, or an unfitted classical model, from `asdict` of its Config."""
    module = architecture(name)
    kept = {key: tuple(value) if isinstance(value, list) else value for key, value in config.items()}
    return module.Model(module.Config(**kept))


def load(folder: Path) -> BeatModel:
    """The model in `folder`. Raises CardError where digest, names, shapes or values do not fit the card."""
    card = load_beat_card(folder / "card.json")
    module = architecture(card.architecture)
    answer = build(card.architecture, card.config)
    if not isinstance(answer, nn.Module):
        _checkpoints.check_digest(folder / CLASSICAL, card)
        answer.load(folder / CLASSICAL)
        return BeatModel(card, module, answer)
    _checkpoints.fill(answer, _checkpoints.state_of(folder, card), card)
    answer.eval().requires_grad_(False)
    return BeatModel(card, module, answer)


def prepared(model: BeatModel, record: Record, times_s: NDArray[np.float64]) -> Beats:
    """The windows of the beats, by the architecture's own `prepare` where it has one. Raises ModelError."""
    own = getattr(model.module, "prepare", prepare_beats)
    found: Beats = own(record, np.asarray(times_s, dtype=np.float64), model.card.input)
    return found


def logits(model: BeatModel, beats: Beats) -> NDArray[np.float64]:
    """(beats, labels), before calibration."""
    if model.network is None:
        found: NDArray[np.float64] = model.answer.logits(beats.x[:, 0])
        return found
    parts = []
    with torch.inference_mode():
        for k in range(0, len(beats.x), AT_ONCE):
            x, rhythm = (torch.from_numpy(a[k : k + AT_ONCE]) for a in (beats.x, beats.rhythm))
            parts.append(model.network(x, rhythm))
    return np.asarray(torch.cat(parts).double().numpy())


def probabilities(card: BeatCard, raw: NDArray[np.float64]) -> NDArray[np.float32]:
    """(beats, labels), rows of 1: a slope for all logits and an offset for each, then the softmax."""
    slope, offset = np.array([label.platt for label in card.labels], dtype=np.float64).T
    z = raw * slope + offset
    z = np.exp(z - z.max(axis=1, keepdims=True))
    return np.asarray(z / z.sum(axis=1, keepdims=True), dtype=np.float32)


def predict(model: BeatModel, record: Record, times_s: NDArray[np.float64]) -> BeatPrediction:
    """See `ecgviz.zoo.beats.predict`."""
    beats = prepared(model, record, times_s)
    p = probabilities(model.card, logits(model, beats))
    if not np.isfinite(p).all():
        raise ModelError(f"{model.card.name} gave no finite answer; the record's amplitude may be far out of range.")
    flags = worst_first(beats.flags, record.flags)
    return BeatPrediction(model.card.name, model.card.label_names, np.asarray(times_s), p, beats.lead, flags)
