"""A network of pages made to read ECG: trained on drawings of PTB-XL before it sees the few labelled pages.

From each page it must give the record's statements (71 labels), the representative beat of each of the 12 leads in
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
import sleepecg
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file
from torch import Tensor, distributed, nn
from torch.nn.parallel import DistributedDataParallel

from ecgviz.train.images.drawn import draw
from ecgviz.train.images.parts import head_of

__all__ = ["AdaptConfig", "Reader", "adapt", "beat_targets"]

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


@dataclass(frozen=True)
class AdaptConfig:
    """minutes: of training; the learning rate rises over the first tenth and falls to 0 at the end, however many steps
    that is; size: (width, height) of the pages in pixels; fresh: how much faster parts without a start learn; start: in
    words.
    """

    minutes: float = 40.0
    batch: int = 16
    lr: float = 5e-4
    fresh: float = 3.0
    weight_decay: float = 0.02
    size: tuple[int, int] = (299, 299)
    snapshot: int = 20
    seed: int = 0
    start: str = "random weights"


def beat_targets(signal: NDArray[np.floating]) -> NDArray[np.float32]:
    """(12, samples) mV at 100 Hz -> (TARGETS,): the median beat of each lead, and three numbers of rhythm.

    Rhythm: log RR, log of the spread of RR, log of longest over shortest. NaN where fewer than three beats are found.
    """
    peaks = sleepecg.detect_heartbeats(np.ascontiguousarray(signal[1], np.float64), FS)
    inside = [p for p in peaks if BEFORE <= p < signal.shape[1] - AFTER]
    if len(inside) < 3:
        return np.full(TARGETS, np.nan, np.float32)
    beat = np.median([signal[:, p - BEFORE : p + AFTER] for p in inside], axis=0)
    beat = beat - np.median(signal, axis=1, keepdims=True)
    rr = np.diff(peaks) / FS
    rhythm = np.log([np.median(rr), rr.std() / rr.mean() + 0.02, rr.max() / rr.min()])
    return np.concatenate([(beat[:, ::EVERY] / BEAT_MV).ravel(), rhythm]).astype(np.float32)


class Reader(nn.Module):
    """The network with the outputs of the adaptation in the place of its head."""

    def __init__(self, model: Any, features: int, labels: int) -> None:
        super().__init__()
        self.model: Any = model
        self.labels = labels
        for parameter in head_of(model):
            parameter.requires_grad_(False)
        self.read = nn.Linear(features, labels + TARGETS)
        nn.init.constant_(self.read.bias[:labels], RARE)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        found = self.read(self.model.features(x)).float()
        return found[:, : self.labels], found[:, self.labels :]


def adapt(
    reader: Reader,
    started: set[str],
    signals: Sequence[NDArray[np.floating]],
    y: NDArray[np.float32],
    out: Path,
    config: AdaptConfig,
    say: Callable[[str], None],
) -> None:
    """Train on drawings of signals, (12, 1000) mV each, with labels (records, labels); writes safetensors to `out`.

    started: names of the parameters that have a start. A snapshot is written under the same name every few steps. Where
    torch.distributed is set up, several processes share each step.
    """
    reader.train().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    named = [(name, p) for name, p in reader.named_parameters() if p.requires_grad]
    groups = [
        {"params": [p for name, p in named if name in started], "scale": 1.0},
        {"params": [p for name, p in named if name not in started], "scale": config.fresh},
    ]
    optimiser = torch.optim.AdamW(groups, config.lr, weight_decay=config.weight_decay)
    begun, log = time.time(), list[tuple[float, float]]()
    worker = DistributedDataParallel(reader) if distributed.is_initialized() else reader
    for step, (x, labels, beats) in enumerate(_batches(signals, y, config), start=1):
        done = _together((time.time() - begun) / (60 * config.minutes))
        if done >= 1:
            break
        for group in optimiser.param_groups:
            group["lr"] = config.lr * group["scale"] * _rate(done)
        with torch.autocast("cpu", torch.bfloat16):
            said, read = worker(x)
        known = torch.isfinite(beats)
        bce = nn.functional.binary_cross_entropy_with_logits(said, labels)
        error = nn.functional.smooth_l1_loss(read[known], beats[known])
        optimiser.zero_grad()
        (LABELS * bce + BEATS * error).backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(reader.parameters(), 2.0)
        optimiser.step()
        log.append((float(bce.detach()), float(error.detach())))
        if step % config.snapshot == 0:
            found = np.mean(log[-config.snapshot :], axis=0)
            say(f"step {step}: labels {found[0]:.4f} beats {found[1]:.4f} ({time.time() - begun:.0f} s)")
            _save(reader, out, config, log)
    _save(reader, out, config, log)


def _together(done: float) -> float:
    """What the first process says, so that all stop after the same step."""
    if not distributed.is_initialized():
        return done
    said = torch.tensor(done)
    distributed.broadcast(said, 0)
    return float(said)


def _rate(done: float) -> float:
    falling = 0.5 + 0.5 * math.cos(math.pi * max(0.0, done - WARM_UP) / (1 - WARM_UP))
    return max(min(done / WARM_UP, falling), 0.01)


def _save(reader: Reader, out: Path, config: AdaptConfig, log: list[tuple[float, float]]) -> None:
    processes = distributed.get_world_size() if distributed.is_initialized() else 1
    told = {"pages": len(log) * config.batch * processes, "loss": log[-1], "from": config.start}
    state = {name: value.contiguous().clone() for name, value in reader.state_dict().items()}
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
        found = [np.asarray(signals[i], np.float32) for i in rows]
        pages = np.stack([draw(signal, FS, config.size, rng) for signal in found]).astype(np.float32) / 127.5 - 1
        x = torch.from_numpy(pages)[:, None].expand(-1, 3, -1, -1).contiguous(memory_format=torch.channels_last)
        yield x, torch.from_numpy(y[rows]), torch.from_numpy(np.stack([beat_targets(signal) for signal in found]))
