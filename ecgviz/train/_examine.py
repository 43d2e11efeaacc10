"""What an installed model does when the recording is not as in training, added to its report."""

import json
from collections.abc import Callable
from pathlib import Path

import torch

from ecgviz import zoo
from ecgviz.errors import ModelError
from ecgviz.train.config import TrainConfig
from ecgviz.train.data import folds, spans
from ecgviz.train.external import external
from ecgviz.train.robustness import robustness

__all__ = ["examine"]


def examine(name: str, data: Path, runs: Path, say: Callable[[str], None]) -> Path:
    """See `ecgviz.train.examine`."""
    torch.set_num_threads(1)
    report, model = zoo.report(name), zoo.load(name)
    card = model.card
    if card.input.task != "ecg12":
        raise ModelError(f"{name} reads no 12-lead ECG; only such models are examined with failing leads and noise.")
    config = TrainConfig(name=name, architecture=card.architecture, task=card.task, data=data, runs=runs)
    fold = folds(config)["test"]
    noise = data / "nstdb"
    report["robustness"] = robustness(
        model.network, fold, card.task, spans([card.task])[card.task], card.input, noise if noise.is_dir() else None
    )
    say(f"{name}: {len(report['robustness']['rows'])} conditions")
    others = data / "cinc2020"
    if card.task == "cinc2020" and others.is_dir():
        report["external"] = external(model, others)
        say(f"{name}: {report['external']['data']}")
    path = zoo.models_folder() / name / "report.json"
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(report, allow_nan=False) + "\n", encoding="utf-8")
    return partial.replace(path)
