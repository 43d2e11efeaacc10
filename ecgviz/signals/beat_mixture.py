"""Fusion: how far each QRS lies between the usual one and an ectopic one of the same stretch."""

import numpy as np
from numpy.typing import NDArray

from ecgviz.signals.beat_shape import Shape, correlation

__all__ = ["features"]

Array = NDArray[np.float64]

GROUPS, ROUNDS = 12, 15
FOREIGN = 0.6
"""Distance from the usual QRS, over its length, from which a group may be an ectopic form."""
FEWEST, SHARE = 3, 0.002
BETWEEN, CLOSE = 0.85, 0.3
"""A group at less than this way to another ectopic form, and so near that line, is itself a mixture."""


def features(shape: Shape) -> Array:
    """(beats, 4) in the order of `beat_features.MIXTURE`."""
    x = shape.qrs - shape.qrs.mean(axis=1, keepdims=True)
    usual = shape.usual_qrs - shape.usual_qrs.mean()
    group, centres = _grouped(x)
    counts = np.bincount(group, minlength=len(centres))
    share, place = _place(x, usual, _ectopic(centres, counts, usual))
    columns = (np.log10(counts[group] / len(x)), correlation(centres, usual)[group], share, place)
    return np.stack(columns, axis=1)


def _grouped(x: Array) -> tuple[NDArray[np.intp], Array]:
    """(beats,) group of each QRS (beats, samples), and the groups' means: k-means from far-apart beginnings."""
    centres = [np.median(x, axis=0)]
    away = ((x - centres[0]) ** 2).sum(axis=1)
    for _ in range(min(GROUPS, len(x)) - 1):
        far = int(np.argsort(away, kind="stable")[int(0.995 * (len(x) - 1))])  # the very farthest is often an artefact
        centres.append(x[far])
        away = np.minimum(away, ((x - x[far]) ** 2).sum(axis=1))
    means, group = np.array(centres), np.zeros(len(x), dtype=np.intp)
    for _ in range(ROUNDS):
        group = ((means**2).sum(axis=1) - 2 * x @ means.T).argmin(axis=1)
        means = np.array([x[group == k].mean(axis=0) if (group == k).any() else means[k] for k in range(len(means))])
    return group, means


def _ectopic(centres: Array, counts: NDArray[np.intp], usual: Array) -> Array:
    """(forms, samples) the groups that are foreign and frequent and no mixture themselves, the farthest first."""
    length = np.sqrt((usual**2).sum()) + 1e-9
    distance = np.sqrt(((centres - usual) ** 2).sum(axis=1)) / length
    frequent = counts >= max(FEWEST, SHARE * counts.sum())
    found: list[Array] = []
    for k in np.argsort(-distance, kind="stable"):
        if not frequent[k] or distance[k] < FOREIGN:
            continue
        if found:
            share, left = _on_lines(centres[k : k + 1], usual, np.array(found))
            if share[0] < BETWEEN and np.sqrt(left[0]) < CLOSE * distance[k] * length:
                continue
        found.append(centres[k])
    return np.array(found).reshape(len(found), usual.size)


def _on_lines(x: Array, usual: Array, forms: Array) -> tuple[Array, Array]:
    """(beats,) the way from the usual QRS to the form that explains each beat best, and the squares left over."""
    share, left = np.zeros(len(x)), np.full(len(x), np.inf)
    for form in forms:
        towards = form - usual
        way = np.clip((x - usual) @ towards / (towards @ towards), 0.0, 1.2)
        rest = ((x - usual - way[:, None] * towards) ** 2).sum(axis=1)
        better = rest < left
        share[better], left[better] = way[better], rest[better]
    return share, left


def _place(x: Array, usual: Array, forms: Array) -> tuple[Array, Array]:
    """The last two features; where a stretch has no ectopic form every beat is compared with the usual QRS alone."""
    if len(forms) == 0:
        share, left = np.zeros(len(x)), ((x - usual) ** 2).sum(axis=1)
    else:
        share, left = _on_lines(x, usual, forms)
    return share, np.log10(left / ((usual**2).sum() + 1e-9) + 1e-3)
