"""One training of a beat classifier from its configuration to its figures, kept in the folder of runs."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file
from scipy.optimize import minimize
from scipy.special import logsumexp
from torch import nn

from ecgviz.datasets import heartbeat
from ecgviz.errors import DataError
from ecgviz.evaluate import beats
from ecgviz.train.beats import loop
from ecgviz.train.beats.config import BeatConfig
from ecgviz.train.beats.data import Part, labels_of, parts, rows
from ecgviz.zoo import _checkpoints
from ecgviz.zoo.beats import _models

__all__ = ["calibrated", "counted", "fitted_answers", "kept", "run"]


def run(config: BeatConfig, say: Callable[[str], None]) -> dict[str, Any]:
    """Train, calibrate on the validation part, test; returns what is kept in `runs/beats/<key>.json`.

    A finished run is not done again. Raises DataError, ModelError.
    """
    at = kept(config)
    if at.is_file():
        found: dict[str, Any] = json.loads(at.read_text(encoding="utf-8"))
        return found
    torch.set_num_threads(config.threads)
    data, labels = parts(rows(config.data, config.runs), config.split), labels_of(config.split)
    _apart(data, config.split)
    setting = replace(_models.configured(config.architecture, config.setting), labels=len(labels))
    torch.manual_seed(config.seed)
    answer = _models.build(config.architecture, asdict(setting))
    begun = time.process_time()
    told: dict[str, Any] = {}
    at.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(answer, nn.Module):
        fitted = loop.fit(answer, data, config, labels, say)
        answer = fitted.network
        told = {"best_epoch": fitted.best_epoch, "history": fitted.history}
        save_file(answer.state_dict(), at.with_suffix(".safetensors"))
    else:
        answer.fit(data["train"].x, data["train"].y)
        answer.save(at.with_suffix(".skops"))
    raw = fitted_answers(answer, data["validation"].x)
    platt = calibrated(raw, data["validation"].y)
    names = np.unique(data["test"].record)
    test = counted(fitted_answers(answer, data["test"].x), data["test"], platt)
    result: dict[str, Any] = {
        "name": config.name,
        "architecture": config.architecture,
        "setting": asdict(setting),
        "parameters": _checkpoints.parameters(answer) if isinstance(answer, nn.Module) else 0,
        "split": config.split,
        "seed": config.seed,
        "platt": platt,
        "cpu_s": round(time.process_time() - begun, 1),
        "training": {k: v for k, v in asdict(config).items() if k not in ("data", "runs", "threads")},
        "validation": beats.summary(counted(raw, data["validation"], platt), labels),
        "test": beats.summary(test, labels),
    } | told
    if config.split == "inter_patient":
        result["test_without_202"] = beats.summary(test[names != heartbeat.SAME_PERSON], labels)
    at.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    figures = {name: result["test"]["metrics"][name]["value"] for name in ("macro_f1", "weighted_f1", "accuracy")}
    say(f"{config.key}: test " + ", ".join(f"{name} {value:.4f}" for name, value in figures.items()))
    return result


def kept(config: BeatConfig) -> Path:
    """Where a run's figures are kept, its weights beside them."""
    return config.runs / "beats" / f"{config.key}.json"


def fitted_answers(answer: Any, x: NDArray[np.float32]) -> NDArray[np.float64]:
    """(n, labels) logits of (n, samples) by a network or a classical model."""
    if isinstance(answer, nn.Module):
        return loop.logits(answer, x)
    found: NDArray[np.float64] = answer.logits(x)
    return found


def counted(raw: NDArray[np.float64], part: Part, platt: list[list[float]]) -> NDArray[np.float64]:
    """(records, labels, labels) counts of the likeliest classes after calibration, records in order of their names."""
    slope, offset = np.array(platt).T
    return beats.by_record(part.y, (raw * slope + offset).argmax(axis=1), part.record, raw.shape[1])


def calibrated(raw: NDArray[np.float64], y: NDArray[np.int64]) -> list[list[float]]:
    """(slope, offset) for each logit that make the validation answers likeliest: one slope, an offset a class."""
    labels = raw.shape[1]

    def loss(v: NDArray[np.float64]) -> float:
        z = raw * np.exp(v[0]) + v[1:]
        return float((logsumexp(z, axis=1) - z[np.arange(len(y)), y]).mean() + 1e-4 * (v[1:] ** 2).sum())

    found = minimize(loss, np.zeros(labels + 1), method="L-BFGS-B").x
    return [[round(float(np.exp(found[0])), 6), round(float(offset), 6)] for offset in found[1:]]


def _apart(data: dict[str, Part], split: str) -> None:
    """Between patients no record may be in two parts. Raises DataError."""
    if split != "inter_patient":
        return
    names = {key: set(part.record.tolist()) for key, part in data.items()}
    for one, other in (("train", "validation"), ("train", "test"), ("validation", "test")):
        if shared := sorted(names[one] & names[other]):
            raise DataError(f"Records {', '.join(shared)} are in {one} and in {other}; split by record.")
