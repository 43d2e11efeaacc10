"""Whether a heat on a page can be trusted: it must depend on the weights, and its places must matter to the answer."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ecgviz.explain.images._explain import private, scores
from ecgviz.explain.proof.agreement import spearman
from ecgviz.explain.proof.limits import verdict
from ecgviz.record import Scan
from ecgviz.results import Check, Curve, Heat
from ecgviz.scans.prepare import PreparedPage, prepare
from ecgviz.zoo.images._checkpoints import PageModel

__all__ = ["check"]

SQUARES = 8
TAKEN = (2, 4, 8, 16, 32)
"""Squares of 64 from which the ink is taken."""
DRAWS = 10


def check(model: PageModel, scan: Scan, heat: Heat, method: str) -> tuple[Check, ...]:
    """See `ecgviz.explain.images.check`."""
    page = prepare(scan, model.card.input)
    return randomisation(model, page, heat.label, method), deletion(model, page, heat.label, method)


def randomisation(model: PageModel, page: PreparedPage, label: str, method: str) -> Check:
    """Rank correlation with the heat of the same network with shuffled weights."""
    before = _squares(scores(model, page, label, method))
    other = private(model, weights=True)
    generator = torch.Generator().manual_seed(0)
    for layer in other.network.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            flat = layer.weight.data.flatten()
            layer.weight.data = flat[torch.randperm(flat.numel(), generator=generator)].view_as(layer.weight)
    found = abs(float(spearman(before, _squares(scores(other, page, label, method)))))
    found = found if np.isfinite(found) else 0.0
    sentence = f"With shuffled weights the heat keeps a rank correlation of {found:.2f} with this one; 0 is best."
    return Check("randomisation", verdict("randomisation", found), found, "rank correlation", sentence, cost=3.0)


def deletion(model: PageModel, page: PreparedPage, label: str, method: str) -> Check:
    """Share of random orders, and of the order by the amount of ink, that taking ink by the heat's order beats."""
    k = model.card.label_names.index(label)
    x = torch.from_numpy(page.x)
    heat = _squares(scores(model, page, label, method))
    ink = _squares((model.card.input.white - page.x[0, 0]).astype(np.float32))
    rng = np.random.default_rng(0)
    orders = [np.argsort(-heat, kind="stable"), np.argsort(-ink, kind="stable")]
    inked = np.flatnonzero(ink > 0)
    orders += [np.concatenate([rng.permutation(inked), np.flatnonzero(ink <= 0)]) for _ in range(DRAWS)]
    fall = np.array([_curve(model, x, order, k) for order in orders])  # (orders, taken)
    means = fall.mean(axis=1)
    share = float((means[0] < means[2:]).mean())
    beats_ink = bool(means[0] < means[1])
    word = verdict("deletion", share)
    if word == "passes" and not beats_ink:
        word = "doubtful"
    ink_words = "and than" if beats_ink else "but not than"
    sentence = (
        f"Taking the ink off where the heat is lowers the probability more than {share:.0%} of {DRAWS} random orders, "
        f"{ink_words} taking it where most ink is."
    )
    taken = np.array(TAKEN) / SQUARES**2
    names = ("by heat", "by amount of ink", "random, mean")
    rows = (fall[0], fall[1], fall[2:].mean(axis=0))
    curves = tuple(Curve(name, taken, row) for name, row in zip(names, rows, strict=True))
    axes = ("share of the page without its ink", "probability")
    return Check("deletion", word, share, "share of random orders", sentence, curves, axes, len(orders) * len(TAKEN))


def _curve(model: PageModel, x: Tensor, order: NDArray[np.intp], label: int) -> NDArray[np.float64]:
    """(taken,) probability with ever more squares without ink."""
    pages = x.repeat(len(TAKEN), 1, 1, 1)
    tall, wide = (np.linspace(0, size, SQUARES + 1).round().astype(int) for size in x.shape[2:])
    for row, count in enumerate(TAKEN):
        for k in order[:count]:
            r, c = divmod(int(k), SQUARES)
            pages[row, :, tall[r] : tall[r + 1], wide[c] : wide[c + 1]] = model.card.input.white
    with torch.inference_mode():
        logits = model.network(pages) / model.card.temperature
    found: NDArray[np.float64] = logits.softmax(dim=1)[:, label].numpy().astype(np.float64)
    return found


def _squares(found: NDArray[np.float32]) -> NDArray[np.float64]:
    """(64,) means over 8 x 8 squares."""
    pooled = nn.functional.adaptive_avg_pool2d(torch.from_numpy(np.ascontiguousarray(found))[None], SQUARES)
    flat: NDArray[np.float64] = pooled.numpy().astype(np.float64).ravel()
    return flat
