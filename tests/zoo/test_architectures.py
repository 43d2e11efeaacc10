"""Every architecture has the parameters of its source, keeps its shapes, and places its heat steps rightly."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from ecgviz.errors import ModelError
from ecgviz.zoo import ARCHITECTURES, _blocks, _checkpoints, s4

COUNTS = [
    ("resnet1d_wang", {"labels": 71}, 481_863),
    ("inception_residual", {}, 3_674_011),
    ("inception_residual", {"demographics": True}, 3_674_539),
    ("inception_residual", {"variant": "deep"}, 3_920_283),
    ("inception_residual", {"variant": "ascoded"}, 3_797_403),
    ("inception1d", {"labels": 71}, 516_167),
    ("xresnet1d101", {"labels": 71}, 1_880_775),
    ("s4", {"labels": 71}, 601_159),
    ("incep_se", {"labels": 71}, 1_191_623),
    ("incep_se", {"labels": 71, "variant": "flyingemp", "demographics": True, "metadata": 8}, 937_015),
    ("simple_ann", {}, 9_677),
    ("lenet", {}, 4_821),
    ("alexnet", {}, 1_224_763),
    ("inception", {}, 266_011),
    ("inception", {"along": "time"}, 162_523),
    ("vgg16", {}, 4_037_019),
    ("resnet50", {}, 16_041_051),
    ("resnet50", {"variant": "ascoded"}, 20_174_427),
    ("fcn_wang", {"labels": 71}, 318_279),
    ("lstm_bidir", {"labels": 71}, 2_339_143),
]

LONG = 3000  # samples: more than a step of any convolutional network sees


@pytest.mark.parametrize(("name", "config", "count"), COUNTS)
def test_parameter_count_is_that_of_the_source(name: str, config: dict[str, object], count: int) -> None:
    assert _checkpoints.parameters(_checkpoints.build(name, config)) == count


@pytest.mark.parametrize("name", ARCHITECTURES)
@pytest.mark.parametrize("length", [250, 500, 1000])
def test_any_length_gives_one_row_of_logits(name: str, length: int) -> None:
    network = _checkpoints.build(name, {"labels": 7}).eval()
    assert network(torch.zeros(2, 12, length), torch.zeros(2, 5)).shape == (2, 7)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_output_layer_gives_the_logits(name: str) -> None:
    network = _checkpoints.build(name, {"labels": 7})
    assert _checkpoints.architecture(name).output_layer(network).out_features == 7


def _forget(lstm: nn.LSTM) -> None:
    """Averaging weights, and no memory: what a step gives is what it has just read."""
    for name, weight in lstm.named_parameters():
        weight.fill_(1.0 / weight.shape[1] if name.startswith("weight_ih") else 0.0)
        if name.startswith("bias_ih"):
            weight.view(4, -1)[:] = torch.tensor([10.0, -10.0, 0.0, 10.0])[:, None]  # input, forget, cell, output


@pytest.mark.parametrize("name", ARCHITECTURES)
@pytest.mark.parametrize("at", [123, 250, 377])
def test_a_step_of_the_cam_layer_lies_where_cam_grid_says(name: str, at: int) -> None:
    """With averaging weights, an impulse at a sample must raise the step nearest to it the most."""
    module = _checkpoints.architecture(name)
    network = _checkpoints.build(name, {"labels": 3}).eval()
    with torch.no_grad():
        for layer in network.modules():
            if isinstance(layer, s4.StateSpace):
                layer.skip.fill_(1.0)
                layer.output.fill_(0.1)
            if isinstance(layer, nn.LSTM):
                _forget(layer)
            if isinstance(layer, nn.Conv1d):
                layer.weight.fill_(1.0 / layer.weight[0].numel())
                if layer.bias is not None:
                    layer.bias.zero_()
    kept = {}
    module.cam_layer(network).register_forward_hook(lambda _m, _i, out: kept.update(out=out))
    x = torch.zeros(1, 12, 500)
    x[..., at] = 100.0
    network(x, torch.zeros(1, 5))
    response = kept["out"][0].mean(dim=0)
    stride, offset, _ = module.cam_grid()
    top = torch.nonzero(response >= response.max() * 0.999).flatten().double()
    found = float(offset + stride * top.mean())
    assert abs(found - at) <= stride / 2


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_a_step_of_the_cam_layer_sees_what_cam_grid_says(name: str) -> None:
    """The samples that change the middle step.

    Left out: instance normalisation and gates, which see everything a little, and ReLU, which may silence the outermost
    samples.
    """
    module = _checkpoints.architecture(name)
    network = _checkpoints.build(name, {"labels": 3}).eval()
    for parent in list(network.modules()):
        for key, layer in parent.named_children():
            if isinstance(layer, nn.BatchNorm1d):
                nn.init.ones_(layer.weight)  # some begin at zero
            if isinstance(layer, nn.InstanceNorm1d | nn.ReLU | _blocks.SqueezeExcite):
                setattr(parent, key, nn.Identity())
            elif isinstance(layer, nn.MaxPool1d):
                setattr(parent, key, nn.AvgPool1d(layer.kernel_size, layer.stride, layer.padding, layer.ceil_mode))
    kept = {}
    module.cam_layer(network).register_forward_hook(lambda _m, _i, out: kept.update(out=out))
    field = module.cam_grid()[2]
    length = LONG if math.isfinite(field) else 300
    x = torch.randn(1, 12, length, dtype=torch.float64, requires_grad=True)
    network.double()(x, torch.zeros(1, 5, dtype=torch.float64))
    out = kept["out"]
    out[..., out.shape[2] // 2].sum().backward()
    seen = torch.nonzero(x.grad.abs().sum(dim=(0, 1))).flatten()
    assert int(seen.max() - seen.min() + 1) == min(length, field)


def test_ascoded_is_the_published_ablation_and_longer_in_time() -> None:
    kept = {}
    network = _checkpoints.build("inception_residual", {"variant": "ascoded"}).eval()
    network.body.register_forward_hook(lambda _m, _i, out: kept.update(out=out))
    network(torch.zeros(1, 12, 96))
    assert kept["out"].shape[2] == 16 * (96 + 6) // 2


def test_inception_along_time_is_the_published_ablation_and_longer_in_time() -> None:
    kept = {}
    network = _checkpoints.build("inception", {"along": "time"}).eval()
    network.body.register_forward_hook(lambda _m, _i, out: kept.update(out=out))
    network(torch.zeros(1, 12, 96))
    assert kept["out"].shape == (1, 64, 4**3 * (96 + 6) // 2)


def test_legacy_reshape_is_that_of_numpy() -> None:
    x = np.random.default_rng(0).normal(size=(3, 12, 250)).astype(np.float32)
    expected = np.stack([record.reshape(250, 12).T for record in x])
    np.testing.assert_array_equal(_blocks.LegacyReshape()(torch.from_numpy(x)).numpy(), expected)


@pytest.mark.parametrize("name", ["inception", "inception_residual"])
def test_legacy_reshape_feeds_the_same_network_other_samples(name: str) -> None:
    torch.manual_seed(0)
    sound = _checkpoints.build(name, {}).eval()
    legacy = _checkpoints.build(name, {"legacy_reshape": True}).eval()
    legacy.load_state_dict(sound.state_dict())
    x = torch.randn(1, 12, 250)
    assert torch.equal(legacy(x), sound(_blocks.LegacyReshape()(x)))
    assert not torch.allclose(legacy(x), sound(x))


@pytest.mark.parametrize("name", ["inception", "inception_residual"])
@pytest.mark.parametrize("slip", ["time", "reshape"])
def test_ablations_that_lose_the_time_axis_offer_no_layer_for_heat(name: str, slip: str) -> None:
    along = {"inception": {"along": "time"}, "inception_residual": {"variant": "ascoded"}}[name]
    module = _checkpoints.architecture(name)
    assert module.cam_layers(_checkpoints.build(name, {"legacy_reshape": True} if slip == "reshape" else along)) == {}
    assert "last convolution" in module.cam_layers(_checkpoints.build(name, {}))


@pytest.mark.parametrize(("name", "variant"), [("resnet50", "ascoded"), ("inception_residual", "deep")])
def test_steps_of_another_variant_see_the_samples_around_their_place(name: str, variant: str) -> None:
    network = _checkpoints.build(name, {"variant": variant}).eval()
    for parent in list(network.modules()):
        for key, child in parent.named_children():
            if isinstance(child, nn.ReLU | nn.InstanceNorm1d):
                setattr(parent, key, nn.Identity())
            elif isinstance(child, nn.MaxPool1d):
                setattr(parent, key, nn.AvgPool1d(child.kernel_size, child.stride, child.padding, child.ceil_mode))
    layer, (stride, offset, field) = _checkpoints.architecture(name).cam_layers(network)["last convolution"]
    kept = {}
    layer.register_forward_hook(lambda _m, _i, out: kept.update(out=out))
    x = torch.randn(1, 12, 1000, dtype=torch.float64, requires_grad=True)
    network.double()(x)
    step = kept["out"].shape[2] // 2
    kept["out"][..., step].sum().backward()
    seen = torch.nonzero(x.grad.abs().sum(dim=(0, 1))).flatten()
    middle, reach = offset + step * stride, (field - 1) / 2
    assert (seen.min(), seen.max()) == (middle - reach, middle + reach)


def test_demographics_change_the_answer() -> None:
    torch.manual_seed(0)
    network = _checkpoints.build("inception_residual", {"demographics": True}).eval()
    x = torch.randn(1, 12, 250)
    young, old = torch.tensor([[0.2, 0, 1.0, 0, 0]]), torch.tensor([[0.8, 0, 0, 1.0, 0]])
    assert not torch.allclose(network(x, young), network(x, old))


@pytest.mark.parametrize(("name", "expected"), [("resnet1d_wang", 0.505), ("vgg16", 1.006), ("lstm_bidir", 4.249)])
def test_operations_of_one_forward_pass(name: str, expected: float) -> None:
    network = _checkpoints.build(name, {}).eval()
    assert _checkpoints.gflop(network, lambda: network(torch.zeros(1, 12, 1000))) == pytest.approx(expected, rel=2e-3)


def test_unknown_architecture_and_setting_are_named() -> None:
    with pytest.raises(ModelError, match="no architecture 'resnet9000'"):
        _checkpoints.build("resnet9000", {})
    with pytest.raises(ModelError, match="no setting depth"):
        _checkpoints.build("resnet1d_wang", {"depth": 3})
