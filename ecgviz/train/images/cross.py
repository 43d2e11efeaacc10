"""Repeated cross-validation by recording, each part's network rounded as the shipped one is."""

import copy
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import softmax
from sklearn.model_selection import StratifiedKFold, StratifiedShuffleSplit
from torch import Tensor, nn

from ecgviz.datasets.pages import LABELS, Page
from ecgviz.evaluate import images
from ecgviz.train.images.config import PageConfig
from ecgviz.train.images.fit import class_weights, fit, logits_of, loss_of, temperature
from ecgviz.train.images.parts import Parts, split
from ecgviz.zoo._int8 import pack, unpack

__all__ = ["Crossed", "cross", "fresh", "grid", "rounded", "strata", "truth"]

INNER = 0.15
"""Share of each training part that stops the training and sets the temperature."""


@dataclass(frozen=True, eq=False)
class Crossed:
    """probability (repeats, pages, labels) of each page by the network that had not seen it; one number for each
    training: the passes it took, its temperature, its macro-F1 on its own test part, its validation loss.
    """

    probability: NDArray[np.float64]
    epochs: list[int]
    temperatures: list[float]
    macro_f1: list[float]
    losses: list[float]

    @property
    def said(self) -> NDArray[np.intp]:
        """(repeats, pages) the likeliest class."""
        likeliest: NDArray[np.intp] = self.probability.argmax(axis=2)
        return likeliest


def truth(pages: Sequence[Page]) -> NDArray[np.int64]:
    """(pages,) class numbers in the order of LABELS."""
    names = list(LABELS)
    return np.array([names.index(page.label) for page in pages])


def strata(pages: Sequence[Page], least: int) -> NDArray[np.int64]:
    """(pages,) class and batch together; the class alone where one of its batches has fewer than `least` pages."""
    counts = Counter((page.label, page.batch) for page in pages)
    merged = {label for (label, _), count in counts.items() if count < least}
    kept = [page.label if page.label in merged else f"{page.label}/{page.batch}" for page in pages]
    return np.unique(kept, return_inverse=True)[1]


def rounded(network: nn.Module, only: Sequence[nn.Parameter] = ()) -> None:
    """Give the network the weights it will have once they are kept as 8-bit and 16-bit numbers and read again.

    only: the parameters that have changed since the others were rounded; without them, all.
    """
    chosen = {id(p) for p in only}
    names = {name for name, p in network.named_parameters() if id(p) in chosen}
    own = {name: value for name, value in network.state_dict().items() if not names or name in names}
    state = unpack(pack(own))
    floats = {name: value.half().float() if value.ndim > 1 else value for name, value in state.items()}
    network.load_state_dict(floats, strict=False)


def fresh(network: nn.Module, config: PageConfig) -> Any:
    """A copy with a new last layer and the dropout of this configuration."""
    torch.manual_seed(config.seed)
    found: Any = copy.deepcopy(network)
    for layer in found.modules():
        if isinstance(layer, nn.Dropout):
            layer.p = config.dropout
    found.output.reset_parameters()
    return found


def cross(
    network: nn.Module,
    x: Tensor,
    y: NDArray[np.int64],
    groups: NDArray[np.int64],
    config: PageConfig,
    say: Callable[[str], None] = lambda _: None,
) -> Crossed:
    """Train from `network` once for each part of each repeat; x as `frozen_output` gives it."""
    probability = np.zeros((config.repeats, len(y), len(LABELS)))
    kept = Crossed(probability, [], [], [], [])
    for repeat in range(config.repeats):
        parts = StratifiedKFold(config.folds, shuffle=True, random_state=config.seed + repeat)
        for train, test in parts.split(np.zeros(len(y)), groups):
            own, epoch, t, loss = _one(network, x, y, train, config)
            probability[repeat, test] = softmax(logits_of(own, x, test) / t, axis=1)
            kept.epochs.append(epoch)
            kept.temperatures.append(t)
            kept.losses.append(loss)
            table = images.confusion(y[test], probability[repeat, test].argmax(axis=1), len(LABELS))
            kept.macro_f1.append(images.macro_f1(table))
        done = images.confusion(y, probability[repeat].argmax(axis=1), len(LABELS))
        say(f"repeat {repeat + 1}: macro-F1 {images.macro_f1(done):.3f}")
    return kept


def _one(
    network: nn.Module, x: Tensor, y: NDArray[np.int64], train: NDArray[np.intp], config: PageConfig
) -> tuple[Parts, int, float, float]:
    """The network of one part, its passes, its temperature, and its validation loss at that temperature.

    A head that is solved at once needs no validation to stop: with the temperature known, it is solved on all of train.
    """
    inner = StratifiedShuffleSplit(1, test_size=INNER, random_state=config.seed)
    fitting, validation = (train[rows] for rows in next(inner.split(train, y[train])))
    parts = split(fresh(network, config), config.unfreeze)
    found = fit(parts, x, y, fitting, validation, config, config.epochs)
    rounded(parts.model, () if parts.moving else parts.trained)
    raw = logits_of(parts, x, validation)
    t = temperature(raw, y[validation])
    loss = loss_of(raw / t, y[validation], class_weights(y[train]))
    if config.at_once:
        parts = split(fresh(network, config), config.unfreeze)
        fit(parts, x, y, train, None, config, config.epochs)
        rounded(parts.model, parts.trained)
    return parts, found.epoch, t, loss


def grid(
    network: nn.Module,
    x: Tensor,
    y: NDArray[np.int64],
    groups: NDArray[np.int64],
    config: PageConfig,
    space: Mapping[str, Sequence[Any]],
) -> list[dict[str, Any]]:
    """A row for each combination of settings, lowest validation loss first; test parts are not looked at."""
    rows = []
    for values in product(*space.values()):
        chosen = dict(zip(space, values, strict=True))
        found = cross(network, x, y, groups, replace(config, repeats=1, **chosen))
        rows.append(chosen | {"val_loss": round(float(np.mean(found.losses)), 4), "n": len(found.losses)})
    return sorted(rows, key=lambda row: row["val_loss"])
