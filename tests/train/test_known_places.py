"""Heat against experts' marks, put into the report; here on simulated ECGs in the place of LUDB."""

import json
import shutil
from pathlib import Path

import pytest

from ecgviz import train
from ecgviz.errors import ModelError
from ecgviz.explain.proof import places


def test_rows_and_standing_go_into_the_report(
    random_models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(random_models / "superclasses", tmp_path / "superclasses")
    monkeypatch.setenv("ECGVIZ_MODELS", str(tmp_path))
    monkeypatch.setattr(places, "ludb", lambda root, card: places.simulated(card, seeds=(0,)))
    monkeypatch.setattr(places, "predict", lambda model, record: _All())
    before = json.loads((tmp_path / "superclasses" / "report.json").read_text())
    found = train.known_places("superclasses", tmp_path, ["grad_cam"], most=1)
    after = json.loads((tmp_path / "superclasses" / "report.json").read_text())
    assert after == before | {"known_places": json.loads(json.dumps(found))}
    methods = {row["method"] for row in found["rows"]}
    assert methods == {"grad_cam", "amplitude", "slope", "qrs_mask"}
    assert set(found["methods"]) == {"grad_cam"}
    assert set(found["trivial"]) == {"amplitude", "slope", "qrs_mask"}


def test_unknown_method_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no method 'gradcam'"):
        train.known_places("resnet1d_wang", tmp_path, ["gradcam"])


class _All:
    """A prediction that sees every finding."""

    positive = True

    def __getitem__(self, label: str) -> "_All":
        return self
