"""Every beat network has the parameters of its source, and every classical model keeps what it learned."""

from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch

from ecgviz.errors import CardError, ModelError
from ecgviz.zoo import _checkpoints
from ecgviz.zoo.beats import ARCHITECTURES, _models

COUNTS = [
    *(
        ("cnn", f"row={row}", count)
        for row, count in enumerate(
            (381_893, 381_957, 382_149, 763_013, 1_525_253, 384_133, 409_093, 491_781, 2_751_237, 2_768_133, 34_117), 1
        )
    ),
    *(
        ("cnn_lstm", f"row={row}", count)
        for row, count in enumerate(
            (25_605, 40_133, 81_477, 131_461, 213_317, 296_069, 673_605, 2_374_469, 2_407_749, 2_735_941), 1
        )
    ),
    ("rnn", "cell=rnn", 783_109),
    ("rnn", "cell=lstm", 833_029),
    ("rnn", "cell=gru", 816_389),
    ("rnn", "cell=lstm layers=4", 899_589),
    ("rnn", "cell=lstm bidirectional=true", 1_698_309),
    ("resnet", "kernel=1", 15_917_445),
    ("resnet", "kernel=3", 17_785_221),
]
CLASSICAL = ("knn", "decision_tree", "logistic_regression")


@pytest.mark.parametrize(("name", "setting", "count"), COUNTS)
def test_parameters_are_those_of_the_source(name: str, setting: str, count: int) -> None:
    network = _models.build(name, asdict(_models.configured(name, setting)))
    assert _checkpoints.parameters(network) == count
    assert network.eval()(torch.zeros(2, 1, 187)).shape == (2, 5)


@pytest.mark.parametrize("shortcut", ["plain", "skip", "add_norm"])
def test_recurrent_shortcuts_keep_the_shape(shortcut: str) -> None:
    network = _models.build("rnn", asdict(_models.configured("rnn", f"shortcut={shortcut} hidden=16 bidirectional=1")))
    assert network(torch.rand(3, 1, 187)).shape == (3, 5)


@pytest.mark.parametrize("name", CLASSICAL)
def test_a_classical_model_answers_the_same_after_it_was_kept(name: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 4, 200)
    x = (rng.random((200, 187)) * 0.1 + y[:, None] / 4).astype(np.float32)
    model = _models.build(name, asdict(_models.configured(name, "")))
    model.fit(x, y)
    model.save(tmp_path / "weights.skops")
    again = _models.build(name, asdict(_models.configured(name, "")))
    again.load(tmp_path / "weights.skops")
    np.testing.assert_array_equal(model.logits(x), again.logits(x))
    assert (model.logits(x).argmax(axis=1) == y).mean() > 0.95
    assert model.logits(x).shape == (200, 5)


def test_prototypes_are_no_patients_rows() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.random((600, 187)).astype(np.float32), np.repeat([0, 1], 300)
    model = _models.build("knn", asdict(_models.configured("knn", "prototypes=20")))
    model.fit(x, y)
    kept = model.estimator._fit_X
    assert len(kept) == 40
    assert not any((x == row).all(axis=1).any() for row in kept)


def test_a_damaged_classical_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "weights.skops"
    path.write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(CardError, match="cannot be read"):
        _models.build("knn", {}).load(path)


def test_settings_that_do_not_exist_are_refused() -> None:
    with pytest.raises(ModelError, match="no setting depht"):
        _models.configured("decision_tree", "depht=3")
    with pytest.raises(ModelError, match="no such row"):
        _models.configured("cnn", "row=12")
    with pytest.raises(ModelError, match="no beat architecture"):
        _models.configured("transformer", "")
    assert set(CLASSICAL) < set(ARCHITECTURES)
