"""A small training from rows to a model that can be asked."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ecgviz.datasets.heartbeat import DS1, DS2
from ecgviz.errors import DataError
from ecgviz.explain import beats as evidence
from ecgviz.signals import synthetic
from ecgviz.train import beats as train
from ecgviz.train.beats import _run, data, loop
from ecgviz.train.beats.config import BeatConfig
from ecgviz.zoo import beats as zoo


@pytest.fixture
def config(tmp_path: Path) -> BeatConfig:
    """A folder of runs with rows already rebuilt: five classes that a small network can tell apart."""
    rng = np.random.default_rng(0)
    n = 1500
    y = rng.integers(0, 5, n)
    at = np.arange(187)
    x = np.exp(-(((at - 30 * (y[:, None] + 1)) / 8.0) ** 2)) + rng.normal(0, 0.02, (n, 187))
    rows = {
        "x": np.clip(x, 0, 1).astype(np.float32),
        "y": y,
        "test": rng.random(n) < 0.2,
        "record": rng.choice([*DS1, *DS2], n),
        "sample": np.arange(n),
    }
    np.savez(tmp_path / "kaggle_rows.npz", **rows)
    return BeatConfig(
        "tiny", "cnn", tmp_path, setting="filters=8,8", runs=tmp_path, epochs=4, batch=64, cap=150, bf16=False, lr=1e-2
    )


def test_a_training_is_kept_published_and_asked(config: BeatConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    result = train.run(config, lambda line: None)
    assert result["test"]["metrics"]["macro_f1"]["value"] > 0.9
    assert train.run(config, lambda line: pytest.fail("it was trained again")) == json.loads(json.dumps(result))
    between = train.run(replace(config, split="inter_patient"), lambda line: None)
    assert between["test"]["n"] < result["test"]["n"] * 5
    assert "Q" not in between["test"]["metrics"]
    out = config.runs / "models"
    out.mkdir()
    train.publish("tiny", config.data, config.runs, out, lambda line: None)
    monkeypatch.setenv("ECGVIZ_MODELS", str(out))
    (card,) = zoo.cards()
    assert card.exclusive
    assert {(row["name"], row["split"]) for row in zoo.table()} == {("tiny", "kaggle"), ("tiny", "inter_patient")}
    model = zoo.load("tiny")
    made = synthetic.simulate("sinus_rhythm")
    times = np.array([beat.r_peak for beat in made.beats])
    found = zoo.predict(model, made.record, times)
    np.testing.assert_allclose(found.probabilities.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(found.probabilities, card.example["probabilities"], atol=2e-3)
    for method in evidence.methods(model):
        heat = evidence.explain(model, made.record, times, 1, "N", method)
        assert heat.start_s == pytest.approx(times[1], abs=0.01)
        assert np.isfinite(heat.scores).all()


def test_between_patients_parts_share_no_record_and_no_paced_beat(config: BeatConfig) -> None:
    parts = data.parts(data.rows(config.data, config.runs), "inter_patient")
    names = [set(part.record) for part in parts.values()]
    assert not names[0] & names[1]
    assert not (names[0] | names[1]) & names[2]
    assert all(part.y.max() < 4 for part in parts.values())
    shared = dict(parts, validation=parts["train"])
    with pytest.raises(DataError, match="are in train and in validation"):
        _run._apart(shared, "inter_patient")


def test_kaggle_test_rows_are_never_trained_on(config: BeatConfig) -> None:
    rows = data.rows(config.data, config.runs)
    parts = data.parts(rows, "kaggle")
    assert len(parts["test"]) == rows.test.sum()
    assert sum(len(part) for part in parts.values()) == len(rows.y)
    assert not {row.tobytes() for row in parts["test"].x} & {row.tobytes() for row in parts["train"].x}


def test_an_epoch_is_capped_and_oversampled_only_where_asked() -> None:
    y = np.repeat([0, 1], [500, 20])
    config = BeatConfig("a", "cnn", Path(), cap=100)
    assert np.bincount(y[loop.draw(y, config, np.random.default_rng(0))]).tolist() == [100, 20]
    assert np.bincount(y[loop.draw(y, replace(config, oversample=True), np.random.default_rng(0))]).tolist() == [
        100,
        100,
    ]
    assert np.bincount(y[loop.draw(y, replace(config, cap=0), np.random.default_rng(0))]).tolist() == [500, 20]


def test_calibration_finds_the_temperature_and_the_offsets() -> None:
    rng = np.random.default_rng(0)
    z = rng.normal(0, 2, (20_000, 3))
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    y = np.array([rng.choice(3, p=row) for row in p])
    slope, offset = np.array(_run.calibrated(2 * z - [0.0, 1.0, 0.0], y)).T
    assert slope == pytest.approx(0.5, abs=0.05)
    assert offset[1] - offset[0] == pytest.approx(0.5, abs=0.1)


def test_cut_and_mixed_beats_have_shares_of_both_classes() -> None:
    rng = np.random.default_rng(0)
    x, y = np.eye(4, 40, dtype=np.float32), np.eye(4, dtype=np.float32)
    mixed, shares = loop._cut_and_mixed(x, y, 1.0, rng)
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-6)
    assert mixed.shape == x.shape
    assert (y == np.eye(4)).all()


def test_an_unknown_split_is_refused(config: BeatConfig) -> None:
    with pytest.raises(DataError, match="no split 'random'"):
        train.run(replace(config, split="random"), lambda line: None)
