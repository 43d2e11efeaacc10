"""Layers that more than one architecture uses. Tensors are (records, channels, length)."""

import torch
from torch import Tensor, nn

__all__ = ["ConcatPool", "conv_bn", "glorot"]

KERAS_BN_EPS, KERAS_BN_MOMENTUM = 1e-3, 0.01


class ConcatPool(nn.Module):
    """Global maximum and mean, concatenated: (n, c, l) -> (n, 2c)."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([x.amax(dim=-1), x.mean(dim=-1)], dim=1)  # (n, 2c)


def keras_bn(channels: int) -> nn.BatchNorm1d:
    """Batch normalisation with the defaults of Keras, which the seeds used."""
    return nn.BatchNorm1d(channels, eps=KERAS_BN_EPS, momentum=KERAS_BN_MOMENTUM)


def conv_bn(inputs: int, outputs: int, kernel: int, *, slope: float | None = 0.0) -> nn.Sequential:
    """Convolution of the same length, batch normalisation, and ReLU (slope 0), LeakyReLU or nothing (None)."""
    layers: list[nn.Module] = [nn.Conv1d(inputs, outputs, kernel, padding=kernel // 2), keras_bn(outputs)]
    if slope is not None:
        layers.append(nn.LeakyReLU(slope) if slope else nn.ReLU())
    return nn.Sequential(*layers)


def glorot(module: nn.Module) -> None:
    """Glorot-uniform weights and zero biases, the initialisation of Keras."""
    for layer in module.modules():
        if isinstance(layer, nn.Conv1d | nn.Linear):
            nn.init.xavier_uniform_(layer.weight)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
