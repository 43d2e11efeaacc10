"""Inception-Residual network of seed 0 (HRIDM, Algorithms 17(8):364, 2024): as described, deeper, or as coded.

`described`: one residual block (128, 128, 256) and one inception block, branches side by side in channels.
`deep`: residual (64, 64, 256), inception, residual, inception, residual, channels.
`ascoded`: the deep order with the branches put one after the other in TIME, as the published code does; an ablation.
"""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from ecgviz.zoo._blocks import InceptionBlock, LegacyReshape, conv_bn, glorot

__all__ = ["Config", "Model", "cam_grid", "cam_layer", "cam_layers", "output_layer"]

TITLE = "Inception-Residual network"
SLOPE = 0.01
DEMOGRAPHICS = 5


@dataclass(frozen=True)
class Config:
    """leads and labels: inputs and outputs; variant: see the module; demographics: age and sex as a second input.

    legacy_reshape: rows of samples from the leads one after the other, instead of a row for each sample; an ablation.
    """

    leads: int = 12
    labels: int = 27
    variant: Literal["described", "deep", "ascoded"] = "described"
    demographics: bool = False
    legacy_reshape: bool = False
    dropout: float = 0.2


class _Residual(nn.Module):
    def __init__(self, inputs: int, first: int, outputs: int = 256) -> None:
        super().__init__()
        self.main = nn.Sequential(
            conv_bn(inputs, first, 1, slope=SLOPE),
            conv_bn(first, first, 1, slope=SLOPE),
            conv_bn(first, outputs, 1, slope=SLOPE),
        )
        self.shortcut = conv_bn(inputs, outputs, 1, slope=None)
        self.activation = nn.LeakyReLU(SLOPE)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.activation(self.main(x) + self.shortcut(x))
        return out


def _body(variant: str) -> nn.Sequential:
    if variant == "described":
        return nn.Sequential(_Residual(512, 128), InceptionBlock(256, 64, "channels", SLOPE))
    along: Literal["channels", "time"] = "time" if variant == "ascoded" else "channels"
    inc = 64 if along == "time" else 256
    return nn.Sequential(
        _Residual(512, 64),
        InceptionBlock(256, 64, along, SLOPE),
        _Residual(inc, 64),
        InceptionBlock(256, 64, along, SLOPE),
        _Residual(inc, 64),
    )


def _tail_block(inputs: int, outputs: int, kernel: int, dropout: float, pool: bool) -> nn.Sequential:
    layers: list[nn.Module] = [
        nn.Conv1d(inputs, outputs, kernel, padding=kernel // 2),
        nn.InstanceNorm1d(outputs, eps=1e-3, affine=True),
        nn.PReLU(outputs, init=0.0),
        nn.Dropout(dropout),
    ]
    return nn.Sequential(*layers, nn.MaxPool1d(2, 2)) if pool else nn.Sequential(*layers)


class Model(nn.Module):
    """(n, leads, l) and, where configured, demographics (n, 5) -> (n, labels) logits."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.order = LegacyReshape() if config.legacy_reshape else nn.Identity()
        self.stem = nn.Sequential(
            nn.ZeroPad1d(3),
            conv_bn(config.leads, 512, 5),
            nn.MaxPool1d(3, 2, ceil_mode=True),
        )
        self.body = _body(config.variant)
        self.drop = nn.Dropout(config.dropout)
        self.tail = nn.Sequential(
            _tail_block(256, 128, 5, config.dropout, pool=True),
            _tail_block(128, 256, 11, config.dropout, pool=True),
            _tail_block(256, 512, 21, config.dropout, pool=False),
        )
        self.person = nn.Sequential(nn.Linear(DEMOGRAPHICS, 16), nn.ReLU()) if config.demographics else None
        self.classify = nn.Linear(512 + (16 if config.demographics else 0), config.labels)
        glorot(self)

    def forward(self, x: Tensor, demographics: Tensor | None = None) -> Tensor:
        y = self.stem(self.order(x))  # (n, 512, l/2)
        y = self.drop(self.body(y))  # (n, 256, l/2)
        y = self.tail(y)  # (n, 512, l/8)
        y = nn.functional.max_pool1d(y, 7, 2, 3)  # (n, 512, l/16)
        y = y.mean(dim=-1)  # (n, 512)
        if self.person is not None:
            if demographics is None:
                raise ValueError("This network needs demographics (n, 5).")
            y = torch.cat([y, self.person(demographics)], dim=1)  # (n, 528)
        out: Tensor = self.classify(y)
        return out


def cam_layer(model: Model) -> nn.Module:
    """The last convolutional block, before pooling."""
    return model.tail[-1]


def cam_grid() -> tuple[float, float, float]:
    """(stride, offset, field) of a step of `cam_layer` in input samples: three poolings by 2 after a padding of 3.

    field: what one step sees; the kernel of 21 at every eighth sample makes it wide.
    """
    return 8.0, 1.0, 229.0


def output_layer(model: Model) -> nn.Linear:
    """The layer that gives the logits."""
    layer: nn.Linear = model.classify
    return layer


def cam_layers(model: Model) -> dict[str, tuple[nn.Module, tuple[float, float, float]]]:
    """Layers for Grad-CAM, from the last to the first, each with its grid as in `cam_grid`.

    Fields are those of one inception block; the second one of `deep` adds 8 samples. None where the steps have lost
    their place in time: branches or leads one after the other.
    """
    blocks = [block for block in model.body if isinstance(block, InceptionBlock)]
    if isinstance(model.order, LegacyReshape) or any(block.dim == 2 for block in blocks):
        return {}
    more = 8.0 * (len(blocks) - 1)
    return {
        "last convolution": (cam_layer(model), (8.0, 1.0, 229.0 + more)),
        "tail block 2": (model.tail[1], (8.0, 1.0, 69.0 + more)),
        "tail block 1": (model.tail[0], (4.0, -1.0, 25.0 + more)),
        "inception block": (model.body, (2.0, -2.0, 15.0 + more)),
        "stem": (model.stem, (2.0, -2.0, 7.0)),
    }
