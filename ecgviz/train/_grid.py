"""Several trainings of one network: a grid of settings, several seeds, or both; chosen by validation, never by test."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from itertools import product
from typing import Any

import numpy as np

from ecgviz.errors import DataError
from ecgviz.train._run import trained
from ecgviz.train.config import TrainConfig

__all__ = ["grid", "parse"]


def parse(text: str) -> dict[str, tuple[Any, ...]]:
    """`lr=0.003,0.01 seed=0,1,2` as settings of TrainConfig. Raises DataError for an unknown one or a wrong value."""
    kinds = {field.name: field.type for field in fields(TrainConfig)}
    found: dict[str, tuple[Any, ...]] = {}
    for part in text.split():
        name, _, values = part.partition("=")
        kind = kinds.get(name)
        if kind not in (int, float, str) or not values:
            known = ", ".join(name for name, kind in kinds.items() if kind in (int, float, str))
            raise DataError(f"{part!r} is no setting with its values; write lr=0.003,0.01 with one of {known}.")
        try:
            found[name] = tuple(kind(value) for value in values.split(","))
        except ValueError as error:
            raise DataError(f"{part!r}: {error}; write numbers separated by commas.") from error
    return found


def grid(config: TrainConfig, space: Mapping[str, Sequence[Any]], say: Callable[[str], None]) -> list[dict[str, Any]]:
    """Train every combination of the settings; returns a row for each but the seed, the best first.

    A row has the settings, `n` seeds, and mean and SD over them of the best validation macro AUROC. The table is also
    written to `runs/<name>.grid.json`; a stopped grid goes on where it was.
    """
    found: dict[tuple[tuple[str, Any], ...], list[float]] = {}
    for values in product(*space.values()):
        chosen = dict(zip(space, values, strict=True))
        suffix = "_".join(f"{name}={value}" for name, value in chosen.items())
        say(f"-- {suffix}")
        at = trained(replace(config, name=f"{config.name}_{suffix}", **chosen), say)[-1]
        found.setdefault(tuple((k, v) for k, v in chosen.items() if k != "seed"), []).append(at.best)
    rows = [
        dict(setting)
        | {"n": len(best), "val_macro_auroc": round(float(np.mean(best)), 5), "sd": round(float(np.std(best)), 5)}
        for setting, best in found.items()
    ]
    rows.sort(key=lambda row: -row["val_macro_auroc"])
    (config.runs / f"{config.name}.grid.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    return rows
