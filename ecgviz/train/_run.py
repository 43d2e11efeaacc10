"""One training from its configuration to the folder in models/."""

from collections.abc import Callable
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

__all__ = ["run"]


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
    return network, data, sd, told, fit(network, data, config, sd, say)


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
