"""The commands with a model of single beats, on a recording made here."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import wfdb

from ecgviz.signals import synthetic
from ecgviz.zoo import beats

Run = Callable[..., object]
MODEL = "cnn_11"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One lead of a simulated ECG of 20 s at 128 Hz with its beats as annotations."""
    path = tmp_path_factory.mktemp("strips")
    made = synthetic.simulate("pvc_bigeminy", seconds=20, fs=128)
    wfdb.wrsamp("one", 128, ["mV"], ["ECG1"], made.record["II"][:, None].astype(np.float64), fmt=["16"], write_dir=path)
    samples = np.array([round(beat.r_peak * 128) for beat in made.beats])
    wfdb.wrann("one", "atr", samples, symbol=[beat.label for beat in made.beats], write_dir=str(path))
    return path


def test_predict_gives_time_class_and_probability_of_every_beat(run: Run, folder: Path) -> None:
    found = run("predict", folder / "one.hea", "--model", MODEL, "--json")
    assert found.status == 0, found.err
    rows = found.answer["beats"]
    assert len(rows) > 10
    assert set(rows[0]) == {"time_s", "label", "probability"}
    assert all(row["label"] in "NSVFQ" and 0 <= row["probability"] <= 1 for row in rows)
    assert "other_lead" in [flag["code"] for flag in found.answer["flags"]]
    words = run("predict", folder / "one.hea", "--model", MODEL)
    assert "Beats" in words.out
    assert "Not a medical device" in words.out


def test_evaluate_takes_any_folder_with_beat_annotations(run: Run, folder: Path) -> None:
    found = run("evaluate", "--model", MODEL, "--data", folder, "--json")
    assert found.status == 0, found.err
    assert {"accuracy", "macro_f1", "weighted_f1", "f1_N"} <= set(found.answer["metrics"])
    assert found.answer["n"] > 10
    assert 0 <= found.answer["metrics"]["accuracy"]["value"] <= 1


def test_evaluate_without_annotations_says_what_is_missing(run: Run, tmp_path: Path) -> None:
    found = run("evaluate", "--model", MODEL, "--data", tmp_path)
    assert found.status == 2
    assert found.err.count("\n") == 1
    assert ".atr" in found.err


def test_explain_gives_the_evidence_in_one_beat(run: Run, folder: Path) -> None:
    found = run("explain", folder / "one.hea", "--model", MODEL, "--label", "N", "--beat", 2, "--json")
    assert found.status == 0, found.err
    assert len(found.answer["leads"]) == len(found.answer["scores"]) == 1
    assert max(map(abs, found.answer["scores"][0])) == pytest.approx(1)
    beyond = run("explain", folder / "one.hea", "--model", MODEL, "--label", "N", "--beat", 999)
    assert beyond.status == 2
    assert "no beat 999" in beyond.err
    other = run("explain", folder / "one.hea", "--model", MODEL, "--label", "AFIB")
    assert "no label 'AFIB'" in other.err


def test_models_lists_beat_models_with_their_score(run: Run) -> None:
    found = run("models")
    assert MODEL in found.out
    assert "macro-F1" in found.out
    assert {card.name for card in beats.cards()} <= {row["name"] for row in run("models", "--json").answer}


def test_train_beats_explains_its_options_and_refuses_what_it_cannot_do(run: Run, tmp_path: Path) -> None:
    assert "--split" in run("train-beats", "--help").out
    found = run("train-beats", "--name", "x", "--architecture", "cnn", "--data", tmp_path, "--runs", tmp_path)
    assert found.status == 2
    assert "No 100.hea" in found.err
