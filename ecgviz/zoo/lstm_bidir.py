"""Bidirectional LSTM of the PTB-XL benchmark (Strodthoff et al., 2021): two layers, read forwards and backwards."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ecgviz.zoo._blocks import benchmark_head, kaiming

__all__ = ["Config", "Model", "cam_grid", "cam_layer", "output_layer"]

TITLE = "Bidirectional LSTM"


@dataclass(frozen=True)
class Config:
    """leads and labels: inputs and outputs; hidden: units of a direction; dropout: in the head."""

    leads: int = 12
    labels: int = 71
    hidden: int = 256
    layers: int = 2
    dropout: float = 0.5


class _Recurrent(nn.Module):
    """Both directions at every sample, as a convolution would give them: (n, leads, l) -> (n, 2 hidden, l)."""

    def __init__(self, leads: int, hidden: int, layers: int) -> None:
        super().__init__()
        self.lstm = nn.LSTM(leads, hidden, layers, bidirectional=True)

    def forward(self, x: Tensor) -> Tensor:
        states: Tensor = self.lstm(x.permute(2, 0, 1))[0]  # (l, n, 2 hidden)
        return states.permute(1, 2, 0)


class _MeanMaxEnd(nn.Module):
    """Mean, maximum, and where each direction ends, concatenated: (n, 2h, l) -> (n, 6h)."""

    def forward(self, x: Tensor) -> Tensor:
        h = x.shape[1] // 2
        return torch.cat([x.mean(dim=-1), x.amax(dim=-1), x[:, :h, -1], x[:, h:, 0]], dim=1)


class Model(nn.Module):
    """(n, leads, l) -> (n, labels) logits."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.body = _Recurrent(config.leads, config.hidden, config.layers)
        self.head = benchmark_head(_MeanMaxEnd(), 6 * config.hidden, config.labels, config.dropout)
        kaiming(self)

    def forward(self, x: Tensor, demographics: Tensor | None = None) -> Tensor:
        y = self.body(x)  # (n, 2 hidden, l)
        out: Tensor = self.head(y)
        return out


def cam_layer(model: Model) -> nn.Module:
    """The states of the last layer, one for each sample."""
    return model.body


def cam_grid() -> tuple[float, float, float]:
    """(stride, offset, field) of a step of `cam_layer` in input samples: one step a sample.

    field: infinite; the two directions together have read the whole window, the nearer samples last.
    """
    return 1.0, 0.0, math.inf


def output_layer(model: Model) -> nn.Linear:
    """The layer that gives the logits."""
    layer = model.head[-1]
    assert isinstance(layer, nn.Linear)
    return layer
