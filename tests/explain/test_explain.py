"""Evidence lies where the cause lies, on the record's own seconds, and belongs to the model that gave it."""

import hashlib
import math
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

from ecgviz import explain, zoo
from ecgviz.errors import ModelError
from ecgviz.explain import BASELINES, LAYERED, METHODS
from ecgviz.explain._stitch import Map, by_sample, stitch
from ecgviz.leads import STANDARD_12
from ecgviz.signals import synthetic
from ecgviz.zoo import ARCHITECTURES, _checkpoints

# Instance normalisation makes an empty window as loud as one with a beat: windows are tested without it.
LOCAL = [name for name in ARCHITECTURES if math.isfinite(_checkpoints.architecture(name).cam_grid()[2])]
CASES = [(name, 500.0, 10.0) for name in LOCAL] + [("resnet1d_wang", 257.0, 10.0), ("resnet1d_wang", 500.0, 2.5)]


@pytest.mark.parametrize(("name", "fs", "seconds"), CASES)
def test_grad_cam_finds_a_single_beat_within_half_a_step(
    name: str, fs: float, seconds: float, make: SimpleNamespace
) -> None:
    model = make.model_of(name, seconds)
    make.averaging(model.network)
    for at_s in (1.3, 4.72, 8.8):
        found = explain.explain(model, make.one_beat(at_s, fs, start_s=3.0), "MI")
        row = found.scores[0]
        near = np.flatnonzero(row >= row.max() * 0.98)
        time_s = found.start_s + near.mean() / found.fs
        assert time_s == pytest.approx(3.0 + at_s, abs=found.resolution_ms / 2000 + 0.005)
        assert found.time_only
        assert found.scores.max() == pytest.approx(1)
        assert found.scores.min() >= 0


@pytest.mark.parametrize("name", ARCHITECTURES)
@pytest.mark.parametrize("method", [*METHODS, *BASELINES])
def test_every_method_covers_the_record_or_says_why_not(name: str, method: str, make: SimpleNamespace) -> None:
    model = make.model_of(name, 1.5)
    before = _state(model.network)
    record = synthetic.simulate("left_bundle_branch_block", seconds=1.5).record
    try:
        found = explain.explain(model, record, "NORM", method)
    except ModelError as error:
        assert method == "deep_lift"
        assert all(word in str(error) for word in ("DeepLIFT", name, "choose integrated gradients"))
    else:
        assert found.scores.shape == (12, 150)
        assert np.isfinite(found.scores).all()
        assert np.abs(found.scores).max() <= 1
        assert math.isfinite(found.field_ms)
        assert found.leads == record.leads
        assert found.method == (METHODS | BASELINES)[method]
        assert found.signed or found.scores.min() >= 0
    assert _state(model.network) == before
    assert not any(m._forward_hooks or m._forward_pre_hooks or m._backward_hooks for m in model.network.modules())


def _state(network: nn.Module) -> str:
    sha = hashlib.sha256()
    for value in network.state_dict().values():
        sha.update(value.numpy().tobytes())
    return sha.hexdigest()


def test_deep_lift_has_no_rule_for_recurrent_layers(make: SimpleNamespace) -> None:
    with pytest.raises(ModelError, match="DeepLIFT has no rule for LSTM, which lstm_bidir uses; choose"):
        explain.explain(make.model_of("lstm_bidir", 1.5), make.one_beat(0.7, seconds=1.5), "MI", "deep_lift")


def test_grad_cam_needs_a_convolution(make: SimpleNamespace) -> None:
    model = make.model_around(make.OneLead())
    assert explain.layers(model) == ()
    for method in LAYERED:
        with pytest.raises(ModelError, match=r"needs a convolution, and toy has none.*integrated gradients"):
            explain.explain(model, make.one_beat(2.5), "MI", method)


SEE_LEADS = ["integrated_gradients", "deep_lift", "gradient_x_input", "occlusion", "lead_ablation"]


@pytest.mark.parametrize("method", SEE_LEADS)
def test_methods_that_see_leads_give_an_ignored_lead_nothing(method: str, make: SimpleNamespace) -> None:
    toy = make.model_around(make.OneLead())
    record = make.one_beat(2.5)
    found = explain.explain(toy, record, "NORM", method)
    v2 = STANDARD_12.index("V2")
    assert np.abs(np.delete(found.scores, v2, axis=0)).max() == 0
    assert found.scores[v2].max() == pytest.approx(1)
    if method != "lead_ablation":
        assert np.abs(found.scores[v2, 320:]).max() < 1e-6
    against = explain.explain(toy, record, "MI", method)
    np.testing.assert_allclose(against.scores[v2], -found.scores[v2], atol=1e-4)


@pytest.mark.parametrize("method", ["grad_cam", "guided_grad_cam", "deep_lift", "smooth_grad"])
def test_two_threads_give_the_maps_of_one_after_the_other(method: str, make: SimpleNamespace) -> None:
    """Also while others predict with the same network, which must not disturb a hook."""
    model = make.model_of("resnet1d_wang", 2.5)
    records = [synthetic.simulate("sinus_rhythm", seed=s, seconds=2.5).record for s in range(8)]
    alone = [explain.explain(model, record, "MI", method).scores for record in records]
    with ThreadPoolExecutor(3) as pool:
        others = [pool.submit(zoo.predict, model, record) for record in records]
        together = list(pool.map(lambda r: explain.explain(model, r, "MI", method).scores, records))
    assert all(other.result() for other in others)
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one, other)


def test_baselines_ask_no_model_and_know_the_trace(make: SimpleNamespace) -> None:
    record = make.one_beat(5.0)
    toy = make.model_around(make.OneLead())
    amplitude = explain.explain(toy, record, "MI", "amplitude").scores[0]
    slope = explain.explain(toy, record, "MI", "slope").scores[0]
    assert abs(int(amplitude.argmax()) - 500) <= 2
    assert slope[500 - 5 : 500 + 6].max() == pytest.approx(1)
    assert slope[:470].max() < 0.1
    simulated = synthetic.simulate("sinus_rhythm")
    mask = explain.explain(toy, simulated.record, "MI", "qrs_mask")
    assert mask.time_only
    inside = [mask.scores[0, round(beat.r_peak * 100)] for beat in simulated.beats[1:-1]]
    assert min(inside) == 1
    assert mask.scores[0].mean() < 0.2


def test_windows_in_excess_of_a_batch_are_explained_one_by_one(make: SimpleNamespace) -> None:
    model = make.model_of("resnet1d_wang", 1.5)
    record = synthetic.simulate("sinus_rhythm", seconds=12).record
    whole = explain.explain(model, record, "MI")
    assert whole.scores.shape == (12, 1200)
    assert (whole.scores[0].reshape(12, -1).max(axis=1) > 0).all()


def test_stitch_interpolates_between_steps_and_averages_overlaps() -> None:
    maps = Map(np.array([[[0.0, 4.0, 0.0]], [[2.0, 2.0, 2.0]]], np.float32), stride=4, offset=0)
    got = stitch(maps, np.array([0, 4]), 8, 12)
    np.testing.assert_allclose(got[0, :4], [0, 1, 2, 3])
    np.testing.assert_allclose(got[0, 4:8], [3, 2.5, 2, 1.5])
    np.testing.assert_allclose(got[0, 8:], 2)


@pytest.mark.parametrize(("fs", "width"), [(100.0, 5), (500.0, 25), (120.0, 7)])
def test_maps_of_samples_are_smoothed_over_50_ms(fs: float, width: int) -> None:
    impulse = np.zeros((1, 1, 99))
    impulse[0, 0, 40] = 1
    found = by_sample(impulse, fs, "input")
    expected = np.convolve(impulse[0, 0], np.ones(width) / width, mode="same")
    np.testing.assert_allclose(found.scores[0, 0], expected, atol=1e-7)
    assert found.field == width


def test_what_is_not_there_is_named(make: SimpleNamespace) -> None:
    model = make.model_of("resnet1d_wang")
    with pytest.raises(ModelError, match="no label 'LBBB'; it knows NORM, MI"):
        explain.explain(model, make.one_beat(5), "LBBB")
    with pytest.raises(ModelError, match="no method 'magic'"):
        explain.explain(model, make.one_beat(5), "MI", "magic")
    with pytest.raises(ModelError, match="no layer 'attic'; choose one of last convolution, block 2"):
        explain.explain(model, make.one_beat(5), "MI", layer="attic")
    with pytest.raises(ModelError, match="Occlusion by lead and time has no layers; leave the layer 'stem' out"):
        explain.explain(model, make.one_beat(5), "MI", "occlusion", layer="stem")


def test_methods_are_modules_and_baselines_are_not(make: SimpleNamespace) -> None:
    import importlib

    for method in METHODS:
        module = importlib.import_module(f"ecgviz.explain.{method}")
        assert isinstance(module.SIGNED, bool)
    assert not set(BASELINES) & set(METHODS)
    assert set(LAYERED) <= set(METHODS)
    assert torch.is_grad_enabled()
