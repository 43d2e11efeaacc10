"""Whether a model's heat lies where experts say the finding is, on LUDB's marks; added to the model's report."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch

from ecgviz import zoo
from ecgviz.errors import ModelError
from ecgviz.explain import BASELINES, METHODS
from ecgviz.explain.proof import places

__all__ = ["known_places"]

NOTES = (
    "Only records in which the model itself sees the finding.",
    "mass: share of the evidence for the finding that lies where it should; hit: how often its strongest place does.",
    "Bundle branch block: QRS; AV block: from P to QRS; fibrillation: where P waves would be. Marks: LUDB's experts.",
)


def known_places(
    name: str, data: Path, methods: Sequence[str], most: int, say: Callable[[str], None]
) -> dict[str, Any]:
    """See `ecgviz.train.known_places`."""
    if unknown := [method for method in methods if method not in METHODS]:
        raise ModelError(f"There is no method {unknown[0][:60]!r}; choose from {', '.join(METHODS)}.")
    torch.set_num_threads(1)
    report, model = zoo.report(name), zoo.load(name)
    rows = places.localise(model, places.ludb(data, model.card), tuple(methods), most=most)
    found: dict[str, Any] = {
        "data": "LUDB 1.0.1",
        "most_per_group": most,
        "rows": rows,
        "methods": places.standing(rows),
        "trivial": _trivial(rows),
        "notes": list(NOTES),
    }
    report["known_places"] = found
    path = zoo.models_folder() / name / "report.json"
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(report, allow_nan=False) + "\n", encoding="utf-8")
    partial.replace(path)
    for row in rows:
        mass = row["mass"]
        say(
            f"{row['group']}, {row['method']}: n = {row['n']}, mass {mass['value']:.3f} "
            f"({_bound(mass['low'])}-{_bound(mass['high'])}), chance {row['chance']:.3f}, hit {row['hit']:.2f}"
        )
    return found


def _bound(value: float | None) -> str:
    return "?" if value is None else f"{value:.3f}"


def _trivial(rows: Sequence[dict[str, Any]]) -> dict[str, float]:
    """Mean mass over the groups of each map that asks no model."""
    found = {}
    for name in BASELINES:
        mine = [row["mass"]["value"] for row in rows if row["method"] == name]
        if mine:
            found[name] = round(sum(mine) / len(mine), 5)
    return found
