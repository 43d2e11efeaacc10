"""Networks that look at pictures of ECG pages.

ARCHITECTURES      modules with TITLE, Config, Model (features, head, forward) and cam_layer
cards()            every installed model's card (no torch)
load(name)         the network, checked against its card
predict(model, scan)
"""

import pkgutil
from typing import TYPE_CHECKING

from ecgviz.card import ImageCard, list_image_cards
from ecgviz.errors import ModelError
from ecgviz.zoo import models_folder, report

if TYPE_CHECKING:
    from ecgviz.record import Scan
    from ecgviz.results import Prediction
    from ecgviz.zoo.images._checkpoints import PageModel

__all__ = ["ARCHITECTURES", "cards", "load", "predict", "report"]

ARCHITECTURES = tuple(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))


def cards() -> tuple[ImageCard, ...]:
    """The card of every installed model of pages, by name. Raises CardError when one is incomplete."""
    return tuple(list_image_cards(models_folder()))


def load(name: str) -> "PageModel":
    """The network of an installed model, in evaluation mode, safe to share between threads.

    Raises ModelError for an unknown name, CardError where the weights do not fit their card.
    """
    from ecgviz.zoo.images import _checkpoints

    known = [path.parent.name for path in models_folder().glob("*/card.json")]
    if name not in known:
        listed = ", ".join(card.name for card in cards()) or "none; train one with `python -m ecgviz train-image`"
        raise ModelError(f"There is no model of pages {name[:60]!r}. Installed: {listed}.")
    return _checkpoints.load(models_folder() / name)


def predict(model: "PageModel", scan: "Scan") -> "Prediction":
    """Probabilities of the exclusive labels, which add up to 1; flags where the picture is unlike the training pages.

    Raises ModelError where no finite answer comes out.
    """
    from ecgviz.zoo.images import _predict

    return _predict.predict(model, scan)
