"""Inception v3 (Szegedy et al., 2016) with the head of the seed: average over the page, dropout, one linear layer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from ecgviz.zoo import _torchvision

__all__ = ["PARTS", "TITLE", "Config", "Model", "cam_layer"]

TITLE = "Inception v3"
PARTS = ("Mixed_7b", "Mixed_7c")
"""The last mixed blocks, in the order of the data."""
CHANNELS = {"Mixed_7a": 1280, "Mixed_7b": 2048, "Mixed_7c": 2048}


@dataclass(frozen=True)
class Config:
    """labels: outputs; dropout: before the head; last: the block that the head reads, those after it are left out;
    peak: the head also reads the largest value over the page; places: channels kept for each place of the last map, 0
    for none.

    The average over the page forgets in which lead something was seen; with `places`, a 1 x 1 convolution keeps that
    many channels of the 8 x 8 map and the head reads them place by place beside the average.
    """

    labels: int = 4
    dropout: float = 0.5
    last: Literal["Mixed_7a", "Mixed_7b", "Mixed_7c"] = "Mixed_7c"
    peak: bool = False
    places: int = 0


class Model(nn.Module):
    """Pages (n, 3, 299, 299), black -1 and white 1, to logits (n, labels): `head` of `features`."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        build: Callable[..., nn.Module] = _torchvision.models().inception_v3
        self.net = build(weights=None, aux_logits=False, transform_input=False, init_weights=False)
        self.last, self.peak = config.last, config.peak
        for name in PARTS:
            if name > config.last:
                setattr(self.net, name, nn.Identity())
        channels = CHANNELS[config.last]
        self.net.dropout = nn.Identity()
        self.drop = nn.Dropout(config.dropout)
        self.places = nn.Conv2d(channels, config.places, 1) if config.places else None
        self.relu = nn.ReLU()
        self.net.fc = nn.Linear((1 + config.peak) * channels + 64 * config.places, config.labels)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.features(x))

    def features(self, x: Tensor) -> Tensor:
        """Pages to what the head reads: (n, channels), twice that with `peak`, and 64 for each of the places."""
        return self.pooled(self.tail(self.trunk(x)))

    def trunk(self, x: Tensor) -> Tensor:
        """Pages to the map after Mixed_7a, (n, 1280, 8, 8)."""
        for name, layer in self.net.named_children():
            if name == PARTS[0]:
                break
            x = layer(x)
        return x

    def tail(self, x: Tensor) -> Tensor:
        """The map after Mixed_7a to that of the last block, (n, channels, 8, 8)."""
        for name in PARTS:
            x = getattr(self.net, name)(x)
        return x

    def pooled(self, x: Tensor) -> Tensor:
        """The last map (n, channels, 8, 8) to what the head reads."""
        read = [x.mean(dim=(2, 3))]
        if self.peak:
            read.append(x.amax(dim=(2, 3)))
        if self.places is not None:
            read.append(self.relu(self.places(x)).flatten(1))
        return torch.cat(read, dim=1)

    def head(self, x: Tensor) -> Tensor:
        """What was read to logits."""
        out: Tensor = self.output(self.drop(x))
        return out

    @property
    def output(self) -> nn.Linear:
        """The layer that gives the logits."""
        layer = self.net.fc
        assert isinstance(layer, nn.Linear)
        return layer


def cam_layer(model: Model) -> nn.Module:
    """The block that the head reads."""
    layer: nn.Module = getattr(model.net, model.last)
    return layer
