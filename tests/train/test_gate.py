"""The reference of a gate: rare statements have their share, and the limit holds on a small PTB-XL."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from ecgviz import train, zoo
from ecgviz.card import load_card
from ecgviz.errors import ModelError
from ecgviz.train import _gate
from ecgviz.zoo import _gate as kept


def test_rare_statements_have_their_share() -> None:
    rng = np.random.default_rng(0)
    y = (rng.random((6000, 3)) < (0.5, 0.02, 0.001)).astype(np.float32)
    rows = _gate.balanced(y, np.random.default_rng(1))
    assert len(rows) == len(set(rows)) == _gate.RECORDS
    assert y[rows, 2].sum() == y[:, 2].sum()  # all of them: there are fewer than 40
    assert y[rows, 1].sum() >= _gate.OF_EACH


def test_reference_is_written_beside_the_weights(
    small_ptbxl: Path, random_models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = tmp_path / "models"
    shutil.copytree(random_models, models)
    monkeypatch.setenv("ECGVIZ_MODELS", str(models))
    path = train.calibrate_gate("superclasses", small_ptbxl, tmp_path / "runs")
    assert path == models / "superclasses" / kept.FILE
    found = kept.read(load_card(models / "superclasses" / "card.json"))
    assert found is not None
    assert set(found.looks) == {"size", "speed", "leads", "network"}
    assert 0 < found.flagged < 0.2
    assert found.records <= 15
    with pytest.raises(ModelError, match="uses the weights of superclasses, second"):
        train.calibrate_gate("both", small_ptbxl, tmp_path / "runs")
    assert zoo.cards()
