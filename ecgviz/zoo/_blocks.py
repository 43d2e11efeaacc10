"""Layers that more than one architecture uses. Tensors are (records, channels, length)."""

from typing import Literal

import torch
from torch import Tensor, nn

__all__ = [
    "BatchNorm1d",
    "ConcatPool",
    "Conv1d",
    "InceptionBlock",
    "LegacyReshape",
    "SqueezeExcite",
    "benchmark_head",
    "concat",
    "conv_bn",
    "dense_head",
    "glorot",
    "kaiming",
    "keras_bn",
]

KERAS_BN_EPS, KERAS_BN_MOMENTUM = 1e-3, 0.01


class Conv1d(nn.Conv1d):
    """Convolution whose numbers lie step by step, all channels of a step together: in bfloat16 up to twice as fast.

    The order in memory is that of its output and stays through `BatchNorm1d`, `concat` and elementwise layers.
    """

    def forward(self, input: Tensor) -> Tensor:
        y = input.unsqueeze(2).contiguous(memory_format=torch.channels_last)  # (n, c, 1, l)
        pad, stride = (0, int(self.padding[0])), (1, self.stride[0])
        return nn.functional.conv2d(y, self.weight.unsqueeze(2), self.bias, stride, pad).squeeze(2)


class BatchNorm1d(nn.BatchNorm1d):
    """Batch normalisation of (n, c, l) that keeps the order in memory."""

    def _check_input_dim(self, input: Tensor) -> None:
        assert input.ndim == 4

    def forward(self, input: Tensor) -> Tensor:
        return super().forward(input.unsqueeze(2)).squeeze(2)


def concat(parts: list[Tensor]) -> Tensor:
    """Tensors of (n, c, l) put together in channels; keeps the order in memory."""
    return torch.cat([part.unsqueeze(2) for part in parts], dim=1).squeeze(2)


class ConcatPool(nn.Module):
    """Global maximum and mean, concatenated: (n, c, l) -> (n, 2c)."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([x.amax(dim=-1), x.mean(dim=-1)], dim=1)  # (n, 2c)


def keras_bn(channels: int) -> BatchNorm1d:
    """Batch normalisation with the defaults of Keras, which the seeds used."""
    return BatchNorm1d(channels, eps=KERAS_BN_EPS, momentum=KERAS_BN_MOMENTUM)


def conv_bn(
    inputs: int, outputs: int, kernel: int, *, slope: float | None = 0.0, stride: int = 1, padding: int | None = None
) -> nn.Sequential:
    """Convolution, batch normalisation, and ReLU (slope 0), LeakyReLU or nothing (None).

    The length is kept (stride 1) unless a padding is given.
    """
    pad = kernel // 2 if padding is None else padding
    layers: list[nn.Module] = [nn.Conv1d(inputs, outputs, kernel, stride, pad), keras_bn(outputs)]
    if slope is not None:
        layers.append(nn.LeakyReLU(slope) if slope else nn.ReLU())
    return nn.Sequential(*layers)


def dense_head(features: int, hidden: tuple[int, ...], labels: int, dropout: float) -> nn.Sequential:
    """Hidden layers, each with ReLU and dropout, and a layer for the logits: (n, features) -> (n, labels)."""
    layers: list[nn.Module] = []
    for inputs, outputs in zip((features, *hidden), hidden, strict=False):
        layers += [nn.Linear(inputs, outputs), nn.ReLU(), nn.Dropout(dropout)]
    return nn.Sequential(*layers, nn.Linear(hidden[-1], labels))


def benchmark_head(pool: nn.Module, features: int, labels: int, dropout: float) -> nn.Sequential:
    """The head of the PTB-XL benchmark: `pool` to (n, features), a hidden layer of 128, (n, labels) logits."""
    return nn.Sequential(
        pool,
        nn.BatchNorm1d(features),
        nn.Dropout(dropout / 2),
        nn.Linear(features, 128),
        nn.ReLU(),
        nn.BatchNorm1d(128),
        nn.Dropout(dropout),
        nn.Linear(128, labels),
    )


class InceptionBlock(nn.Module):
    """HRIDM's four branches of widths 1, 3, 5 and a pooled 1: (n, c, l) -> (n, 4 branch, l), or (n, branch, 4l)."""

    def __init__(self, inputs: int, branch: int, along: Literal["channels", "time"], slope: float) -> None:
        super().__init__()
        self.one = conv_bn(inputs, branch, 1, slope=slope)
        self.three = nn.Sequential(conv_bn(inputs, branch, 1, slope=slope), conv_bn(branch, branch, 3, slope=slope))
        self.five = nn.Sequential(conv_bn(inputs, branch, 1, slope=slope), conv_bn(branch, branch, 5, slope=slope))
        self.pool = nn.Sequential(nn.MaxPool1d(3, 1, 1), conv_bn(inputs, branch, 1, slope=slope))
        self.dim = 1 if along == "channels" else 2

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([self.one(x), self.three(x), self.five(x), self.pool(x)], dim=self.dim)


class SqueezeExcite(nn.Module):
    """Channels weighed by a gate that sees the mean of each (Hu et al., 2018): (n, c, l) -> (n, c, l)."""

    def __init__(self, channels: int, hidden: int, *, bias: bool = True) -> None:
        super().__init__()
        self.gate = nn.Sequential(
            nn.Linear(channels, hidden, bias=bias), nn.ReLU(), nn.Linear(hidden, channels, bias=bias), nn.Sigmoid()
        )

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = x * self.gate(x.mean(dim=-1))[..., None]
        return out


class LegacyReshape(nn.Module):
    """The (leads, l) voltages read row by row into (l, leads), as HRIDM's code does where it should transpose.

    A "sample" of the result is a dozen neighbouring samples of one lead, and the leads follow each other in time.
    """

    def forward(self, x: Tensor) -> Tensor:
        n, leads, length = x.shape
        return x.reshape(n, length, leads).transpose(1, 2)  # (n, leads, l) for a channels-first network


def glorot(module: nn.Module) -> None:
    """Glorot-uniform weights and zero biases, the initialisation of Keras."""
    for layer in module.modules():
        if isinstance(layer, nn.Conv1d | nn.Linear):
            nn.init.xavier_uniform_(layer.weight)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


def kaiming(module: nn.Module) -> None:
    """Normal weights after He et al. (2015), the initialisation of the PTB-XL benchmark."""
    for layer in module.modules():
        if isinstance(layer, nn.Conv1d | nn.Linear):
            nn.init.kaiming_normal_(layer.weight)
