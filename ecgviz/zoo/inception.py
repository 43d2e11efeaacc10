"""Inception network of HRIDM's comparison (Algorithms 17(8):364, 2024): three inception blocks on a short stem.

`along="time"` and `legacy_reshape` are slips of the published code, kept as ablations so that their cost can be shown.
"""

from dataclasses import dataclass
from typing import Literal

from torch import Tensor, nn

from ecgviz.zoo._blocks import InceptionBlock, LegacyReshape, conv_bn, glorot

__all__ = ["Config", "Model", "cam_grid", "cam_layer", "cam_layers", "output_layer"]

TITLE = "Inception network"
SLOPE = 0.01


@dataclass(frozen=True)
class Config:
    """leads and labels: inputs and outputs; along: where a block lays its four branches side by side.

    legacy_reshape: rows of samples from the leads one after the other, instead of a row for each sample.
    """

    leads: int = 12
    labels: int = 27
    along: Literal["channels", "time"] = "channels"
    legacy_reshape: bool = False
    branch: int = 64
    dropout: float = 0.2


class Model(nn.Module):
    """(n, leads, l) -> (n, labels) logits."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        b = config.branch
        self.keeps_time = config.along == "channels" and not config.legacy_reshape
        wide = 4 * b if config.along == "channels" else b
        self.order = LegacyReshape() if config.legacy_reshape else nn.Identity()
        self.stem = nn.Sequential(
            nn.ZeroPad1d(3),
            conv_bn(config.leads, b, 7),
            nn.MaxPool1d(3, 2, ceil_mode=True),
            conv_bn(b, b, 1),
        )
        self.body = nn.Sequential(*[InceptionBlock(n, b, config.along, SLOPE) for n in (b, wide, wide)])
        self.pool = nn.Sequential(nn.Dropout(config.dropout), nn.MaxPool1d(7, 2, 3))
        self.classify = nn.Linear(wide, config.labels)
        glorot(self)

    def forward(self, x: Tensor, demographics: Tensor | None = None) -> Tensor:
        y = self.stem(self.order(x))  # (n, branch, l/2)
        y = self.body(y)  # (n, 4 branch, l/2), or (n, branch, 64 l/2) along time
        y = self.pool(y).mean(dim=-1)  # (n, 4 branch)
        out: Tensor = self.classify(y)
        return out


def cam_layer(model: Model) -> nn.Module:
    """The last inception block, before pooling."""
    return model.body[-1]


def cam_grid() -> tuple[float, float, float]:
    """(stride, offset, field) of a step of `cam_layer` in input samples: threes at every second sample, padded by 3.

    field: what one step sees.
    """
    return 2.0, -2.0, 33.0


def cam_layers(model: Model) -> dict[str, tuple[nn.Module, tuple[float, float, float]]]:
    """Layers for Grad-CAM, from the last to the first, each with its grid as in `cam_grid`.

    None for the ablations, whose steps have lost their place in time.
    """
    if not model.keeps_time:
        return {}
    return {
        "last convolution": (cam_layer(model), cam_grid()),
        "inception block 2": (model.body[1], (2.0, -2.0, 25.0)),
        "inception block 1": (model.body[0], (2.0, -2.0, 17.0)),
        "stem": (model.stem, (2.0, -2.0, 9.0)),
    }


def output_layer(model: Model) -> nn.Linear:
    """The layer that gives the logits."""
    return model.classify
