"""Plain convolutional networks of one beat: the ablation of depth, width and kernel of SC4001 (models 1 to 11).

A block is a convolution, batch normalisation, ReLU and the mean of pairs; two dense layers follow.
"""

from dataclasses import dataclass
from itertools import pairwise

from torch import Tensor, nn

__all__ = ["ROWS", "Config", "Model", "blocks", "cam_grid", "cam_layer", "halved"]

TITLE = "CNN of a beat"
LAYERS = 4
"""In a block."""


@dataclass(frozen=True)
class Config:
    """filters and kernels: of each block, a single kernel counts for all; samples: of the window."""

    filters: tuple[int, ...] = (32, 32, 32, 32, 32)
    kernels: tuple[int, ...] = (3,)
    labels: int = 5
    samples: int = 187


ROWS: dict[int, Config] = {
    1: Config((32,), (3,)),
    2: Config((32,), (5,)),
    3: Config((32,), (11,)),
    4: Config((64,), (3,)),
    5: Config((128,), (3,)),
    6: Config((32, 64), (3,)),
    7: Config((32, 64, 128), (3,)),
    8: Config((32, 64, 128, 256), (3,)),
    9: Config((64, 128, 256, 512, 1024), (3,)),
    10: Config((64, 128, 256, 512, 1024), (11, 5, 3, 3, 3)),
    11: Config((32, 32, 32, 32, 32), (3,)),
}
"""The numbered models of the ablation."""


def blocks(filters: tuple[int, ...], kernels: tuple[int, ...]) -> nn.Sequential:
    """(n, 1, l) -> (n, filters[-1], l / 2 ^ blocks): a convolution, its normalisation, ReLU and pooling a block."""
    widths = kernels * len(filters) if len(kernels) == 1 else kernels
    layers: list[nn.Module] = []
    for (into, out), kernel in zip(pairwise((1, *filters)), widths, strict=True):
        layers += [nn.Conv1d(into, out, kernel, padding="same"), nn.BatchNorm1d(out), nn.ReLU(), nn.AvgPool1d(2)]
    return nn.Sequential(*layers)


class Model(nn.Module):
    """(n, 1, samples) -> (n, labels) logits."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.body = blocks(tuple(config.filters), tuple(config.kernels))
        left = config.samples >> len(config.filters)
        self.head = nn.Sequential(
            nn.Flatten(), nn.Linear(config.filters[-1] * left, 128), nn.ReLU(), nn.Linear(128, config.labels)
        )

    def forward(self, x: Tensor, rhythm: Tensor | None = None) -> Tensor:
        out: Tensor = self.head(self.body(x))
        return out


def cam_layer(model: Model) -> nn.Module:
    """The last block's activations, before pooling."""
    return model.body[-2]


def halved(body: nn.Sequential) -> tuple[float, float]:
    """(stride, offset) in samples of a step before the last pooling of `blocks`."""
    stride = 2.0 ** (len(body) // LAYERS - 1)
    return stride, (stride - 1) / 2


def cam_grid(model: Model) -> tuple[float, float]:
    """(stride, offset) in samples of a step of `cam_layer`."""
    return halved(model.body)
