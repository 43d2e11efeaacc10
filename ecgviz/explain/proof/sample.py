"""The checks over a sample of records: what is stated of a method for a model as a whole."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecgviz.evaluate.bootstrap import figure, resamples
from ecgviz.explain import BASELINES
from ecgviz.explain.proof import jitter, removal, weights
from ecgviz.explain.proof.check import Case, case
from ecgviz.explain.proof.limits import shuffled_verdict
from ecgviz.record import Record
from ecgviz.results import Verdict
from ecgviz.zoo._checkpoints import Model

__all__ = ["judge"]

Array = NDArray[np.float64]


def judge(
    model: Model, cases: Iterable[tuple[Record, str]], method: str, *, layer: str = "", jitters: bool = True
) -> dict[str, Any]:
    """See `ecgviz.explain.judge`."""
    rows = [_of(case(model, record, label, method, layer), jitters) for record, label in cases]
    if not rows:
        return {"n": 0}
    columns = {key: np.array([row[key] for row in rows]) for key in rows[0]}
    told: dict[str, Any] = {"n": len(rows)}
    told |= {key: _figure(values) for key, values in columns.items() if key not in BASELINES}
    mine = float(columns["faithfulness"].mean())
    told["trivial"] = {name: round(float(columns[name].mean()), 5) for name in BASELINES}
    told["beats_trivial"] = all(mine > value for value in told["trivial"].values())
    told["verdict"] = _verdict(told)
    return told


def _of(on: Case, jitters: bool) -> dict[str, float]:
    """One record: gains over random places, and the heat's insertion minus deletion beside the trivial maps'."""
    gone = removal.rivals(on.trial, on.heat)
    kept = removal.rivals(on.trial, on.heat, keeping=True)

    def area(found: removal.Rivals, curve: Array) -> Array:
        return found.area(on.trial.probability(curve))

    shuffled = weights.cascade(on.trial, on.heat, on.method, on.layer)
    row = {
        "deletion": float(area(gone, gone.random).mean() - area(gone, gone.heat)),
        "insertion": float(area(kept, kept.heat) - area(kept, kept.random).mean()),
        "faithfulness": float(area(kept, kept.heat) - area(gone, gone.heat)),
        "randomisation_spearman": float(shuffled.size.mean()),
        "randomisation_signed": float(shuffled.sign.mean()),
        "infidelity": removal.foretold(on.trial, on.heat)[0],
    }
    row |= {name: float(area(kept, kept.trivial[name]) - area(gone, gone.trivial[name])) for name in BASELINES}
    if jitters:
        row["sensitivity"] = jitter.sensitivity(on.heat, on.copies)
    return row


def _figure(values: Array) -> dict[str, float | None]:
    """Mean over the records with its 95 % interval."""
    draws = resamples(range(len(values))) @ values / len(values)
    return figure(float(values.mean()), draws)


def _verdict(told: dict[str, Any]) -> Verdict:
    """Fails where it is no better than chance or the model does not matter; passes where nothing speaks against it."""
    shuffled = shuffled_verdict(told["randomisation_spearman"]["value"], told["randomisation_signed"]["value"])
    better = all((told[key]["low"] or 0) > 0 for key in ("deletion", "insertion"))
    if shuffled == "fails" or not better:
        return "fails"
    return "passes" if told["beats_trivial"] and shuffled == "passes" else "doubtful"
