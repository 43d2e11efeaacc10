"""One training from its configuration to the folder in models/."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from ecgviz.datasets import ptbxl
from ecgviz.errors import DataError
from ecgviz.evaluate.leakage import Split, audit, training_scale
from ecgviz.train.config import TrainConfig
from ecgviz.train.data import Fold, folds
from ecgviz.train.finish import architecture_config, finish
from ecgviz.train.loop import Progress, fit
from ecgviz.train.loss import LOSSES
from ecgviz.zoo import _checkpoints

__all__ = ["run", "trained"]

ROUNDING = 0.05
"""Relative error that rounding to 8 bits never reaches; a wrong kernel gives about 1."""


def run(config: TrainConfig, out: Path, say: Callable[[str], None]) -> Path:
    """See `ecgviz.train.run`."""
    network, data, sd, told, at = trained(config, say)
    say(f"best validation macro AUROC {at.best:.4f} at epoch {at.best_epoch}; calibrating and testing")
    return finish(config, network, data, sd, at, {"audit": told}, out)


def trained(
    config: TrainConfig, say: Callable[[str], None]
) -> tuple[nn.Module, dict[str, Fold], float, dict[str, Any], Progress]:
    """The best averaged network, the folds, one SD of the training signals in mV, the audit, and the progress."""
    for task in config.trained:
        if task not in ptbxl.TASKS:
            raise DataError(f"Unknown task {task!r}; choose from {', '.join(ptbxl.TASKS)}.")
    if config.loss not in LOSSES:
        raise DataError(f"Unknown loss {config.loss!r}; choose one of {', '.join(LOSSES)}.")
    torch.set_num_threads(config.threads)
    _checkpoints.architecture(config.architecture)
    data = folds(config)
    data |= {"train": fewer(data["train"], config.records, config.seed)}
    sd = training_scale(data["train"].x)
    told = audited(config, data, sd)
    outputs = data["train"].y.shape[1]
    sizes = ", ".join(f"{name} {len(fold.x)}" for name, fold in data.items())
    say(f"{config.name}: {sizes} records, {outputs} outputs, one SD = {sd:.4f} mV")
    torch.manual_seed(config.seed)
    network = _checkpoints.build(config.architecture, architecture_config(config, outputs))
    if config.bf16 and not bf16_is_right(network, round(config.crop_s * 100)):
        say("bfloat16 gives other numbers than float32 for a layer of this network on this machine; float32 is used")
        config = replace(config, bf16=False)
    return network, data, sd, told, fit(network, data, config, sd, say)


def bf16_is_right(network: nn.Module, width: int) -> bool:
    """Whether every convolution and linear layer gives the same in bfloat16 as in float32 but for rounding.

    Kernels for some shapes are wrong on some machines: with oneDNN on a CPU with AMX a convolution of 12 channels by a
    kernel of 8 is off by the size of its output.
    """
    wrong: list[nn.Module] = []

    def compare(layer: nn.Module, given: tuple[torch.Tensor, ...], out: torch.Tensor) -> None:
        with torch.autocast("cpu", torch.bfloat16):
            rounded = type(layer).forward(layer, given[0])
        if float((rounded.float() - out).norm() / out.norm().clamp(min=1e-9)) > ROUNDING:
            wrong.append(layer)

    layers = [layer for layer in network.modules() if isinstance(layer, nn.Conv1d | nn.Linear)]
    hooks = [layer.register_forward_hook(compare) for layer in layers]
    x = torch.randn(8, 12, width, generator=torch.Generator().manual_seed(0))
    training = network.training
    try:
        with torch.no_grad():
            network.eval()(x, torch.rand(8, 5))
    finally:
        network.train(training)
        for hook in hooks:
            hook.remove()
    return not wrong


def fewer(fold: Fold, records: int, seed: int) -> Fold:
    """A random part of the fold for a learning curve; all of it where `records` is 0."""
    if not records:
        return fold
    if records > len(fold.x):
        raise DataError(
            f"{records} training records are asked for; there are {len(fold.x)}. Ask for fewer, or 0 for all."
        )
    kept = np.sort(np.random.default_rng(seed).choice(len(fold.x), records, replace=False))
    scored = {task: np.flatnonzero(np.isin(kept, rows)) for task, rows in fold.scored.items()}
    return Fold(fold.x[kept], fold.person[kept], fold.y[kept], scored, fold.rows.iloc[kept])


def audited(config: TrainConfig, data: dict[str, Fold], scale_mv: float) -> dict[str, Any]:
    """What the audit found; LeakageError where the splits leak."""
    splits = {
        name: Split(fold.rows.index.to_numpy(), fold.rows["patient_id"].to_numpy(), fold.x, fold.y)
        for name, fold in data.items()
    }
    names = [f"{task}/{label}" for task in config.trained for label in ptbxl.TASKS[task]]
    train = data["train"].rows
    given = (
        {"age": train["age"].to_numpy(float), "sex": (train["sex"] == "F").to_numpy()} if config.demographics else {}
    )
    return audit(splits, names, scale_mv, metadata=given)
