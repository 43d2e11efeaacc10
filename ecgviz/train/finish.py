"""From a trained network to a folder in models/: window, calibration and thresholds from fold 9, a test on fold 10."""

import json
import shutil
import time
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
from ecgviz.evaluate import calibration
from ecgviz.evaluate.challenge import merge
from ecgviz.evaluate.metrics import macro_auroc
from ecgviz.evaluate.report import build as build_report
from ecgviz.evaluate.report import figures
from ecgviz.evaluate.subgroups import subgroup_figures
from ecgviz.signals import synthetic
from ecgviz.train import cards
from ecgviz.train.config import TrainConfig
from ecgviz.train.data import Fold, input_spec
from ecgviz.train.loop import Progress, logits_of
from ecgviz.zoo import _checkpoints
from ecgviz.zoo._predict import predict

__all__ = ["finish", "keep_outputs"]

WHOLE_S = 10.0
AS_GOOD = 0.0005
"""The longest window within this of the best is used: one pass, and heat that needs no stitching."""
FEWEST_POSITIVES = 50
"""Under this many positives in training a label is shown as too few to trust."""


def keep_outputs(network: nn.Module, layer: nn.Linear, names: tuple[str, ...]) -> None:
    """Drop auxiliary outputs; give equivalent classes one output, and a class without labels that which implies it."""
    index = {name: k for k, name in enumerate(names)}
    with torch.no_grad():
        weight, bias = layer.weight[: len(names)].clone(), layer.bias[: len(names)].clone()
        for values in (weight, bias):
            for one, other in EQUIVALENT.items():
                if one in index:
                    values[[index[one], index[other]]] = (values[index[one]] + values[index[other]]) / 2
            for implied, by in IMPLIED.items():
                if implied in index:
                    values[index[implied]] = values[index[by]]
    layer.weight, layer.bias = nn.Parameter(weight), nn.Parameter(bias)
    layer.out_features = len(names)


def scored(y: NDArray[Any], values: NDArray[Any], names: tuple[str, ...]) -> tuple[Any, Any, tuple[str, ...]]:
    """Labels and scores as PTB-XL is scored: equivalents merged, classes outside its vocabulary left out."""
    keep = [k for k, name in enumerate(names) if name not in IMPLIED]
    kept = tuple(names[k] for k in keep)
    (y, merged), (values, _) = merge(y[:, keep], kept), merge(values[:, keep], kept)
    return y, values, merged


def _windows(config: TrainConfig, network: nn.Module, fold: Fold, sd: float) -> dict[float, float]:
    """Validation macro AUROC with windows as long as the crops of training, and with the whole record as one."""
    names, found = ptbxl.TASKS[config.task], {}
    for seconds in (config.final_crop_s, WHOLE_S):
        out = logits_of(network, fold, round(seconds * 100), sd)
        y, values, _ = scored(fold.y[:, : len(names)], out, names)
        found[seconds] = macro_auroc(y, values)
    return found


def _labels(task: str, data: dict[str, Fold], raw: NDArray[np.float32], config: TrainConfig) -> tuple[LabelSpec, ...]:
    """Calibration and operating points from the validation logits (records, labels)."""
    names = ptbxl.TASKS[task]
    y = data["validation"].y[:, : len(names)].copy()
    support = data["train"].y[:, : len(names)].sum(axis=0)
    for implied, by in IMPLIED.items():
        if implied in names:
            y[:, names.index(implied)] = y[:, names.index(by)]
            support[names.index(implied)] = support[names.index(by)]
    scale = [calibration.platt(y[:, k], raw[:, k]) for k in range(len(names))]
    p = calibration.probabilities(raw, scale)
    cut = dict(zip(names, _best_f1s(y, p), strict=True))
    if task == "cinc2020":
        merged_y, merged_p, kept = scored(y, p, names)
        cut |= dict(zip(kept, calibration.challenge_thresholds(merged_y, merged_p, kept), strict=True))
        cut |= {one: cut[other] for one, other in EQUIVALENT.items()}
    words = cards.describe(task, ptbxl.statements(config.data))
    return tuple(
        LabelSpec(
            name=name,
            description=words[name][0],
            codes=words[name][1],
            train_positives=int(support[k]),
            threshold=round(float(cut[name]), 4),
            platt=(round(scale[k][0], 5), round(scale[k][1], 5)),
            trusted=bool(support[k] >= FEWEST_POSITIVES),
            note=words[name][2],
        )
        for k, name in enumerate(names)
    )


def _report(config: TrainConfig, labels: tuple[LabelSpec, ...], raw: NDArray[np.float32], fold: Fold) -> dict[str, Any]:
    names = tuple(label.name for label in labels)
    p = calibration.probabilities(raw, [label.platt for label in labels])
    thresholds = np.array([label.threshold for label in labels])
    y, p, kept = scored(fold.y[:, : len(names)], p, names)
    cut = np.array([dict(zip(names, thresholds, strict=True))[name] for name in kept])
    report = build_report(y, p, cut, kept, fold.rows["patient_id"].to_numpy())
    by_name = {label.name: label for label in labels}
    for row in report["per_class"]:
        label = by_name[row["label"]]
        row |= {"description": label.description, "trained": label.train_positives, "trusted": label.trusted}
        row["train_positives"] = row.pop("trained")
    return report | {"subgroups": subgroup_figures(y, p, fold.rows, fold.rows["patient_id"].to_list())}


def _values(labels: tuple[LabelSpec, ...], raw: NDArray[np.float32], fold: Fold, tune: bool = False) -> dict[str, Any]:
    """The figures of a fold without intervals; with `tune`, at thresholds chosen on it: what not to believe."""
    names = tuple(label.name for label in labels)
    p = calibration.probabilities(raw, [label.platt for label in labels])
    y, p, kept = scored(fold.y[:, : len(names)], p, names)
    chosen = {label.name: label.threshold for label in labels}
    cut = np.array([chosen[name] for name in kept])
    if tune:
        every = calibration.challenge_thresholds(y, p, kept) if "NSR" in kept else _best_f1s(y, p)
        cut = np.asarray(every)
    return {"n": len(y), "metrics": {k: round(v, 5) for k, v in figures(y, p, p >= cut, kept).items()}}


def _best_f1s(y: NDArray[Any], p: NDArray[Any]) -> list[float]:
    return [calibration.best_f1(y[:, k], p[:, k]) for k in range(y.shape[1])]


def _milliseconds(network: nn.Module, spec: InputSpec) -> float:
    windows = 1 + round((10.0 - spec.seconds) / spec.stride_s)
    x = torch.zeros(windows, len(spec.leads), round(spec.seconds * spec.fs))
    person = torch.zeros(windows, 5)
    times = []
    with torch.inference_mode():
        for _ in range(15):
            begun = time.perf_counter()
            network(x, person)
            times.append(time.perf_counter() - begun)
    return float(np.median(times) * 1000)


def finish(config: TrainConfig, network: nn.Module, data: dict[str, Fold], sd: float, at: Progress, out: Path) -> Path:
    """Write `out/<name>/`: weights, card, report. Every figure is of the weights as they were written and read back."""
    names = ptbxl.TASKS[config.task]
    module = _checkpoints.architecture(config.architecture)
    keep_outputs(network, module.output_layer(network), names)
    folder = config.runs / config.name / "model"
    digest = _checkpoints.save_weights(network, folder)
    setting = architecture_config(config, len(names))
    network = _checkpoints.build(config.architecture, setting)
    network.load_state_dict(_checkpoints.read_weights(folder))
    network.eval().requires_grad_(False)

    tried = _windows(config, network, data["validation"], sd)
    seconds = max(w for w, auroc in tried.items() if auroc >= max(tried.values()) - AS_GOOD)
    spec = replace(input_spec(config, round(sd, 5)), seconds=seconds, stride_s=seconds)
    raw = {
        split: logits_of(network, data[split], round(seconds * 100), spec.scale_mv) for split in ("validation", "test")
    }
    labels = _labels(config.task, data, raw["validation"], config)
    report = _report(config, labels, raw["test"], data["test"])
    report = {"model": config.name, "data": "PTB-XL 1.0.3", "split": "test (fold 10)"} | report
    report["validation"] = _values(labels, raw["validation"], data["validation"])
    report["optimistic"] = _values(labels, raw["test"], data["test"], tune=True)
    report["windows_tried_on_validation"] = {f"{w:g} s": round(v, 5) for w, v in tried.items()}
    report["history"] = at.history
    card = _card(config, setting, spec, labels, report, digest, network, at)
    (folder / "card.json").write_text(card.to_json(), encoding="utf-8")
    (folder / "card.json").write_text(with_example(folder, card).to_json(), encoding="utf-8")
    (folder / "report.json").write_text(json.dumps(report, allow_nan=False) + "\n", encoding="utf-8")
    # made elsewhere and copied when it is whole, so that a running app never meets half a model
    return Path(shutil.copytree(folder, out / config.name, dirs_exist_ok=True))


def architecture_config(config: TrainConfig, labels: int) -> dict[str, Any]:
    """The architecture's own settings that differ from its defaults."""
    found: dict[str, Any] = {"labels": labels}
    if config.variant:
        found["variant"] = config.variant
    if config.demographics:
        found["demographics"] = True
    return found


def with_example(folder: Path, card: ModelCard) -> ModelCard:
    """The card with the network's answer to one simulated record, by which a test knows the weights again."""
    found = predict(_checkpoints.load(folder), synthetic.simulate("sinus_rhythm").record)
    answer = {finding.label: round(finding.probability, 4) for finding in found.findings}
    return replace(card, example={"record": "simulated sinus_rhythm, seed 0", "probabilities": answer})


def _card(
    config: TrainConfig,
    setting: dict[str, Any],
    spec: InputSpec,
    labels: tuple[LabelSpec, ...],
    report: dict[str, Any],
    digest: str,
    network: nn.Module,
    at: Progress,
) -> ModelCard:
    windows = 1 + round((10.0 - spec.seconds) / spec.stride_s)
    x, person = torch.zeros(windows, len(spec.leads), round(spec.seconds * spec.fs)), torch.zeros(windows, 5)
    seed = cards.SEEDS.get((config.architecture, config.task), ("none", "No seed trained this network."))
    kept = {k: v for k, v in asdict(config).items() if k not in ("data", "runs", "threads")}
    return ModelCard(
        name=config.name,
        title=_checkpoints.architecture(config.architecture).TITLE,
        architecture=config.architecture,
        config=setting,
        input=spec,
        labels=labels,
        thresholds_from=cards.tested_on("validation", report["validation"]["n"]).replace(", intervals by patient", ""),
        calibration="Platt scaling of each label's logit, fitted on the same records as the thresholds",
        trained_on="PTB-XL 1.0.3, folds 1-8, 100 Hz, CC BY 4.0",
        tested_on=cards.tested_on("test", report["n"]),
        metrics={k: Figure(**v) for k, v in report["metrics"].items()},
        subgroups={g: {k: Figure(**v) for k, v in row.items()} for g, row in report["subgroups"].items()},
        intended_use=cards.INTENDED,
        not_for=cards.NOT_FOR,
        licence=cards.LICENCE,
        parameters=_checkpoints.parameters(_checkpoints.build(config.architecture, setting)),
        gflop=round(_checkpoints.gflop(network, lambda: network(x, person)), 3),
        ms_per_record=round(_milliseconds(network, spec), 1),
        weights_digest=digest,
        example={},
        seed_reported=seed[0],
        seed_comparable=seed[1],
        training=kept
        | {"best_epoch": at.best_epoch, "epochs_run": at.epoch, "best_val_macro_auroc": round(at.best, 5)},
    )
