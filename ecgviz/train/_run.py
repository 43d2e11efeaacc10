"""One training from its configuration to the folder in models/."""

from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import torch

from ecgviz.datasets import ptbxl
from ecgviz.errors import DataError, LeakageError
from ecgviz.train.config import TrainConfig
from ecgviz.train.data import Fold, folds, global_sd
from ecgviz.train.finish import architecture_config, finish
from ecgviz.train.loop import fit
from ecgviz.zoo import _checkpoints

__all__ = ["run"]


def run(config: TrainConfig, out: Path, say: Callable[[str], None]) -> Path:
    """See `ecgviz.train.run`."""
    for task in config.trained:
        if task not in ptbxl.TASKS:
            raise DataError(f"Unknown task {task!r}; choose from {', '.join(ptbxl.TASKS)}.")
    torch.set_num_threads(config.threads)
    _checkpoints.architecture(config.architecture)
    data = folds(config)
    refuse_overlap(data)
    sd = global_sd(data["train"].x)
    outputs = data["train"].y.shape[1]
    sizes = ", ".join(f"{name} {len(fold.x)}" for name, fold in data.items())
    say(f"{config.name}: {sizes} records, {outputs} outputs, one SD = {sd:.4f} mV")
    torch.manual_seed(config.seed)
    network = _checkpoints.build(config.architecture, architecture_config(config, outputs))
    at = fit(network, data, config, sd, say)
    say(f"best validation macro AUROC {at.best:.4f} at epoch {at.best_epoch}; calibrating and testing")
    return finish(config, network, data, sd, at, out)


def refuse_overlap(data: dict[str, Fold]) -> None:
    """LeakageError where a patient has records in two splits."""
    for (one, a), (other, b) in combinations(data.items(), 2):
        shared = set(a.rows["patient_id"]) & set(b.rows["patient_id"])
        if shared:
            raise LeakageError(
                f"{len(shared)} patients are in both {one} and {other}, patient {min(shared)} first; "
                "use the published folds."
            )
