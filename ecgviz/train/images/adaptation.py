"""A network of pages made to read ECG: trained on drawings of PTB-XL before it sees the few labelled pages.

From each drawing it must give the record's statements (71 labels), the representative beat of each of the 12 leads in
mV, and the rhythm: to do so it has to read the trace lead by lead. No page of the classifier's data set is used.
"""

import json
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file
from torch import Tensor, nn

from ecgviz.card import ImageInput
from ecgviz.datasets import ptbxl
from ecgviz.leads import STANDARD_12
from ecgviz.record import Record
from ecgviz.signals.beats import r_peaks
from ecgviz.train.config import TrainConfig
from ecgviz.train.data import prepared
from ecgviz.train.images.config import AdaptConfig, PageConfig
from ecgviz.train.images.drawn import draw
from ecgviz.train.images.parts import as_input, head_of
from ecgviz.train.images.start import start_in_words, started

__all__ = ["TARGETS", "Reader", "adapt", "beat_targets", "trained"]

FS = 100.0
BEFORE, AFTER, EVERY = 20, 50, 3
"""Samples at 100 Hz around R that the representative beat spans, and how many are one target."""
TARGETS = 12 * len(range(0, BEFORE + AFTER, EVERY)) + 3
BEAT_MV = 0.3
"""mV that are 1 in the targets."""
RARE = -3.5
"""Logit of a label that one record in 33 has."""
WARM_UP = 0.1
LABELS, BEATS = 10.0, 4.0
"""Weights of the two losses."""
FRESH = 3.0
"""How much faster parts without a start learn."""
SNAPSHOT = 20
"""Steps between two copies of the weights on the disc."""
SPEC = ImageInput("image", 299, 299, view="ink")
FOLDS = range(1, 10)
"""Of PTB-XL, whose fold 10 stays unseen."""


class Reader(nn.Module):
    """The network with the outputs of the adaptation in the place of its head."""

    def __init__(self, model: Any, labels: int) -> None:
        super().__init__()
        self.model: Any = model
        self.labels = labels
        for parameter in head_of(model):
            parameter.requires_grad_(False)
        self.read = nn.Linear(model.output.in_features, labels + TARGETS)
        nn.init.constant_(self.read.bias[:labels], RARE)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        found = self.read(self.model.features(x)).float()
        return found[:, : self.labels], found[:, self.labels :]


def adapt(config: AdaptConfig, out: Path, say: Callable[[str], None]) -> Path:
    """Train on drawings of the records of folds 1 to 9 and write safetensors to `out`. Raises DataError."""
    torch.set_num_threads(config.threads)
    page = PageConfig("", config.architecture, config.data, config.start, last=config.last, places=config.places)
    network, known = started(page)
    table = ptbxl.load_table(config.data)
    signals = prepared(TrainConfig("", "", "ptbxl_all", config.data, config.runs), table)
    rows = np.flatnonzero(table["strat_fold"].isin(FOLDS))
    y = ptbxl.every_target(table, "ptbxl_all")[rows].astype(np.float32)
    reader = Reader(network, y.shape[1])
    trained(reader, {f"model.{name}" for name in known}, _Picked(signals, rows), y, out, config, say)
    return out


@dataclass(frozen=True, eq=False)
class _Picked(Sequence[NDArray[np.floating]]):
    """Some rows of an array, read when they are asked for."""

    of: NDArray[np.float16]
    rows: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, at: Any) -> Any:
        return np.asarray(self.of[self.rows[at]], np.float32)


def beat_targets(signal: NDArray[np.floating]) -> NDArray[np.float32]:
    """(12, samples) mV at 100 Hz -> (TARGETS,): the median beat of each lead, and three numbers of rhythm.

    Rhythm: log RR, log of the spread of RR, log of longest over shortest. NaN where fewer than three beats are found.
    """
    record = Record(np.asarray(signal, np.float32), FS, STANDARD_12, name="drawn")
    peaks = np.round(r_peaks(record) * FS).astype(np.intp)
    inside = [p for p in peaks if BEFORE <= p < signal.shape[1] - AFTER]
    if len(inside) < 3:
        return np.full(TARGETS, np.nan, np.float32)
    beat = np.median([signal[:, p - BEFORE : p + AFTER] for p in inside], axis=0)
    beat = beat - np.median(signal, axis=1, keepdims=True)
    rr = np.diff(peaks) / FS
    rhythm = np.log([np.median(rr), rr.std() / rr.mean() + 0.02, rr.max() / rr.min()])
    return np.concatenate([(beat[:, ::EVERY] / BEAT_MV).ravel(), rhythm]).astype(np.float32)


def trained(
    reader: Reader,
    known: set[str],
    signals: Sequence[NDArray[np.floating]],
    y: NDArray[np.float32],
    out: Path,
    config: AdaptConfig,
    say: Callable[[str], None],
) -> None:
    """Train on drawings of signals, (12, 1000) mV each, with labels (records, labels); writes safetensors to `out`.

    known: names of the parameters that have a start. The learning rate falls to 0 at the last minute, however many
    steps that is; a copy of the weights is written every few steps.
    """
    reader.train().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimiser = _optimiser(reader, known, config)
    begun, log = time.time(), list[tuple[float, float]]()
    for step, (x, labels, beats) in enumerate(_batches(signals, y, config), start=1):
        done = (time.time() - begun) / (60 * config.minutes)
        if done >= 1:
            break
        for group in optimiser.param_groups:
            group["lr"] = config.lr * group["scale"] * _rate(done)
        with torch.autocast("cpu", torch.bfloat16):
            said, read = reader(x)
        present = torch.isfinite(beats)
        bce = nn.functional.binary_cross_entropy_with_logits(said, labels)
        error = nn.functional.smooth_l1_loss(read[present], beats[present]) if present.any() else read.sum() * 0
        optimiser.zero_grad()
        (LABELS * bce + BEATS * error).backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(reader.parameters(), 2.0)
        optimiser.step()
        log.append((float(bce.detach()), float(error.detach())))
        if step % SNAPSHOT == 0:
            found = np.mean(log[-SNAPSHOT:], axis=0)
            say(f"step {step}: labels {found[0]:.4f} beats {found[1]:.4f} ({time.time() - begun:.0f} s)")
            _save(reader, out, config, len(log))
    _save(reader, out, config, len(log))


def _optimiser(reader: Reader, known: set[str], config: AdaptConfig) -> torch.optim.Optimizer:
    named = [(name, p) for name, p in reader.named_parameters() if p.requires_grad]
    groups = [
        {"params": [p for name, p in named if name in known], "scale": 1.0},
        {"params": [p for name, p in named if name not in known], "scale": FRESH},
    ]
    return torch.optim.AdamW(groups, config.lr, weight_decay=config.weight_decay)


def _rate(done: float) -> float:
    falling = 0.5 + 0.5 * math.cos(math.pi * max(0.0, done - WARM_UP) / (1 - WARM_UP))
    return max(min(done / WARM_UP, falling), 0.01)


def _save(reader: Reader, out: Path, config: AdaptConfig, steps: int) -> None:
    told = {"pages": steps * config.batch, "from": start_in_words(config.start)}
    state = {name: value.contiguous().clone() for name, value in reader.state_dict().items()}
    out.parent.mkdir(parents=True, exist_ok=True)
    partial = out.with_suffix(".part")
    save_file(state, partial, metadata={"told": json.dumps(told)})
    partial.replace(out)


def _batches(
    signals: Sequence[NDArray[np.floating]], y: NDArray[np.float32], config: AdaptConfig
) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """Pages, labels and beats for ever, each record once in every pass."""
    rng, order = np.random.default_rng(config.seed), np.empty(0, np.intp)
    while True:
        if len(order) < config.batch:
            order = np.concatenate([order, rng.permutation(len(signals))])
        rows, order = order[: config.batch], order[config.batch :]
        found = [signals[i] for i in rows]
        pages = np.stack([draw(signal, FS, (SPEC.width, SPEC.height), rng) for signal in found])
        x = as_input(torch.from_numpy(pages[..., None]), SPEC.black, SPEC.white)
        yield x, torch.from_numpy(y[rows]), torch.from_numpy(np.stack([beat_targets(signal) for signal in found]))
