"""Training of the unfrozen part on kept maps, in balanced classes.

Step by step, with early stopping on the validation loss and the best weights; or, for a head alone, at once: a linear
head on frozen features is a convex problem, whose optimum under a penalty no stopped training comes near.
"""

import copy
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax
from sklearn.linear_model import LogisticRegression
from torch import Tensor, nn

from ecgviz.train.images.config import PageConfig
from ecgviz.train.images.parts import Parts, as_input

__all__ = ["Fitted", "class_weights", "fit", "logits_of", "loss_of", "temperature"]

CHUNK = 64
HOTTEST = 10.0
LEAST_SPREAD = 0.05
"""Of the mean spread of all features: what varies less is not blown up."""


@dataclass(frozen=True, eq=False)
class Fitted:
    """How a training went: the pass whose weights were kept, its validation loss, and every pass."""

    epoch: int
    loss: float
    history: list[dict[str, float]] = field(default_factory=list)


def fit(
    parts: Parts,
    x: Tensor,
    y: NDArray[np.int64],
    train: NDArray[np.intp],
    validation: NDArray[np.intp] | None,
    config: PageConfig,
    epochs: int,
) -> Fitted:
    """Train `parts` in place on pages `train` of x (pages, views, ...), a random view of each page in each pass.

    Without validation, exactly `epochs` passes. Losses weigh each class by one over its number of training pages.
    With a penalty, a head is solved at once instead, on every view.
    """
    if config.at_once:
        return _solved(parts, x, y, train, config.penalty)
    torch.manual_seed(config.seed)
    rng = np.random.default_rng(config.seed)
    target, weight = torch.from_numpy(y), torch.from_numpy(class_weights(y[train])).float()
    scale = _standardised(parts, x, train)
    optimiser = torch.optim.AdamW(parts.trained, config.lr, weight_decay=config.weight_decay)
    best, kept, history = Fitted(0, float("inf")), _state(parts), []
    for epoch in range(1, epochs + 1):
        parts.model.train(parts.moving)
        _dropout(parts.model)
        total = 0.0
        order = rng.permutation(train)
        for rows in np.array_split(order, max(1, len(order) // config.batch)):
            views = rng.integers(0, x.shape[1], len(rows))
            out = parts.rest(_input(scale(x[rows, views])))
            loss = nn.functional.cross_entropy(out.float(), target[rows], weight=weight)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            total += float(loss.detach()) * len(rows)
        row = {"epoch": epoch, "train_loss": round(total / len(train), 5)}
        if validation is not None:
            found = nn.functional.cross_entropy(_logits(parts, x, validation, scale), target[validation], weight=weight)
            row["val_loss"] = round(float(found), 5)
            if float(found) < best.loss:
                best, kept = Fitted(epoch, float(found)), _state(parts)
            if epoch - best.epoch >= config.patience:
                history.append(row)
                break
        history.append(row)
    if validation is not None:
        parts.model.load_state_dict(kept, strict=parts.moving)
    _folded(parts, scale)
    parts.model.eval()
    return Fitted(best.epoch or epochs, best.loss, history)


def _solved(parts: Parts, x: Tensor, y: NDArray[np.int64], train: NDArray[np.intp], penalty: float) -> Fitted:
    """Multinomial logistic regression with an L2 penalty, by L-BFGS."""
    scale = _standardised(parts, x, train)
    seen, target = scale(x[train]).flatten(0, 1).numpy(), y[train].repeat(x.shape[1])
    found = LogisticRegression(C=1 / penalty, class_weight="balanced", max_iter=500).fit(seen, target)
    weight, bias = parts.trained
    with torch.no_grad():
        weight.copy_(torch.from_numpy(found.coef_))
        bias.copy_(torch.from_numpy(found.intercept_))
    _folded(parts, scale)
    parts.model.eval()
    return Fitted(0, 0.0)


def loss_of(logits: NDArray[np.floating], y: NDArray[np.int64], weights: NDArray[np.floating]) -> float:
    """Log loss of (pages, labels) logits, each page weighing as its class."""
    p = log_softmax(logits, axis=1)
    return -float(np.average(p[np.arange(len(y)), y], weights=weights[y]))


def logits_of(parts: Parts, x: Tensor, rows: NDArray[np.intp], view: int = 0) -> NDArray[np.float32]:
    """(rows, labels) logits of one view of each page."""
    return _logits(parts, x, rows, nn.Identity(), view).numpy()


def temperature(logits: NDArray[np.floating], y: NDArray[np.int64]) -> float:
    """The number by which logits are divided for the lowest log loss (Guo et al., 2017), within 1/10 and 10."""

    def loss(log_t: float) -> float:
        p = log_softmax(logits / np.exp(log_t), axis=1)
        return -float(p[np.arange(len(y)), y].mean())

    found = minimize_scalar(loss, bounds=(-np.log(HOTTEST), np.log(HOTTEST)), method="bounded")
    return float(np.exp(found.x))


class _Scale(nn.Module):
    """Features in units of their spread over the training pages."""

    def __init__(self, mean: Tensor, sd: Tensor) -> None:
        super().__init__()
        self.mean, self.sd = mean, sd

    def forward(self, x: Tensor) -> Tensor:
        return (x.float() - self.mean) / self.sd


def _standardised(parts: Parts, x: Tensor, train: NDArray[np.intp]) -> nn.Module:
    """For a head that reads features: their scale; else nothing."""
    if x.ndim != 3:
        return nn.Identity()
    rows = x[train].float().flatten(0, 1)
    sd = rows.std(dim=0)
    return _Scale(rows.mean(dim=0), sd.clamp(min=max(1e-6, LEAST_SPREAD * float(sd.mean()))))


def _folded(parts: Parts, scale: nn.Module) -> None:
    """The scale of the features becomes part of the last layer."""
    if not isinstance(scale, _Scale):
        return
    weight, bias = parts.trained
    with torch.no_grad():
        weight.div_(scale.sd)
        bias.sub_(weight @ scale.mean)


def _input(x: Tensor) -> Tensor:
    return as_input(x, -1.0, 1.0) if x.dtype == torch.uint8 else x.float()


def _logits(parts: Parts, x: Tensor, rows: NDArray[np.intp], scale: nn.Module, view: int = 0) -> Tensor:
    parts.model.eval()
    with torch.inference_mode():
        return torch.cat([parts.rest(_input(scale(x[part, view]))).float() for part in _chunks(rows)])


def _chunks(rows: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    return [rows[k : k + CHUNK] for k in range(0, len(rows), CHUNK)]


def _state(parts: Parts) -> dict[str, Tensor]:
    if parts.moving:
        return copy.deepcopy(parts.model.state_dict())
    names = {id(p): name for name, p in parts.model.named_parameters()}
    return {names[id(p)]: p.detach().clone() for p in parts.trained}


def _dropout(model: nn.Module) -> None:
    for layer in model.modules():
        if isinstance(layer, nn.Dropout):
            layer.train()


def class_weights(y: NDArray[np.int64]) -> NDArray[np.float64]:
    """(labels,) one over the number of pages of each class, scaled to a mean of 1 over the pages."""
    counts = np.bincount(y)
    return np.asarray(len(y) / (len(counts) * np.maximum(counts, 1)))
