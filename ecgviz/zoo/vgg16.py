"""VGG-16 in one dimension, as in HRIDM (Algorithms 17(8):364, 2024): thirteen convolutions, three dense layers."""

from dataclasses import dataclass

from torch import Tensor, nn

from ecgviz.zoo._blocks import conv_bn, dense_head, glorot

__all__ = ["Config", "Model", "cam_grid", "cam_layer", "output_layer"]

TITLE = "VGG-16, 1-D"
STAGES = (  # (channels, kernel) of each convolution; the last two of width 1 are the source's
    ((64, 3), (64, 3)),
    ((128, 3), (128, 3)),
    ((256, 3), (256, 3), (256, 3)),
    ((512, 3), (512, 3), (512, 3)),
    ((512, 3), (512, 1), (512, 1)),
)


@dataclass(frozen=True)
class Config:
    """leads and labels: inputs and outputs; dropout: after each hidden dense layer."""

    leads: int = 12
    labels: int = 27
    dropout: float = 0.4


class Model(nn.Module):
    """(n, leads, l) -> (n, labels) logits; the length is halved after each of five stages."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        inputs = config.leads
        for stage in STAGES:
            for channels, kernel in stage:
                layers.append(conv_bn(inputs, channels, kernel))
                inputs = channels
            layers.append(nn.MaxPool1d(2, 2, ceil_mode=True))
        self.body = nn.Sequential(*layers[:-1])
        self.pool = layers[-1]
        self.head = dense_head(512, (256, 128), config.labels, config.dropout)
        glorot(self)

    def forward(self, x: Tensor, demographics: Tensor | None = None) -> Tensor:
        y = self.body(x)  # (n, 512, l/16)
        y = self.pool(y).mean(dim=-1)  # (n, 512)
        out: Tensor = self.head(y)
        return out


def cam_layer(model: Model) -> nn.Module:
    """The last convolution, before pooling."""
    return model.body[-1]


def cam_grid() -> tuple[float, float, float]:
    """(stride, offset, field) of a step of `cam_layer` in input samples: four poolings by 2.

    field: what one step sees.
    """
    return 16.0, 7.5, 132.0


def output_layer(model: Model) -> nn.Linear:
    """The layer that gives the logits."""
    layer = model.head[-1]
    assert isinstance(layer, nn.Linear)
    return layer
