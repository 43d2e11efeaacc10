"""Weights as 8-bit whole numbers, one scale for each output channel: a quarter of float32, half of float16.

A tensor `name` becomes int8 `name` and float32 `name.scale`, the value of one step in each row of its first dimension.
Symmetric about zero, rounded to nearest, so a weight is off by at most half a step: 1/254 of the largest in its row.
"""

import torch
from torch import Tensor

from ecgviz.errors import ModelError

__all__ = ["pack", "unpack"]

SCALE = ".scale"
STEPS = 127
SMALLEST = 4096  # numbers in a tensor; smaller ones are not worth the error


def pack(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """The state with every large matrix as int8 and scales. Raises ModelError where a name is already taken."""
    kept: dict[str, Tensor] = {}
    for name, value in state.items():
        if value.ndim < 2 or value.numel() <= SMALLEST or not value.is_floating_point():
            kept[name] = value
            continue
        if name + SCALE in state:
            raise ModelError(f"{name} cannot be kept as int8: the network has a {name}{SCALE} of its own.")
        rows = value.float().flatten(1)  # (outputs, inputs)
        step = rows.abs().amax(dim=1) / STEPS
        whole = (rows / step.where(step > 0, 1.0)[:, None]).round()
        kept[name] = whole.to(torch.int8).view_as(value)
        kept[name + SCALE] = step
    return kept


def unpack(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """The state as it was before `pack`, to within half a step."""
    steps = {name + SCALE: name for name, value in state.items() if value.dtype == torch.int8 and name + SCALE in state}
    kept = {name: value for name, value in state.items() if name not in steps}
    for scale, name in steps.items():
        whole = state[name].float()
        kept[name] = (whole.flatten(1) * state[scale][:, None]).view_as(whole)
    return kept
