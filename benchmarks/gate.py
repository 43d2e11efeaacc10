"""How often the gate before a prediction holds back good recordings, and whether it holds back what is no ECG.

Needs ECGVIZ_DATA with PTB-XL. Good are the recordings of fold 10 of which PTB-XL's own readers noted no drift, noise or
electrode trouble; flagged is every verdict but `fit`. Faults are put into the same recordings.
"""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from benchmarks import Measure
from ecgviz import zoo
from ecgviz.datasets import ptbxl
from ecgviz.evaluate.images import wilson
from ecgviz.leads import STANDARD_12
from ecgviz.record import Record
from ecgviz.signals import edit, quality
from ecgviz.train._gate import good_quality

NETWORKS = ("resnet1d_wang", "inception_residual", "s4")
GOOD, FAULTY = 400, 60
FAULTS: dict[str, Callable[[Record], Record]] = {
    "gain x 10": lambda record: edit.amplify(record, 10),
    "gain x 0.1": lambda record: edit.amplify(record, 0.1),
    "arms swapped": edit.swap_arms,
    "V2 flat": lambda record: edit.drop_lead(record, "V2"),
    "wander 1 mV": lambda record: edit.add_noise(record, "wander", 1.0),
    "muscle noise 0.2 mV": lambda record: edit.add_noise(record, "muscle", 0.2),
    "noise alone": lambda record: _noise(record),
    "square wave": lambda record: _square(record),
}


def main() -> list[Measure]:
    """Shares in per cent with 95 % intervals; each row says whether the recording or the likeness was at fault."""
    torch.set_num_threads(1)
    root = Path(os.environ["ECGVIZ_DATA"])
    table = ptbxl.load_table(root)
    table = table[table["strat_fold"] == 10]
    table = table[good_quality(root, table)]
    rows = table.sample(min(GOOD, len(table)), random_state=0)
    records = [ptbxl.read_row(root, number, row) for number, row in ptbxl.rows(rows)]
    flags = [quality.check(record) for record in records]
    models = [zoo.load(name) for name in NETWORKS]
    faulty = {name: [make(record) for record in records[:FAULTY]] for name, make in FAULTS.items()}
    found = {name: [quality.check(record) for record in made] for name, made in faulty.items()}
    told = []
    for model in models:
        told += _rows(model, f"good recordings, n = {len(records)}", records, flags)
        for name, made in faulty.items():
            told += _rows(model, f"{name}, n = {len(made)}", made, found[name])
    return told


def _rows(model: object, what: str, records: list[Record], flags: list[tuple[object, ...]]) -> list[Measure]:
    """Share that the gate flags, with its interval, and the shares that quality and likeness flag."""
    seen = [zoo.screen(model, record, mine) for record, mine in zip(records, flags, strict=True)]  # type: ignore[arg-type]
    held = np.array([one.verdict != "fit" for one in seen])
    unlike = np.array(["unlike_training" in [flag.code for flag in one.reasons] for one in seen])
    faults = np.array([any(flag.code != "unlike_training" for flag in one.reasons) for one in seen])
    name = model.card.name  # type: ignore[attr-defined]
    low, high = wilson(int(held.sum()), len(held))
    return [
        Measure(f"{name}: {what}: flagged ({100 * low:.1f} to {100 * high:.1f})", 100 * held.mean(), "%"),
        Measure(f"{name}: {what}: fault of the recording", 100 * faults.mean(), "%"),
        Measure(f"{name}: {what}: unlike training", 100 * unlike.mean(), "%"),
    ]


def _noise(record: Record) -> Record:
    x = np.random.default_rng(record.samples).standard_normal(record.signal.shape) * 0.3
    return Record(x.astype(np.float32), record.fs, record.leads)


def _square(record: Record) -> Record:
    wave = np.sign(np.sin(2 * np.pi * 1.2 * record.times)).astype(np.float32)
    return Record(np.tile(wave, (len(STANDARD_12), 1)), record.fs, STANDARD_12)
