"""Macro AUROC of a network when leads fail, electrodes are swapped, the gain is wrong, or noise is added."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from ecgviz.card import InputSpec
from ecgviz.datasets import ptbxl, uncalibrated
from ecgviz.evaluate import resampled
from ecgviz.evaluate.bootstrap import Figure, figure, resamples
from ecgviz.leads import LIMB, PRECORDIAL, STANDARD_12
from ecgviz.signals.beats import filled
from ecgviz.signals.prepare import condition
from ecgviz.signals.recorded_noise import add_noise, twelve_lead_noise
from ecgviz.train.data import Fold
from ecgviz.train.loop import logits_of
from ecgviz.train.operating import scored

__all__ = ["CHANGES", "robustness", "some_records"]

Signals = NDArray[np.float32]
Change = Callable[[Signals], Signals]

FEWEST = 5
"""Positives and negatives that a class needs in the sample to count."""
REPEATS = 200
SNR_DB = (24, 18, 12, 6, 0)
NOISES = ("bw", "em", "ma")
"""Baseline wander, electrode motion, muscle: the records of the MIT-BIH Noise Stress Test Database."""
SPLIT = "test (fold 10), stratified sample"
NOTES = (
    "A missing lead is given to the network as zeros; where two limb leads are left, ecgviz computes the others.",
    "Mains hum is not tried: the preparation removes everything above 46 Hz.",
)


def _kept(*leads: str) -> Change:
    mask = np.isin(STANDARD_12, leads)[:, None].astype(np.float32)
    return lambda x: x * mask


def _arms(x: Signals) -> Signals:
    """Left and right arm electrodes exchanged: I turns over, II and III, aVR and aVL change places."""
    one, two, three, avr, avl, avf = (x[:, i] for i in range(6))
    return np.concatenate([np.stack([-one, three, two, avl, avr, avf], axis=1), x[:, 6:]], axis=1)


def _v1_v2(x: Signals) -> Signals:
    return x[:, [0, 1, 2, 3, 4, 5, 7, 6, 8, 9, 10, 11]]


CHANGES: dict[str, dict[str, Change]] = {
    "lead missing": {f"without {lead}": _kept(*(set(STANDARD_12) - {lead})) for lead in STANDARD_12},
    "leads kept": {
        "limb leads": _kept(*LIMB),
        "chest leads": _kept(*PRECORDIAL),
        "I and II": _kept("I", "II"),
        "II": _kept("II"),
        "V1 and II": _kept("V1", "II"),
    },
    "swap": {"left and right arm": _arms, "V1 and V2": _v1_v2},
    "gain": {"half": lambda x: x * np.float32(0.5), "double": lambda x: x * np.float32(2)},
}


def robustness(
    network: nn.Module,
    fold: Fold,
    task: str,
    span: tuple[int, int],
    spec: InputSpec,
    noise: Path | None = None,
    n: int = 400,
    seed: int = 0,
) -> dict[str, Any]:
    """`robustness` of `report.json`: macro AUROC on the same n records of the fold under each change, with intervals.

    span: the task's columns in fold.y and in the network's outputs; noise: a folder with the records of nstdb. The
    sample holds 5 positives of every class that has as many, and macro is over those classes.
    """
    names, columns = ptbxl.TASKS[task], slice(*span)
    rows = fold.scored[task][some_records(fold.y[fold.scored[task], columns], n, seed)]
    some = Fold(fold.x[rows], fold.person[rows], fold.y[rows], {task: np.arange(len(rows))}, fold.rows.iloc[rows])
    y = scored(some.y[:, columns], some.y[:, columns], names)[0]
    usable = np.minimum((y > 0).sum(axis=0), (y <= 0).sum(axis=0)) >= FEWEST
    counts = resamples(some.rows["patient_id"].to_numpy(), REPEATS, seed)

    def measure(changed: Signals) -> Figure:
        given = replace(some, x=changed.astype(np.float16))
        out = logits_of(network, given, round(spec.seconds * spec.fs), spec.scale_mv)[:, columns]
        scores = scored(some.y[:, columns], out, names)[1]
        return _macro_auroc(y[:, usable], scores[:, usable], counts)

    x = some.x.astype(np.float32)
    head = {"n": len(rows), "split": SPLIT, "metric": "macro_auroc", "classes": int(usable.sum()), "clean": measure(x)}
    changed = [
        {"group": group, "condition": name, **measure(change(x))}
        for group, changes in CHANGES.items()
        for name, change in changes.items()
    ]
    return head | {"rows": changed, "notes": list(NOTES)} | _noise_rows(x, noise, spec, seed, measure)


def some_records(y: NDArray[np.floating], n: int, seed: int = 0) -> NDArray[np.int64]:
    """At most n row numbers, rising: 5 positives of each class that has as many, the rarest first, then any others."""
    order = np.random.default_rng(seed).permutation(len(y))
    taken = np.zeros(len(y), dtype=bool)
    for k in np.argsort(y.sum(axis=0), kind="stable"):
        of_class = order[y[order, k] > 0]
        lacking = FEWEST - int(taken[of_class].sum())
        if len(of_class) >= FEWEST and lacking > 0:
            taken[of_class[~taken[of_class]][: min(lacking, n - int(taken.sum()))]] = True
    taken[order[~taken[order]][: n - int(taken.sum())]] = True
    return np.flatnonzero(taken)


def _macro_auroc(y: NDArray[np.floating], scores: NDArray[np.floating], counts: NDArray[np.int32]) -> Figure:
    once = np.ones((1, len(y)), dtype=np.int32)
    value, samples = (resampled.mean(resampled.areas(y, scores, c)[0]) for c in (once, counts))
    return figure(float(value[0]), samples)


def _noise_rows(
    x: Signals, folder: Path | None, spec: InputSpec, seed: int, measure: Callable[[Signals], Figure]
) -> dict[str, Any]:
    """`noise`, a row for each kind and ratio, and in `noise_omitted` which kind was not at hand."""
    at_hand = [kind for kind in NOISES if folder is not None and (folder / f"{kind}.hea").is_file()]
    found: dict[str, Any] = {}
    if folder is not None and at_hand:
        parts = {kind: _noise(folder / f"{kind}.hea", x, spec, seed) for kind in at_hand}
        found["noise"] = [
            {"kind": kind, "snr_db": snr, **measure(add_noise(x, part, spec.fs, snr))}
            for kind, part in parts.items()
            for snr in SNR_DB
        ]
    absent = [kind for kind in NOISES if kind not in at_hand]
    if absent:
        found["noise_omitted"] = f"Not at hand of the MIT-BIH Noise Stress Test Database: {', '.join(absent)}."
    return found


def _noise(path: Path, x: Signals, spec: InputSpec, seed: int) -> Signals:
    """Noise of mean power 1 in the network's band for each record of x, the same for every ratio and every network."""
    record = uncalibrated.read(path, "nstdb")
    whole = condition(filled(record.signal).astype(np.float32), record.fs, replace(spec, scale_mv=1.0))
    return np.stack([twelve_lead_noise(whole, x.shape[2], np.random.default_rng([seed, i])) for i in range(len(x))])
