"""Training of page classifiers on features whose classes are known."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from ecgviz.datasets.pages import LABELS, Page
from ecgviz.errors import ModelError
from ecgviz.train.images.config import PageConfig
from ecgviz.train.images.controls import duplicates
from ecgviz.train.images.cross import cross, fresh, rounded, strata
from ecgviz.train.images.drawn import draw
from ecgviz.train.images.example import example_page
from ecgviz.train.images.fit import fit, logits_of, temperature
from ecgviz.train.images.parts import split
from ecgviz.train.images.views import altered
from ecgviz.zoo.images import page_resnet

CONFIG = PageConfig("x", "page_resnet", Path("data"), repeats=1, epochs=15, lr=3e-3, patience=5)
FEATURES = 32 * 8


@pytest.fixture(scope="module")
def network() -> page_resnet.Model:
    torch.manual_seed(0)
    return page_resnet.Model(page_resnet.Config(labels=4, widths=(4, 8, 8, 8), places=8))


def features(n: int = 120, seed: int = 0) -> tuple[torch.Tensor, np.ndarray]:
    """(n, 2, FEATURES) around a centre for each class."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 4
    centres = 5 * rng.standard_normal((4, FEATURES))
    x = centres[y][:, None] + rng.standard_normal((n, 2, FEATURES)) + 40
    return torch.from_numpy(x).half(), y


def test_classes_that_differ_are_learnt_and_the_scale_is_folded(network: page_resnet.Model) -> None:
    x, y = features()
    found = cross(network, x, y, y, CONFIG)
    assert found.said.shape == (1, 120)
    assert (found.said[0] == y).mean() > 0.95
    assert found.probability.sum(axis=2) == pytest.approx(1)
    assert len(found.epochs) == len(found.temperatures) == 5


def test_a_head_solved_at_once_learns_as_well_and_needs_no_passes(network: page_resnet.Model) -> None:
    x, y = features()
    found = cross(network, x, y, y, replace(CONFIG, penalty=100.0))
    assert (found.said[0] == y).mean() > 0.95
    assert found.epochs == [0] * 5
    stiff = cross(network, x, y, y, replace(CONFIG, penalty=1e9))
    assert np.ptp(stiff.probability, axis=2).mean() < np.ptp(found.probability, axis=2).mean()


def test_labels_at_random_stay_at_chance(network: page_resnet.Model) -> None:
    x, _ = features(200)
    y = np.random.default_rng(3).integers(0, 4, 200)
    found = cross(network, x, y, y, CONFIG)
    assert (found.said[0] == y).mean() < 0.45


def test_duplicates_across_the_split_lift_the_score(network: page_resnet.Model) -> None:
    x = torch.randn(60, 1, FEATURES).half()
    y = np.arange(60) % 4
    names = list(LABELS)
    pages = [Page(f"{k}", names[label], f"{k}", "2020") for k, label in enumerate(y)]
    told = duplicates(network, x, y, pages, CONFIG)
    honest = (cross(network, x, y, y, CONFIG).said[0] == y).mean()
    assert told["names"] == 15 * (1 + 2 + 8 + 2)
    assert told["accuracy"]["mean"] > honest + 0.2


def test_only_the_unfrozen_part_changes(network: page_resnet.Model) -> None:
    x, y = features()
    parts = split(fresh(network, CONFIG), "head")
    before = {k: v.clone() for k, v in parts.model.state_dict().items()}
    fit(parts, x, y, np.arange(120), None, CONFIG, 2)
    changed = {k for k, v in parts.model.state_dict().items() if not torch.equal(v, before[k])}
    assert changed == {"last.1.weight", "last.1.bias"}
    with pytest.raises(ModelError, match="no part Mixed_7c"):
        split(network, "Mixed_7c")


def test_pages_themselves_can_be_learnt(network: page_resnet.Model) -> None:
    pages = np.random.default_rng(0).integers(200, 256, (16, 1, 32, 32, 1), dtype=np.uint8)
    y = np.arange(16) % 4
    for page, label in zip(pages, y, strict=True):
        page[0, 8 * label : 8 * label + 8] = 0
    parts = split(fresh(network, CONFIG), "all")
    found = fit(parts, torch.from_numpy(pages), y, np.arange(16), None, CONFIG, 15)
    assert found.history[-1]["train_loss"] < found.history[0]["train_loss"]
    assert logits_of(parts, torch.from_numpy(pages), np.arange(16)).shape == (16, 4)


def test_the_temperature_of_overconfident_logits_is_above_one() -> None:
    rng = np.random.default_rng(0)
    logits = rng.standard_normal((4000, 4))
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    y = np.array([rng.choice(4, p=row) for row in p])
    assert temperature(logits, y) == pytest.approx(1, abs=0.1)
    assert temperature(3 * logits, y) == pytest.approx(3, abs=0.3)


def test_small_strata_are_merged_with_their_class() -> None:
    rows = [("normal", "2019", 6), ("normal", "2020", 9), ("history_of_mi", "2019", 2), ("history_of_mi", "2020", 9)]
    pages = [Page(str(k), label, str(k), batch) for label, batch, n in rows for k in range(n)]
    assert sorted(np.bincount(strata(pages, 5))) == [6, 9, 11]


def test_rounding_is_small_and_changes_nothing_the_second_time(network: page_resnet.Model) -> None:
    own = fresh(network, CONFIG)
    before = {k: v.clone() for k, v in own.state_dict().items()}
    rounded(own)
    once = {k: v.clone() for k, v in own.state_dict().items()}
    for name, value in before.items():
        assert torch.allclose(once[name].float(), value.float(), atol=0.01 * max(1.0, float(value.abs().max())))


def test_a_drawn_page_is_the_same_for_the_same_seed_and_reads_as_a_page() -> None:
    signal = np.zeros((12, 1000))
    a, b = (draw(signal, 100.0, (299, 299), np.random.default_rng(1)) for _ in range(2))
    assert np.array_equal(a, b) and a.shape == (299, 299)
    assert a.min() < 120 and np.median(a) == 255


def test_altered_views_differ_and_are_never_mirrored() -> None:
    page = example_page()
    one, other = (altered(page, np.random.default_rng(k)) for k in (0, 1))
    assert one.pixels.shape == page.pixels.shape
    assert not np.array_equal(one.pixels, other.pixels)
    own = page.pixels.min(axis=2) < 128
    view = one.pixels.min(axis=2) < 128
    upright = (own.sum(axis=1) * view.sum(axis=1)).sum()
    assert upright > (own.sum(axis=1)[::-1] * view.sum(axis=1)).sum()
