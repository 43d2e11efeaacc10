"""The reference of a model's gate: where its training records lie, and what 1 % of good unseen ones exceed."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from ecgviz import zoo
from ecgviz.datasets import ptbxl
from ecgviz.errors import ModelError
from ecgviz.evaluate import out_of_distribution as ood
from ecgviz.train.config import TrainConfig
from ecgviz.train.data import Fold, folds
from ecgviz.zoo import _gate
from ecgviz.zoo._checkpoints import Model

__all__ = ["SHARE", "calibrate_gate", "good_quality"]

SHARE = 0.01
RECORDS, UNSEEN = 2000, 1000
"""Training records that the reference rests on and good ones of fold 9 for its limit; random, the same each time."""
OF_EACH = 40
"""Training records of each statement at least, where there are as many: a rare rhythm is no fault."""
_AT_ONCE = 32
_FAULTS = ("baseline_drift", "static_noise", "burst_noise", "electrodes_problems")


def calibrate_gate(name: str, data: Path, runs: Path, say: Callable[[str], None]) -> Path:
    """See `ecgviz.train.calibrate_gate`."""
    torch.set_num_threads(1)
    model = zoo.load(name)
    card = model.card
    if card.members:
        raise ModelError(f"{name} uses the weights of {', '.join(card.members)}; calibrate the gate of those.")
    config = TrainConfig(name=name, architecture=card.architecture, task=card.task, data=data, runs=runs)
    data_folds = folds(config)
    train, validation = data_folds["train"], data_folds["validation"]
    rng = np.random.default_rng(0)
    some = balanced(ptbxl.every_target(train.rows, "ptbxl_all"), rng)
    clean = np.sort(rng.permutation(np.flatnonzero(good_quality(data, validation.rows)))[:UNSEEN])
    seen = looks(model, train, some)
    shapes = {look: ood.fit(x) for look, x in seen.items()}
    values = ood.strangeness(shapes, looks(model, validation, clean))
    most = ood.limit(values, SHARE)
    flagged = float((values.max(axis=0) > most).mean())
    say(f"{name}: limit {most:.2f}, exceeded by {100 * flagged:.1f} % of {len(clean)} good records of fold 9")
    return _gate.write(zoo.models_folder(), card, ood.Reference(shapes, most, flagged, len(clean)), len(some))


def balanced(y: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.int64]:
    """RECORDS row numbers, rising: OF_EACH of each statement, the rarest first, then any; y (records, labels)."""
    order = rng.permutation(len(y))
    taken = np.zeros(len(y), dtype=bool)
    for k in np.argsort(y.sum(axis=0), kind="stable"):
        of_class = order[y[order, k] > 0]
        lacking = min(OF_EACH - int(taken[of_class].sum()), RECORDS - int(taken.sum()))
        taken[of_class[~taken[of_class]][: max(lacking, 0)]] = True
    taken[order[~taken[order]][: RECORDS - int(taken.sum())]] = True
    return np.flatnonzero(taken)


def good_quality(data: Path, rows: pd.DataFrame) -> NDArray[np.bool_]:
    """(records,) whether PTB-XL's own readers noted no drift, noise or electrode trouble."""
    table = pd.read_csv(ptbxl.folder(data) / "ptbxl_database.csv", usecols=["ecg_id", *_FAULTS], index_col="ecg_id")
    return np.asarray(table.loc[rows.index, list(_FAULTS)].isna().all(axis=1), dtype=bool)


def looks(model: Model, fold: Fold, rows: NDArray[np.int64]) -> dict[str, NDArray[np.floating]]:
    """Each look at those records of a fold, (records, d), as `zoo._gate` takes them of one record."""
    spec, twin = model.card.input, _gate.without_head(model.members[0])
    width = min(round(spec.seconds * spec.fs), fold.x.shape[2])
    starts = range(0, fold.x.shape[2] - width + 1, width)
    found: dict[str, list[NDArray[np.floating]]] = {}
    for part in np.array_split(rows, -(-len(rows) // _AT_ONCE)):
        x = fold.x[part].astype(np.float32)
        given, person = torch.from_numpy(x / np.float32(spec.scale_mv)), torch.from_numpy(fold.person[part])
        windows = [_gate.features(twin, given[:, :, s : s + width].contiguous(), person) for s in starts]
        for look, values in (ood.descriptors(x) | {"network": np.mean(windows, axis=0)}).items():
            found.setdefault(look, []).append(values)
    return {look: np.concatenate(parts) for look, parts in found.items()}
