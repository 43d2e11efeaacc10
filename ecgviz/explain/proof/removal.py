"""Take away what the heat marks and ask again: deletion, insertion, "take it away", infidelity.

What is removed is bridged by a straight line in each lead, never cut out, so that no edges appear. The heat is
ranked in blocks of 50 ms; its rivals are the same blocks at random places and the trivial maps.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ecgviz.explain import BASELINES
from ecgviz.explain._trial import Trial
from ecgviz.explain.proof.limits import BLOCK_S

__all__ = ["SHARES", "Rivals", "blocks", "bridged", "foretold", "removed", "rivals", "shifted", "strongest"]

Array = NDArray[np.float64]
LONG_S, REACH_S = 0.3, 0.1
SHARES = (0.05, 0.1, 0.2, 0.4, 0.7)
"""Shares of the trace that are removed, or kept; nothing and all of it are the ends of every curve."""
DRAWS = 20
STRETCHES = 48


@dataclass(frozen=True, eq=False)
class Rivals:
    """Logits while ever more is removed (or kept), at 0, SHARES and 1: of the heat, of random places, of trivial maps.

    heat (7,), random (20, 7), trivial: name -> (7,). keeping: whether the shares are kept instead of removed.
    """

    heat: Array
    random: Array
    trivial: dict[str, Array]
    keeping: bool

    def area(self, curve: Array) -> Array:
        """Mean of a curve over the shares; for (n, 7) of each."""
        at = np.array([0, *SHARES, 1])
        return np.asarray(np.trapezoid(curve, at, axis=-1), dtype=np.float64)

    @property
    def beaten(self) -> float:
        """Share of the random draws that are worse than the heat."""
        return float(np.mean(self._gain(self.area(self.random)) > 0))

    @property
    def z(self) -> float:
        """How many standard deviations of the random draws the heat is better than their mean."""
        area = self.area(self.random)
        return float(self._gain(area).mean() / (area.std() + 1e-9))

    @property
    def better(self) -> tuple[str, ...]:
        """Trivial maps that do at least as well as the heat."""
        return tuple(name for name, curve in self.trivial.items() if float(self._gain(self.area(curve))) <= 0)

    def _gain(self, other: Array) -> Array:
        mine = self.area(self.heat)
        return mine - other if self.keeping else other - mine


def blocks(heat: NDArray[np.floating], fs: float) -> Array:
    """Mean of the heat (rows, samples) in blocks of 50 ms, (rows, blocks)."""
    edges = np.arange(0, heat.shape[1], _width(fs))
    total = np.add.reduceat(heat, edges, axis=1, dtype=np.float64)
    return np.asarray(total / np.diff([*edges, heat.shape[1]]), dtype=np.float64)


def _width(fs: float) -> int:
    return max(1, round(BLOCK_S * fs))


def strongest(ranked: Array, share: float, samples: int, fs: float, seed: int = 0) -> NDArray[np.bool_]:
    """(rows, samples): the strongest blocks, as many as make up `share`; equal ones in random order."""
    tie = np.random.default_rng(seed).random(ranked.size)
    order = np.lexsort((tie, -ranked.ravel()))
    mask = np.zeros(ranked.size, dtype=bool)
    mask[order[: round(share * ranked.size)]] = True
    return np.repeat(mask.reshape(ranked.shape), _width(fs), axis=1)[:, :samples]


def bridged(signal: NDArray[np.float32], mask: NDArray[np.bool_], fs: float) -> NDArray[np.float32]:
    """(leads, samples) with straight lines where the mask, (leads or 1, samples), is True.

    A stretch of more than 0.3 s comes back to zero within 0.1 s of its ends, so that what is left of a wave is not
    drawn out to a plateau.
    """
    out = signal.copy()
    at = np.arange(signal.shape[1])
    known = [_known(gone, fs) for gone in mask]
    for i, row in enumerate(out):
        gone, (kept, zeros) = mask[i % len(mask)], known[i % len(mask)]
        places = np.concatenate([kept, zeros])
        values = np.concatenate([row[kept], np.zeros(len(zeros), np.float32)])
        order = np.argsort(places)
        row[gone] = np.interp(at[gone], places[order], values[order])
    return out


def _known(gone: NDArray[np.bool_], fs: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Samples that are kept, and those within long removed stretches that are set to zero."""
    kept = np.flatnonzero(~gone)
    ends = np.concatenate([[-1], kept, [gone.size]])
    reach = round(REACH_S * fs)
    long = np.flatnonzero(np.diff(ends) > round(LONG_S * fs))
    zeros = np.unique(np.concatenate([ends[long] + reach, ends[long + 1] - reach]))
    return kept, zeros if zeros.size or kept.size else np.zeros(1, np.int64)


def shifted(ranked: Array, rng: np.random.Generator) -> Array:
    """The same blocks elsewhere: moved round in time, and where leads are told apart in another order of the leads."""
    moved = np.roll(ranked, int(rng.integers(1, ranked.shape[1])), axis=1)
    return np.asarray(rng.permutation(moved, axis=0), dtype=np.float64)


def rivals(trial: Trial, heat: NDArray[np.float32], *, keeping: bool = False, seed: int = 0) -> Rivals:
    """Remove the heat (rows, samples) step by step, or keep it alone, against random places and the trivial maps."""
    rng = np.random.default_rng(seed)
    ranked = blocks(heat, trial.fs)
    others = [shifted(ranked, rng) for _ in range(DRAWS)]
    trivial = {name: _like(blocks(trial.heat(name), trial.fs), len(ranked)) for name in BASELINES}
    maps = [ranked, *others, *trivial.values()]
    inner = np.stack([_answers(trial, one, keeping) for one in maps])
    flat = float(trial.logits(np.zeros_like(trial.signal)[None])[0])
    ends = (flat, trial.logit) if keeping else (trial.logit, flat)
    curves = np.column_stack([np.full(len(maps), ends[0]), inner, np.full(len(maps), ends[1])])
    return Rivals(curves[0], curves[1 : 1 + DRAWS], dict(zip(trivial, curves[1 + DRAWS :], strict=True)), keeping)


def _like(ranked: Array, rows: int) -> Array:
    """A trivial map for a method that tells leads apart, or does not."""
    if rows == 1:
        return np.asarray(ranked.mean(axis=0, keepdims=True), dtype=np.float64)
    return np.asarray(np.broadcast_to(ranked, (rows, ranked.shape[1])), dtype=np.float64)


def _answers(trial: Trial, ranked: Array, keeping: bool) -> Array:
    samples = trial.signal.shape[1]
    masks = [strongest(ranked, share, samples, trial.fs) for share in SHARES]
    return trial.logits(np.stack([bridged(trial.signal, ~mask if keeping else mask, trial.fs) for mask in masks]))


def removed(trial: Trial, heat: NDArray[np.float32], share: float, seed: int = 0) -> tuple[float, Array]:
    """The logit without the strongest `share` of the heat, and without as much at random places, (20,)."""
    rng = np.random.default_rng(seed)
    ranked = blocks(heat, trial.fs)
    maps = [ranked, *(shifted(ranked, rng) for _ in range(DRAWS))]
    masks = [strongest(one, share, trial.signal.shape[1], trial.fs) for one in maps]
    logits = trial.logits(np.stack([bridged(trial.signal, mask, trial.fs) for mask in masks]))
    return float(logits[0]), logits[1:]


def foretold(trial: Trial, heat: NDArray[np.float32], seed: int = 0) -> tuple[float, dict[str, float]]:
    """Infidelity (Yeh et al., 2019), normalised, of the heat (rows, samples) and of each trivial map.

    0 where the heat in a stretch foretells how far the logit falls without it, 1 where it foretells nothing. 48 random
    removals of 1 to 4 stretches of 0.1 to 0.6 s; in some of the leads if the heat tells leads apart.
    """
    rng = np.random.default_rng(seed)
    masks = [_stretches(rng, len(heat), trial.signal.shape[1], trial.fs) for _ in range(STRETCHES)]
    fell = trial.logit - trial.logits(np.stack([bridged(trial.signal, mask, trial.fs) for mask in masks]))
    trivial = {name: _like(trial.heat(name).astype(np.float64), len(heat)) for name in BASELINES}
    return _unexplained(heat, masks, fell), {name: _unexplained(m, masks, fell) for name, m in trivial.items()}


def _stretches(rng: np.random.Generator, leads: int, samples: int, fs: float) -> NDArray[np.bool_]:
    mask = np.zeros((leads, samples), dtype=bool)
    for _ in range(int(rng.integers(1, 5))):
        width = round(rng.uniform(0.1, 0.6) * fs)
        start = int(rng.integers(0, max(1, samples - width)))
        rows = rng.permutation(leads)[: int(rng.integers(1, leads + 1))]
        mask[rows, start : start + width] = True
    return mask


def _unexplained(heat: NDArray[np.floating], masks: list[NDArray[np.bool_]], fell: Array) -> float:
    """Mean squared miss of the best positive multiple of the heat removed, over the mean square of `fell`."""
    told = np.array([(heat * mask).sum() for mask in masks], dtype=np.float64)
    if not (told.any() and fell.any()):
        return 1.0
    scale = max(0.0, float(told @ fell / (told @ told)))
    return float(((scale * told - fell) ** 2).mean() / (fell**2).mean())
