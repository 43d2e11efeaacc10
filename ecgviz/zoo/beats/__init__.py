"""Models of single heart beats: their cards without torch, and the models when they are needed.

One architecture is one module: TITLE, Config and Model; a network's `Model` takes (n, 1, samples) and gives logits, a
classical one has `fit`, `logits`, `save` and `load`.

cards()              every installed model's card (no torch)
report(name)         its report.json (no torch)
load(name)           the model, checked against its card
predict(model, record, times_s)
"""

import json
import pkgutil
from typing import TYPE_CHECKING, Any

from ecgviz.card import BeatCard, list_beat_cards
from ecgviz.errors import ModelError
from ecgviz.zoo import models_folder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ecgviz.record import Record
    from ecgviz.results import BeatPrediction
    from ecgviz.zoo.beats._models import BeatModel

__all__ = ["ARCHITECTURES", "cards", "load", "predict", "report", "table"]

ARCHITECTURES = tuple(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))
TABLE = "_beats.json"


def cards() -> tuple[BeatCard, ...]:
    """The card of every installed beat model, by name. Raises CardError when one is incomplete."""
    return tuple(list_beat_cards(models_folder()))


def table() -> list[dict[str, Any]]:
    """Every row of the two tables of beat classifiers, those without weights too: one object a model and split."""
    path = models_folder() / TABLE
    if not path.is_file():
        return []
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return found


def report(name: str) -> dict[str, Any]:
    """The model's `report.json`. Raises ModelError when absent."""
    _known(name)
    try:
        found: dict[str, Any] = json.loads((models_folder() / name / "report.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"The report of {name} cannot be read ({error}); train the model again.") from error
    return found


def load(name: str) -> "BeatModel":
    """An installed model, safe to share between threads.

    Raises ModelError for an unknown name, CardError where the weights do not fit their card.
    """
    from ecgviz.zoo.beats import _models

    _known(name)
    return _models.load(models_folder() / name)


def predict(model: "BeatModel", record: "Record", times_s: "NDArray[np.float64]") -> "BeatPrediction":
    """Calibrated probabilities of the classes for each beat; times_s: (beats,) R peaks on its axis, increasing.

    Raises ModelError; see `signals.beat_windows`.
    """
    from ecgviz.zoo.beats import _models

    return _models.predict(model, record, times_s)


def _known(name: str) -> None:
    known = [card.name for card in cards()]
    if name not in known:
        raise ModelError(f"There is no beat model {name[:60]!r}. Installed: {', '.join(known) or 'none'}.")
