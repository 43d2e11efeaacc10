"""What a classifier of pages is before it has seen a labelled page."""

import json
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import load_file
from torch import nn

from ecgviz.datasets.pages import LABELS
from ecgviz.errors import DataError
from ecgviz.train.images.config import PageConfig
from ecgviz.zoo.images._checkpoints import build

__all__ = ["settings", "start_in_words", "started"]


def settings(config: PageConfig) -> dict[str, Any]:
    """The network's own settings."""
    found: dict[str, Any] = {"labels": len(LABELS), "dropout": config.dropout}
    if config.architecture == "inception_v3":
        found |= {"last": config.last, "peak": config.peak, "places": config.places}
    return found


def started(config: PageConfig) -> tuple[nn.Module, set[str]]:
    """The network before it has seen a labelled page, and the names of its weights that come from a start.

    Raises DataError where the start cannot be read or fits nothing.
    """
    torch.manual_seed(config.seed)
    network = build(config.architecture, settings(config))
    if config.start is None:
        return network, set()
    try:
        raw = load_file(config.start)
    except (OSError, ValueError) as error:
        raise DataError(f"{config.start} cannot be read ({error}); give safetensors of a start network.") from error
    adapted = {name.removeprefix("model."): value for name, value in raw.items() if name.startswith("model.")}
    state = adapted or {f"net.{name}": value for name, value in raw.items()}
    own = network.state_dict()
    known = {name: v.float() for name, v in state.items() if name in own and v.shape == own[name].shape}
    if not known:
        raise DataError(f"{config.start} holds no weights of {config.architecture}; give another start.")
    network.load_state_dict(known, strict=False)
    return network, set(known)


def start_in_words(path: Path | None) -> str:
    """What the start network had learnt."""
    if path is None:
        return "random weights"
    with safe_open(path, "pt") as file:
        told = json.loads((file.metadata() or {}).get("told", "{}"))
    if "pages" not in told:
        return f"ImageNet weights ({path.name})"
    return f"{told['from']}, then {told['pages']} pages drawn from PTB-XL 1.0.3 (folds 1-9)"
