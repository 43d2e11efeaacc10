"""Kept answers come back as they were, and are refused where they belong to something else."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from ecgviz import zoo
from ecgviz.card import ModelCard, load_card
from ecgviz.errors import ModelError
from ecgviz.evaluate.paired import Answers
from ecgviz.zoo import _answers

RNG = np.random.default_rng(2)
NAMES = ("NORM", "MI", "STTC", "CD", "HYP")
FOUND = Answers(
    NAMES,
    (RNG.random((60, 5)) < 0.3).astype(np.float32),
    RNG.normal(scale=3, size=(60, 5)).astype(np.float32),
    np.full(5, np.log(0.45 / 0.55)),
    RNG.integers(0, 40, 60).astype(np.int32),
)


@pytest.fixture
def card(tmp_path: Path, random_models: Path, monkeypatch: pytest.MonkeyPatch) -> ModelCard:
    """The card of `superclasses`, in a models folder of its own."""
    (tmp_path / "superclasses").mkdir()
    text = (random_models / "superclasses" / "card.json").read_bytes()
    (tmp_path / "superclasses" / "card.json").write_bytes(text)
    monkeypatch.setenv("ECGVIZ_MODELS", str(tmp_path))
    return load_card(tmp_path / "superclasses" / "card.json")


def test_answers_come_back(card: ModelCard, tmp_path: Path) -> None:
    _answers.write(tmp_path, card, FOUND)
    found = zoo.answers("superclasses")
    assert found is not None
    assert found.labels == NAMES
    assert np.array_equal(found.y, FOUND.y)
    assert np.array_equal(found.patient, FOUND.patient)
    np.testing.assert_allclose(found.logits, FOUND.logits, rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(found.thresholds, FOUND.thresholds)


def test_none_were_kept(card: ModelCard) -> None:
    assert zoo.answers("superclasses") is None


def test_answers_of_other_weights_are_refused(card: ModelCard, tmp_path: Path) -> None:
    _answers.write(tmp_path, replace(card, weights_digest="0" * 64), FOUND)
    with pytest.raises(ModelError, match="of other weights"):
        zoo.answers("superclasses")


def test_answers_to_other_records_are_refused(card: ModelCard, tmp_path: Path) -> None:
    _answers.write(tmp_path, card, FOUND)
    other = {"y": FOUND.y[::-1].astype(np.uint8), "patient": FOUND.patient}
    save_file(other, tmp_path / _answers.TRUTH / "ptbxl_super.safetensors")
    with pytest.raises(ModelError, match="to other records"):
        zoo.answers("superclasses")


def test_damaged_answers_are_one_line(card: ModelCard, tmp_path: Path) -> None:
    (tmp_path / "superclasses" / _answers.FILE).write_bytes(b"not a tensor file")
    with pytest.raises(ModelError, match="cannot be read"):
        zoo.answers("superclasses")


def test_a_huge_logit_stays_finite(card: ModelCard, tmp_path: Path) -> None:
    _answers.write(tmp_path, card, replace(FOUND, logits=FOUND.logits * 1e6))
    found = zoo.answers("superclasses")
    assert found is not None
    assert np.isfinite(found.logits).all()


def test_reading_needs_no_torch(card: ModelCard, tmp_path: Path) -> None:
    _answers.write(tmp_path, card, FOUND)
    code = "import sys; from ecgviz import zoo; assert zoo.answers('superclasses'); assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ, cwd=Path(__file__).parents[2])
