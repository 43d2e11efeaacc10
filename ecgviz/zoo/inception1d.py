"""InceptionTime (Ismail Fawaz et al., 2020) as in the PTB-XL benchmark (Strodthoff et al., 2021)."""

from dataclasses import dataclass

from torch import Tensor, nn

from ecgviz.zoo._blocks import BatchNorm1d, ConcatPool, Conv1d, benchmark_head, concat, kaiming

__all__ = ["Config", "Model", "cam_grid", "cam_layer", "output_layer"]

TITLE = "Inception network (InceptionTime)"


@dataclass(frozen=True)
class Config:
    """leads and labels: inputs and outputs; width: channels of a branch; dropout: in the head."""

    leads: int = 12
    labels: int = 71
    width: int = 32
    dropout: float = 0.5


class _Module(nn.Module):
    """Kernels of 39, 19 and 9 behind a bottleneck, and a pooled branch: (n, inputs, l) -> (n, 4 width, l)."""

    def __init__(self, inputs: int, width: int) -> None:
        super().__init__()
        self.bottleneck = Conv1d(inputs, width, 1, bias=False)
        self.branches = nn.ModuleList(
            Conv1d(width, width, kernel, padding=kernel // 2, bias=False) for kernel in (39, 19, 9)
        )
        self.pool = nn.Sequential(nn.MaxPool1d(3, 1, 1), Conv1d(inputs, width, 1, bias=False))
        self.bn = BatchNorm1d(4 * width)
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        y = self.bottleneck(x)
        y = concat([*(branch(y) for branch in self.branches), self.pool(x)])
        out: Tensor = self.relu(self.bn(y))
        return out


class _Residual(nn.Module):
    """Three modules and a shortcut beside them."""

    def __init__(self, inputs: int, width: int) -> None:
        super().__init__()
        self.main = nn.Sequential(_Module(inputs, width), _Module(4 * width, width), _Module(4 * width, width))
        self.shortcut = nn.Sequential(Conv1d(inputs, 4 * width, 1, bias=False), BatchNorm1d(4 * width))
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.relu(self.main(x) + self.shortcut(x))
        return out


class Model(nn.Module):
    """Six modules of stride 1 with two shortcuts, and the benchmark's head: (n, leads, l) -> (n, labels) logits."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.body = nn.Sequential(_Residual(config.leads, config.width), _Residual(4 * config.width, config.width))
        self.head = benchmark_head(ConcatPool(), 8 * config.width, config.labels, config.dropout)
        kaiming(self)

    def forward(self, x: Tensor, demographics: Tensor | None = None) -> Tensor:
        y = self.body(x)  # (n, 4 width, l)
        out: Tensor = self.head(y)
        return out


def cam_layer(model: Model) -> nn.Module:
    """The last three modules and their shortcut."""
    return model.body[-1]


def cam_grid() -> tuple[float, float, float]:
    """(stride, offset, field) of a step of `cam_layer` in input samples: a step a sample, six kernels of 39 wide."""
    return 1.0, 0.0, 229.0


def output_layer(model: Model) -> nn.Linear:
    """The layer that gives the logits."""
    layer = model.head[-1]
    assert isinstance(layer, nn.Linear)
    return layer
