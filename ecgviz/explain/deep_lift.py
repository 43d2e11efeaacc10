"""DeepLIFT (Shrikumar et al., 2017), rescale rule, against a flat line; per lead, signed.

At each activation the gradient is replaced by (change of the output) / (change of the input) against the flat line.
Captum's own hooks fail where a network has a second input (age and sex) and mix up windows at overlapping maximum
pools; this copy of the network carries the rule in its activation layers and agrees with Captum elsewhere.
"""

import torch
from captum.attr import InputXGradient
from torch import Tensor, nn

from ecgviz.errors import ModelError
from ecgviz.explain._network import activations_wrapped, private
from ecgviz.explain._stitch import Map, by_sample
from ecgviz.explain.integrated_gradients import adds_up
from ecgviz.zoo._checkpoints import Model

__all__ = ["SIGNED", "attribute"]

SIGNED = True
WITHOUT_RULE = (nn.RNNBase, nn.MultiheadAttention, nn.GLU, nn.InstanceNorm1d, nn.LayerNorm, nn.GroupNorm)
INSTEAD = "choose integrated gradients"
SMALL = 1e-4
"""Below this change of its input an activation's slope is taken in place of the quotient of two rounding errors."""


class _Secant(nn.Module):
    """Input (2n, ...): n windows, then their n flat lines. ModelError for layers that are not records first."""

    def __init__(self, layer: nn.Module, rows: int, name: str) -> None:
        super().__init__()
        self.layer, self.rows, self.name = layer, rows, name

    def forward(self, x: Tensor) -> Tensor:
        if len(x) != self.rows:
            raise ModelError(f"DeepLIFT cannot follow {self.name}, which turns its tensors; {INSTEAD}.")
        with torch.no_grad():
            out = self.layer(x)
            moved, change = (part.chunk(2)[0] - part.chunk(2)[1] for part in (x, out))
            slope = (self.layer(x.chunk(2)[0] + SMALL) - out.chunk(2)[0]) / SMALL
            factor = torch.where(moved.abs() > SMALL, change / moved, slope).repeat(2, *[1] * (x.ndim - 1))
        through: Tensor = out + factor * (x - x.detach())
        return through


def attribute(model: Model, x: Tensor, person: Tensor, label: int) -> Map:
    """(windows, leads, samples), positive for the finding. ModelError for layers that the rule does not know."""
    network = private(model).network
    strange = sorted({type(m).__name__ for m in network.modules() if isinstance(m, WITHOUT_RULE)})
    if strange:
        raise ModelError(f"DeepLIFT has no rule for {', '.join(strange)}, which {model.card.name} uses; {INSTEAD}.")
    activations_wrapped(network, lambda layer: _Secant(layer, 2 * len(x), model.card.name))

    def against_flat(windows: Tensor, person: Tensor) -> Tensor:
        both: Tensor = network(torch.cat([windows, torch.zeros_like(windows)]), person.repeat(2, 1))
        return both.chunk(2)[0] - both.chunk(2)[1].detach()

    given = x.clone().requires_grad_()
    with torch.enable_grad():
        found = InputXGradient(against_flat).attribute(given, target=label, additional_forward_args=person).detach()
    with torch.no_grad():
        change = against_flat(x, person)[:, label]
    missed = float((found.sum(dim=(1, 2)) - change).abs().sum())
    note = adds_up(missed, float(change.abs().sum()))
    return by_sample(found.float().numpy(), model.card.input.fs, "input, against a flat line", note)
