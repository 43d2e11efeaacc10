"""Fitting a network of beats: AdamW, one cycle, averaged weights, the best epoch by macro-F1 of the validation part."""

import copy
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ecgviz.evaluate import beats
from ecgviz.train.beats.config import BeatConfig
from ecgviz.train.beats.data import Part

__all__ = ["Fitted", "draw", "fit", "logits"]

AT_ONCE = 256


@dataclass
class Fitted:
    """The best averaged network, whose logits are for the classes as they occur, and how it came about."""

    network: nn.Module
    best: float = -1.0
    best_epoch: int = 0
    history: list[dict[str, Any]] = field(default_factory=list)


def fit(
    network: nn.Module, data: dict[str, Part], config: BeatConfig, labels: tuple[str, ...], say: Callable[[str], None]
) -> Fitted:
    """Train on data["train"]. `network` takes (n, 1, samples) and gives logits."""
    rng = np.random.default_rng(config.seed)
    train, validation = data["train"], data["validation"]
    drawn, occur = _counts(train, config, len(labels))
    shift = torch.from_numpy(np.log(occur / occur.sum()) - np.log(drawn / drawn.sum())).float()
    averaged = copy.deepcopy(network)
    steps = config.epochs * -(-int(drawn.sum()) // config.batch)
    optimiser = torch.optim.AdamW(network.parameters(), config.lr, weight_decay=config.weight_decay, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, config.lr, total_steps=steps + 1, pct_start=0.2)
    out, begun, step = Fitted(copy.deepcopy(averaged)), time.perf_counter(), 0
    for epoch in range(1, config.epochs + 1):
        losses = []
        network.train()
        for x, y in _batches(train, draw(train.y, config, rng), config, rng, len(labels)):
            with torch.autocast("cpu", torch.bfloat16, enabled=config.bf16):
                loss = nn.functional.cross_entropy(network(x), y)
            optimiser.zero_grad(set_to_none=True)
            torch.autograd.backward(loss)
            nn.utils.clip_grad_norm_(network.parameters(), config.clip)
            optimiser.step()
            schedule.step()
            step += 1
            _average(averaged, network, min(config.ema, (1 + step) / (10 + step)))
            losses.append(float(loss.detach()))
        raw = logits(averaged, validation.x) + shift.numpy()
        scored = beats.figures(
            beats.by_record(validation.y, raw.argmax(1), validation.record, len(labels)).sum(0), labels
        )
        row = {"epoch": epoch, "loss": float(np.mean(losses)), "val_macro_f1": float(scored["macro_f1"])}
        out.history.append({key: round(value, 5) for key, value in row.items()})
        say(
            f"{config.key} epoch {epoch}: loss {row['loss']:.4f}, validation macro-F1 {row['val_macro_f1']:.4f}, "
            f"{time.perf_counter() - begun:.0f} s"
        )
        if row["val_macro_f1"] > out.best:
            out.best, out.best_epoch = row["val_macro_f1"], epoch
            out.network.load_state_dict(averaged.state_dict())
    _last_linear(out.network).bias.data += shift
    out.network.eval().requires_grad_(False)
    return out


def logits(network: nn.Module, x: NDArray[np.float32]) -> NDArray[np.float64]:
    """(n, labels) of (n, samples) in evaluation mode and float32."""
    network.eval()
    with torch.inference_mode():
        found = [network(torch.from_numpy(x[k : k + AT_ONCE, None])) for k in range(0, len(x), AT_ONCE)]
    return torch.cat(found).double().numpy()


def draw(y: NDArray[np.int64], config: BeatConfig, rng: np.random.Generator) -> NDArray[np.int64]:
    """Indices of the beats of one epoch, shuffled: at most `cap` of a class, or that many where it is oversampled."""
    chosen = []
    for label in np.unique(y):
        at = np.flatnonzero(y == label)
        if config.cap and at.size > config.cap:
            at = rng.choice(at, config.cap, replace=False)
        elif config.cap and config.oversample:
            at = rng.choice(at, config.cap, replace=True)
        chosen.append(at)
    return np.asarray(rng.permutation(np.concatenate(chosen)), dtype=np.int64)


def _counts(train: Part, config: BeatConfig, labels: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Beats of each class in an epoch, and in the training part; at least one, so that logarithms exist."""
    drawn = draw(train.y, config, np.random.default_rng(config.seed))
    per_epoch, there = np.bincount(train.y[drawn], minlength=labels), np.bincount(train.y, minlength=labels)
    return np.maximum(per_epoch, 1).astype(np.float64), np.maximum(there, 1).astype(np.float64)


def _batches(
    train: Part, order: NDArray[np.int64], config: BeatConfig, rng: np.random.Generator, labels: int
) -> Iterator[tuple[Tensor, Tensor]]:
    """Augmented beats (n, 1, samples) and the shares (n, labels) of the classes in them."""
    for k in range(0, len(order), config.batch):
        at = order[k : k + config.batch]
        x, y = train.x[at], np.eye(labels, dtype=np.float32)[train.y[at]]
        if config.cutmix:
            x, y = _cut_and_mixed(x, y, config.cutmix, rng)
        yield torch.from_numpy(_disturbed(x, config, rng)[:, None]), torch.from_numpy(y)


def _cut_and_mixed(
    x: NDArray[np.float32], y: NDArray[np.float32], share: float, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """CutMix (Yun et al., ICCV 2019): a stretch of another beat in `share` of the beats, and so much of its class."""
    at, other = np.flatnonzero(rng.random(len(x)) < share), rng.permutation(len(x))
    width = int(rng.integers(1, x.shape[1] // 2))
    start = int(rng.integers(0, x.shape[1] - width))
    x, y, part = x.copy(), y.copy(), width / x.shape[1]
    x[at, start : start + width] = x[other[at], start : start + width]
    y[at] = (1 - part) * y[at] + part * y[other[at]]
    return x, y.astype(np.float32)


def _disturbed(x: NDArray[np.float32], config: BeatConfig, rng: np.random.Generator) -> NDArray[np.float32]:
    """White noise where there is signal, and samples dropped."""
    if config.noise:
        noise = rng.standard_normal(x.shape, dtype=np.float32) * config.noise
        x = np.clip(np.where(x != 0, x + noise, 0), 0, 1)
    if config.drop:
        x = np.where(rng.random(x.shape, dtype=np.float32) < config.drop, 0, x)
    return x.astype(np.float32, copy=False)


def _average(averaged: nn.Module, network: nn.Module, decay: float) -> None:
    with torch.no_grad():
        for mine, new in zip(averaged.state_dict().values(), network.state_dict().values(), strict=True):
            if mine.is_floating_point():
                mine.lerp_(new, 1 - decay)
            else:
                mine.copy_(new)


def _last_linear(network: nn.Module) -> nn.Linear:
    """The layer that gives the logits."""
    return [layer for layer in network.modules() if isinstance(layer, nn.Linear)][-1]
