"""One training of a page classifier: cross-validation, controls, and the network that is shipped."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import softmax
from torch import Tensor, nn

from ecgviz.card import ImageInput
from ecgviz.datasets.pages import Page, load_manifest, trace_blanked
from ecgviz.train.images import controls
from ecgviz.train.images.config import PageConfig
from ecgviz.train.images.cross import Crossed, cross, fresh, grid, rounded, strata, truth
from ecgviz.train.images.finish import Shipment, finish
from ecgviz.train.images.fit import fit, logits_of
from ecgviz.train.images.parts import frozen_output, split
from ecgviz.train.images.start import settings, start_in_words, started
from ecgviz.train.images.views import prepared_views
from ecgviz.zoo.images._checkpoints import build

__all__ = ["run"]

SIZES = {"small_cnn": (80, 480)}
"""Height and width of the pages of networks that are not given 299 x 299."""
SAMPLE = 20
"""Pages on which kept maps are compared with prediction."""
STEPS: dict[str, tuple[Any, ...]] = {"batch": (16, 32), "lr": (3e-4, 1e-3, 3e-3), "dropout": (0.2, 0.5)}
AT_ONCE: dict[str, tuple[Any, ...]] = {"penalty": (10.0, 30.0, 100.0, 300.0, 1000.0)}
"""What is tried for a head trained step by step, and for one solved at once. The two are not compared by validation
loss: early stopping has already picked its best pass by it."""


@dataclass(frozen=True, eq=False)
class Material:
    """All that the parts of a training share: pages, classes, strata, start network, kept maps."""

    pages: tuple[Page, ...]
    y: NDArray[np.int64]
    groups: NDArray[np.int64]
    spec: ImageInput
    network: nn.Module
    pixels: NDArray[np.uint8]
    x: Tensor


def run(config: PageConfig, out: Path, say: Callable[[str], None]) -> Path:
    """See `ecgviz.train.images.run`."""
    torch.set_num_threads(config.threads)
    found = material(config, say)
    space = AT_ONCE if config.at_once else STEPS
    rows = grid(found.network, found.x, found.y, found.groups, config, space) if config.unfreeze == "head" else []
    if rows:
        config = replace(config, **{key: rows[0][key] for key in space})
        say(f"lowest validation loss {rows[0]['val_loss']}: " + ", ".join(f"{k} {rows[0][k]}" for k in space))
    crossed = cross(found.network, found.x, found.y, found.groups, config, say)
    final, history = last(found, config, crossed)
    told = {"grid": rows, "history": history, "controls": controlled(found, final, config, say)}
    told["precision"] = precision(found, final, config, say)
    kept = config.unfreeze == "head"
    features = found.x if kept else frozen_output(split(final, "head"), found.pixels, found.spec, say)
    words = start_in_words(config.start)
    shipped = Shipment(config, settings(config), found.spec, found.pages, found.y, features, final, words)
    return finish(shipped, crossed, told, out, say)


def material(config: PageConfig, say: Callable[[str], None]) -> Material:
    """The pages, prepared, and what the frozen layers of the rounded start network give for them."""
    pages = load_manifest(config.data)
    height, width = SIZES.get(config.architecture, (299, 299))
    view = "ink" if config.view == "ink" else "page"
    spec = ImageInput("image", height, width, view=view)  # type: ignore[arg-type]
    pixels = prepared_views(config.data, pages, spec, config.views, config.runs, say)
    network, _ = started(config)
    rounded(network)
    x = frozen_output(split(network, config.unfreeze), pixels, spec, say, keep=config.runs)
    return Material(pages, truth(pages), strata(pages, config.folds), spec, network, pixels, x)


def last(found: Material, config: PageConfig, crossed: Crossed) -> tuple[nn.Module, list[dict[str, float]]]:
    """The network trained on every recording for the median number of passes of the cross-validation."""
    parts = split(fresh(found.network, config), config.unfreeze)
    epochs = max(1, int(np.median(crossed.epochs)))
    fitted = fit(parts, found.x, found.y, np.arange(len(found.y)), None, config, epochs)
    rounded(parts.model)
    return parts.model, fitted.history


def controlled(found: Material, final: nn.Module, config: PageConfig, say: Callable[[str], None]) -> dict[str, Any]:
    """The three controls; see `controls`."""
    bare = prepared_views(config.data, found.pages, found.spec, 0, config.runs, say, trace_blanked)
    parts = split(found.network, config.unfreeze)
    blank = frozen_output(parts, bare, found.spec, say)
    told = {
        "blanked": controls.blanked(found.network, final, blank, found.y, config),
        "duplicates": controls.duplicates(found.network, found.x, found.y, found.pages, config),
    }
    if config.architecture == "inception_v3":
        told["random_weights"] = controls.random_weights(
            partial(build, config.architecture, settings(config)),
            found.pixels,
            found.y,
            found.groups,
            found.spec,
            config,
            say,
        )
    say(json.dumps(told))
    return told


def precision(found: Material, final: nn.Module, config: PageConfig, say: Callable[[str], None]) -> dict[str, Any]:
    """How far answers from kept maps are from those of prediction, which computes in float32, over a few pages."""
    if config.unfreeze == "all":
        return {}
    rows = np.arange(0, len(found.y), len(found.y) // SAMPLE)
    parts = split(final, config.unfreeze)
    exact = frozen_output(parts, found.pixels[rows, :1], found.spec, say, exact=True)
    own = softmax(logits_of(parts, found.x, rows), axis=1)
    other = softmax(logits_of(parts, exact, np.arange(len(rows))), axis=1)
    return {
        "n": len(rows),
        "largest_difference": round(float(np.abs(own - other).max()), 5),
        "changed_answers": int((own.argmax(axis=1) != other.argmax(axis=1)).sum()),
    }
