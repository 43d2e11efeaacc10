"""Take the model away: the same method on networks whose weights are shuffled, from the head down.

Sanity checks for saliency maps (Adebayo et al., 2018). Shuffling within each tensor keeps the size of the weights and
destroys what was learnt; it is done on a deep copy.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from ecgviz.explain._network import private
from ecgviz.explain._trial import Trial
from ecgviz.explain.proof.agreement import spearman
from ecgviz.explain.proof.removal import blocks

__all__ = ["DRAWS", "STAGES", "Shuffled", "cascade"]

STAGES = 4
DRAWS = 3
Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Shuffled:
    """Rank correlations with the heat of the real network.

    stages: (stages + 1,) of |heat| while ever more is shuffled, from nothing and the head on; size, sign: (draws,) of
    |heat| and of the signed heat with all of it shuffled. The size of a heat that is a product with the trace follows
    the trace whatever the network (Binder et al., 2023): then only its sign can tell.
    """

    stages: Array
    size: Array
    sign: Array


def cascade(trial: Trial, heat: NDArray[np.float32], method: str, layer: str = "") -> Shuffled:
    """Shuffle the network from the head to the stem; the last stage, where everything is shuffled, three times."""
    before = blocks(heat, trial.fs), blocks(np.abs(heat), trial.fs)
    stages, last = [1.0], []
    for draw in range(DRAWS):
        shuffled = private(trial.model, weights=True)
        generator = torch.Generator().manual_seed(draw)
        parts = [_layers(member.network) for member in shuffled.members]
        for stage in range(STAGES):
            for layers in parts:
                first, end = (round(k * len(layers) / STAGES) for k in (stage, stage + 1))
                for part in layers[first:end]:
                    _shuffle(part, generator)
            if draw == 0 or stage == STAGES - 1:
                after = trial.heat(method, layer, shuffled)
                pairs = zip(before, (after, np.abs(after)), strict=True)
                sign, size = (spearman(one, blocks(other, trial.fs)) for one, other in pairs)
                stages += [size] if draw == 0 else []
        last.append((size, sign))
    return Shuffled(np.array(stages), *np.array(last).T)


def _layers(network: nn.Module) -> list[nn.Module]:
    """Layers that hold weights of their own, from the head to the stem."""
    return [m for m in network.modules() if any(True for _ in m.parameters(recurse=False))][::-1]


def _shuffle(layer: nn.Module, generator: torch.Generator) -> None:
    with torch.no_grad():
        for tensor in (*layer.parameters(recurse=False), *layer.buffers(recurse=False)):
            flat = tensor.flatten()
            tensor.copy_(flat[torch.randperm(flat.numel(), generator=generator)].view_as(tensor))
