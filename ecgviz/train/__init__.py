"""Training on PTB-XL and evaluation of what is shipped.

run(config, out, say)              train (or resume), calibrate, test, write models/<name>/
ensemble(name, members, task, ...) several installed models as one, calibrated and tested
evaluate(name, data, split)        the shipped weights on a PTB-XL folder or a folder of WFDB records
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ecgviz.train.config import TrainConfig

__all__ = ["TrainConfig", "ensemble", "evaluate", "run"]


def run(config: TrainConfig, out: Path, say: Callable[[str], None] = lambda _: None) -> Path:
    """Train, or take up a run that was stopped; returns the folder written. `say` gets a line an epoch.

    Raises DataError without PTB-XL, LeakageError where a patient is in two splits, ModelError for unknown names.
    """
    from ecgviz.train import _run

    return _run.run(config, out, say)


def ensemble(
    name: str,
    members: Sequence[str],
    task: str,
    data: Path,
    runs: Path,
    out: Path,
    say: Callable[[str], None] = lambda _: None,
) -> Path:
    """Install the mean of several models' logits as a model of its own; returns its folder.

    Raises ModelError for members without this task or with another input, DataError without PTB-XL.
    """
    from ecgviz.train import _ensemble

    return _ensemble.ensemble(name, members, task, data, runs, out, say)


def evaluate(name: str, data: Path, split: str = "test") -> dict[str, Any]:
    """{"model", "data", "split", "n", "metrics": {name: {"value", "low", "high"}}, ...} of an installed model.

    data: a PTB-XL folder (split by strat_fold) or any folder of WFDB records with `#Dx:` SNOMED codes (all of them).
    Raises DataError where it holds no record with labels of the model's task.
    """
    from ecgviz.train import _evaluate

    return _evaluate.evaluate(name, data, split)
