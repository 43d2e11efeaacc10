"""Where in a network Grad-CAM may look, and where each step of such a layer lies in the input."""

from dataclasses import dataclass

from torch import nn

from ecgviz.errors import ModelError
from ecgviz.zoo._checkpoints import Ensemble, Member, Model

__all__ = ["USUAL", "Part", "names", "parts"]

USUAL = "last convolution"


@dataclass(frozen=True, eq=False)
class Part:
    """One network of a model and one of its layers; grid: (stride, offset, field) of the layer's steps in samples.

    scale: what its input is multiplied by; an ensemble's members may count in other units.
    """

    network: nn.Module
    layer: nn.Module
    grid: tuple[float, float, float]
    scale: float = 1.0


def parts(model: Model, name: str = "") -> tuple[Part, ...]:
    """The layer of each member. Raises ModelError where a member has no layer of that name, or none at all."""
    scales = model.network.scales if isinstance(model.network, Ensemble) else (1.0,)
    found = []
    for member, scale in zip(model.members, scales, strict=True):
        known = _layers(member)
        if not known:
            advice = "Choose integrated gradients or occlusion."
            raise ModelError(f"Grad-CAM needs a convolution, and {model.card.name} has none for it. {advice}")
        if name and name not in known:
            raise ModelError(f"{model.card.name} has no layer {name!r}; choose one of {', '.join(names(model))}.")
        found.append(Part(member.network, *known[name or next(iter(known))], scale))
    return tuple(found)


def names(model: Model) -> tuple[str, ...]:
    """Layers that every member has, the usual one first."""
    each = [_layers(member) for member in model.members]
    return tuple(name for name in each[0] if all(name in layers for layers in each))


def _layers(member: Member) -> dict[str, tuple[nn.Module, tuple[float, float, float]]]:
    module, network = member.module, member.network
    if hasattr(module, "cam_layers"):
        known: dict[str, tuple[nn.Module, tuple[float, float, float]]] = module.cam_layers(network)
        return known
    if hasattr(module, "cam_layer"):
        return {USUAL: (module.cam_layer(network), module.cam_grid())}
    return {}
