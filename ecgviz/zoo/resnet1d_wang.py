"""Residual network of Wang et al. (2017) as in the PTB-XL benchmark (Strodthoff et al., 2021)."""

from dataclasses import dataclass

from torch import Tensor, nn

from ecgviz.zoo._blocks import ConcatPool, benchmark_head, kaiming

__all__ = ["Config", "Model", "cam_grid", "cam_layer", "cam_layers", "output_layer"]

TITLE = "1-D residual network (Wang)"


@dataclass(frozen=True)
class Config:
    """leads and labels: inputs and outputs; width: channels; dropout: in the head."""

    leads: int = 12
    labels: int = 71
    width: int = 128
    dropout: float = 0.5


class _Block(nn.Module):
    def __init__(self, width: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv1d(width, width, 5, stride, 2, bias=False)
        self.bn1 = nn.BatchNorm1d(width)
        self.conv2 = nn.Conv1d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm1d(width)
        self.relu1 = nn.ReLU()
        self.relu2 = nn.ReLU()
        self.shortcut: nn.Module = nn.Identity()
        if stride > 1:
            self.shortcut = nn.Sequential(nn.Conv1d(width, width, 1, stride, bias=False), nn.BatchNorm1d(width))

    def forward(self, x: Tensor) -> Tensor:
        y = self.relu1(self.bn1(self.conv1(x)))  # (n, width, l / stride)
        y = self.bn2(self.conv2(y))
        out: Tensor = self.relu2(y + self.shortcut(x))
        return out


class Model(nn.Module):
    """Stem, three residual blocks of stride 1, 2, 2, and the benchmark's head: (n, leads, l) -> (n, labels) logits."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        w = config.width
        self.stem = nn.Sequential(nn.Conv1d(config.leads, w, 7, 1, 3, bias=False), nn.BatchNorm1d(w), nn.ReLU())
        self.blocks = nn.Sequential(_Block(w, 1), _Block(w, 2), _Block(w, 2))
        self.head = benchmark_head(ConcatPool(), 2 * w, config.labels, config.dropout)
        kaiming(self)

    def forward(self, x: Tensor, demographics: Tensor | None = None) -> Tensor:
        y = self.stem(x)  # (n, width, l)
        y = self.blocks(y)  # (n, width, l / 4)
        out: Tensor = self.head(y)
        return out


def cam_layer(model: Model) -> nn.Module:
    """The last convolutional block."""
    return model.blocks[-1]


def cam_grid() -> tuple[float, float, float]:
    """(stride, offset, field) of a step of `cam_layer` in input samples: two strides of 2, each centred on its input.

    field: what one step sees.
    """
    return 4.0, 0.0, 37.0


def output_layer(model: Model) -> nn.Linear:
    """The layer that gives the logits."""
    layer = model.head[-1]
    assert isinstance(layer, nn.Linear)
    return layer


def cam_layers(model: Model) -> dict[str, tuple[nn.Module, tuple[float, float, float]]]:
    """Layers for Grad-CAM, from the last to the first, each with its grid as in `cam_grid`."""
    return {
        "last convolution": (cam_layer(model), cam_grid()),
        "block 2": (model.blocks[1], (2.0, 0.0, 21.0)),
        "block 1": (model.blocks[0], (1.0, 0.0, 13.0)),
        "stem": (model.stem, (1.0, 0.0, 7.0)),
    }
