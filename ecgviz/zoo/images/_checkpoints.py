"""Networks of pages and their weights: built from a card, checked whenever they are loaded."""

import importlib
import threading
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import nn

from ecgviz.card import ImageCard, load_image_card
from ecgviz.errors import ModelError
from ecgviz.zoo._checkpoints import fill, state_of
from ecgviz.zoo.images import ARCHITECTURES
from ecgviz.zoo.images._gate import Gate

__all__ = ["PageModel", "architecture", "build", "load", "whole"]


@dataclass(frozen=True, eq=False)
class PageModel:
    """A loaded model of pages. `lock` guards whatever attaches hooks; plain forward passes need none.

    gate: whether a picture looks like the pages of the training.
    """

    card: ImageCard
    network: Any
    gate: Gate
    module: ModuleType
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def cam_layer(self) -> nn.Module:
        """The layer whose activations Grad-CAM weighs."""
        layer: nn.Module = self.module.cam_layer(self.network)
        return layer


def architecture(name: str) -> ModuleType:
    """The module of an architecture of pages. Raises ModelError for an unknown one."""
    if name not in ARCHITECTURES:
        raise ModelError(f"There is no architecture {name!r} of pages; choose one of {', '.join(ARCHITECTURES)}.")
    return importlib.import_module(f"ecgviz.zoo.images.{name}")


def build(name: str, config: dict[str, Any]) -> nn.Module:
    """A network with fresh weights. Raises ModelError when the configuration has an unknown field."""
    module = architecture(name)
    known = {f.name for f in fields(module.Config)}
    if unknown := sorted(set(config) - known):
        raise ModelError(f"{name} has no setting {', '.join(unknown)}; it has {', '.join(sorted(known))}.")
    kept = {key: tuple(value) if isinstance(value, list) else value for key, value in config.items()}
    network: nn.Module = module.Model(module.Config(**kept))
    return network


def whole(network: nn.Module, gate: Gate) -> nn.ModuleDict:
    """What is kept in one weights file."""
    return nn.ModuleDict({"network": network, "gate": gate})


def load(folder: Path) -> PageModel:
    """The model in `folder`. Raises CardError where digest, names, shapes or values do not fit its card."""
    card = load_image_card(folder / "card.json")
    state = state_of(folder, card)
    network = build(card.architecture, card.config)
    axes = state.get("gate.axes", torch.zeros(0, 0))
    gate = Gate(axes.shape[1], len(axes))
    fill(whole(network, gate), state, card)
    network.eval().requires_grad_(False).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return PageModel(card, network, gate, architecture(card.architecture))
