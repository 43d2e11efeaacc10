"""From records to `models/beat_inter_patient/`: cross-validation inside DS1, training on DS1, one test on DS2."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import logsumexp

from ecgviz.card import BeatCard, Figure, LabelSpec
from ecgviz.datasets import heartbeat
from ecgviz.evaluate import beats
from ecgviz.train.beats import _publish
from ecgviz.train.beats.config import InterPatientConfig
from ecgviz.train.beats.inter_patient import CLASSES, Rows, fit, logits, rows
from ecgviz.zoo import _checkpoints
from ecgviz.zoo.beats import _models
from ecgviz.zoo.beats import beat_inter_patient as architecture

__all__ = ["FOLDS", "NAME", "cross_validated", "publish", "temperature", "write"]

NAME = "beat_inter_patient"
FOLDS = (
    ("209", "106", "115", "220", "114"),
    ("207", "112", "119", "203", "205", "230"),
    ("201", "116", "122", "118", "101", "109"),
    ("208", "223", "215", "124", "108"),
)
"""Records of DS1 held out together: each part has S and V; nearly all F are of 208."""
INTENDED = (
    "Research and education: to suggest a class for every beat of a long record of a person the model has never seen, "
    "with a probability, and to show where in the beat the evidence lies."
)
NOT_FOR = (
    "Not a medical device. Not for diagnosis, monitoring or treatment. Fusion beats: nearly all that it learnt from "
    "are of one person and nearly all it was tested on of another, so its F means little. Not for paced rhythms. In "
    "atrial fibrillation, and where a bundle branch block comes and goes, S, V and F are less reliable."
)


def publish(data: Path, out: Path, config: InterPatientConfig, say: Callable[[str], None]) -> Path:
    """Train as described and write `out/beat_inter_patient/`. Raises DataError, ReadError."""
    learnt = rows(heartbeat.strips(data, heartbeat.DS1), mixed=True)
    held_out = cross_validated(learnt, config, say)
    network = fit(learnt, config, say)
    unseen = rows(heartbeat.strips(data, heartbeat.DS2))
    return write(network, held_out, learnt.only(learnt.preferred), unseen.only(unseen.preferred), config, out)


def cross_validated(data: Rows, config: InterPatientConfig, say: Callable[[str], None]) -> NDArray[np.float64]:
    """(n, labels) logits of the beats of DS1 in their preferred lead, by networks that never saw their record."""
    judged = data.only(data.preferred)
    out = np.zeros((len(judged.y), len(CLASSES)))
    for fold in FOLDS:
        say(f"held out: {', '.join(fold)}")
        network = fit(data.only(~np.isin(data.record, fold)), config, say)
        held = np.isin(judged.record, fold)
        out[held] = logits(network, judged.only(held)).mean(axis=1)
    return out


def temperature(raw: NDArray[np.float64], y: NDArray[np.int64]) -> float:
    """The slope, from 0.1 to 3, that makes the scored answers (n, labels) likeliest; it moves no answer."""
    raw, y = raw[y < len(CLASSES)], y[y < len(CLASSES)]
    slopes = np.geomspace(0.1, 3.0, 60)
    loss = [(logsumexp(s * raw, axis=1) - s * raw[np.arange(len(y)), y]).mean() for s in slopes]
    return round(float(slopes[int(np.argmin(loss))]), 4)


def write(
    network: architecture.Model,
    held_out: NDArray[np.float64],
    learnt: Rows,
    unseen: Rows,
    config: InterPatientConfig,
    out: Path,
) -> Path:
    """Card, weights and report of beats in their preferred lead; held_out: (n, labels) logits of `cross_validated`."""
    folder = out / NAME
    folder.mkdir(parents=True, exist_ok=True)
    digest = _checkpoints.save_weights(network.requires_grad_(True), folder, int8=False)
    network.load_state_dict(_checkpoints.read_weights(folder))
    network.eval().requires_grad_(False)
    answers = logits(network, unseen)
    members = _members(answers, unseen)
    test = _measured(answers.mean(axis=1), unseen)
    without = _measured(answers.mean(axis=1), unseen, unseen.record != heartbeat.SAME_PERSON)
    slope = temperature(held_out, learnt.y)
    card = _card(network, learnt, test, slope, digest, config)
    report = {
        "n": test["n"],
        "records": test["records"],
        "split": "inter_patient",
        "metrics": test["metrics"],
        "confusion": test["confusion"],
        "without_202": without,
        "members": members,
        "rows": [_row(network, test, without, members)],
        "cross_validation": _measured(held_out, learnt) | {"folds": FOLDS, "by_record": _by_record(held_out, learnt)},
        "by_record": _by_record(answers.mean(axis=1), unseen),
    }
    (folder / "report.json").write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (folder / "card.json").write_text(card.to_json(), encoding="utf-8")
    card = replace(card, example=_publish.example(_models.load(folder)))
    (folder / "card.json").write_text(card.to_json(), encoding="utf-8")
    return folder


def _measured(raw: NDArray[np.float64], data: Rows, mask: NDArray[np.bool_] | None = None) -> dict[str, Any]:
    """`evaluate.beats.summary` of the likeliest classes of the scored beats."""
    kept = (data.y < len(CLASSES)) & (True if mask is None else mask)
    said = raw[kept].argmax(axis=1)
    return beats.summary(beats.by_record(data.y[kept], said, data.record[kept], len(CLASSES)), CLASSES)


def _members(answers: NDArray[np.float64], data: Rows) -> dict[str, Any]:
    """Mean and standard deviation of each figure over the networks that are averaged; answers: (n, members, labels)."""
    each = [_measured(answers[:, k], data)["metrics"] for k in range(answers.shape[1])]
    out: dict[str, Any] = {"n": len(each)}
    for name in each[0]:
        values = [found[name]["value"] for found in each if name in found]
        spread = round(float(np.std(values, ddof=1)), 5) if len(values) > 1 else None
        out[name] = {"mean": round(float(np.mean(values)), 5), "sd": spread}
    return out


def _row(
    network: architecture.Model, test: dict[str, Any], without: dict[str, Any], members: dict[str, Any]
) -> dict[str, Any]:
    """The row of the table of beat classifiers."""
    over = {f"{key}_over_seeds": members[key] for key in ("macro_f1", "weighted_f1", "accuracy")}
    return {
        "name": NAME,
        "architecture": NAME,
        "setting": asdict(network.config),
        "parameters": _checkpoints.parameters(network),
        "split": "inter_patient",
        "n": test["n"],
        "seeds": members["n"],
        "metrics": test["metrics"],
        **over,
        "without_202": without["metrics"],
        "reported": "",
        "why": "",
    }


def _by_record(raw: NDArray[np.float64], data: Rows) -> dict[str, list[list[int]]]:
    """Confusion of each record: rows the reference, columns the answer, in the order of CLASSES."""
    out = {}
    for name in np.unique(data.record):
        kept = (data.record == name) & (data.y < len(CLASSES))
        counts = beats.by_record(data.y[kept], raw[kept].argmax(axis=1), data.record[kept], len(CLASSES))
        out[str(name)] = counts[0].astype(int).tolist()
    return out


def _card(
    network: architecture.Model,
    learnt: Rows,
    test: dict[str, Any],
    slope: float,
    digest: str,
    config: InterPatientConfig,
) -> BeatCard:
    count = np.bincount(learnt.y, minlength=len(CLASSES))
    spec = architecture.INPUT
    x, rhythm = torch.zeros(1, 2, spec.samples), torch.zeros(1, spec.rhythm)
    return BeatCard(
        name=NAME,
        title=architecture.TITLE,
        task="beats_inter_patient",
        architecture=NAME,
        config=asdict(network.config),
        input=spec,
        labels=tuple(
            LabelSpec(
                name,
                _publish.DESCRIBED[name],
                (f"AAMI:{name}",),
                int(count[k]),
                0.5,
                (slope, 0.0),
                trusted=name != "F",
                note="Learnt from 415 beats, 373 of them of one person." if name == "F" else "",
            )
            for k, name in enumerate(CLASSES)
        ),
        thresholds_from="no threshold: the likeliest class is the answer",
        calibration="one temperature, by likelihood on records of DS1 that were held out; classes as rare as drawn",
        trained_on=f"MIT-BIH DS1: {int(count[: len(CLASSES)].sum()):,} beats of 22 records; e and j count as N",
        tested_on=f"MIT-BIH DS2: {test['n']:,} beats of 22 records (202 is the person of 201 in DS1)",
        metrics={key: Figure(**value) for key, value in test["metrics"].items()},
        subgroups={},
        intended_use=INTENDED,
        not_for=NOT_FOR,
        licence="Weights: ODC-BY 1.0, as the recordings they were trained on (MIT-BIH Arrhythmia Database 1.0.0).",
        parameters=_checkpoints.parameters(network),
        gflop=round(_checkpoints.gflop(network, lambda: network(x, rhythm)), 6),
        ms_per_record=0.0,
        weights_digest=digest,
        example={},
        training=asdict(config),
        exclusive=True,
    )
