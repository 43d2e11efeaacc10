"""Small models made on the spot, and records whose evidence is known."""

from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import cast

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from ecgviz.card import InputSpec, LabelSpec, ModelCard
from ecgviz.leads import STANDARD_12
from ecgviz.record import Record
from ecgviz.zoo import _checkpoints
from ecgviz.zoo._checkpoints import Member, Model

SMALL: dict[str, dict[str, object]] = {
    "resnet1d_wang": {"width": 16},
    "s4": {"width": 16, "layers": 2},
    "lstm_bidir": {"hidden": 8},
}


def card_of(name: str, config: dict[str, object], seconds: float) -> ModelCard:
    return ModelCard(
        name=name,
        title="a test",
        task="ptbxl_super",
        architecture=name,
        config=config,
        input=InputSpec("ecg12", STANDARD_12, 100.0, seconds, seconds / 2, min(seconds, 1.5), (0.5, 40.0), 0.2),
        labels=tuple(LabelSpec(n, n, (), 100, 0.5) for n in ("NORM", "MI")),
        thresholds_from="nowhere",
        calibration="none",
        trained_on="nothing",
        tested_on="nothing",
        metrics={},
        subgroups={},
        intended_use="tests",
        not_for="anything else",
        licence="none",
        parameters=0,
        gflop=0.0,
        ms_per_record=0.0,
        weights_digest="",
        example={},
    )


def model_around(network: nn.Module, seconds: float = 10.0, module: object = None, name: str = "toy") -> Model:
    """Any network as a model; `module` stands for its architecture."""
    network.eval().requires_grad_(False)
    member = Member(network, cast("ModuleType", module or SimpleNamespace()))
    return Model(card_of(name, {}, seconds), network, (member,))


def model_of(name: str, seconds: float = 10.0) -> Model:
    """A small network of an architecture, with random weights that are the same each time."""
    torch.manual_seed(0)
    network = _checkpoints.build(name, {"labels": 2, **SMALL.get(name, {})})
    return model_around(network, seconds, _checkpoints.architecture(name), name)


def averaging(network: nn.Module) -> None:
    """Weights with which every layer takes means: the largest answer is where the signal is largest."""
    with torch.no_grad():
        for layer in network.modules():
            if isinstance(layer, nn.Conv1d | nn.Linear):
                layer.weight.fill_(1.0 / layer.weight[0].numel())
                if layer.bias is not None:
                    layer.bias.zero_()


def one_beat(at_s: float, fs: float = 500.0, start_s: float = 0.0, seconds: float = 10.0) -> Record:
    """A single 40 ms deflection of 1 mV in every lead of a flat record."""
    t = np.arange(round(seconds * fs)) / fs
    x = np.exp(-(((t - at_s) / 0.02) ** 2))
    return Record(np.tile(x, (12, 1)).astype(np.float32), fs, STANDARD_12, start_s=start_s)


class OneLead(nn.Module):
    """Reads nothing but the mean of V2 between 2 and 3 s; the second label is its negative."""

    def forward(self, x: Tensor, person: Tensor | None = None) -> Tensor:
        value = x[:, STANDARD_12.index("V2"), 200:300].mean(dim=1, keepdim=True)
        return torch.cat([value, -value], dim=1)


class Weighed(nn.Module):
    """Weighted sums of the input: the first logit's gradient is `weight`, (leads, samples), everywhere."""

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.stack([weight, -weight]))

    def forward(self, x: Tensor, person: Tensor | None = None) -> Tensor:
        return torch.einsum("nls,kls->nk", x, self.weight)


class Energy(nn.Module):
    """The weighed energy of the input: with this weight, of III between 2 and 3 s and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(12, 1000))
        self.weight.data[STANDARD_12.index("III"), 200:300] = 0.05

    def forward(self, x: Tensor, person: Tensor | None = None) -> Tensor:
        value = torch.einsum("nls,ls->n", x**2, self.weight)[:, None]
        return torch.cat([2 - value, value - 2], dim=1)


def restless(seed: int = 0) -> Record:
    """10 s without beats: noise everywhere, so that no trivial map knows where to look; III swells each second."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((12, 5000))
    x = np.stack([np.convolve(row, np.ones(12) / 4, mode="same") for row in x]) * 0.2
    x[STANDARD_12.index("III")] *= np.abs(np.sin(np.pi * np.arange(5000) / 500))
    return Record(x.astype(np.float32), 500.0, STANDARD_12)


@pytest.fixture
def make() -> SimpleNamespace:
    """The builders above, for tests that are imported without their folder."""
    builders: list[Callable[..., object]] = [model_of, model_around, averaging, one_beat, restless, card_of]
    return SimpleNamespace(Energy=Energy, OneLead=OneLead, Weighed=Weighed, **{b.__name__: b for b in builders})
