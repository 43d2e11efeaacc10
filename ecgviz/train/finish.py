"""From a trained network to its folders in models/: one weights file, and a card and a report for each task."""

import json
import shutil
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from ecgviz.card import Figure, InputSpec, LabelSpec, ModelCard
from ecgviz.codes import EQUIVALENT, IMPLIED
from ecgviz.datasets import ptbxl
from ecgviz.evaluate.metrics import macro_auroc
from ecgviz.signals import synthetic
from ecgviz.train import cards
from ecgviz.train.answers import keep
from ecgviz.train.config import TrainConfig
from ecgviz.train.data import Fold, input_spec, spans
from ecgviz.train.loop import Progress
from ecgviz.train.operating import Answers, answers, labels, scored, support
from ecgviz.train.outputs import outputs
from ecgviz.train.reporting import report
from ecgviz.zoo import _checkpoints
from ecgviz.zoo._predict import predict

__all__ = ["calibrated", "finish", "keep_outputs", "milliseconds", "with_example", "write"]

WHOLE_S = 10.0
AS_GOOD = 0.0005
"""The longest window within this of the best is used: one pass, and heat that needs no stitching."""
LARGE = 6 * 2**20
"""Weights above this many bytes in float16 are kept as int8 per output channel."""


def finish(
    config: TrainConfig,
    network: nn.Module,
    data: dict[str, Fold],
    sd: float,
    at: Progress,
    told: dict[str, Any],
    out: Path,
) -> Path:
    """Write `out/<name>/` and a folder for each further head; every figure is of the weights as written.

    told: further sections of each report.
    """
    keep_outputs(_checkpoints.architecture(config.architecture).output_layer(network), config.kept)
    built = config.runs / config.name / "models"
    shutil.rmtree(built, ignore_errors=True)
    folder = built / config.name
    digest = _checkpoints.save_weights(network, folder, int8=2 * _checkpoints.parameters(network) > LARGE)
    setting = architecture_config(config, sum(len(ptbxl.TASKS[task]) for task in config.kept))
    network = _checkpoints.build(config.architecture, setting)
    network.load_state_dict(_checkpoints.read_weights(folder))
    network.eval().requires_grad_(False)

    windows = sorted({config.final_crop_s, WHOLE_S})
    tried = {w: outputs(network, digest, data["validation"], "validation", w, sd, config.runs) for w in windows}
    tested: dict[float, NDArray[np.float32]] = {}
    for task, span in spans(config.kept).items():
        aurocs = {w: _auroc(task, answers(data["validation"], raw, task, span)) for w, raw in tried.items()}
        seconds = max(w for w, auroc in aurocs.items() if auroc >= max(aurocs.values()) - AS_GOOD)
        if seconds not in tested:
            tested[seconds] = outputs(network, digest, data["test"], "test", seconds, sd, config.runs)
        spec = replace(input_spec(config, round(sd, 5)), seconds=seconds, stride_s=seconds)
        test = answers(data["test"], tested[seconds], task, span)
        card, found = calibrated(
            _draft(config, task, setting, spec, digest, network, at),
            support(data["train"].y[data["train"].scored[task], slice(*span)], task),
            answers(data["validation"], tried[seconds], task, span),
            test,
        )
        found |= {"windows_tried_on_validation": {f"{w:g} s": round(v, 5) for w, v in aurocs.items()}}
        write(built, card, found | told | {"history": at.history})
        keep(built, card, test.raw, test.y, test.rows)
    # made elsewhere and copied when all is whole, the weights first, so that a running app never meets half a model
    for source in sorted(built.iterdir(), key=lambda path: path.name != config.name):
        shutil.copytree(source, out / source.name, dirs_exist_ok=True)
    return out / config.name


def keep_outputs(layer: nn.Linear, tasks: Sequence[str]) -> None:
    """Drop the outputs after those of `tasks`; equivalent CinC classes and one implied by another share an output."""
    kept = spans(tasks)
    end = max(stop for _, stop in kept.values())
    first = kept.get("cinc2020", (0, 0))[0]
    index = {name: first + k for k, name in enumerate(ptbxl.TASKS["cinc2020"]) if "cinc2020" in kept}
    _checkpoints.narrow(layer, 0, end)
    with torch.no_grad():
        for values in (layer.weight, layer.bias):
            for one, other in EQUIVALENT.items():
                if one in index:
                    values[[index[one], index[other]]] = (values[index[one]] + values[index[other]]) / 2
            for implied, by in IMPLIED.items():
                if implied in index:
                    values[index[implied]] = values[index[by]]


def architecture_config(config: TrainConfig, outputs: int) -> dict[str, Any]:
    """The architecture's own settings that differ from its defaults."""
    found: dict[str, Any] = {"labels": outputs}
    if config.variant:
        found["variant"] = config.variant
    if config.demographics:
        found["demographics"] = True
    return found


def _auroc(task: str, found: Answers) -> float:
    y, values, _ = scored(found.y, found.raw, ptbxl.TASKS[task])
    return macro_auroc(y, values)


def head_name(config: TrainConfig, task: str) -> str:
    """The model of one head: the run's own name for its own task, else the name and the task."""
    stem = config.name.removesuffix(f"_{config.task.removeprefix('ptbxl_')}")
    return config.name if task == config.task else f"{stem}_{task.removeprefix('ptbxl_')}"


def _draft(
    config: TrainConfig,
    task: str,
    setting: dict[str, Any],
    spec: InputSpec,
    digest: str,
    network: nn.Module,
    at: Progress,
) -> ModelCard:
    """The card of one head without what only its answers tell."""
    own = task == config.task
    told = {k: v for k, v in asdict(config).items() if k not in ("data", "runs", "threads")}
    ran = {"best_epoch": at.best_epoch, "epochs_run": at.epoch, "best_val_macro_auroc": round(at.best, 5)}
    seed = cards.SEEDS.get((config.architecture, task), ("", ""))
    return ModelCard(
        name=head_name(config, task),
        title=_checkpoints.architecture(config.architecture).TITLE,
        task=task,
        architecture=config.architecture,
        config=setting,
        input=spec,
        labels=(),
        thresholds_from="",
        calibration=cards.CALIBRATION,
        trained_on=cards.TRAINED_ON,
        tested_on="",
        metrics={},
        subgroups={},
        intended_use=cards.INTENDED,
        not_for=cards.NOT_FOR,
        licence=cards.LICENCE,
        parameters=_checkpoints.parameters(network),
        gflop=round(_checkpoints.gflop(network, lambda: network(*_blank(spec))), 3),
        ms_per_record=round(milliseconds(network, spec), 1),
        weights_digest=digest,
        example={},
        seed_reported=seed[0],
        seed_comparable=seed[1],
        training=told | ran,
        heads=spans(config.kept) if own else {},
        members=() if own else (config.name,),
    )


def calibrated(
    draft: ModelCard, positives: NDArray[np.float32], validation: Answers, test: Answers
) -> tuple[ModelCard, dict[str, Any]]:
    """The draft with labels, operating points and figures, and its report; positives: (labels,) in training."""
    specs: tuple[LabelSpec, ...] = labels(draft.task, positives, validation)
    found = {"model": draft.name} | report(draft.task, specs, test, validation)
    card = replace(
        draft,
        labels=specs,
        thresholds_from=cards.chosen_on("validation", len(validation.y)),
        tested_on=cards.tested_on("test", len(test.y)),
        metrics={k: Figure(**v) for k, v in found["metrics"].items()},
        subgroups={g: {k: Figure(**v) for k, v in row.items()} for g, row in found["subgroups"].items()},
        set_threshold=found["conformal"]["threshold"],
    )
    return card, found


def write(folder: Path, card: ModelCard, found: dict[str, Any]) -> None:
    """Card and report in `folder/<name>/`, the card with the network's answer to one simulated record."""
    (folder / card.name).mkdir(parents=True, exist_ok=True)
    (folder / card.name / "card.json").write_text(card.to_json(), encoding="utf-8")
    (folder / card.name / "card.json").write_text(with_example(folder / card.name, card).to_json(), encoding="utf-8")
    text = json.dumps(found, allow_nan=False) + "\n"
    (folder / card.name / "report.json").write_text(text, encoding="utf-8")


def with_example(folder: Path, card: ModelCard) -> ModelCard:
    """The card with the number of its parameters and an answer by which a test knows the weights again."""
    model = _checkpoints.load(folder)
    found = predict(model, synthetic.simulate("sinus_rhythm").record)
    answer = {finding.label: round(finding.probability, 4) for finding in found.findings}
    example = {"record": "simulated sinus_rhythm, seed 0", "probabilities": answer}
    return replace(card, example=example, parameters=_checkpoints.parameters(model.network))


def _blank(spec: InputSpec) -> tuple[torch.Tensor, torch.Tensor]:
    windows = 1 + round((WHOLE_S - spec.seconds) / spec.stride_s)
    return torch.zeros(windows, len(spec.leads), round(spec.seconds * spec.fs)), torch.zeros(windows, 5)


def milliseconds(network: nn.Module, spec: InputSpec) -> float:
    """Median time of the forward pass of one record of 10 s on this machine's threads."""
    x, person = _blank(spec)
    times = []
    with torch.inference_mode():
        for _ in range(15):
            begun = time.perf_counter()
            network(x, person)
            times.append(time.perf_counter() - begun)
    return float(np.median(times) * 1000)
