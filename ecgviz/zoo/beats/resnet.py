"""A bottleneck residual network of one beat with the layer count of ResNet-50 (published as "ResNet152").

Source: the notebook of Arrhythmia-classification-using-1-D-ResNet. As coded the middle convolution of the blocks
without projection has kernel 1, so that 12 of the 16 blocks mix nothing in time; `kernel=3` is what was meant.
"""

from dataclasses import dataclass

from torch import Tensor, nn

__all__ = ["Config", "Model", "cam_grid", "cam_layer"]

TITLE = "1-D ResNet of a beat"
STAGES = ((128, 256, 3, 1), (128, 512, 4, 2), (256, 1024, 6, 2), (512, 2048, 3, 2))
"""Inner filters, outer filters, blocks and stride of each stage."""


@dataclass(frozen=True)
class Config:
    """kernel: of the middle convolution in blocks without projection; 1 as coded, 3 as meant."""

    kernel: int = 3
    labels: int = 5
    samples: int = 187


class _Bottleneck(nn.Module):
    def __init__(self, into: int, inner: int, out: int, kernel: int, stride: int, project: bool) -> None:
        super().__init__()
        self.main = nn.Sequential(
            nn.Conv1d(into, inner, 1, stride),
            nn.BatchNorm1d(inner),
            nn.ReLU(),
            nn.Conv1d(inner, inner, kernel, padding=kernel // 2),
            nn.BatchNorm1d(inner),
            nn.ReLU(),
            nn.Conv1d(inner, out, 1),
            nn.BatchNorm1d(out),
        )
        self.shortcut: nn.Module = nn.Identity()
        if project:
            self.shortcut = nn.Sequential(nn.Conv1d(into, out, 1, stride), nn.BatchNorm1d(out))
        self.end = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.end(self.main(x) + self.shortcut(x))
        return y


class Model(nn.Module):
    """(n, 1, 187) -> (n, labels) logits."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        stem = [nn.ConstantPad1d(3, 0.0), nn.Conv1d(1, 64, 7, 2), nn.BatchNorm1d(64), nn.ReLU(), nn.MaxPool1d(3, 2)]
        blocks: list[nn.Module] = []
        into = 64
        for inner, out, count, stride in STAGES:
            for k in range(count):
                first = k == 0
                blocks.append(
                    _Bottleneck(into, inner, out, 3 if first else config.kernel, stride if first else 1, first)
                )
                into = out
        self.body = nn.Sequential(*stem, *blocks)  # (n, 2048, 6)
        self.head = nn.Sequential(
            nn.AvgPool1d(2, ceil_mode=True),
            nn.Flatten(),
            nn.Linear(3 * 2048, 256),
            nn.ReLU(),
            nn.Linear(256, 128),
            nn.ReLU(),
            nn.Linear(128, config.labels),
        )

    def forward(self, x: Tensor, rhythm: Tensor | None = None) -> Tensor:
        out: Tensor = self.head(self.body(x))
        return out


def cam_layer(model: Model) -> nn.Module:
    """The last residual block."""
    return model.body[-1]


def cam_grid(model: Model) -> tuple[float, float]:
    """(stride, offset) in samples of a step of `cam_layer`: five halvings, the second of windows of three."""
    return 32.0, 2.0
