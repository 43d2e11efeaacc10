"""AlexNet in one dimension, as HRIDM (Algorithms 17(8):364, 2024) compared it."""

from dataclasses import dataclass

from torch import Tensor, nn

from ecgviz.zoo._blocks import conv_bn, dense_head, glorot

__all__ = ["Config", "Model", "cam_grid", "cam_layer", "output_layer"]

TITLE = "AlexNet, 1-D"


@dataclass(frozen=True)
class Config:
    """leads and labels: inputs and outputs; dropout: after each hidden dense layer."""

    leads: int = 12
    labels: int = 27
    dropout: float = 0.4


class Model(nn.Module):
    """(n, leads, l) -> (n, labels) logits; l of 75 samples or more."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.body = nn.Sequential(
            conv_bn(config.leads, 96, 11, stride=4, padding=0),  # (n, 96, l/4)
            nn.MaxPool1d(2, 2, ceil_mode=True),
            conv_bn(96, 256, 5),  # (n, 256, l/8)
            nn.MaxPool1d(2, 2, ceil_mode=True),
            conv_bn(256, 384, 3),  # (n, 384, l/16)
            conv_bn(384, 384, 3, padding=0),
            conv_bn(384, 256, 3, padding=0),
        )
        self.pool = nn.MaxPool1d(2, 2, ceil_mode=True)
        self.head = dense_head(256, (128, 128), config.labels, config.dropout)
        glorot(self)

    def forward(self, x: Tensor, demographics: Tensor | None = None) -> Tensor:
        y = self.body(x)  # (n, 256, l/16 - 4)
        y = self.pool(y).mean(dim=-1)  # (n, 256)
        out: Tensor = self.head(y)
        return out


def cam_layer(model: Model) -> nn.Module:
    """The last convolution, before pooling."""
    return model.body[-1]


def cam_grid() -> tuple[float, float, float]:
    """(stride, offset, field) of a step of `cam_layer` in input samples.

    The stem and the last two convolutions have no padding, so the first step lies 43 samples inside.
    """
    return 16.0, 43.0, 151.0


def output_layer(model: Model) -> nn.Linear:
    """The layer that gives the logits."""
    layer = model.head[-1]
    assert isinstance(layer, nn.Linear)
    return layer
