"""Convolutions, then an LSTM over what they found, in time order: the CNN-LSTM table of SC4001."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ecgviz.zoo.beats.cnn import blocks, halved

__all__ = ["ROWS", "Config", "Model", "cam_grid", "cam_layer"]

TITLE = "CNN-LSTM of a beat"


@dataclass(frozen=True)
class Config:
    """filters: of the convolutional blocks; hidden: units of each LSTM layer, one after the other."""

    filters: tuple[int, ...] = (32, 64, 128)
    kernels: tuple[int, ...] = (3,)
    hidden: tuple[int, ...] = (64,)
    bidirectional: bool = False
    labels: int = 5
    samples: int = 187


ROWS: dict[int, Config] = {
    1: Config((32,)),
    2: Config((32, 64)),
    3: Config((32, 64, 128)),
    4: Config((32, 64, 128), bidirectional=True),
    5: Config((32, 64, 128, 256)),
    6: Config((32, 64, 128, 256), bidirectional=True),
    7: Config((32, 64, 128, 256, 512)),
    8: Config((64, 128, 256, 512, 1024)),
    9: Config((64, 128, 256, 512, 1024), hidden=(64, 64)),
    10: Config((64, 128, 256, 512, 1024), hidden=(128, 64)),
}
"""The numbered rows of the table."""


class Model(nn.Module):
    """(n, 1, samples) -> (n, labels) logits, from the state after the last step of each direction."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.body = blocks(tuple(config.filters), tuple(config.kernels))
        ways = 2 if config.bidirectional else 1
        sizes = (config.filters[-1], *(ways * h for h in config.hidden))
        self.recurrent = nn.ModuleList(
            nn.LSTM(into, hidden, batch_first=True, bidirectional=config.bidirectional)
            for into, hidden in zip(sizes[:-1], config.hidden, strict=True)
        )
        self.head = nn.Linear(sizes[-1], config.labels)

    def forward(self, x: Tensor, rhythm: Tensor | None = None) -> Tensor:
        y = self.body(x).transpose(1, 2)  # (n, steps, filters)
        for lstm in self.recurrent:
            y, (last, _) = lstm(y)  # (n, steps, ways * hidden), (ways, n, hidden)
        out: Tensor = self.head(torch.cat(list(last), dim=1))
        return out


def cam_layer(model: Model) -> nn.Module:
    """The last convolutional block's activations, before pooling."""
    return model.body[-2]


def cam_grid(model: Model) -> tuple[float, float]:
    """(stride, offset) in samples of a step of `cam_layer`."""
    return halved(model.body)
