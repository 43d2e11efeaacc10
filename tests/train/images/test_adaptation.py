"""A network taught to read drawings of records: what it must give, and that it learns."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file

from ecgviz.signals import synthetic
from ecgviz.train.images import adaptation
from ecgviz.train.images.config import AdaptConfig, PageConfig
from ecgviz.train.images.start import start_in_words, started
from ecgviz.zoo.images import page_resnet

CONFIG = AdaptConfig("page_resnet", Path("data"), minutes=0.03, batch=2)


@pytest.fixture(scope="module")
def signals() -> list[np.ndarray]:
    """Two simulated records of 10 s at 100 Hz."""
    found = [synthetic.simulate(name).record for name in ("sinus_rhythm", "left_bundle_branch_block")]
    return [r.signal[:, :: round(r.fs / 100)][:, :1000].astype(np.float32) for r in found]


def test_targets_are_the_median_beats_and_the_rhythm(signals: list[np.ndarray]) -> None:
    found = adaptation.beat_targets(signals[0])
    assert found.shape == (adaptation.TARGETS,) and np.isfinite(found).all()
    beats = found[:-3].reshape(12, -1)
    assert beats[1].argmax() == round(adaptation.BEFORE / adaptation.EVERY)  # R of lead II
    simulation = synthetic.simulate("sinus_rhythm")
    rr = np.median(np.diff([beat.r_peak for beat in simulation.beats]))
    assert np.exp(found[-3]) == pytest.approx(rr, abs=0.03)


def test_a_flat_record_has_no_targets() -> None:
    assert np.isnan(adaptation.beat_targets(np.zeros((12, 1000), np.float32))).all()


def test_it_learns_and_what_it_writes_is_a_start(signals: list[np.ndarray], tmp_path: Path) -> None:
    torch.manual_seed(0)
    model = page_resnet.Model(page_resnet.Config())
    before = {name: value.clone() for name, value in model.state_dict().items()}
    reader = adaptation.Reader(model, 3)
    y = np.array([[1, 0, 0], [0, 1, 0]], np.float32)
    said: list[str] = []
    adaptation.trained(reader, set(), signals, y, tmp_path / "start.safetensors", CONFIG, said.append)
    state = load_file(tmp_path / "start.safetensors")
    moved = [name for name, value in before.items() if not torch.equal(value, state[f"model.{name}"])]
    heads = {"model." + name for name, p in model.named_parameters() if not p.requires_grad}
    assert len(moved) > 10 and not heads & {f"model.{name}" for name in moved}
    with safe_open(tmp_path / "start.safetensors", "pt") as file:
        told = json.loads(file.metadata()["told"])
    assert told["pages"] >= 2 and told["from"] == "random weights"
    assert "pages drawn from PTB-XL" in start_in_words(tmp_path / "start.safetensors")
    page = replace(PageConfig("x", "page_resnet", Path("data")), start=tmp_path / "start.safetensors")
    network, known = started(page)
    assert known and torch.equal(network.state_dict()[moved[0]], state[f"model.{moved[0]}"])
