"""Bidirectional diagonal state-space network: S4D (Gu et al., 2022) laid out as S4 for ECG (Mehari & Strodthoff, 2023).

Blocks of a state-space filter along time, GELU, a gated mix of the channels and batch normalisation after the sum.
Inside, tensors are (channels, records, length): one matrix product then mixes the channels of all records at once.
"""

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

__all__ = ["Config", "Model", "StateSpace", "cam_grid", "cam_layer", "output_layer"]

TITLE = "State-space network (S4D)"
DEMOGRAPHICS = 5
STEPS = (1e-3, 1e-1)  # range of the initial time steps: memories of 0.2 to 20 s at 100 Hz
BLOCK = 32
DENSE_LENGTH = 512


@dataclass(frozen=True)
class Config:
    """leads and labels: inputs and outputs; width: channels; layers: blocks; state: real numbers of state a channel."""

    leads: int = 12
    labels: int = 71
    width: int = 256
    layers: int = 4
    state: int = 16
    demographics: bool = False
    dropout: float = 0.2


class _Dense(torch.autograd.Function):
    """Two-sided filter as one matrix a channel, in bfloat16: at 250 samples four times as fast as by Fourier."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, kernel: Tensor) -> Tensor:
        length = x.shape[-1]
        matrix = kernel.to(x.dtype).unfold(1, length, 1).contiguous()  # (c, l, l): the kernel, row s shifted by s
        back = x.flip(-1)
        ctx.save_for_backward(back, matrix)
        return torch.bmm(back, matrix)  # (c, n, l)

    @staticmethod
    def backward(ctx: Any, *grad: Tensor) -> tuple[Tensor, Tensor]:
        back, matrix = ctx.saved_tensors
        length = back.shape[-1]
        to_x = torch.bmm(grad[0], matrix.transpose(1, 2)).flip(-1)
        rows = torch.bmm(back.transpose(1, 2), grad[0])  # (c, l, l)
        to_kernel = rows.new_zeros(len(rows), 2 * length - 1, dtype=torch.float32)
        for s in range(length):
            to_kernel[:, s : s + length] += rows[:, s]
        return to_x, to_kernel


def _powers(step: Tensor, times: Tensor) -> Tensor:
    """exp(step * times): (c, h) complex and (t,) -> (c, t, h)."""
    return torch.polar((step.real[:, None] * times[:, None]).exp(), step.imag[:, None] * times[:, None])


class StateSpace(nn.Module):
    """A filter a channel over the whole window in both directions, (c, n, l) -> (c, n, l), plus the input itself.

    Diagonal state matrix with S4D-Lin initialisation, zero-order hold; both directions share states and time steps.
    The parameters of the state are vectors, which the optimiser does not decay.
    """

    def __init__(self, width: int, state: int) -> None:
        super().__init__()
        half = state // 2
        low, high = (math.log(step) for step in STEPS)
        self.log_step = nn.Parameter(torch.rand(width) * (high - low) + low)
        self.log_decay = nn.Parameter(torch.full((width * half,), math.log(0.5)))
        self.frequency = nn.Parameter(math.pi * torch.arange(half).float().repeat(width))
        self.output = nn.Parameter(torch.randn(width, 2, half, 2) / math.sqrt(2))
        self.skip = nn.Parameter(torch.randn(width))

    def kernel(self, length: int) -> Tensor:
        """(c, 2 * length - 1): the filter from lag 1 - length to length - 1.

        Powers of a state are products of two short tables, so that a kernel is a small matrix product a channel.
        """
        a = torch.complex(-self.log_decay.exp(), self.frequency).view(len(self.skip), -1)  # (c, h)
        step = a * self.log_step.exp()[:, None]
        out = 2 * torch.view_as_complex(self.output) * ((step.exp() - 1) / a)[:, None]  # (c, 2, h)
        blocks = -(-length // BLOCK)
        coarse = out[:, :, None] * _powers(step, BLOCK * torch.arange(blocks, device=step.device))[:, None]
        fine = _powers(step.conj(), torch.arange(BLOCK, device=step.device))  # (c, BLOCK, h)
        left = torch.view_as_real(coarse).flatten(3).flatten(1, 2)  # (c, 2 * blocks, 2 h)
        both = torch.bmm(left, torch.view_as_real(fine).flatten(2).mT).view(len(out), 2, -1)  # (c, 2, blocks * BLOCK)
        ahead, back = both[:, 0, :length], both[:, 1, : length - 1].flip(-1)
        return torch.cat([back, ahead[:, :1] + self.skip[:, None], ahead[:, 1:]], dim=1)

    def forward(self, x: Tensor) -> Tensor:
        length = x.shape[-1]
        dense = torch.is_autocast_enabled("cpu") and length <= DENSE_LENGTH
        with torch.autocast(x.device.type, enabled=False):
            kernel = self.kernel(length)
            if dense:
                y: Tensor = _Dense.apply(x.bfloat16(), kernel)  # type: ignore[no-untyped-call]
                return y
            # The kernel begins at lag 1 - length; what a cycle of `size` folds back lies outside the samples kept.
            size = 2 ** math.ceil(math.log2(2 * length - 1))
            spectrum = torch.fft.rfft(x.to(kernel.dtype), n=size) * torch.fft.rfft(kernel, n=size)[:, None]
            y = torch.fft.irfft(spectrum, n=size)[..., length - 1 : 2 * length - 1]
            return y.to(x.dtype)


class _Mix(nn.Conv1d):
    """Convolution of kernel 1 on (c, n, l)."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__(inputs, outputs, 1)

    def forward(self, x: Tensor) -> Tensor:
        assert self.bias is not None
        return torch.addmm(self.bias[:, None], self.weight[..., 0], x.flatten(1)).view(-1, *x.shape[1:])


class _Norm(nn.BatchNorm1d):
    """Batch normalisation of (c, n, l)."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.view(1, len(x), -1)).view_as(x)


class _Block(nn.Module):
    def __init__(self, width: int, state: int, dropout: float) -> None:
        super().__init__()
        self.filter = StateSpace(width, state)
        self.gelu = nn.GELU()
        self.mix = _Mix(width, 2 * width)
        self.drop = nn.Dropout1d(dropout)  # whole channels: (c, n, l) counts as c records of n channels
        self.norm = _Norm(width)

    def forward(self, x: Tensor) -> Tensor:
        y = self.gelu(self.filter(x))
        value, gate = self.mix(y).chunk(2)
        out: Tensor = self.norm(x + self.drop(value * gate.sigmoid()))
        return out


class Model(nn.Module):
    """(n, leads, l) and, where configured, demographics (n, 5) -> (n, labels) logits."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.stem = _Mix(config.leads, config.width)
        self.blocks = nn.Sequential(*(_Block(config.width, config.state, config.dropout) for _ in range(config.layers)))
        self.features = nn.Identity()
        self.person = nn.Sequential(nn.Linear(DEMOGRAPHICS, 16), nn.ReLU()) if config.demographics else None
        self.classify = nn.Linear(config.width + (16 if config.demographics else 0), config.labels)

    def forward(self, x: Tensor, demographics: Tensor | None = None) -> Tensor:
        y = self.blocks(self.stem(x.transpose(0, 1)))  # (width, n, l)
        y = self.features(y.transpose(0, 1)).mean(dim=-1)  # (n, width)
        if self.person is not None:
            if demographics is None:
                raise ValueError("This network needs demographics (n, 5).")
            y = torch.cat([y, self.person(demographics)], dim=1)  # (n, width + 16)
        out: Tensor = self.classify(y)
        return out


def cam_layer(model: Model) -> nn.Module:
    """The output of the last block, as (n, width, l)."""
    return model.features


def cam_grid() -> tuple[float, float, float]:
    """(stride, offset, field) of a step of `cam_layer` in input samples: one step a sample.

    field: infinite; every step sees the whole window, the nearer samples more.
    """
    return 1.0, 0.0, math.inf


def output_layer(model: Model) -> nn.Linear:
    """The layer that gives the logits."""
    layer: nn.Linear = model.classify
    return layer
