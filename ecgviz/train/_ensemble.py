"""An ensemble of installed models: the mean of their logits, calibrated on fold 9 and tested on fold 10."""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ecgviz import zoo
from ecgviz.card import InputSpec, ModelCard, load_card
from ecgviz.errors import ModelError
from ecgviz.train import cards
from ecgviz.train.answers import keep
from ecgviz.train.config import TrainConfig
from ecgviz.train.data import Fold, folds
from ecgviz.train.finish import calibrated, milliseconds, write
from ecgviz.train.operating import answers, support
from ecgviz.train.outputs import outputs
from ecgviz.zoo import _checkpoints
from ecgviz.zoo._checkpoints import Model

__all__ = ["ensemble"]


def ensemble(
    name: str, members: Sequence[str], task: str, data: Path, runs: Path, out: Path, say: Callable[[str], None]
) -> Path:
    """Write `out/<name>/`: card and report; the weights stay with the members. Returns the folder.

    Raises ModelError where members have no such task, or read other signals than the first does.
    """
    torch.set_num_threads(1)
    if len(set(members)) < 2:
        raise ModelError(f"An ensemble needs at least two different models; given: {', '.join(members) or 'none'}.")
    models = [zoo.load(member) for member in _heads(members, task)]
    owners = tuple((model.card.members or (model.card.name,))[0] for model in models)
    spec = _common_input(models)
    first = models[0].card
    fold = folds(TrainConfig(name=name, architecture=first.architecture, task=task, data=data, runs=runs))
    heads = [model.card for model in models]
    raw = {split: _mean(owners, heads, fold[split], split, runs) for split in ("validation", "test")}
    windows = [head.input.seconds for head in heads]
    scales = [spec.scale_mv / head.input.scale_mv for head in heads]
    widths = [round(seconds * spec.fs) for seconds in windows]
    network = _checkpoints.Ensemble([model.network for model in models], scales, widths).eval()
    draft = replace(
        first,
        name=name,
        title=f"Ensemble of {len(models)}",
        architecture="ensemble",
        config={"windows_s": windows},
        input=spec,
        parameters=sum(model.card.parameters for model in models),
        gflop=round(sum(model.card.gflop for model in models), 3),
        ms_per_record=round(milliseconds(network, spec), 1),
        weights_digest=_checkpoints.together([model.card.weights_digest for model in models]),
        calibration=f"{cards.CALIBRATION}; the logit is the mean of the members' logits",
        seed_reported="",
        seed_comparable="",
        training={"members": list(owners), "epochs_run": 0},
        heads={},
        members=owners,
    )
    positives = support(fold["train"].y[fold["train"].scored[task]], task)
    validation, test = (answers(fold[split], raw[split], task, (0, len(first.labels))) for split in raw)
    card, report = calibrated(draft, positives, validation, test)
    say(f"{name}: macro AUROC {card.metrics['macro_auroc'].value:.4f} on {card.tested_on}")
    folder = _install(card, report | {"history": []}, owners, out)
    keep(out, card, test.raw, test.y, test.rows)
    return folder


def _heads(members: Sequence[str], task: str) -> list[str]:
    """For each member the installed model of this task that uses its weights."""
    found = []
    for member in members:
        fitting = [c.name for c in zoo.cards() if c.task == task and (c.name == member or c.members == (member,))]
        if not fitting:
            raise ModelError(f"{member} has no model of the task {task}; train it with that head.")
        found.append(fitting[0])
    return found


def _mean(owners: Sequence[str], heads: Sequence[ModelCard], fold: Fold, split: str, runs: Path) -> NDArray[np.float32]:
    """(records, labels): mean of the members' logits, each at its own scale and window."""
    found = []
    for owner, head in zip(owners, heads, strict=True):
        card = load_card(zoo.models_folder() / owner / "card.json")
        network = _checkpoints.build(card.architecture, card.config)
        network.load_state_dict(_checkpoints.read_weights(zoo.models_folder() / owner))
        spec = head.input
        raw = outputs(network.eval(), card.weights_digest, fold, split, spec.seconds, spec.scale_mv, runs)
        found.append(raw[:, slice(*card.heads.get(head.task, (0, raw.shape[1])))])
    mean: NDArray[np.float32] = np.mean(found, axis=0, dtype=np.float32)
    return mean


def _common_input(models: Sequence[Model]) -> InputSpec:
    """The input of the ensemble: that of the first member, with age and sex where any member takes them."""
    specs = [model.card.input for model in models]
    for model, spec in zip(models, specs, strict=True):
        if (spec.leads, spec.fs, spec.band_hz) != (specs[0].leads, specs[0].fs, specs[0].band_hz):
            raise ModelError(
                f"{model.card.name} reads other leads, another rate or another band than the first member."
            )
    longest = max(specs, key=lambda spec: spec.seconds)
    return replace(
        longest,
        scale_mv=specs[0].scale_mv,
        shortest_s=max(spec.shortest_s for spec in specs),
        demographics=any(spec.demographics for spec in specs),
    )


def _install(card: ModelCard, report: dict[str, Any], owners: Sequence[str], out: Path) -> Path:
    """Built beside links to its members, since a card is only written with an answer of its weights."""
    with tempfile.TemporaryDirectory() as folder:
        for owner in owners:
            (Path(folder) / owner).symlink_to((zoo.models_folder() / owner).resolve())
        write(Path(folder), card, report)
        shutil.copytree(Path(folder) / card.name, out / card.name, dirs_exist_ok=True)
    return out / card.name
