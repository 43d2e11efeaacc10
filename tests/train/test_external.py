"""Records of other hospitals: their labels, their source, and the figures of a model that knows the answer."""

import os
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from ecgviz.codes import CINC, cinc_labels
from ecgviz.errors import DataError
from ecgviz.results import Finding, Prediction
from ecgviz.train import external as module
from ecgviz.train.external import external


@pytest.fixture
def records() -> Path:
    path = Path(os.environ.get("ECGVIZ_DATA", "/nowhere")) / "cinc2020"
    if not path.is_dir():
        pytest.skip("ECGVIZ_DATA does not point to a folder with cinc2020")
    return path


def _model(names: tuple[str, ...] = tuple(CINC)) -> SimpleNamespace:
    card = SimpleNamespace(name="told", label_names=names, labels=[SimpleNamespace(threshold=0.5) for _ in names])
    return SimpleNamespace(card=card)


def _told(model: SimpleNamespace, record: object) -> Prediction:
    codes = [code.removeprefix("SNOMED:") for code in record.statements]  # type: ignore[attr-defined]
    labels = cinc_labels(codes)
    return Prediction("told", tuple(Finding(name, 0.9 if name in labels else 0.1, 0.5) for name in CINC))


def test_a_model_that_knows_is_perfect_at_every_source(records: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "predict", _told)
    found = external(_model(), records)  # type: ignore[arg-type]
    assert found["n"] == 41
    assert {name: row["n"] for name, row in found["sources"].items()} == {
        "CPSC 2018": 10,
        "CPSC 2018 extra": 29,
        "PTB": 2,
    }
    assert found["data"].startswith("CinC 2020, 41 records of 3 sources")
    for figures in (found, found["sources"]["CPSC 2018"]):
        assert figures["metrics"]["macro_auroc"]["value"] == 1.0
        assert figures["metrics"]["challenge_metric"]["value"] == 1.0


def test_chance_is_a_half(records: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)

    def guess(model: object, record: object) -> Prediction:
        return Prediction("guess", tuple(Finding(name, float(rng.random()), 0.5) for name in CINC))

    monkeypatch.setattr(module, "predict", guess)
    figure = external(_model(), records)["metrics"]["macro_auroc"]  # type: ignore[arg-type]
    assert figure["low"] < 0.5 < figure["high"]


def test_other_labels_and_empty_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="told has other labels than #Dx codes"):
        external(_model(("NORM", "MI")), tmp_path)  # type: ignore[arg-type]
    with pytest.raises(DataError, match="holds no record with #Dx codes that told could read"):
        external(_model(), tmp_path)  # type: ignore[arg-type]
