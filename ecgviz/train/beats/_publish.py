"""From finished runs to `models/`: the folder of a model whose weights are shipped, and the table of all rows."""

import hashlib
import json
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from torch import nn

from ecgviz.card import BeatCard, Figure, LabelSpec
from ecgviz.datasets.heartbeat import CLASSES
from ecgviz.errors import DataError
from ecgviz.evaluate import beats
from ecgviz.signals import synthetic
from ecgviz.signals.beat_windows import KAGGLE
from ecgviz.train.beats import seeds
from ecgviz.train.beats._run import calibrated, counted, fitted_answers
from ecgviz.train.beats.config import SPLITS
from ecgviz.train.beats.data import parts, rows
from ecgviz.zoo import _checkpoints
from ecgviz.zoo.beats import TABLE, _models

__all__ = ["example", "publish", "results", "table"]

LARGE = 300_000
"""Networks with more parameters are kept as int8 per output channel."""
DESCRIBED = {
    "N": "Normal, bundle branch block, or escape beat",
    "S": "Supraventricular premature beat",
    "V": "Ventricular premature or escape beat",
    "F": "Fusion of ventricular and normal beat",
    "Q": "Paced or unclassifiable beat",
}
INTENDED = (
    "Research and education: to show what a classifier of single heart beats says of each beat of one lead, with what "
    "calibrated probability, and where in the beat the evidence lies."
)
NOT_FOR = (
    "Not a medical device. Not for diagnosis, monitoring or treatment. Trained and tested on beats of the same 48 "
    "recordings: 96 % of its test beats have a neighbour in training, so its test figure says little of a new person; "
    "the figure between patients is beside it. Not for leads other than MLII, nor for paced rhythms of other devices."
)


def results(runs: Path, name: str = "") -> list[dict[str, Any]]:
    """Every finished run, or those of one name, by split and seed."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in (runs / "beats").glob("*.json")]
    wanted = [run for run in found if not name or run["name"] == name]
    return sorted(wanted, key=lambda run: (run["name"], run["split"], run["seed"]))


def publish(name: str, data: Path, runs: Path, out: Path, say: Callable[[str], None]) -> Path:
    """Write `out/<name>/`: the Kaggle run that is best on its validation part, every figure of the weights as written.

    Raises DataError where there is no such run.
    """
    told = results(runs, name)
    kaggle = [run for run in told if run["split"] == "kaggle"]
    if not kaggle:
        raise DataError(f"There is no finished run of {name} on the Kaggle split in {runs}; train it first.")
    best = max(kaggle, key=lambda run: run["validation"]["metrics"]["macro_f1"]["value"])
    built = runs / "beats" / "models" / name
    shutil.rmtree(built, ignore_errors=True)
    digest = _weights(best, runs / "beats" / f"{name}-kaggle-{best['seed']}", built)
    answer = _read(best, built)
    split = parts(rows(data, runs), "kaggle")
    platt = calibrated(fitted_answers(answer, split["validation"].x), split["validation"].y)
    counts = counted(fitted_answers(answer, split["test"].x), split["test"], platt)
    test = beats.summary(counts, CLASSES)
    drawn = np.bincount(split["train"].y, minlength=len(CLASSES))
    card = _card(best, platt, test, digest, answer, drawn)
    report = {
        "n": test["n"],
        "split": "kaggle",
        "metrics": test["metrics"],
        "confusion": test["confusion"],
        "validation": best["validation"],
        "history": best.get("history", []),
        "rows": _rows(told, test),
    }
    (built / "report.json").write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (built / "card.json").write_text(card.to_json(), encoding="utf-8")
    card = replace(card, example=example(_models.load(built)))
    (built / "card.json").write_text(card.to_json(), encoding="utf-8")
    shutil.copytree(built, out / name, dirs_exist_ok=True)
    value = test["metrics"]["macro_f1"]
    say(f"{name}: Kaggle test macro-F1 {value['value']:.4f} ({value['low']:.3f}-{value['high']:.3f})")
    return out / name


def table(runs: Path, out: Path) -> Path:
    """Write the rows of both tables, a model and a split each, with the figures of shipped weights where there are.

    A model without runs, shipped from a training of its own, brings its rows in its report.
    """
    shipped = {path.parent.name: json.loads(path.read_text(encoding="utf-8")) for path in out.glob("*/report.json")}
    trained = {run["name"] for run in results(runs)}
    found: list[dict[str, Any]] = []
    for name in sorted(trained | {name for name, report in shipped.items() if report.get("split") in SPLITS}):
        report = shipped.get(name, {})
        test = {"n": report["n"], "metrics": report["metrics"]} if report.get("split") == "kaggle" else None
        found += _rows(results(runs, name), test) if name in trained else report["rows"]
    path = out / TABLE
    path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def example(model: _models.BeatModel) -> dict[str, Any]:
    """The model's answer for the beats of a simulated record, by which a test knows the weights again."""
    simulation = synthetic.simulate("sinus_rhythm")
    times_s = np.array([beat.r_peak for beat in simulation.beats])
    found = _models.predict(model, simulation.record, times_s)
    return {"record": "simulated sinus_rhythm, seed 0", "probabilities": np.round(found.probabilities, 4).tolist()}


def _weights(run: dict[str, Any], kept: Path, built: Path) -> str:
    """Write the weights of a run into `built`; returns their SHA-256."""
    if not kept.with_suffix(".safetensors").is_file():
        built.mkdir(parents=True)
        shutil.copy(kept.with_suffix(".skops"), built / _models.CLASSICAL)
        return hashlib.sha256((built / _models.CLASSICAL).read_bytes()).hexdigest()
    network = _models.build(run["architecture"], run["setting"])
    network.load_state_dict(load_file(kept.with_suffix(".safetensors")))
    return _checkpoints.save_weights(network, built, int8=_checkpoints.parameters(network) > LARGE)


def _read(run: dict[str, Any], built: Path) -> Any:
    """The model as it will be loaded."""
    answer = _models.build(run["architecture"], run["setting"])
    if isinstance(answer, nn.Module):
        answer.load_state_dict(_checkpoints.read_weights(built))
        answer.eval().requires_grad_(False)
    else:
        answer.load(built / _models.CLASSICAL)
    return answer


def _rows(told: list[dict[str, Any]], shipped: dict[str, Any] | None) -> list[dict[str, Any]]:
    """One object for each split in which there are runs: mean and SD of the seeds, and the first run's intervals."""
    out = []
    for split in sorted({run["split"] for run in told}, reverse=True):
        runs = [run for run in told if run["split"] == split]
        test = shipped if shipped and split == "kaggle" else runs[0]["test"]
        row = {key: runs[0][key] for key in ("name", "architecture", "setting", "parameters", "split")}
        row |= {"n": test["n"], "seeds": len(runs), "metrics": test["metrics"]}
        for metric in ("macro_f1", "weighted_f1", "accuracy"):
            values = [run["test"]["metrics"][metric]["value"] for run in runs]
            spread = round(float(np.std(values, ddof=1)), 5) if len(values) > 1 else None
            row[f"{metric}_over_seeds"] = {"mean": round(float(np.mean(values)), 5), "sd": spread}
        if "test_without_202" in runs[0]:
            row["without_202"] = runs[0]["test_without_202"]["metrics"]
        row |= {"reported": seeds.REPORTED.get(row["name"], ""), "why": seeds.WHY.get(row["architecture"], "")}
        out.append(row)
    return out


def _card(
    run: dict[str, Any],
    platt: list[list[float]],
    test: dict[str, Any],
    digest: str,
    answer: Any,
    drawn: NDArray[np.int64],
) -> BeatCard:
    labels = tuple(
        LabelSpec(name, DESCRIBED[name], (f"AAMI:{name}",), int(count), 0.5, (slope, offset))
        for name, count, (slope, offset) in zip(CLASSES, drawn, platt, strict=True)
    )
    module = _models.architecture(run["architecture"])
    return BeatCard(
        name=run["name"],
        title=module.TITLE,
        task="beats_kaggle",
        architecture=run["architecture"],
        config=run["setting"],
        input=KAGGLE,
        labels=labels,
        thresholds_from="no threshold: the likeliest class is the answer, after calibration on the validation fifth",
        calibration="one slope and an offset a class, by likelihood on a fifth of the Kaggle training rows",
        trained_on=f"four fifths of the Kaggle training rows: {int(drawn.sum()):,} beats of 48 records (MIT-BIH)",
        tested_on=f"the published Kaggle test rows, {test['n']:,} beats of the same 48 records",
        metrics={key: Figure(**value) for key, value in test["metrics"].items()},
        subgroups={},
        intended_use=INTENDED,
        not_for=NOT_FOR,
        licence="Weights: ODC-BY 1.0, as the recordings they were trained on (MIT-BIH Arrhythmia Database 1.0.0).",
        parameters=run["parameters"],
        gflop=_gflop(answer),
        ms_per_record=_milliseconds(answer),
        weights_digest=digest,
        example={},
        seed_reported=seeds.REPORTED.get(run["name"], ""),
        seed_comparable=seeds.WHY.get(run["architecture"], ""),
        training=run["training"] | {"cpu_s": run["cpu_s"]},
        exclusive=True,
    )


def _gflop(answer: Any) -> float:
    if not isinstance(answer, nn.Module):
        return 0.0
    return round(_checkpoints.gflop(answer, lambda: answer(torch.zeros(1, 1, KAGGLE.samples))), 5)


def _milliseconds(answer: Any) -> float:
    """Median time of one beat among 256 on this machine."""
    x, times = np.zeros((256, KAGGLE.samples), dtype=np.float32), []
    for _ in range(5):
        begun = time.perf_counter()
        fitted_answers(answer, x)
        times.append(time.perf_counter() - begun)
    return round(float(np.median(times)) * 1000 / len(x), 4)
