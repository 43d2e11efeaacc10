"""Every shipped model of pages is what its card says, and knows what is no page."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from ecgviz import zoo
from ecgviz.datasets.pages import load_manifest, read_page, trace_blanked
from ecgviz.record import Scan
from ecgviz.train.images.example import example_page
from ecgviz.zoo import images

NAMES = [card.name for card in images.cards()]
DATA = os.environ.get("ECGVIZ_DATA")


def cat() -> Scan:
    """Soft shapes in warm colours, as of a photograph that is no page."""
    y, x = np.mgrid[:480, :640]
    light = 120 + 80 * np.sin(x / 60) * np.cos(y / 45) + 40 * np.exp(-((x - 300) ** 2 + (y - 200) ** 2) / 9000)
    fur = np.random.default_rng(0).normal(0, 12, light.shape)
    return Scan(np.clip(np.stack([light + fur, 0.8 * light + fur, 0.6 * light + fur], axis=2), 0, 255).astype(np.uint8))


@pytest.mark.skipif(not NAMES, reason="no model of pages is installed")
def test_the_seeds_network_is_shipped() -> None:
    assert "inception_v3" in NAMES


@pytest.mark.parametrize("name", NAMES)
def test_card_report_and_weights_agree(name: str) -> None:
    model, report = images.load(name), zoo.report(name)
    card = model.card
    json.dumps(report, allow_nan=False)
    assert {key: row["value"] for key, row in report["metrics"].items()} == {
        k: f.value for k, f in card.metrics.items()
    }
    assert sum(p.numel() for p in model.network.parameters()) == card.parameters
    assert (zoo.models_folder() / name / "weights.safetensors").stat().st_size <= 25 * 2**20
    found = images.predict(model, example_page())
    assert sum(f.probability for f in found.findings) == pytest.approx(1, abs=1e-5)
    for finding in found.findings:
        assert finding.probability == pytest.approx(card.example["probabilities"][finding.label], abs=5e-3)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_no_page_is_flagged(name: str) -> None:
    model = images.load(name)
    noise = Scan(np.random.default_rng(0).integers(0, 256, (480, 640, 3)).astype(np.uint8))
    for scan in (cat(), noise, Scan(np.full((480, 640, 3), 250, np.uint8))):
        assert {flag.code for flag in images.predict(model, scan).flags} & {"no_traces", "no_page", "unlike_training"}


@pytest.mark.data
@pytest.mark.skipif(not DATA or "inception_v3" not in NAMES, reason="needs ECGVIZ_DATA and the installed model")
def test_pages_of_the_data_set_are_not_flagged_and_blanked_ones_are() -> None:
    root = Path(str(DATA))
    pages = load_manifest(root)[::70]
    model = images.load("inception_v3")
    assert not any(images.predict(model, read_page(root, page)).flags for page in pages)
    assert images.predict(model, trace_blanked(read_page(root, pages[0]))).flags
