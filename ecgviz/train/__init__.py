"""Training on PTB-XL and evaluation of what is shipped.

run(config, out, say)              train (or resume), calibrate, test, write models/<name>/
grid(config, space, say)           the same network over settings and seeds; a table by validation
ensemble(name, members, task, ...) several installed models as one, calibrated and tested
examine(name, data, runs)          failing leads, swaps, noise, other hospitals: added to the model's report
calibrate_gate(name, data, runs)   where the training records lie, for the gate before a prediction
known_places(name, data, ...)      whether its heat lies where LUDB's experts mark the finding: added to its report
evaluate(name, data, split)        the shipped weights on a PTB-XL folder or a folder of WFDB records
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ecgviz.train.config import TrainConfig

__all__ = ["TrainConfig", "calibrate_gate", "ensemble", "evaluate", "examine", "grid", "known_places", "run"]


def run(config: TrainConfig, out: Path, say: Callable[[str], None] = lambda _: None) -> Path:
    """Train, or take up a run that was stopped; returns the folder written. `say` gets a line an epoch.

    Raises DataError without PTB-XL, LeakageError where a patient is in two splits, ModelError for unknown names.
    """
    from ecgviz.train import _run

    return _run.run(config, out, say)


def grid(config: TrainConfig, space: str, say: Callable[[str], None] = lambda _: None) -> list[dict[str, Any]]:
    """Train every combination of `space`, such as `lr=0.003,0.01 seed=0,1,2`; a row for each setting, the best first.

    Rows hold the settings, the number of seeds, and mean and SD of the best validation macro AUROC; nothing is tested
    or installed. Raises DataError for an unknown setting.
    """
    from ecgviz.train import _grid

    return _grid.grid(config, _grid.parse(space), say)


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


def examine(name: str, data: Path, runs: Path, say: Callable[[str], None] = lambda _: None) -> Path:
    """Add `robustness` and, for the Challenge classes, `external` to the report of an installed model; its path.

    Noise comes from `data/nstdb`, other hospitals' records from `data/cinc2020`, where they are there.
    """
    from ecgviz.train import _examine

    return _examine.examine(name, data, runs, say)


def calibrate_gate(name: str, data: Path, runs: Path, say: Callable[[str], None] = lambda _: None) -> Path:
    """Write `gate.safetensors` beside the weights of an installed model; its path.

    Rests on 2,000 training records with 40 of every statement; its limit is what 1 % of 1,000 good records of fold 9
    exceed. Raises ModelError for a model that uses other models' weights, DataError without PTB-XL.
    """
    from ecgviz.train import _gate

    return _gate.calibrate_gate(name, data, runs, say)


def known_places(
    name: str, data: Path, methods: Sequence[str], most: int = 10, say: Callable[[str], None] = lambda _: None
) -> dict[str, Any]:
    """Add `known_places` to the report of an installed model and return it: pointing game and mass accuracy on LUDB.

    A row for each group and method, and each map that asks no model; most: records of a group at most. Raises
    DataError without `data/ludb`, ModelError for an unknown method.
    """
    from ecgviz.train import _known_places

    return _known_places.known_places(name, data, methods, most, say)


def evaluate(name: str, data: Path, split: str = "test") -> dict[str, Any]:
    """{"model", "data", "split", "n", "metrics": {name: {"value", "low", "high"}}, ...} of an installed model.

    data: a PTB-XL folder (split by strat_fold) or any folder of WFDB records with `#Dx:` SNOMED codes (all of them).
    Raises DataError where it holds no record with labels of the model's task.
    """
    from ecgviz.train import _evaluate

    return _evaluate.evaluate(name, data, split)
