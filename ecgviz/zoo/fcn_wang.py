"""Fully convolutional network of Wang et al. (2017) as in the PTB-XL benchmark (Strodthoff et al., 2021)."""

from dataclasses import dataclass

from torch import Tensor, nn

from ecgviz.zoo._blocks import ConcatPool, benchmark_head, kaiming

__all__ = ["Config", "Model", "cam_grid", "cam_layer", "output_layer"]

TITLE = "Fully convolutional network (Wang)"


@dataclass(frozen=True)
class Config:
    """leads and labels: inputs and outputs; dropout: in the head."""

    leads: int = 12
    labels: int = 71
    dropout: float = 0.5


def _layer(inputs: int, outputs: int, kernel: int) -> nn.Sequential:
    conv = nn.Conv1d(inputs, outputs, kernel, padding=(kernel - 1) // 2, bias=False)
    return nn.Sequential(conv, nn.BatchNorm1d(outputs), nn.ReLU())


class Model(nn.Module):
    """Three convolutions of stride 1 and the benchmark's head: (n, leads, l) -> (n, labels) logits."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.body = nn.Sequential(_layer(config.leads, 128, 8), _layer(128, 256, 5), _layer(256, 128, 3))
        self.head = benchmark_head(ConcatPool(), 256, config.labels, config.dropout)
        kaiming(self)

    def forward(self, x: Tensor, demographics: Tensor | None = None) -> Tensor:
        y = self.body(x)  # (n, 128, l - 1)
        out: Tensor = self.head(y)
        return out


def cam_layer(model: Model) -> nn.Module:
    """The last convolution."""
    return model.body[-1]


def cam_grid() -> tuple[float, float, float]:
    """(stride, offset, field) of a step of `cam_layer` in input samples.

    The even kernel of 8 shifts it by half a sample; field: what one step sees.
    """
    return 1.0, 0.5, 14.0


def output_layer(model: Model) -> nn.Linear:
    """The layer that gives the logits."""
    layer = model.head[-1]
    assert isinstance(layer, nn.Linear)
    return layer
