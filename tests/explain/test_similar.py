"""Look-alikes: the reading of a record is what the last layer reads, and the nearest are those of a plain cosine."""

from pathlib import Path

import numpy as np
import pytest
import torch

from ecgviz import zoo
from ecgviz.explain import similar
from ecgviz.explain.similar import Shelf, nearest
from ecgviz.signals import synthetic
from ecgviz.signals.prepare import prepare

RNG = np.random.default_rng(3)


@pytest.fixture
def shelf() -> Shelf:
    vectors = RNG.normal(size=(40, 6)).astype(np.float32) * np.array([1, 5, 0.1, 2, 1, 3], np.float32)
    return Shelf(tuple(f"set/{n:03d}" for n in range(40)), vectors, RNG.random((40, 5)).astype(np.float32))


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch, random_models: Path):
    monkeypatch.setenv("ECGVIZ_MODELS", str(random_models))
    return zoo.load("superclasses")


def test_a_reading_through_the_last_layer_is_the_models_own_answer(network) -> None:
    record = synthetic.simulate("sinus_rhythm").record
    member = network.members[0]
    with torch.inference_mode():
        x = torch.from_numpy(prepare(record, network.card.input).x)
        seen = []
        hook = member.module.output_layer(member.network).register_forward_pre_hook(
            lambda _, given: seen.append(given[0])
        )
        member.network(x, torch.zeros(len(x), 5))
        hook.remove()
    vector, answers = similar.eye(network)(record)
    np.testing.assert_allclose(vector, seen[0].mean(dim=0).numpy(), rtol=1e-4, atol=1e-5)
    assert [f.probability for f in zoo.predict(network, record).findings] == pytest.approx(answers.tolist())


def test_the_shared_network_is_left_as_it_was(network) -> None:
    before = [type(module) for module in network.network.modules()]
    similar.eye(network)(synthetic.simulate("sinus_rhythm").record)
    assert [type(module) for module in network.network.modules()] == before
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in network.network.modules())


def test_the_nearest_are_those_of_a_plain_cosine_of_standard_scores(shelf: Shelf) -> None:
    own = shelf.vectors[7] + 0.01
    rows = (shelf.vectors - shelf.vectors.mean(0)) / shelf.vectors.std(0)
    mine = (own - shelf.vectors.mean(0)) / shelf.vectors.std(0)
    cosine = [row @ mine / np.sqrt(row @ row) / np.sqrt(mine @ mine) for row in rows]
    found = nearest(shelf, own)
    assert [n.entry for n in found] == [shelf.entries[at] for at in np.argsort(cosine)[::-1][:5]]
    assert found[0].entry == "set/007"
    assert found[0].likeness == pytest.approx(max(cosine), abs=1e-5)
    assert nearest(shelf, own, leave={"set/007"})[0].entry != "set/007"


def test_the_unit_of_a_feature_does_not_matter(shelf: Shelf) -> None:
    unit = np.array([1000, 1, 1, 0.001, 1, 1], np.float32)
    scaled = Shelf(shelf.entries, shelf.vectors * unit, shelf.probabilities)
    own = RNG.normal(size=6).astype(np.float32)
    assert [n.entry for n in nearest(scaled, own * unit)] == [n.entry for n in nearest(shelf, own)]


def test_a_shelf_is_kept_for_its_own_weights_alone(shelf: Shelf, tmp_path: Path) -> None:
    path = tmp_path / "new" / "shelf.safetensors"
    similar.write(path, shelf, "w1")
    again = similar.read(path, "w1")
    assert again is not None
    assert again.entries == shelf.entries
    np.testing.assert_allclose(again.vectors, shelf.vectors, rtol=1e-3, atol=1e-3)
    assert similar.read(path, "w2") is None
    assert list(path.parent.iterdir()) == [path]
    path.write_bytes(path.read_bytes()[:50])
    assert similar.read(path, "w1") is None
    assert similar.read(tmp_path / "absent", "w1") is None
