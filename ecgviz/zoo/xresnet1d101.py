"""The residual network xresnet1d101 (He et al., 2019) as in the PTB-XL benchmark (Strodthoff et al., 2021)."""

from dataclasses import dataclass

from torch import Tensor, nn

from ecgviz.zoo._blocks import BatchNorm1d, ConcatPool, Conv1d, benchmark_head, kaiming

__all__ = ["Config", "Model", "cam_grid", "cam_layer", "output_layer"]

TITLE = "1-D residual network of 101 layers (xresnet1d101)"
STAGES = (3, 4, 23, 3)
STEM = (32, 32, 64)
WIDTH, EXPANSION, KERNEL = 64, 4, 5


@dataclass(frozen=True)
class Config:
    """leads and labels: inputs and outputs; dropout: in the head."""

    leads: int = 12
    labels: int = 71
    dropout: float = 0.5


def _conv(inputs: int, outputs: int, kernel: int, stride: int = 1) -> list[nn.Module]:
    conv = Conv1d(inputs, outputs, kernel, stride, kernel // 2, bias=False)
    return [conv, BatchNorm1d(outputs)]


class _Bottleneck(nn.Module):
    """1, 5 and 1 wide, beside a shortcut that pools where the block strides."""

    def __init__(self, inputs: int, stride: int) -> None:
        super().__init__()
        outputs = WIDTH * EXPANSION
        self.main = nn.Sequential(
            *_conv(inputs, WIDTH, 1),
            nn.ReLU(),
            *_conv(WIDTH, WIDTH, KERNEL, stride),
            nn.ReLU(),
            Conv1d(WIDTH, outputs, 1, bias=False),
        )
        self.last = BatchNorm1d(outputs)
        shortcut: list[nn.Module] = [nn.AvgPool1d(2, ceil_mode=True)] if stride > 1 else []
        self.shortcut = nn.Sequential(*shortcut, *(_conv(inputs, outputs, 1) if inputs != outputs else []))
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.relu(self.last(self.main(x)) + self.shortcut(x))
        return out


def _stages() -> nn.Sequential:
    blocks: list[nn.Module] = []
    for stage, depth in enumerate(STAGES):
        for i in range(depth):
            inputs = WIDTH * EXPANSION if blocks else STEM[-1]
            blocks.append(_Bottleneck(inputs, 2 if stage and not i else 1))
    return nn.Sequential(*blocks)


class Model(nn.Module):
    """Stem, 33 bottleneck blocks in four stages, and the benchmark's head: (n, leads, l) -> (n, labels) logits."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        stem: list[nn.Module] = []
        for i, (inputs, outputs) in enumerate(zip((config.leads, *STEM), STEM, strict=False)):
            stem += [*_conv(inputs, outputs, KERNEL, 1 if i else 2), nn.ReLU()]
        self.stem = nn.Sequential(*stem, nn.MaxPool1d(3, 2, 1))
        self.blocks = _stages()
        self.head = benchmark_head(ConcatPool(), 2 * WIDTH * EXPANSION, config.labels, config.dropout)
        kaiming(self)
        for block in self.blocks.children():
            assert isinstance(block, _Bottleneck)
            nn.init.zeros_(block.last.weight)  # a block begins as its shortcut

    def forward(self, x: Tensor, demographics: Tensor | None = None) -> Tensor:
        y = self.blocks(self.stem(x))  # (n, 256, l / 32)
        out: Tensor = self.head(y)
        return out


def cam_layer(model: Model) -> nn.Module:
    """The last block."""
    return model.blocks[-1]


def cam_grid() -> tuple[float, float, float]:
    """(stride, offset, field) of a step of `cam_layer` in input samples: five strides of 2.

    offset: that of the shortcuts, whose three means of two samples add up to 14; convolutions lie on their input.
    field: what one step sees, more than a window of 10 s at 100 Hz.
    """
    return 32.0, 14.0, 1945.0


def output_layer(model: Model) -> nn.Linear:
    """The layer that gives the logits."""
    layer = model.head[-1]
    assert isinstance(layer, nn.Linear)
    return layer
