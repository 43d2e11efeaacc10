"""Private copies of a network, so that nothing done for an explanation touches the one that all sessions share."""

import copy
from collections.abc import Callable
from dataclasses import replace

from torch import nn

from ecgviz.zoo._checkpoints import Member, Model

__all__ = ["ACTIVATIONS", "activations_wrapped", "private"]

ACTIVATIONS = (nn.ReLU, nn.LeakyReLU, nn.PReLU, nn.ELU, nn.GELU, nn.SiLU, nn.Sigmoid, nn.Tanh, nn.Softplus)
"""Elementwise activations. In-place ones act on a copy of their input."""


def private(model: Model, *, weights: bool = False) -> Model:
    """The model with network modules of its own, where hooks may be attached without a lock.

    Its parameters are those of `model`, not copies, unless `weights`. Costs 2 to 6 ms.
    """
    shared = {} if weights else {id(p): p for p in (*model.network.parameters(), *model.network.buffers())}
    network, members = copy.deepcopy((model.network, [member.network for member in model.members]), shared)
    pairs = zip(members, model.members, strict=True)
    return replace(model, network=network, members=tuple(Member(own, member.module) for own, member in pairs))


def activations_wrapped(network: nn.Module, wrap: Callable[[nn.Module], nn.Module]) -> None:
    """Put `wrap(layer)` in the place of each activation layer of a private network."""
    for parent in list(network.modules()):
        for key, layer in parent.named_children():
            if isinstance(layer, ACTIVATIONS):
                if getattr(layer, "inplace", False):
                    layer.inplace = False
                setattr(parent, key, wrap(layer))
