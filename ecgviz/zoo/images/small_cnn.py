"""The baseline of the seed: three convolutional blocks on a grey page of 80 x 480 pixels."""

from dataclasses import dataclass
from itertools import pairwise

from torch import Tensor, nn

__all__ = ["TITLE", "Config", "Model", "cam_layer"]

TITLE = "Three-block CNN"


@dataclass(frozen=True)
class Config:
    """labels: outputs; dropout: before the last layer; height and width of the page in pixels."""

    labels: int = 4
    dropout: float = 0.5
    height: int = 80
    width: int = 480


class Model(nn.Module):
    """Pages (n, 3, height, width) to logits (n, labels); the colours are averaged."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        channels = (1, 32, 64, 128)
        self.blocks = nn.Sequential(
            *(
                nn.Sequential(nn.Conv2d(a, b, 3, padding=1), nn.ReLU(), nn.BatchNorm2d(b), nn.MaxPool2d(2))
                for a, b in pairwise(channels)
            )
        )
        flat = channels[-1] * (config.height // 8) * (config.width // 8)
        self.dense = nn.Sequential(nn.Flatten(), nn.Linear(flat, 128), nn.ReLU())
        self.last = nn.Sequential(nn.Dropout(config.dropout), nn.Linear(128, config.labels))

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.features(x))

    def features(self, x: Tensor) -> Tensor:
        """Pages to what the last layer reads, (n, 128)."""
        x = self.blocks(x.mean(dim=1, keepdim=True))  # (n, 128, height / 8, width / 8)
        out: Tensor = self.dense(x)
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
    """The last block before its maximum is taken."""
    block = model.blocks[-1]
    assert isinstance(block, nn.Sequential)
    return block[2]
