"""IncepSE: inception blocks behind a squeeze-and-excitation gate (Cao et al., 2023), in two variants.

`paper`: seven blocks of odd kernels, each beside a convolution of its input; after a public version of the block.
`flyingemp`: a projection, seven blocks with even kernels and residuals, and a wider branch for what is known of the
patient; the public reimplementation on PTB-XL, without the columns of its metadata that give diagnoses away.
"""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from ecgviz.zoo._blocks import (
    BatchNorm1d,
    ConcatPool,
    Conv1d,
    SqueezeExcite,
    concat,
    dense_head,
    glorot,
    kaiming,
    keras_bn,
)

__all__ = ["Config", "Model", "cam_grid", "cam_layer", "cam_layers", "output_layer"]

TITLE = "Inception network with squeeze and excitation (IncepSE)"
GRIDS = {"paper": (2.0, 0.0, 267.0), "flyingemp": (2.0, 0.0, 274.0)}


@dataclass(frozen=True)
class Config:
    """leads and labels: inputs and outputs; variant: see the module; dropout: before the last layer (`paper`).

    demographics: age and sex as a second input; metadata: how many numbers that input has.
    """

    leads: int = 12
    labels: int = 71
    variant: Literal["paper", "flyingemp"] = "paper"
    demographics: bool = False
    metadata: int = 5
    dropout: float = 0.1


class _Paper(nn.Module):
    def __init__(self, inputs: int, width: int, stride: int) -> None:
        super().__init__()
        self.bottleneck = Conv1d(inputs, width, 1)
        self.gate = SqueezeExcite(width, int(0.1 * width), bias=False)
        self.branches = nn.ModuleList(
            Conv1d(width, width, kernel, stride, kernel // 2, bias=False) for kernel in (39, 19, 9)
        )
        self.pool = nn.Sequential(nn.MaxPool1d(3, stride, 1), Conv1d(inputs, width, 3, 1, 1, bias=False))
        self.skip = Conv1d(inputs, 4 * width, 3, stride, 1, bias=False)
        self.bn = BatchNorm1d(4 * width)
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        y = self.gate(self.bottleneck(x))  # (n, width, l)
        y = concat([*(branch(y) for branch in self.branches), self.pool(x)])  # (n, 4 width, l / stride)
        out: Tensor = self.relu(self.bn(y + self.skip(x)))
        return out


class _FlyingEmp(nn.Module):
    def __init__(self, inputs: int, width: int, stride: int = 1, dropout: float = 0.0) -> None:
        super().__init__()
        self.bottleneck = Conv1d(inputs, width, 1)
        self.gate = SqueezeExcite(width, width // 16)
        self.branches = nn.ModuleList(
            # Even kernels reach one sample further to the right, as in Keras.
            nn.Sequential(nn.ZeroPad1d(((kernel - 1) // 2, kernel // 2)), Conv1d(width, width, kernel, stride))
            for kernel in (10, 20, 40)
        )
        self.pool = nn.Sequential(nn.MaxPool1d(3, 1, 1), Conv1d(inputs, width, 3, stride, 1))
        self.after = nn.Sequential(keras_bn(4 * width), nn.ReLU(), nn.Dropout(dropout))
        self.shortcut: nn.Module = nn.Identity()
        if stride > 1 or inputs != 4 * width:
            self.shortcut = nn.Sequential(Conv1d(inputs, 4 * width, 1, stride), keras_bn(4 * width))
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        y = self.gate(self.bottleneck(x))  # (n, width, l)
        y = concat([*(branch(y) for branch in self.branches), self.pool(x)])  # (n, 4 width, l / stride)
        out: Tensor = self.relu(self.after(y) + self.shortcut(x))
        return out


class Model(nn.Module):
    """(n, leads, l) and, where configured, demographics (n, metadata) -> (n, labels) logits."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.variant = config.variant
        self.stem: nn.Module = nn.Identity()
        self.person: nn.Module | None = None
        if config.variant == "paper":
            widths = [(config.leads, 32, 1)] + [(128, 32, 1)] * 5 + [(128, 64, 2)]
            self.blocks = nn.Sequential(*(_Paper(*width) for width in widths))
            self.pool: nn.Module = nn.Sequential(ConcatPool(), nn.Dropout(config.dropout))
            extra = 16 if config.demographics else 0
            if config.demographics:
                self.person = nn.Sequential(nn.Linear(config.metadata, extra), nn.ReLU())
            self.classify: nn.Module = nn.Linear(512 + extra, config.labels)
            kaiming(self)
        else:
            self.stem = nn.Sequential(Conv1d(config.leads, 128, 1), keras_bn(128), nn.ReLU())
            self.blocks = nn.Sequential(*(_FlyingEmp(128, 32) for _ in range(6)), _FlyingEmp(128, 64, 2, 0.3))
            self.pool = nn.Sequential(nn.AdaptiveAvgPool1d(1), nn.Flatten())
            extra = 32 if config.demographics else 0
            if config.demographics:
                self.person = dense_head(config.metadata, (64,), 32, 0.2)
                self.person.extend([nn.ReLU(), nn.Dropout(0.2)])
            self.classify = dense_head(256 + extra, (128,), config.labels, 0.3)
            glorot(self)

    def forward(self, x: Tensor, demographics: Tensor | None = None) -> Tensor:
        y = self.pool(self.blocks(self.stem(x)))  # (n, 512 or 256)
        if self.person is not None:
            if demographics is None:
                raise ValueError("This network needs demographics (n, metadata).")
            y = torch.cat([y, self.person(demographics)], dim=1)
        out: Tensor = self.classify(y)
        return out


def cam_layer(model: Model) -> nn.Module:
    """The last block."""
    return model.blocks[-1]


def cam_grid() -> tuple[float, float, float]:
    """(stride, offset, field) of a step of `cam_layer` in input samples, of `paper`: one stride of 2.

    field: what one step sees; its gates, one number a channel for the whole window, are left out.
    """
    return GRIDS["paper"]


def cam_layers(model: Model) -> dict[str, tuple[nn.Module, tuple[float, float, float]]]:
    """The layer of `cam_layer` and its grid, which differs between the variants."""
    return {"last convolution": (cam_layer(model), GRIDS[model.variant])}


def output_layer(model: Model) -> nn.Linear:
    """The layer that gives the logits."""
    layer = model.classify[-1] if isinstance(model.classify, nn.Sequential) else model.classify
    assert isinstance(layer, nn.Linear)
    return layer
