"""Methods against what is known: a linear network's gradient, Captum's own rules, layers whose place is exact."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from captum.attr import DeepLift, GuidedBackprop
from torch import Tensor, nn

from ecgviz import explain
from ecgviz.explain import deep_lift, grad_cam, guided_grad_cam, smooth_grad
from ecgviz.explain._layers import names, parts
from ecgviz.explain._stitch import by_sample
from ecgviz.explain._trial import trial
from ecgviz.zoo import ARCHITECTURES, _blocks, _checkpoints
from ecgviz.zoo._checkpoints import Ensemble, Member, Model

PERSON = torch.zeros(2, 5)


@pytest.fixture
def linear(make: SimpleNamespace) -> tuple[Model, Tensor, Tensor]:
    weight = torch.randn(12, 250, generator=torch.Generator().manual_seed(1))
    x = torch.randn(2, 12, 250, generator=torch.Generator().manual_seed(2))
    return make.model_around(make.Weighed(weight), 2.5), weight, x


@pytest.mark.parametrize("method", ["gradient_x_input", "integrated_gradients", "deep_lift"])
@pytest.mark.parametrize("label", [0, 1])
def test_a_linear_network_is_explained_by_weight_times_input(
    method: str, label: int, linear: tuple[Model, Tensor, Tensor]
) -> None:
    model, weight, x = linear
    found = _attribute(method)(model, x, PERSON, label)
    sign = 1 if label == 0 else -1
    expected = by_sample((sign * weight * x).numpy(), 100.0, "")
    np.testing.assert_allclose(found.scores, expected.scores, rtol=1e-3, atol=1e-4)
    if method != "gradient_x_input":
        assert found.note.endswith("within 0 %")


def test_smooth_grad_of_a_linear_network_is_its_squared_weight(linear: tuple[Model, Tensor, Tensor]) -> None:
    model, weight, x = linear
    found = smooth_grad.attribute(model, x, PERSON, 0)
    expected = by_sample((weight**2).expand(2, -1, -1).numpy(), 100.0, "")
    np.testing.assert_allclose(found.scores, expected.scores, rtol=1e-4)


def test_ablation_and_occlusion_of_a_linear_network_are_sums(linear: tuple[Model, Tensor, Tensor]) -> None:
    model, weight, x = linear
    product = (weight * x).numpy()
    lead = _attribute("lead_ablation")(model, x, PERSON, 0)
    np.testing.assert_allclose(lead.scores[..., 0], product.sum(axis=2), rtol=1e-3, atol=1e-3)
    found = _attribute("occlusion")(model, x, PERSON, 0)
    tenths = product.reshape(2, 12, 25, 10).sum(axis=3)
    pairs = tenths[..., 1:] + tenths[..., :-1]  # what each 0.2 s occlusion takes away
    np.testing.assert_allclose(found.scores[..., 1:-1], (pairs[..., 1:] + pairs[..., :-1]) / 2, rtol=1e-3, atol=1e-3)


def _attribute(method: str):  # type: ignore[no-untyped-def]
    import importlib

    return importlib.import_module(f"ecgviz.explain.{method}").attribute


class _Net(nn.Module):
    """Convolution, ReLU, mean, dense: small enough to be worked out by hand."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(4)
        self.conv, self.relu = nn.Conv1d(12, 6, 5, padding=2), nn.ReLU()
        self.hidden, self.last = nn.Conv1d(6, 4, 3, padding=1), nn.ReLU()
        self.classify = nn.Linear(4, 2)

    def forward(self, x: Tensor, person: Tensor | None = None) -> Tensor:
        y = self.last(self.hidden(self.relu(self.conv(x))))
        out: Tensor = self.classify(y.mean(dim=-1))
        return out


def test_grad_cam_is_the_weighted_sum_of_the_channels(make: SimpleNamespace) -> None:
    network = _Net()
    module = SimpleNamespace(cam_layer=lambda n: n.last, cam_grid=lambda: (1.0, 0.0, 7.0))
    model = make.model_around(network, 2.5, module)
    x = torch.randn(2, 12, 250)
    found = grad_cam.attribute(model, x, PERSON, 1)
    with torch.no_grad():
        channels = network.last(network.hidden(network.relu(network.conv(x))))
        expected = torch.einsum("ncs,c->ns", channels, network.classify.weight[1] / 250).clamp(min=0)
    np.testing.assert_allclose(found.scores[:, 0], expected.numpy(), atol=1e-6)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_deep_lift_and_guided_backpropagation_agree_with_captum(make: SimpleNamespace) -> None:
    network = _Net()
    model = make.model_around(network, 2.5)
    x = torch.randn(2, 12, 250)
    found = deep_lift.attribute(model, x, PERSON, 1)
    reference = DeepLift(network).attribute(x, target=1).detach().numpy()
    np.testing.assert_allclose(found.scores, by_sample(reference, 100.0, "").scores, rtol=1e-3, atol=1e-6)
    assert found.note.endswith("within 0 %")
    guided = guided_grad_cam.guided_gradient(model, x, PERSON, 1)
    expected = GuidedBackprop(network).attribute(x, target=1)
    np.testing.assert_allclose(guided.numpy(), expected.numpy(), atol=1e-7)
    assert not torch.allclose(guided, torch.autograd.grad(network(z := x.requires_grad_())[:, 1].sum(), z)[0])


NAMED = [name for name in ARCHITECTURES if hasattr(_checkpoints.architecture(name), "cam_layers")]


@pytest.mark.parametrize("name", NAMED)
def test_named_layers_lie_and_see_what_they_state(name: str, make: SimpleNamespace) -> None:
    model = make.model_of(name)
    for layer in names(model):
        _check_place(model, layer, make)
        _check_field(make.model_of(name), layer)


def _response(model: Model, layer: str, x: Tensor) -> tuple[Tensor, tuple[float, float, float]]:
    (part,) = parts(model, layer)
    kept: dict[str, Tensor] = {}
    hook = part.layer.register_forward_hook(lambda _m, _i, out: kept.update(out=out))
    part.network(x, torch.zeros(1, 5, dtype=x.dtype))
    hook.remove()
    return kept["out"], part.grid


def _check_place(model: Model, layer: str, make: SimpleNamespace) -> None:
    make.averaging(model.network)
    for at in (123, 250, 377):
        x = torch.zeros(1, 12, 500)
        x[..., at] = 100.0
        out, (stride, offset, _) = _response(model, layer, x)
        row = out[0].mean(dim=0)
        top = torch.nonzero(row >= row.max() * 0.999).flatten().double()
        assert abs(float(offset + stride * top.mean()) - at) <= stride / 2, layer


def _check_field(model: Model, layer: str) -> None:
    """The samples that change the middle step, without what sees everything a little or hides the outermost."""
    for parent in list(model.network.modules()):
        for key, child in parent.named_children():
            if isinstance(child, nn.InstanceNorm1d | nn.ReLU | nn.BatchNorm1d | _blocks.SqueezeExcite):
                setattr(parent, key, nn.Identity())
            elif isinstance(child, nn.MaxPool1d):
                mean = nn.AvgPool1d(child.kernel_size, child.stride, child.padding, child.ceil_mode)
                setattr(parent, key, mean)
    x = torch.randn(1, 12, 1200, dtype=torch.float64, requires_grad=True)
    model.network.double()
    out, (_, _, field) = _response(model, layer, x)
    (slope,) = torch.autograd.grad(out[..., out.shape[2] // 2].sum(), x)
    seen = torch.nonzero(slope.abs().sum(dim=(0, 1))).flatten()
    assert int(seen.max() - seen.min() + 1) == field, layer


def test_a_finer_layer_sees_less_and_says_which_it_is(make: SimpleNamespace) -> None:
    model = make.model_of("inception_residual", 2.5)
    record = make.one_beat(1.2, seconds=2.5)
    last = explain.explain(model, record, "MI")
    fine = explain.explain(model, record, "MI", layer="inception block")
    assert (last.layer, fine.layer) == ("last convolution", "inception block")
    assert fine.field_ms == 150
    assert fine.resolution_ms == 20 < last.resolution_ms


def test_an_ensemble_shows_the_mean_of_its_members_maps(make: SimpleNamespace) -> None:
    one, two = make.model_of("resnet1d_wang", 2.5), make.model_of("simple_ann", 2.5)
    record = make.one_beat(1.2, seconds=2.5)
    network = Ensemble([one.network, two.network], [1.0, 2.0]).eval()
    both = Model(one.card, network, (*one.members, *two.members))
    assert explain.layers(both) == ("last convolution",)
    found = trial(both, record, "MI").heat("grad_cam")[0]
    first = trial(one, record, "MI").heat("grad_cam")[0]
    asked = trial(two, record, "MI")
    second = asked.stitched(asked.maps("grad_cam", 2 * asked.signal[None]))[0, 0]
    np.testing.assert_allclose(found, (first + second) / 2, atol=1e-5)
    same = Model(one.card, Ensemble([one.network, one.network], [1.0, 1.0]).eval(), 2 * one.members)
    np.testing.assert_allclose(trial(same, record, "MI").heat("grad_cam")[0], first, atol=1e-6)
    for method in ("integrated_gradients", "guided_grad_cam", "deep_lift", "lead_ablation"):
        assert np.isfinite(explain.explain(both, record, "MI", method).scores).all()


def test_members_of_an_ensemble_stay_its_own_in_a_private_copy(make: SimpleNamespace) -> None:
    from ecgviz.explain._network import private

    one, two = make.model_of("resnet1d_wang"), make.model_of("simple_ann")
    network = Ensemble([one.network, two.network], [1.0, 1.0])
    copy = private(Model(one.card, network, (*one.members, *two.members)), weights=True)
    assert isinstance(copy.network, Ensemble)
    assert [member.network for member in copy.members] == list(copy.network.networks)
    assert copy.network is not network
    shared = private(one)
    assert all(a is b for a, b in zip(shared.network.parameters(), one.network.parameters(), strict=True))
    assert isinstance(copy.members[0], Member)
