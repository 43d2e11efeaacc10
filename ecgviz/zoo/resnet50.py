"""ResNet-50 (He et al., 2016) in one dimension, and what HRIDM's code (Algorithms 17(8):364, 2024) has under that name.

`described`: the sixteen bottleneck blocks of ResNet-50.
`ascoded`: six blocks, each with a projection, no block without one, and no pooling after the stem; an ablation.
"""

from dataclasses import dataclass
from typing import Literal

from torch import Tensor, nn

from ecgviz.zoo._blocks import conv_bn, glorot, keras_bn

__all__ = ["Config", "Model", "cam_grid", "cam_layer", "cam_layers", "output_layer"]

TITLE = "ResNet-50, 1-D"
STAGES = ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2))  # (inner channels, blocks, stride)
ASCODED = ((64, 1), (128, 2), (256, 2), (512, 2), (512, 2), (512, 2))  # (inner channels, stride) of each block


@dataclass(frozen=True)
class Config:
    """leads and labels: inputs and outputs; variant: see the module; dropout: of `ascoded`, before pooling."""

    leads: int = 12
    labels: int = 27
    variant: Literal["described", "ascoded"] = "described"
    dropout: float = 0.2


class _Bottleneck(nn.Module):
    def __init__(self, inputs: int, inner: int, stride: int) -> None:
        super().__init__()
        outputs = 4 * inner
        self.main = nn.Sequential(
            conv_bn(inputs, inner, 1),
            conv_bn(inner, inner, 3, stride=stride),
            conv_bn(inner, outputs, 1, slope=None),
        )
        self.shortcut: nn.Module = nn.Identity()
        if stride > 1 or inputs != outputs:
            self.shortcut = conv_bn(inputs, outputs, 1, stride=stride, slope=None)
        self.activation = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.activation(self.main(x) + self.shortcut(x))
        return out


class _Projection(nn.Module):
    """The published block: it drops samples in its first convolution and normalises after the ReLU."""

    def __init__(self, inputs: int, inner: int, stride: int) -> None:
        super().__init__()
        outputs = 4 * inner
        self.main = nn.Sequential(
            nn.Conv1d(inputs, inner, 1, stride),
            nn.ReLU(),
            keras_bn(inner),
            nn.Conv1d(inner, inner, 3, padding=1),
            nn.ReLU(),
            keras_bn(inner),
            conv_bn(inner, outputs, 1, slope=None),
        )
        self.shortcut = conv_bn(inputs, outputs, 1, stride=stride, slope=None)
        self.activation = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.activation(self.main(x) + self.shortcut(x))
        return out


def _described(leads: int) -> tuple[nn.Sequential, nn.Sequential]:
    stem = nn.Sequential(conv_bn(leads, 64, 7, stride=2), nn.MaxPool1d(3, 2, 1))
    blocks: list[nn.Module] = []
    inputs = 64
    for inner, count, stride in STAGES:
        for i in range(count):
            blocks.append(_Bottleneck(inputs, inner, stride if i == 0 else 1))
            inputs = 4 * inner
    return stem, nn.Sequential(*blocks)


def _ascoded(leads: int) -> tuple[nn.Sequential, nn.Sequential]:
    stem = conv_bn(leads, 64, 7, stride=2, padding=0, slope=0.01)
    blocks: list[nn.Module] = []
    inputs = 64
    for inner, stride in ASCODED:
        blocks.append(_Projection(inputs, inner, stride))
        inputs = 4 * inner
    return stem, nn.Sequential(*blocks)


class Model(nn.Module):
    """(n, leads, l) -> (n, labels) logits."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.variant = config.variant
        ascoded = config.variant == "ascoded"
        self.stem, self.blocks = _ascoded(config.leads) if ascoded else _described(config.leads)
        self.drop = nn.Dropout(config.dropout) if ascoded else nn.Identity()
        self.classify = nn.Linear(2048, config.labels)
        glorot(self)

    def forward(self, x: Tensor, demographics: Tensor | None = None) -> Tensor:
        y = self.stem(x)  # (n, 64, l/4), or l/2 as coded
        y = self.drop(self.blocks(y))  # (n, 2048, l/32), or l/64 as coded
        out: Tensor = self.classify(y.mean(dim=-1))
        return out


def cam_layer(model: Model) -> nn.Module:
    """The last residual block."""
    return model.blocks[-1]


def cam_grid() -> tuple[float, float, float]:
    """(stride, offset, field) of a step of `cam_layer` in input samples, of `described`: five centred strides of 2.

    field: what one step sees.
    """
    return 32.0, 0.0, 427.0


def cam_layers(model: Model) -> dict[str, tuple[nn.Module, tuple[float, float, float]]]:
    """Layers for Grad-CAM, from the last to the first, each with its grid as in `cam_grid`."""
    if model.variant == "ascoded":
        return {"last convolution": (cam_layer(model), (64.0, 3.0, 259.0))}
    return {
        "last convolution": (cam_layer(model), cam_grid()),
        "stage 3": (model.blocks[12], (16.0, 0.0, 267.0)),
        "stage 2": (model.blocks[6], (8.0, 0.0, 91.0)),
        "stage 1": (model.blocks[2], (4.0, 0.0, 35.0)),
    }


def output_layer(model: Model) -> nn.Linear:
    """The layer that gives the logits."""
    return model.classify
