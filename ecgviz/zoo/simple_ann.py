"""The smallest baseline of HRIDM (Algorithms 17(8):364, 2024): the same four dense layers for every sample, averaged.

It sees 12 voltages at a time and never their order: whatever it knows, it knows without rhythm or shape.
"""

from dataclasses import dataclass

from torch import Tensor, nn

from ecgviz.zoo._blocks import glorot

__all__ = ["Config", "Model", "cam_grid", "cam_layer", "output_layer"]

TITLE = "Dense layers, sample by sample"


@dataclass(frozen=True)
class Config:
    """leads and labels: inputs and outputs; width: units of a dense layer."""

    leads: int = 12
    labels: int = 27
    width: int = 50


class Model(nn.Module):
    """(n, leads, l) -> (n, labels) logits. A dense layer for each sample is a convolution of width 1."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for inputs in (config.leads, config.width, config.width, config.width):
            layers += [nn.Conv1d(inputs, config.width, 1), nn.ReLU()]
        self.body = nn.Sequential(*layers)
        self.classify = nn.Linear(config.width, config.labels)
        glorot(self)

    def forward(self, x: Tensor, demographics: Tensor | None = None) -> Tensor:
        y = self.body(x)  # (n, width, l)
        out: Tensor = self.classify(y.mean(dim=-1))
        return out


def cam_layer(model: Model) -> nn.Module:
    """The last dense layer that still has a value for each sample."""
    return model.body[-1]


def cam_grid() -> tuple[float, float, float]:
    """(stride, offset, field) of a step of `cam_layer` in input samples: a step is a sample and sees only itself."""
    return 1.0, 0.0, 1.0


def output_layer(model: Model) -> nn.Linear:
    """The layer that gives the logits."""
    return model.classify
