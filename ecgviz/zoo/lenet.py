"""LeNet in one dimension: two convolutions, three dense layers, as in HRIDM (Algorithms 17(8):364, 2024)."""

from dataclasses import dataclass

from torch import Tensor, nn

from ecgviz.zoo._blocks import conv_bn, glorot

__all__ = ["Config", "Model", "cam_grid", "cam_layer", "output_layer"]

TITLE = "LeNet, 1-D"


@dataclass(frozen=True)
class Config:
    """leads and labels: inputs and outputs."""

    leads: int = 12
    labels: int = 27


class Model(nn.Module):
    """(n, leads, l) -> (n, labels) logits."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.body = nn.Sequential(
            conv_bn(config.leads, 6, 3),
            nn.MaxPool1d(2, 2, ceil_mode=True),
            conv_bn(6, 16, 5, padding=0),
        )
        self.pool = nn.MaxPool1d(2, 2, ceil_mode=True)
        self.head = nn.Sequential(
            nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, config.labels)
        )
        glorot(self)

    def forward(self, x: Tensor, demographics: Tensor | None = None) -> Tensor:
        y = self.body(x)  # (n, 16, l/2 - 4)
        y = self.pool(y).mean(dim=-1)  # (n, 16)
        out: Tensor = self.head(y)
        return out


def cam_layer(model: Model) -> nn.Module:
    """The last convolution, before pooling."""
    return model.body[-1]


def cam_grid() -> tuple[float, float, float]:
    """(stride, offset, field) of a step of `cam_layer` in input samples: pairs, then five of them without padding."""
    return 2.0, 4.5, 12.0


def output_layer(model: Model) -> nn.Linear:
    """The layer that gives the logits."""
    layer = model.head[-1]
    assert isinstance(layer, nn.Linear)
    return layer
