"""Networks of pages: shapes, parameters, files, and the gate."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from ecgviz.card import ImageInput
from ecgviz.datasets.pages import LABELS
from ecgviz.errors import CardError, ModelError
from ecgviz.record import Scan
from ecgviz.scans.prepare import prepare
from ecgviz.train.images.config import PageConfig
from ecgviz.train.images.cross import Crossed
from ecgviz.train.images.example import example_page
from ecgviz.train.images.finish import Shipment, finish
from ecgviz.train.images.views import altered
from ecgviz.zoo import _torchvision, images
from ecgviz.zoo.images import ARCHITECTURES, _checkpoints
from ecgviz.zoo.images._gate import Gate
from ecgviz.zoo.images._predict import predict

COUNTS = [("inception_v3", {}, 21_793_764), ("small_cnn", {}, 9_924_164), ("inception_v3", {"places": 8}, 21_812_204)]
SIZES = {"small_cnn": (80, 480)}
SPEC = ImageInput("image", 128, 128, view="ink")


def test_the_seeds_networks_are_there() -> None:
    assert {"inception_v3", "small_cnn", "page_resnet"} == set(ARCHITECTURES)


@pytest.mark.parametrize(("name", "config", "count"), COUNTS)
def test_parameters(name: str, config: dict[str, object], count: int) -> None:
    network = _checkpoints.build(name, config)
    assert sum(p.numel() for p in network.parameters()) == count


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_head_of_features_is_the_answer(name: str) -> None:
    network = _checkpoints.build(name, {"labels": 4}).eval()
    x = torch.rand(2, 3, *SIZES.get(name, (299, 299)))
    with torch.inference_mode():
        features = network.features(x)
        assert torch.allclose(network.head(features), network(x), atol=1e-5)
        assert network(x).shape == (2, 4)
    assert _checkpoints.architecture(name).cam_layer(network) in set(network.modules())


def test_torchvision_is_imported_beside_any_torch() -> None:
    assert _torchvision.models() is _torchvision.models()
    assert hasattr(_torchvision.models(), "inception_v3")


def test_unknown_names_and_settings_are_refused() -> None:
    with pytest.raises(ModelError, match="no architecture 'vgg'"):
        _checkpoints.build("vgg", {})
    with pytest.raises(ModelError, match="no setting depth"):
        _checkpoints.build("page_resnet", {"depth": 3})
    with pytest.raises(ModelError, match="no model of pages 'nothing'"):
        images.load("nothing")


def test_the_gate_tells_other_features_apart() -> None:
    rng = torch.Generator().manual_seed(0)
    mixing = torch.randn(8, 60, generator=rng)

    def like(n: int) -> torch.Tensor:
        return torch.randn(n, 8, generator=rng) @ mixing + 0.1 * torch.randn(n, 60, generator=rng)

    gate = Gate(60, 8).fitted(like(300))
    gate.limit = torch.quantile(gate.distance(like(300)), 0.995)
    assert float((gate(like(200)) <= 1).float().mean()) > 0.95
    assert float(gate(3 * torch.randn(50, 60, generator=rng)).min()) > 2
    assert float(gate(4 * like(50)).median()) > 1


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small network as it is shipped, trained on nothing."""
    torch.manual_seed(0)
    page = example_page()
    views = [page, *(altered(page, np.random.default_rng(k)) for k in range(5))]
    x = np.stack([prepare(view, SPEC).x[0, :1] for view in views])
    y = np.arange(8) % 4
    network = _checkpoints.build("page_resnet", {"labels": 4}).eval()
    with torch.inference_mode():
        features = network.features(torch.from_numpy(x).expand(-1, 3, -1, -1)).expand(8, -1, -1).clone()
    features = features.clone() + 0.1 * torch.randn(features.shape)
    probability = np.full((1, 8, 4), 0.1)
    probability[0, np.arange(8), y] = 0.7
    crossed = Crossed(probability, [3], [1.5], [1.0], [0.2])
    config = PageConfig("tiny", "page_resnet", Path("data"), repeats=1)
    made = Shipment(config, {"labels": 4}, SPEC, (), y, features, network, "random weights")
    return finish(made, crossed, {"grid": []}, tmp_path_factory.mktemp("models"), lambda _: None)


def test_a_shipped_model_is_loaded_and_gives_the_answer_of_its_card(folder: Path) -> None:
    model = _checkpoints.load(folder)
    found = predict(model, example_page())
    assert sum(f.probability for f in found.findings) == pytest.approx(1, abs=1e-5)
    assert [f.label for f in found.findings] == list(LABELS.values())
    for finding in found.findings:
        assert finding.probability == pytest.approx(model.card.example["probabilities"][finding.label], abs=1e-3)
    assert model.card.exclusive and model.card.temperature == 1.5
    assert not [flag for flag in found.flags if flag.level == "error"]


def test_a_blank_page_and_noise_are_flagged(folder: Path) -> None:
    model = _checkpoints.load(folder)
    blank = predict(model, Scan(np.full((400, 600, 3), 250, np.uint8)))
    assert "no_traces" in {flag.code for flag in blank.flags}
    noise = predict(model, Scan(np.random.default_rng(0).integers(0, 256, (400, 600, 3)).astype(np.uint8)))
    assert noise.flags


def test_damaged_weights_and_another_architecture_are_refused(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "tiny"
    other.mkdir()
    card = json.loads((folder / "card.json").read_text())
    weights = (folder / "weights.safetensors").read_bytes()
    (other / "card.json").write_text(json.dumps(card))
    (other / "weights.safetensors").write_bytes(weights[:-1] + b"\x01")
    with pytest.raises(CardError, match="not those of the card"):
        _checkpoints.load(other)
    (other / "weights.safetensors").write_bytes(weights)
    (other / "card.json").write_text(json.dumps(card | {"architecture": "small_cnn"}))
    with pytest.raises(CardError, match="do not fit small_cnn"):
        _checkpoints.load(other)
