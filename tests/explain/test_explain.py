"""Evidence lies where the cause lies, on the record's own seconds, and belongs to the model that gave it."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from ecgviz import explain
from ecgviz.card import InputSpec, LabelSpec, ModelCard
from ecgviz.errors import ModelError
from ecgviz.explain import METHODS
from ecgviz.explain._stitch import Map, stitch
from ecgviz.leads import STANDARD_12
from ecgviz.record import Record
from ecgviz.signals import synthetic
from ecgviz.zoo import ARCHITECTURES, _checkpoints
from ecgviz.zoo._checkpoints import Member, Model


def model_of(name: str, tmp_path: Path, seconds: float = 10.0, config: dict[str, object] | None = None) -> Model:
    """A checkpoint with averaging weights: its evidence is where the signal is largest."""
    setting = {"labels": 2, **(config or {})}
    network = _checkpoints.build(name, setting).eval()
    with torch.no_grad():
        for layer in network.modules():
            if isinstance(layer, nn.Conv1d | nn.Linear):
                layer.weight.fill_(1.0 / layer.weight[0].numel())
                if layer.bias is not None:
                    layer.bias.zero_()
    digest = _checkpoints.save_weights(network, tmp_path / name)
    card = ModelCard(
        name=name,
        title="a test",
        task="ptbxl_super",
        architecture=name,
        config=setting,
        input=InputSpec("ecg12", STANDARD_12, 100.0, seconds, seconds / 2, 2.5, (0.5, 40.0), 0.2),
        labels=tuple(LabelSpec(n, n, (), 100, 0.5) for n in ("NORM", "MI")),
        thresholds_from="nowhere",
        calibration="none",
        trained_on="nothing",
        tested_on="nothing",
        metrics={},
        subgroups={},
        intended_use="tests",
        not_for="anything else",
        licence="none",
        parameters=_checkpoints.parameters(network),
        gflop=0.0,
        ms_per_record=0.0,
        weights_digest=digest,
        example={},
    )
    (tmp_path / name / "card.json").write_text(card.to_json())
    return _checkpoints.load(tmp_path / name)


def one_beat(at_s: float, fs: float = 500.0, start_s: float = 0.0) -> Record:
    """A single 40 ms deflection of 1 mV in every lead of a flat 10 s record."""
    t = np.arange(round(10 * fs)) / fs
    x = np.exp(-(((t - at_s) / 0.02) ** 2))
    return Record(np.tile(x, (12, 1)).astype(np.float32), fs, STANDARD_12, start_s=start_s)


# Instance normalisation makes an empty window as loud as one with a beat: windows are tested without it.
CASES = [(name, fs, 10.0) for name in ARCHITECTURES for fs in (500.0, 257.0)] + [("resnet1d_wang", 500.0, 2.5)]


@pytest.mark.parametrize("at_s", [1.3, 4.72, 8.8])
@pytest.mark.parametrize(("name", "fs", "seconds"), CASES)
def test_grad_cam_finds_a_single_beat_within_half_a_step(
    name: str, at_s: float, fs: float, seconds: float, tmp_path: Path
) -> None:
    model = model_of(name, tmp_path, seconds)
    found = explain.explain(model, one_beat(at_s, fs, start_s=3.0), "MI")
    row = found.scores[0]
    near = np.flatnonzero(row >= row.max() * 0.98)
    time_s = found.start_s + near.mean() / found.fs
    assert time_s == pytest.approx(3.0 + at_s, abs=found.resolution_ms / 2000 + 0.005)
    assert found.time_only
    assert found.scores.max() == pytest.approx(1)
    assert found.scores.min() >= 0


@pytest.mark.parametrize("name", ARCHITECTURES)
@pytest.mark.parametrize("method", METHODS)
def test_every_method_covers_the_record_and_leaves_the_model_as_it_was(name: str, method: str, tmp_path: Path) -> None:
    model = model_of(name, tmp_path, 2.5)
    before = _state(model.network)
    record = synthetic.simulate("lbbb" if "lbbb" in synthetic.GALLERY else "sinus_rhythm").record
    found = explain.explain(model, record, "NORM", method)
    assert found.scores.shape == (12, 1000)
    assert np.isfinite(found.scores).all()
    assert np.abs(found.scores).max() <= 1
    assert found.leads == record.leads
    assert _state(model.network) == before
    assert not any(m._forward_hooks or m._backward_hooks for m in model.network.modules())


def _state(network: nn.Module) -> str:
    sha = hashlib.sha256()
    for value in network.state_dict().values():
        sha.update(value.numpy().tobytes())
    return sha.hexdigest()


class _OneLead(nn.Module):
    """Reads nothing but the mean of V2 between 2 and 3 s."""

    def forward(self, x: Tensor, person: Tensor | None = None) -> Tensor:
        value = x[:, STANDARD_12.index("V2"), 200:300].mean(dim=1, keepdim=True)
        return torch.cat([value, -value], dim=1)


@pytest.mark.parametrize("method", ["integrated_gradients", "occlusion"])
def test_methods_that_see_leads_give_an_ignored_lead_nothing(method: str, tmp_path: Path) -> None:
    model = model_of("resnet1d_wang", tmp_path)
    toy = Model(model.card, network := _OneLead(), (Member(network, model.module),))
    record = one_beat(2.5)
    found = explain.explain(toy, record, "NORM", method)
    v2 = STANDARD_12.index("V2")
    assert np.abs(np.delete(found.scores, v2, axis=0)).max() == 0
    assert found.scores[v2].max() == pytest.approx(1)
    assert np.abs(found.scores[v2, 320:]).max() < 1e-6
    against = explain.explain(toy, record, "MI", method)
    np.testing.assert_allclose(against.scores[v2], -found.scores[v2], atol=1e-4)


def test_two_threads_give_the_maps_of_one_after_the_other(tmp_path: Path) -> None:
    model = model_of("resnet1d_wang", tmp_path)
    torch.manual_seed(0)
    for parameter in model.network.parameters():
        parameter.data = torch.randn_like(parameter) * 0.1
    records = [synthetic.simulate("sinus_rhythm", seed=s).record for s in range(6)]
    alone = [explain.explain(model, record, "MI").scores for record in records]
    with ThreadPoolExecutor(2) as pool:
        together = list(pool.map(lambda r: explain.explain(model, r, "MI").scores, records))
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one, other)


def test_stitch_interpolates_between_steps_and_averages_overlaps() -> None:
    maps = Map(np.array([[[0.0, 4.0, 0.0]], [[2.0, 2.0, 2.0]]], np.float32), stride=4, offset=0)
    got = stitch(maps, np.array([0, 4]), 8, 12)
    np.testing.assert_allclose(got[0, :4], [0, 1, 2, 3])
    np.testing.assert_allclose(got[0, 4:8], [3, 2.5, 2, 1.5])
    np.testing.assert_allclose(got[0, 8:], 2)


def test_unknown_label_and_method_are_named(tmp_path: Path) -> None:
    model = model_of("resnet1d_wang", tmp_path)
    with pytest.raises(ModelError, match="no label 'LBBB'; it knows NORM, MI"):
        explain.explain(model, one_beat(5), "LBBB")
    with pytest.raises(ModelError, match="no method 'magic'"):
        explain.explain(model, one_beat(5), "MI", "magic")
