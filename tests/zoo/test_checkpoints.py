"""Weights that do not fit their card are refused, each for its own reason."""

import json
from pathlib import Path

import pytest
import torch

from ecgviz import zoo
from ecgviz.errors import CardError, ModelError
from ecgviz.signals import synthetic
from ecgviz.zoo import _checkpoints


def write(folder: Path, int8: bool = False, **changes: object) -> Path:
    """A small complete checkpoint below `folder`."""
    torch.manual_seed(0)
    path = folder / "small"
    network = _checkpoints.build("resnet1d_wang", {"labels": 2, "width": 32})
    digest = _checkpoints.save_weights(network, path, int8)
    card = {
        "name": "small",
        "title": "small",
        "task": "ptbxl_super",
        "architecture": "resnet1d_wang",
        "config": {"labels": 2, "width": 32},
        "input": {
            "task": "ecg12",
            "leads": ["I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"],
            "fs": 100.0,
            "seconds": 10.0,
            "stride_s": 10.0,
            "shortest_s": 2.5,
            "band_hz": [0.5, 40.0],
            "scale_mv": 0.2,
        },
        "labels": [
            {"name": n, "description": n, "codes": [], "train_positives": 9, "threshold": 0.5, "trusted": n == "MI"}
            for n in ("NORM", "MI")
        ],
        "thresholds_from": "a validation fold",
        "calibration": "none",
        "trained_on": "nothing",
        "tested_on": "nothing",
        "metrics": {"macro_auroc": {"value": 0.5, "low": 0.4, "high": 0.6}},
        "subgroups": {},
        "intended_use": "tests",
        "not_for": "anything else",
        "licence": "none",
        "parameters": _checkpoints.parameters(network),
        "gflop": 0.1,
        "ms_per_record": 1.0,
        "weights_digest": digest,
        "example": {},
    }
    (path / "card.json").write_text(json.dumps(card | changes))
    return path


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ECGVIZ_MODELS", str(tmp_path))
    return tmp_path


def test_a_sound_checkpoint_predicts_every_label(home: Path) -> None:
    write(home)
    prediction = zoo.predict(zoo.load("small"), synthetic.simulate("sinus_rhythm").record)
    assert [finding.label for finding in prediction.findings] == ["NORM", "MI"]
    assert all(0 < finding.probability < 1 for finding in prediction.findings)
    assert [finding.trusted for finding in prediction.findings] == [False, True]
    with pytest.raises(ModelError, match="no label AF; it knows NORM, MI"):
        prediction["AF"]


def test_folder_without_models_is_empty_not_an_error(home: Path) -> None:
    assert zoo.cards() == ()
    with pytest.raises(ModelError, match=r"no model 'small'\. Installed: none"):
        zoo.load("small")


def test_name_is_looked_up_never_joined_to_a_path(home: Path) -> None:
    write(home)
    with pytest.raises(ModelError, match="no model"):
        zoo.load("../small")


def test_weights_kept_as_int8_predict_nearly_the_same(home: Path) -> None:
    record = synthetic.simulate("sinus_rhythm").record
    found = []
    for int8 in (False, True):
        write(home, int8)
        found.append([finding.probability for finding in zoo.predict(zoo.load("small"), record).findings])
    assert found[0] != found[1]
    assert found[0] == pytest.approx(found[1], abs=0.02)


@pytest.mark.parametrize("int8", [False, True])
def test_changed_weights_are_refused(home: Path, int8: bool) -> None:
    path = write(home, int8) / "weights.safetensors"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(CardError, match="not those of the card"):
        zoo.load("small")


def test_weights_of_another_architecture_are_refused(home: Path) -> None:
    write(home, config={"labels": 2, "width": 16})
    with pytest.raises(CardError, match="do not fit resnet1d_wang"):
        zoo.load("small")


def test_weights_that_are_not_finite_are_refused(home: Path) -> None:
    path = write(home)
    network = _checkpoints.build("resnet1d_wang", {"labels": 2, "width": 32})
    with torch.no_grad():
        network.head[-1].bias[0] = float("nan")
    digest = _checkpoints.save_weights(network, path)
    card = json.loads((path / "card.json").read_text())
    (path / "card.json").write_text(json.dumps(card | {"weights_digest": digest}))
    with pytest.raises(CardError, match="not finite"):
        zoo.load("small")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"colour": "blue"}, "unknown field colour"),
        ({"not_for": " "}, "not_for is empty"),
        ({"input": {"task": "ecg12"}}, "missing field"),
        ({"labels": [{"name": "NORM"}]}, "missing field"),
    ],
)
def test_incomplete_cards_are_refused(home: Path, change: dict[str, object], message: str) -> None:
    write(home, **change)
    with pytest.raises(CardError, match=message):
        zoo.cards()
