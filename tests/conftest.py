"""Two small networks with random weights in a folder of their own, for tests of what is drawn around a model."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ecgviz.card import Figure, InputSpec, LabelSpec, ModelCard
from ecgviz.codes import CINC, EQUIVALENT, SUPERCLASSES
from ecgviz.evaluate import report
from ecgviz.leads import STANDARD_12

_RNG = np.random.default_rng(7)
_INPUT = InputSpec("ecg12", STANDARD_12, 100.0, 10.0, 10.0, 2.5, (0.5, 40.0), 0.2)


def _report(name: str, names: list[str]) -> dict[str, object]:
    y = (_RNG.random((120, len(names))) < 0.3).astype(float)
    for one, kept in EQUIVALENT.items():
        if one in names:
            y[:, names.index(one)] = y[:, names.index(kept)]
    p = np.clip(0.5 * y + 0.6 * _RNG.random(y.shape), 0, 1)
    history = [{"epoch": k, "train_loss": 0.4 / (k + 1), "val_macro_auroc": 0.5 + 0.1 * k} for k in range(3)]
    built = report.build(y, p, np.full(len(names), 0.5), names, range(120), repeats=10)
    return {"model": name, "data": "random", "split": "random", "history": history} | built


def _write(folder: Path, name: str, title: str, words: dict[str, str], architecture: str, demographics: bool) -> None:
    import torch

    from ecgviz.zoo import _checkpoints

    torch.manual_seed(3)
    config = {"labels": len(words)} | ({"width": 16} if architecture == "resnet1d_wang" else {})
    network = _checkpoints.build(architecture, config)
    digest = _checkpoints.save_weights(network, folder / name)
    found = _report(name, list(words))
    card = ModelCard(
        name=name,
        title=title,
        task="ptbxl_super" if len(words) == 5 else "cinc2020",
        architecture=architecture,
        config=config,
        input=replace(_INPUT, demographics=demographics),
        labels=tuple(LabelSpec(k, v, (), 90, 0.45, trusted=k not in ("QAb", "SA")) for k, v in words.items()),
        thresholds_from="random records",
        calibration="none",
        trained_on="nothing: random weights, made by a test",
        tested_on="120 random rows",
        metrics={k: Figure(**v) for k, v in found["metrics"].items()},  # type: ignore[attr-defined]
        subgroups={},
        intended_use="tests of the pages",
        not_for="anything else",
        licence="none",
        parameters=_checkpoints.parameters(network),
        gflop=0.1,
        ms_per_record=3.0,
        weights_digest=digest,
        example={},
        seed_reported="50.87 (score)",
        seed_comparable="Not comparable: other records.",
    )
    (folder / name / "card.json").write_text(card.to_json(), encoding="utf-8")
    (folder / name / "report.json").write_text(json.dumps(found), encoding="utf-8")


@pytest.fixture(scope="session")
def random_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder with `superclasses` (5 labels) and `challenge` (27 labels, three pairs equal by name)."""
    folder = tmp_path_factory.mktemp("models")
    cinc = {key: item.description for key, item in CINC.items()}
    _write(folder, "challenge", "Challenge, random", cinc, "inception_residual", demographics=False)
    _write(folder, "superclasses", "Superclasses, random", dict(SUPERCLASSES), "resnet1d_wang", demographics=False)
    return folder
