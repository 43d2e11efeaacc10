"""What the commands do where the model is one of single beats, and `train-beats`."""

import inspect
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typer

from ecgviz import zoo
from ecgviz.cli import payload, words
from ecgviz.cli.training import AS_JSON, OUT, option, options_of
from ecgviz.errors import ModelError
from ecgviz.explain import beats as evidence
from ecgviz.record import Flag, Record, worst_first
from ecgviz.results import Attribution, BeatPrediction
from ecgviz.signals.beats import r_peaks
from ecgviz.train.beats import BeatConfig, InterPatientConfig, publish, publish_inter_patient, run
from ecgviz.zoo import beats

__all__ = ["explained", "predicted", "said", "train_beats", "train_inter_patient"]


def predicted(name: str, record: Record, flags: tuple[Flag, ...]) -> tuple[BeatPrediction, dict[str, Any]]:
    """The answer for every beat found in the record, and its JSON. Raises ModelError where no beat is found."""
    times_s = r_peaks(record)
    if not times_s.size:
        raise ModelError(f"No heart beat stands out in {record.name[:60]}; give a record of at least a few seconds.")
    found = beats.predict(beats.load(name), record, times_s)
    rows = zip(found.times_s, found.best, found.probabilities.max(axis=1), strict=True)
    return found, {
        "model": name,
        "lead": found.lead,
        "beats": [
            {"time_s": round(float(t), 4), "label": label, "probability": round(float(p), 4)} for t, label, p in rows
        ],
        "flags": payload.flags_of(worst_first(found.flags, flags)),
    }


def said(found: BeatPrediction, flags: tuple[Flag, ...]) -> str:
    """The answer in words: how many beats of each class, and every beat that is not normal."""
    count = Counter(found.best)
    head = [("Model", found.model), ("Lead", found.lead), ("Beats", str(len(found.best)))]
    head += [(f"  {label}", str(count[label])) for label in found.labels if count[label]]
    others = [
        (f"{t:.2f} s", label, f"{p:.2f}")
        for t, label, p in zip(found.times_s, found.best, found.probabilities.max(axis=1), strict=True)
        if label != "N"
    ]
    table = words.columns([("time", "class", "probability"), *others], right=(0, 2)) if others else ""
    return words.page(words.columns(head), table, words.flags_said(worst_first(found.flags, flags)))


def explained(name: str, record: Record, label: str, method: str, index: int) -> Attribution:
    """The evidence for a class in one beat; index: counted from 0. Raises ModelError."""
    model = beats.load(name)
    possible = evidence.methods(model)
    return evidence.explain(model, record, r_peaks(record), index, label, method if method in possible else possible[0])


def train_beats(**given: Any) -> None:
    """Train a classifier of single heart beats on MIT-BIH.

    The Kaggle split (like the seeds) is published with its weights; the split between patients adds its row to the
    table. A finished run is not done again.
    """
    out, as_json = given.pop(OUT) or zoo.models_folder(), given.pop(AS_JSON)
    say: Callable[[str], None] = (lambda line: None) if as_json else typer.echo
    config = BeatConfig(**given)
    result = run(config, say)
    folder: Path | None = None
    if config.split == "kaggle":
        folder = publish(config.name, config.data, config.runs, out, say)
    answer = {"folder": str(folder) if folder else None, "test": result["test"]}
    typer.echo(payload.dumps(answer) if as_json else f"Written to {folder}." if folder else "Kept.")


train_beats.__signature__ = inspect.Signature(options_of(BeatConfig))  # type: ignore[attr-defined]


def train_inter_patient(data: Path, **given: Any) -> None:
    """Train `beat_inter_patient` on MIT-BIH DS1, record by record apart, and test it once on DS2."""
    out, as_json = given.pop(OUT) or zoo.models_folder(), given.pop(AS_JSON)
    say: Callable[[str], None] = (lambda line: None) if as_json else typer.echo
    folder = publish_inter_patient(data, out, InterPatientConfig(**given), say)
    typer.echo(payload.dumps({"folder": str(folder)}) if as_json else f"Written to {folder}.")


train_inter_patient.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
    [option("data", Path, inspect.Parameter.empty, "folder that holds mitdb/"), *options_of(InterPatientConfig)]
)
