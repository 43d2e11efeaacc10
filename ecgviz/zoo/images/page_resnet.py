"""A small residual network (He et al., 2016) that keeps places apart: a twentieth of the work of Inception v3."""

from dataclasses import dataclass

from torch import Tensor, nn

__all__ = ["TITLE", "Config", "Model", "cam_layer"]

TITLE = "Small residual network of pages"


@dataclass(frozen=True)
class Config:
    """labels: outputs; dropout: before the head; widths: channels of the stages; places: channels kept for each of the
    4 x 8 places that the head reads.
    """

    labels: int = 4
    dropout: float = 0.5
    widths: tuple[int, ...] = (16, 32, 64, 128)
    places: int = 48


def _conv(before: int, width: int, kernel: int, stride: int) -> nn.Sequential:
    conv = nn.Conv2d(before, width, kernel, stride, kernel // 2, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(width), nn.ReLU())


class _Block(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = _conv(width, width, 3, 1)
        self.second = nn.Sequential(nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width))
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.relu(x + self.second(self.first(x)))
        return out


class Model(nn.Module):
    """Pages (n, 3, height, width) to logits (n, labels); one colour is read."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        first, *rest = config.widths
        layers: list[nn.Module] = [_conv(1, first, 5, 2)]
        for k, width in enumerate(rest):
            layers += [_conv(first, width, 3, 2), *([_Block(width)] if k else [])]
            first = width
        self.layers = nn.Sequential(*layers)
        self.places = nn.Sequential(nn.Conv2d(first, config.places, 1), nn.ReLU(), nn.AdaptiveAvgPool2d((4, 8)))
        self.flat = nn.Flatten()
        self.last = nn.Sequential(nn.Dropout(config.dropout), nn.Linear(32 * config.places, config.labels))

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.features(x))

    def features(self, x: Tensor) -> Tensor:
        """Pages to what the head reads, (n, 32 places)."""
        x = self.layers(x[:, :1])  # (n, last width, height / 16, width / 16)
        out: Tensor = self.flat(self.places(x))
        return out

    def head(self, x: Tensor) -> Tensor:
        """What was read to logits."""
        out: Tensor = self.last(x)
        return out

    @property
    def output(self) -> nn.Linear:
        """The layer that gives the logits."""
        layer = self.last[-1]
        assert isinstance(layer, nn.Linear)
        return layer


def cam_layer(model: Model) -> nn.Module:
    """The last residual block."""
    return model.layers[-1]
