"""Training on PTB-XL and evaluation of what is shipped.

run(config, out, say)              train (or resume), calibrate, test, write models/<name>/
evaluate(name, data, split)        the shipped weights on a PTB-XL folder or a folder of WFDB records
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ecgviz.train.config import TrainConfig

__all__ = ["TrainConfig", "evaluate", "run"]


def run(config: TrainConfig, out: Path, say: Callable[[str], None] = lambda _: None) -> Path:
    """Train, or take up a run that was stopped; returns the folder written. `say` gets a line an epoch.

    Raises DataError without PTB-XL, LeakageError where a patient is in two splits, ModelError for unknown names.
    """
    from ecgviz.train import _run

    return _run.run(config, out, say)


def evaluate(name: str, data: Path, split: str = "test") -> dict[str, Any]:
    """{"model", "data", "split", "n", "metrics": {name: {"value", "low", "high"}}, ...} of an installed model.

    data: a PTB-XL folder (split by strat_fold) or any folder of WFDB records with `#Dx:` SNOMED codes (all of them).
    Raises DataError where it holds no record with labels of the model's task.
    """
    from ecgviz.train import _evaluate

    return _evaluate.evaluate(name, data, split)
