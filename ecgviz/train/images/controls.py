"""What shows whether a figure means anything: pages without traces, a random network, and published duplicates."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.model_selection import train_test_split
from torch import Tensor, nn

from ecgviz.card import ImageInput
from ecgviz.datasets.pages import LABELS, Page, published_names
from ecgviz.evaluate import images
from ecgviz.train.images.config import PageConfig
from ecgviz.train.images.cross import cross, fresh
from ecgviz.train.images.fit import fit, logits_of
from ecgviz.train.images.parts import frozen_output, split

__all__ = ["blanked", "duplicates", "random_weights"]

DRAWS = 3


def blanked(
    network: nn.Module, shipped: nn.Module, x: Tensor, y: NDArray[np.int64], config: PageConfig
) -> dict[str, Any]:
    """Balanced accuracy on pages whose traces were removed, (pages, 1, ...): of the shipped network, which learnt on
    whole pages, and of networks that learnt on such pages; chance is 0.25.
    """
    said = logits_of(split(shipped, config.unfreeze), x, np.arange(len(y))).argmax(axis=1)[None]
    own = cross(network, x, y, y, replace(config, repeats=1))
    names = tuple(LABELS)
    return {
        "chance": 1 / len(names),
        "learnt_on_whole_pages": images.score(y, said, names)["balanced_accuracy"],
        "learnt_on_blanked_pages": images.score(y, own.said, names)["balanced_accuracy"],
        "distinct_pictures": len(np.unique(x.reshape(len(x), -1).numpy(), axis=0)),
    }


def random_weights(
    build: Callable[[], nn.Module],
    pixels: NDArray[np.uint8],
    y: NDArray[np.int64],
    groups: NDArray[np.int64],
    spec: ImageInput,
    config: PageConfig,
    say: Callable[[str], None],
) -> dict[str, Any]:
    """A linear head on a network whose weights are random: what coarse texture alone brings."""
    torch.manual_seed(config.seed)
    network = build()
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    x = frozen_output(split(network, "head"), pixels[:, :1], spec, say)
    found = cross(network, x, y, groups, replace(config, repeats=1, unfreeze="head"))
    scored = images.score(y, found.said, tuple(LABELS))
    return {name: scored[name] for name in ("accuracy", "balanced_accuracy", "macro_f1")}


def duplicates(
    network: nn.Module, x: Tensor, y: NDArray[np.int64], pages: Sequence[Page], config: PageConfig
) -> dict[str, Any]:
    """The same training on the published list of names, split 80/20 at random by name as the papers do.

    A recording with several names is then on both sides; `copied` says for what share of the test names.
    """
    names = np.repeat(np.arange(len(pages)), [published_names(page) for page in pages])
    accuracy, macro, copied = [], [], []
    for seed in range(DRAWS):
        train, test = train_test_split(names, test_size=0.2, random_state=seed, stratify=y[names])
        fitting, validation = train_test_split(train, test_size=0.15, random_state=seed, stratify=y[train])
        parts = split(fresh(network, replace(config, seed=seed)), config.unfreeze)
        fit(parts, x, y, fitting, validation, config, config.epochs)
        said = logits_of(parts, x, test).argmax(axis=1)
        accuracy.append(float((said == y[test]).mean()))
        macro.append(images.macro_f1(images.confusion(y[test], said, len(LABELS))))
        copied.append(float(np.isin(test, train).mean()))
    figures = {"accuracy": accuracy, "macro_f1": macro, "copied": copied}
    found = {k: {"mean": round(float(np.mean(v)), 4), "sd": round(float(np.std(v)), 4)} for k, v in figures.items()}
    return {"names": len(names), "recordings": len(pages), "draws": DRAWS, **found}
