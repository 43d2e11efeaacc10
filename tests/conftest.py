"""Small networks with random weights in a folder of their own, for tests of what is drawn around a model."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from ecgviz.card import Figure, InputSpec, LabelSpec, ModelCard
from ecgviz.codes import CINC, EQUIVALENT, SUPERCLASSES
from ecgviz.evaluate import report
from ecgviz.evaluate.paired import Answers
from ecgviz.leads import STANDARD_12

N = 120
PATIENTS = np.repeat(np.arange(N // 2), 2).astype(np.int32)
CINC_WORDS = {key: item.description for key, item in CINC.items()}
FEW = ("QAb", "SA")
_INPUT = InputSpec("ecg12", STANDARD_12, 100.0, 10.0, 10.0, 2.5, (0.5, 40.0), 0.2)


@dataclass(frozen=True)
class _Made:
    """name, title, words of its labels, architecture, further settings; strength: how well its random answers fit."""

    name: str
    title: str
    words: dict[str, str]
    architecture: str
    config: tuple[tuple[str, Any], ...] = ()
    strength: float = 0.5
    members: tuple[str, ...] = ()
    kept: bool = True

    @property
    def task(self) -> str:
        return "ptbxl_super" if len(self.words) == 5 else "cinc2020"


MODELS = (
    _Made("challenge", "Challenge, random", CINC_WORDS, "inception_residual"),
    _Made("slips", "Inception network", CINC_WORDS, "inception", (("legacy_reshape", True),), 0.2, kept=False),
    _Made("superclasses", "Superclasses, random", dict(SUPERCLASSES), "resnet1d_wang", (("width", 16),), 0.6),
    _Made("second", "Superclasses, another", dict(SUPERCLASSES), "resnet1d_wang", (("width", 16),), 0.3),
    _Made("both", "Ensemble of 2", dict(SUPERCLASSES), "ensemble", members=("superclasses", "second"), kept=False),
)


def _truth(names: Sequence[str]) -> NDArray[np.float64]:
    y = (np.random.default_rng(7).random((N, len(names))) < 0.3).astype(float)
    for one, kept in EQUIVALENT.items():
        if one in names:
            y[:, names.index(one)] = y[:, names.index(kept)]
    return y


def _figure(value: float) -> dict[str, float]:
    return {"value": value, "low": value - 0.02, "high": value + 0.02}


def _trust(y: NDArray[np.float64]) -> dict[str, Any]:
    """The sections of a report that examine trust, with numbers of no meaning."""
    groups = {"women": 60, "men": 60}
    measures = {"ece": 0.03, "classwise_ece": 0.04, "brier": 0.1, "nll": 0.3}
    swap = {"group": "swap", "condition": "left and right arm"} | _figure(0.7)
    rows = [{"group": "lead missing", "condition": f"without {lead}"} | _figure(0.8) for lead in STANDARD_12]
    difference = {"of": "women", "against": "men", "metric": "macro_auroc", "p": 0.04, "p_holm": 0.2}
    return {
        "subgroups": {k: {"macro_auroc": _figure(0.8), "n": {"value": float(n)}} for k, n in groups.items()},
        "subgroup_calibration": {
            k: {"n": n, "ece": _figure(0.05), "sensitivity": _figure(0.6)} for k, n in groups.items()
        },
        "subgroup_differences": [difference | _figure(0.01)],
        "calibration": {
            when: {k: _figure(v * more) for k, v in measures.items()}
            for when, more in (("before", 3), ("after", 1), ("temperature", 2))
        },
        "conformal": {
            "alpha": 0.1,
            "controls": "false-negative rate",
            "threshold": 0.21,
            "fnr": _figure(0.09),
            "mean_set_size": _figure(1.7),
            "empty_share": _figure(0.05),
            "subgroups": {k: {"n": n, "fnr": _figure(0.1), "mean_set_size": _figure(1.6)} for k, n in groups.items()},
        },
        "selective": {
            "coverage": [0.1, 0.5, 1.0],
            "risk": [0.01, 0.05, 0.12],
            "aurc": 0.06,
            "risk_is": "1 - example F1",
        },
        "robustness": {
            "n": 100,
            "split": "test",
            "metric": "macro_auroc",
            "clean": _figure(0.85),
            "rows": [*rows, swap],
            "notes": ["A missing lead is given as zeros."],
            "noise": [{"kind": k, "snr_db": s} | _figure(0.8) for k in ("em", "ma", "bw") for s in (24, 12, 0)],
        },
        "external": {
            "data": "another hospital",
            "n": 41,
            "metrics": {"macro_auroc": _figure(0.75), "challenge_metric": _figure(0.3)},
            "sources": {
                "Georgia": {"n": 20, "metrics": {"macro_auroc": _figure(0.7)}},
                "PTB": {"n": 2, "metrics": {"macro_auroc": _figure(0.0)}},
            },
        },
        "tasks": {"ptbxl_form": {"n": 50, "classes": 19, "metrics": {"macro_auroc": _figure(0.7)}}},
        "audit": {"checked": [{"what": "patients in two splits", "found": "0", "passed": True}]},
        "optimistic": {"n": len(y), "metrics": {"macro_f1": 0.9}},
    }


def _report(made: _Made, p: NDArray[np.float64]) -> dict[str, Any]:
    names = list(made.words)
    y = _truth(names)
    built = report.build(y, p, np.full(len(names), 0.5), names, PATIENTS, repeats=10)
    for row in built["per_class"]:
        row["trusted"] = row["label"] not in FEW
    head = {"model": made.name, "data": "random", "split": "random"}
    if made.members:
        return head | built | {"history": []}
    row = {"lr": 0.01, "seconds": 60.0}
    history = [
        {"epoch": k, "train_loss": 0.4 / k, "val_macro_auroc": 0.5 + 0.1 * k, f"val_{made.task}": 0.6, "val_other": 0.4}
        for k in (1, 2, 3)
    ]
    return head | {"history": [h | row for h in history]} | built | (_trust(y) if made.name != "second" else {})


def _network(folder: Path, made: _Made, config: dict[str, Any]) -> tuple[str, int]:
    """Write random weights; their digest and number."""
    import torch

    from ecgviz.card import load_card
    from ecgviz.zoo import _checkpoints

    if made.members:
        cards = [load_card(folder / name / "card.json") for name in made.members]
        return _checkpoints.together([c.weights_digest for c in cards]), sum(c.parameters for c in cards)
    torch.manual_seed(len(made.name))
    network = _checkpoints.build(made.architecture, config)
    return _checkpoints.save_weights(network, folder / made.name), _checkpoints.parameters(network)


def _write(folder: Path, made: _Made) -> None:
    from ecgviz.zoo import _answers

    y = _truth(list(made.words))
    p = np.clip(made.strength * y + 0.6 * np.random.default_rng(len(made.name)).random(y.shape), 0.001, 0.999)
    config = {} if made.members else {"labels": len(made.words)} | dict(made.config)
    digest, parameters = _network(folder, made, config)
    found = _report(made, p)
    card = ModelCard(
        name=made.name,
        title=made.title,
        task=made.task,
        architecture=made.architecture,
        config=config,
        input=replace(_INPUT, demographics=False),
        labels=tuple(LabelSpec(k, v, (), 90, 0.45, trusted=k not in FEW) for k, v in made.words.items()),
        thresholds_from="random records",
        calibration="none",
        trained_on="nothing: random weights, made by a test",
        tested_on=f"{N} random rows",
        metrics={k: Figure(**v) for k, v in found["metrics"].items()},
        subgroups={},
        intended_use="tests of the pages",
        not_for="anything else",
        licence="none",
        parameters=parameters,
        gflop=0.1,
        ms_per_record=3.0,
        weights_digest=digest,
        example={},
        seed_reported="" if made.members else "50.87 (score)",
        seed_comparable="" if made.members else "Not comparable: other records.",
        members=made.members,
    )
    (folder / made.name).mkdir(exist_ok=True)
    (folder / made.name / "card.json").write_text(card.to_json(), encoding="utf-8")
    (folder / made.name / "report.json").write_text(json.dumps(found), encoding="utf-8")
    if made.kept:
        logits = np.log(p / (1 - p)).astype(np.float32)
        cut = np.full(y.shape[1], np.log(0.45 / 0.55))
        _answers.write(folder, card, Answers(tuple(made.words), y.astype(np.float32), logits, cut, PATIENTS))


@pytest.fixture(scope="session", autouse=True)
def _own_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Over-reads and look-alikes of the tests, and of the servers they start, stay out of the person's own folders."""
    folder = tmp_path_factory.mktemp("own")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ECGVIZ_STORE", f"sqlite:///{folder / 'over_reads.sqlite'}")
        patch.setenv("XDG_CACHE_HOME", str(folder))
        yield


@pytest.fixture(scope="session")
def random_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder: `superclasses`, `second` and their ensemble `both` (5 labels), `challenge` and `slips` (27)."""
    folder = tmp_path_factory.mktemp("models")
    for made in MODELS:
        _write(folder, made)
    return folder
