"""Prepared signals and targets of PTB-XL's folds, the crops of a step and their augmentation."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ecgviz.card import InputSpec
from ecgviz.datasets import ptbxl
from ecgviz.leads import STANDARD_12
from ecgviz.signals.prepare import condition, demographics
from ecgviz.train.config import TrainConfig

__all__ = ["Fold", "augment", "crops", "folds", "input_spec", "spans"]

SECONDS = 10.0


@dataclass(frozen=True, eq=False)
class Fold:
    """One split of all records.

    x (records, 12, 1000) float16 mV, person (records, 5), y (records, outputs) with the tasks one after the other,
    scored: for each task the records that it scores; rows of the table.
    """

    x: NDArray[np.float16]
    person: NDArray[np.float32]
    y: NDArray[np.float32]
    scored: dict[str, NDArray[np.int64]]
    rows: pd.DataFrame


def spans(tasks: Sequence[str]) -> dict[str, tuple[int, int]]:
    """First and end of each task's outputs."""
    ends = np.cumsum([len(ptbxl.TASKS[task]) for task in tasks])
    return {task: (int(end) - len(ptbxl.TASKS[task]), int(end)) for task, end in zip(tasks, ends, strict=True)}


def input_spec(config: TrainConfig, scale_mv: float) -> InputSpec:
    """The input of a network trained with this configuration."""
    window = config.final_crop_s
    return InputSpec(
        task="ecg12",
        leads=STANDARD_12,
        fs=100.0,
        seconds=window,
        stride_s=window,
        shortest_s=min(config.crop_s, config.final_crop_s),
        band_hz=(0.5, 40.0),
        scale_mv=scale_mv,
        demographics=config.demographics,
    )


def prepared(config: TrainConfig, table: pd.DataFrame) -> NDArray[np.float16]:
    """(records, 12, 1000) of every row in mV, through the same `condition` as prediction; made once, kept in runs/."""
    spec = input_spec(config, 1.0)
    width = round(SECONDS * spec.fs)
    key = repr((spec.leads, spec.fs, spec.band_hz, tuple(table.index)))
    path = config.runs / f"ptbxl-{hashlib.sha256(key.encode()).hexdigest()[:12]}.npy"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        x = np.zeros((len(table), len(spec.leads), width), dtype=np.float16)
        for i, (ecg_id, row) in enumerate(ptbxl.rows(table)):
            found = ptbxl.read_row(config.data, ecg_id, row, high_rate=False).pick(spec.leads)
            x[i] = condition(np.nan_to_num(found.signal), found.fs, spec)[:, :width]
        partial = path.with_suffix(".partial.npy")
        np.save(partial, x)
        partial.replace(path)
    kept: NDArray[np.float16] = np.load(path, mmap_mode="r", allow_pickle=False)
    return kept


def folds(config: TrainConfig) -> dict[str, Fold]:
    """The three splits by `strat_fold`, every record in them; see Fold for what a task scores."""
    table = ptbxl.load_table(config.data)
    signals = prepared(config, table)
    y = np.concatenate([ptbxl.every_target(table, task) for task in config.trained], axis=1)
    person = np.stack([demographics(ptbxl.patient(row)) for row in table[["age", "sex"]].to_dict("records")])
    found = {}
    for split, numbers in ptbxl.SPLITS.items():
        places = np.flatnonzero(table["strat_fold"].isin(numbers))
        rows = table.iloc[places]
        scored = {task: rows.index.get_indexer(ptbxl.targets(rows, task)[0].index) for task in config.trained}
        found[split] = Fold(np.asarray(signals[places]), person[places], y[places], scored, rows)
    return found


def crops(x: NDArray[np.float16], width: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """A random window of each record: (records, leads, samples) -> (records, leads, width)."""
    starts = rng.integers(0, x.shape[2] - width + 1, len(x))
    return np.stack([row[:, s : s + width] for row, s in zip(x, starts, strict=True)]).astype(np.float32)


def augment(x: NDArray[np.float32], config: TrainConfig, rng: np.random.Generator) -> NDArray[np.float32]:
    """Gain, white noise and blanked leads, in mV; never time reversal, lead shuffling or a change of polarity."""
    n, leads, _ = x.shape
    x = x * rng.uniform(1 - config.gain, 1 + config.gain, (n, 1, 1)).astype(np.float32)
    if config.lead_gain:
        x *= rng.uniform(1 - config.lead_gain, 1 + config.lead_gain, (n, leads, 1)).astype(np.float32)
    if config.noise_mv:
        level = rng.uniform(0, config.noise_mv, (n, 1, 1)).astype(np.float32)
        x += level * rng.standard_normal(x.shape, dtype=np.float32)
    for i in np.flatnonzero(rng.random(n) < config.mask_leads):
        x[i, rng.choice(leads, rng.integers(1, 7), replace=False)] = 0
    return x


def withhold(person: NDArray[np.float32], share: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """Age and, separately, sex made unknown in a share of the records: (records, 5) -> (records, 5)."""
    person = person.copy()
    no_age, no_sex = rng.random((2, len(person))) < share
    person[no_age, :2] = (0.0, 1.0)
    person[no_sex, 2:] = (0.0, 0.0, 1.0)
    return person
