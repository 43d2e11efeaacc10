"""Evidence on a page, with networks whose evidence is known."""

import threading

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from ecgviz.card import ImageCard, ImageInput, LabelSpec
from ecgviz.errors import ModelError
from ecgviz.explain import images
from ecgviz.record import Scan
from ecgviz.results import Heat
from ecgviz.scans.geometry import LeadBox, PageGeometry
from ecgviz.train.images.example import example_page
from ecgviz.zoo.images import page_resnet
from ecgviz.zoo.images._checkpoints import PageModel
from ecgviz.zoo.images._gate import Gate

SPEC = ImageInput("image", 96, 96, view="ink")


def card(**changes: object) -> ImageCard:
    fields: dict[str, object] = dict.fromkeys(("name", "title", "task", "architecture", "thresholds_from"), "x")
    fields |= dict.fromkeys(("calibration", "trained_on", "tested_on", "intended_use", "not_for", "licence"), "x")
    fields |= {"config": {}, "metrics": {}, "subgroups": {}, "parameters": 0, "gflop": 0.0, "ms_per_record": 0.0}
    labels = tuple(LabelSpec(name, name, (), 1, 0.5) for name in ("normal", "other"))
    return ImageCard(**fields, weights_digest="", example={}, labels=labels, input=SPEC, exclusive=True, **changes)  # type: ignore[arg-type]


class LeftInk(nn.Module):
    """Label 0: the amount of ink in the left half; label 1: nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.block = nn.Conv2d(3, 1, 4, 4)
        nn.init.constant_(self.block.weight, -1 / 48)
        nn.init.constant_(self.block.bias, 1.0)

    def features(self, x: Tensor) -> Tensor:
        y = self.block(x)
        return y[..., : y.shape[3] // 2].mean(dim=(2, 3))

    def head(self, x: Tensor) -> Tensor:
        return torch.cat([100 * x, torch.zeros_like(x)], dim=1)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.features(x))


class Module:
    """As an architecture's module."""

    @staticmethod
    def cam_layer(network: LeftInk) -> nn.Module:
        return network.block


def known() -> PageModel:
    return PageModel(card(), LeftInk().eval().requires_grad_(False), Gate(1, 1), Module)  # type: ignore[arg-type]


def unknown() -> PageModel:
    torch.manual_seed(0)
    network = page_resnet.Model(page_resnet.Config(labels=2)).eval().requires_grad_(False)
    return PageModel(card(), network, Gate(32 * 48), page_resnet)


@pytest.mark.parametrize("method", ["place_cam", "integrated_gradients", "occlusion"])
def test_the_evidence_lies_where_the_network_looks(method: str) -> None:
    heat = images.explain(known(), example_page(), "normal", method)
    x0, _, x1, _ = heat.area
    middle = round((x0 + x1) / 2)
    assert heat.scores.shape == example_page().pixels.shape[:2]
    left, right = np.maximum(heat.scores, 0)[:, :middle].sum(), np.maximum(heat.scores, 0)[:, middle:].sum()
    assert left > 20 * right


@pytest.mark.parametrize("method", images.METHODS)
def test_scores_are_bounded_and_lie_within_the_area(method: str) -> None:
    heat = images.explain(unknown(), example_page(), "other", method)
    assert np.isfinite(heat.scores).all() and np.abs(heat.scores).max() <= 1 + 1e-6
    assert heat.signed or heat.scores.min() >= 0
    x0, y0, x1, y1 = (round(v) for v in heat.area)
    outside = heat.scores.copy()
    outside[y0:y1, x0:x1] = 0
    assert not outside.any()


@pytest.mark.parametrize("method", ["grad_cam", "integrated_gradients"])
def test_sessions_at_the_same_time_get_the_maps_of_one_after_the_other(method: str) -> None:
    model, page = unknown(), example_page()
    alone = {label: images.explain(model, page, label, method).scores for label in ("normal", "other")}
    found: list[tuple[str, np.ndarray]] = []

    def one(label: str) -> None:
        found.append((label, images.explain(model, page, label, method).scores))

    threads = [threading.Thread(target=one, args=(label,)) for label in ("normal", "other") * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert all(np.array_equal(scores, alone[label]) for label, scores in found)
    assert not any(layer._forward_hooks or layer._backward_hooks for layer in model.network.modules())


def test_wrong_questions_are_refused() -> None:
    with pytest.raises(ModelError, match="no method 'magic'"):
        images.explain(known(), example_page(), "normal", "magic")
    with pytest.raises(ModelError, match="no label 'cat'"):
        images.explain(known(), example_page(), "cat")
    with pytest.raises(ModelError, match="nothing to explain"):
        images.explain(known(), Scan(np.full((100, 100, 3), 255, np.uint8)), "normal")


def heat_in(box: tuple[int, int, int, int]) -> Heat:
    scores = np.zeros((100, 200), np.float32)
    x0, y0, x1, y1 = box
    scores[y0:y1, x0:x1] = 1
    return Heat(scores, "infarction", "m", "grad_cam", (8, 8), (0.0, 0.0, 200.0, 100.0))


def geometry() -> PageGeometry:
    leads = ("V1", "V2", "V3", "II")
    boxes = tuple(LeadBox(n, 50.0 * k, 0.0, 50.0 * (k + 1), 50.0, 25.0, 0.0, 2.5) for k, n in enumerate(leads))
    strip = LeadBox("II", 0.0, 60.0, 200.0, 90.0, 75.0, 0.0, 10.0)
    return PageGeometry(200, 100, (*boxes, strip), (4.0, 4.0), 25.0, 10.0, "3x4+1")


def test_shares_go_to_the_boxes_and_to_what_is_outside() -> None:
    rows = {row.place: row for row in images.shares(heat_in((0, 0, 100, 60)), geometry())}
    assert rows["V1"].heat == pytest.approx(50 / 120) and rows["V2"].heat == pytest.approx(50 / 120)
    assert rows["outside the traces"].heat == pytest.approx(20 / 120)
    assert rows["II"].heat == 0 and rows["II strip"].heat == 0
    assert sum(row.pixels for row in rows.values()) == pytest.approx(1)


def test_the_sentence_names_neighbouring_chest_leads_as_a_range() -> None:
    found = images.shares(heat_in((0, 0, 150, 50)), geometry())
    assert images.said(found, "infarction").startswith("100% of the evidence for infarction lies in V1-V3 (38% of")
    outside = images.said(images.shares(heat_in((0, 95, 200, 100)), geometry()), "infarction")
    assert "100% outside the traces" in outside


def test_without_geometry_there_are_three_places() -> None:
    heat = Heat(np.ones((100, 200), np.float32), "a", "m", "grad_cam", (8, 8), (10.0, 40.0, 190.0, 90.0))
    rows = {row.place: row.heat for row in images.shares(heat)}
    assert rows["above the traces"] == pytest.approx(0.4)
    assert sum(rows.values()) == pytest.approx(1)


def test_no_evidence_is_said() -> None:
    assert "No evidence" in images.said(images.shares(heat_in((0, 0, 0, 0)), geometry()), "infarction")


def test_checks_pass_for_the_network_that_looks_left() -> None:
    by_name = {check.name: check for check in images.check(known(), example_page(), "normal", "occlusion")}
    assert by_name["deletion"].verdict in ("passes", "doubtful")
    assert by_name["deletion"].number >= 0.9
    assert [curve.name for curve in by_name["deletion"].curves] == ["by heat", "by amount of ink", "random, mean"]
    assert 0 <= by_name["randomisation"].number <= 1
