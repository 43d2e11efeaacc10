"""Trained models: their cards without torch, and the networks when they are needed.

cards()            the card of every installed model of 12-lead records (no torch); see `beats` and `images` for others
kind(name)         whether a model is of 12-lead records, beats or pages (no torch)
report(name)       its report.json (no torch)
answers(name)      its kept answers to the test records, for paired comparison (no torch)
load(name)         the network, checked against its card
predict(model, record)
screen(model, record, flags)   whether this recording may be asked of this model at all
preload()          import torch and captum, so that the first prediction does not wait for them
"""

import importlib
import json
import os
import pkgutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecgviz.card import Card, ModelCard, Task, kind_of, list_beat_cards, list_cards, list_image_cards, load_card
from ecgviz.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecgviz.evaluate.paired import Answers
    from ecgviz.record import Flag, Record
    from ecgviz.results import Prediction, Screening
    from ecgviz.zoo._checkpoints import Model

__all__ = [
    "ARCHITECTURES",
    "answers",
    "cards",
    "every_card",
    "kind",
    "load",
    "models_folder",
    "predict",
    "preload",
    "report",
    "screen",
]

ARCHITECTURES = tuple(m.name for m in pkgutil.iter_modules(__path__) if not (m.ispkg or m.name.startswith("_")))


def models_folder() -> Path:
    """`models/` beside the package, or where ECGVIZ_MODELS points."""
    given = os.environ.get("ECGVIZ_MODELS")
    return Path(given) if given else Path(__file__).resolve().parents[2] / "models"


def cards() -> tuple[ModelCard, ...]:
    """The card of every installed model, by name. Raises CardError when one is incomplete."""
    return tuple(list_cards(models_folder()))


def every_card() -> tuple[Card, ...]:
    """The card of every installed model of whatever kind. Raises CardError when one is incomplete."""
    folder = models_folder()
    return (*list_cards(folder), *list_beat_cards(folder), *list_image_cards(folder))


def kind(name: str) -> Task:
    """`ecg12`, `beat` or `image`. Raises ModelError for an unknown name, CardError for a damaged card."""
    return kind_of(_folder(name) / "card.json")


def _folder(name: str) -> Path:
    known = {path.parent.name for path in models_folder().glob("*/card.json")}
    if name not in known:
        listed = ", ".join(sorted(known)) or "none; train one with `python -m ecgviz train`"
        raise ModelError(f"There is no model {name!r}. Installed: {listed}.")
    return models_folder() / name


def report(name: str) -> dict[str, Any]:
    """The model's `report.json`: figures, a row per class, curves, training history. Raises ModelError when absent."""
    path = _folder(name) / "report.json"
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"The report of {name} cannot be read ({error}); evaluate the model again.") from error
    return found


def answers(name: str) -> "Answers | None":
    """What the model said of each record of its test set; None where that was not kept. Raises ModelError."""
    from ecgviz.zoo import _answers

    return _answers.read(models_folder(), load_card(_folder(name) / "card.json"))


def load(name: str) -> "Model":
    """The network of an installed model, in evaluation mode, safe to share between threads.

    Raises ModelError for an unknown name, CardError where the weights do not fit their card.
    """
    from ecgviz.zoo import _checkpoints

    return _checkpoints.load(_folder(name))


def predict(model: "Model", record: "Record") -> "Prediction":
    """Calibrated probabilities of every label beside its own threshold. Raises ModelError; see `signals.prepare`."""
    from ecgviz.zoo import _predict

    return _predict.predict(model, record)


def screen(model: "Model", record: "Record", flags: "Iterable[Flag]") -> "Screening":
    """The gate before a prediction: what `signals.quality.check` found (`flags`), and how unlike training it is.

    Raises ModelError as `signals.prepare`.
    """
    from ecgviz.zoo import _gate

    return _gate.screen(model, record, flags)


def preload() -> None:
    """Import torch and captum and run nothing: meant for a background thread at the start of a server."""
    importlib.import_module("torch").set_num_threads(1)
    importlib.import_module("captum.attr")
    importlib.import_module("ecgviz.zoo._checkpoints")
