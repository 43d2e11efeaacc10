"""The training loop: AdamW, one cycle, clipping, averaged weights, early stopping, resumable after any epoch."""

import copy
import json
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from ecgviz.evaluate.metrics import macro_auroc
from ecgviz.train.config import TrainConfig
from ecgviz.train.data import Fold, augment, crops, spans, withhold
from ecgviz.train.loss import loss_of

__all__ = ["Progress", "aurocs_of", "fit", "logits_of"]


@dataclass
class Progress:
    """Where a run stands after an epoch; kept as JSON beside its tensors."""

    epoch: int = 0
    step: int = 0
    best: float = 0.0
    best_epoch: int = 0
    history: list[dict[str, float]] = field(default_factory=list)


def fit(
    network: nn.Module,
    data: dict[str, Fold],
    config: TrainConfig,
    scale_mv: float,
    say: Callable[[str], None],
) -> Progress:
    """Train, resuming from `runs/<name>` where it holds a state; the best averaged weights lie there afterwards.

    The best epoch has the highest mean, over the kept tasks, of the macro AUROC on the records that a task scores.
    `say` gets a line an epoch.
    """
    torch.set_num_threads(config.threads)
    folder = config.runs / config.name
    folder.mkdir(parents=True, exist_ok=True)
    run = _Run(network, config, data["train"], scale_mv)
    run.resume(folder)
    while run.at.epoch < config.epochs and run.at.epoch - run.at.best_epoch < config.patience:
        begun = time.monotonic()
        loss = run.epoch(data["train"])
        width = round(config.final_crop_s * 100)
        found = aurocs_of(
            data["validation"], logits_of(run.average, data["validation"], width, scale_mv, config.bf16), config.kept
        )
        run.note(loss, found, time.monotonic() - begun, folder)
        say(_line(run.at))
    network.load_state_dict(load_file(folder / "best.safetensors"))
    return run.at


class _Run:
    def __init__(self, network: nn.Module, config: TrainConfig, fold: Fold, scale_mv: float) -> None:
        self.network, self.config, self.scale_mv = network, config, scale_mv
        self.average = copy.deepcopy(network).eval()
        self.steps = math.ceil(len(fold.x) / config.batch)
        self.loss = loss_of(config.loss, fold.y)
        decay = [p for p in network.parameters() if p.ndim > 1]
        plain = [p for p in network.parameters() if p.ndim <= 1]
        groups: list[dict[str, Any]] = [{"params": decay}, {"params": plain, "weight_decay": 0.0}]
        self.optimiser = torch.optim.AdamW(groups, config.lr, weight_decay=config.weight_decay)
        self.at = Progress()

    def _rate(self) -> float:
        share = self.at.step / max(1, self.steps * self.config.epochs - 1)
        if share < self.config.warm_up:
            low, high, x = self.config.lr / 25, self.config.lr, share / self.config.warm_up
        else:
            low, high = self.config.lr / 1e4, self.config.lr
            x = 1 - (share - self.config.warm_up) / (1 - self.config.warm_up)
        return low + (high - low) * (1 - math.cos(math.pi * x)) / 2

    def epoch(self, fold: Fold) -> float:
        """One pass over the training fold; returns the mean loss."""
        c = self.config
        rng = np.random.default_rng([c.seed, self.at.epoch])
        torch.manual_seed(c.seed * 1000 + self.at.epoch)
        final = self.at.epoch >= c.epochs * (1 - c.final_share)
        width = round((c.final_crop_s if final else c.crop_s) * 100)
        order = rng.permutation(len(fold.x))
        self.network.train()
        losses = []
        for begin in range(0, len(order) - 1, c.batch):
            chosen = np.sort(order[begin : begin + c.batch])
            x = augment(crops(fold.x[chosen], width, rng), c, rng) / self.scale_mv
            losses.append(self._step(x, withhold(fold.person[chosen], c.unknown_patient, rng), fold.y[chosen], rng))
        return float(np.mean(losses))

    def _step(self, x: NDArray[Any], person: NDArray[Any], y: NDArray[Any], rng: np.random.Generator) -> float:
        c = self.config
        tensors = [torch.from_numpy(np.ascontiguousarray(a, dtype=np.float32)) for a in (x, person, y)]
        if c.mixup:
            share, other = float(rng.beta(c.mixup, c.mixup)), torch.from_numpy(rng.permutation(len(x)))
            tensors = [share * t + (1 - share) * t[other] for t in tensors]
        for group in self.optimiser.param_groups:
            group["lr"] = self._rate()
        self.optimiser.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=c.bf16):
            out = self.network(tensors[0], tensors[1])
        loss = self.loss(out.float(), tensors[2])
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), c.clip)
        self.optimiser.step()
        self.at.step += 1
        self._follow()
        return float(loss.detach())

    @torch.no_grad()
    def _follow(self) -> None:
        decay = min(self.config.ema, (1 + self.at.step) / (10 + self.at.step))
        new = self.network.state_dict()
        for name, kept in self.average.state_dict().items():
            if kept.is_floating_point():
                kept.lerp_(new[name], 1 - decay)
            else:
                kept.copy_(new[name])

    def note(self, loss: float, found: dict[str, float], seconds: float, folder: Path) -> None:
        """Log the epoch, keep the best averaged weights, and write the state from which a run resumes."""
        self.at.epoch += 1
        auroc = float(np.mean(list(found.values())))
        row = {"epoch": self.at.epoch, "train_loss": loss, "val_macro_auroc": auroc, "lr": self._rate()}
        self.at.history.append(row | {f"val_{task}": v for task, v in found.items()} | {"seconds": round(seconds, 1)})
        if auroc > self.at.best:
            self.at.best, self.at.best_epoch = auroc, self.at.epoch
            _save(self.average.state_dict(), folder / "best.safetensors")
        _save(self._state(), folder / "state.safetensors")
        partial = folder / "state.json.partial"
        partial.write_text(json.dumps(vars(self.at)))
        partial.replace(folder / "state.json")

    def _state(self) -> dict[str, Tensor]:
        state = {f"network.{k}": v for k, v in self.network.state_dict().items()}
        state |= {f"average.{k}": v for k, v in self.average.state_dict().items()}
        for i, kept in self.optimiser.state_dict()["state"].items():
            state |= {f"optimiser.{i}.{k}": v for k, v in kept.items()}
        return state

    def resume(self, folder: Path) -> None:
        """Take up the state in `folder`, if there is one."""
        if not (folder / "state.json").is_file():
            return
        self.at = Progress(**json.loads((folder / "state.json").read_text()))
        state = load_file(folder / "state.safetensors")
        for part, module in (("network.", self.network), ("average.", self.average)):
            module.load_state_dict({k.removeprefix(part): v for k, v in state.items() if k.startswith(part)})
        kept: dict[int, dict[str, Tensor]] = {}
        for key, value in state.items():
            if key.startswith("optimiser."):
                _, i, name = key.split(".")
                kept.setdefault(int(i), {})[name] = value
        groups = self.optimiser.state_dict()["param_groups"]
        self.optimiser.load_state_dict({"state": kept, "param_groups": groups})


def _line(at: Progress) -> str:
    last = at.history[-1]
    tasks = "  ".join(
        f"{k.removeprefix('val_')} {v:.4f}" for k, v in last.items() if k.startswith(("val_ptbxl", "val_cinc"))
    )
    return (
        f"epoch {at.epoch:3d}  {last['seconds']:5.0f} s  loss {last['train_loss']:.4f}  validation macro AUROC "
        f"{last['val_macro_auroc']:.4f}  best {at.best:.4f} (epoch {at.best_epoch})  {tasks}"
    )


def aurocs_of(fold: Fold, scores: NDArray[np.float32], tasks: Sequence[str]) -> dict[str, float]:
    """Macro AUROC of each task on the records that it scores; scores (records, outputs)."""
    found = {}
    for task, (first, end) in spans(tasks).items():
        rows = fold.scored[task]
        found[task] = macro_auroc(fold.y[rows, first:end], scores[rows, first:end])
    return found


def _save(tensors: dict[str, Tensor], path: Path) -> None:
    partial = path.with_suffix(".partial")
    save_file({k: v.detach().clone().contiguous() for k, v in tensors.items()}, partial)
    partial.replace(path)


@torch.no_grad()
def logits_of(network: nn.Module, fold: Fold, width: int, scale_mv: float, bf16: bool = False) -> NDArray[np.float32]:
    """(records, outputs): mean logits over the windows, side by side, of each record of the fold."""
    network.eval()
    starts = range(0, fold.x.shape[2] - width + 1, width)
    found = []
    for i in range(0, len(fold.x), 64):
        x = torch.from_numpy(fold.x[i : i + 64].astype(np.float32) / scale_mv)
        person = torch.from_numpy(fold.person[i : i + 64])
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            windows = [network(x[:, :, s : s + width], person).float() for s in starts]
        found.append(torch.stack(windows).mean(dim=0).numpy())
    return np.concatenate(found)
