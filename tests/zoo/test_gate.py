"""The gate before a prediction: what is no ECG, or not of this size, is held back; what is plain passes."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from ecgviz import zoo
from ecgviz.card import load_card
from ecgviz.evaluate import out_of_distribution as ood
from ecgviz.leads import STANDARD_12
from ecgviz.record import Record
from ecgviz.results import Screening
from ecgviz.signals import edit, prepare, quality
from ecgviz.signals.gallery import GALLERY
from ecgviz.signals.synthetic import simulate
from ecgviz.zoo import _gate
from ecgviz.zoo._predict import tensors

SHIPPED = [card.name for card in zoo.cards() if not card.members]
CLEAN = [key for key, entry in GALLERY.items() if entry.group != "technical"]
RARE = {"paced_rhythm", "atrial_flutter", "sinus_tachycardia"}
"""Clean, but rare in training: some networks are asked with care."""


def screened(model: object, record: Record) -> Screening:
    return zoo.screen(model, record, quality.check(record))  # type: ignore[arg-type]


def noise(level_mv: float) -> Record:
    x = np.random.default_rng(0).standard_normal((12, 5000)) * level_mv
    return Record(x.astype(np.float32), 500.0, STANDARD_12)


def square() -> Record:
    wave = np.sign(np.sin(2 * np.pi * 1.2 * np.arange(5000) / 500)).astype(np.float32)
    return Record(np.tile(wave, (12, 1)), 500.0, STANDARD_12)


@pytest.mark.parametrize("name", SHIPPED)
def test_noise_a_square_wave_and_ten_times_the_gain_are_unlike_training(name: str) -> None:
    model = zoo.load(name)
    loud = edit.amplify(simulate("sinus_rhythm").record, 10)
    for record in (noise(0.1), noise(0.5), square(), loud):
        found = zoo.screen(model, record, ())  # without what the quality check says
        assert found.verdict != "fit"
        assert [flag.code for flag in found.reasons] == ["unlike_training"]
        assert "the records that the model was trained on" in found.sentence
        assert screened(model, record).verdict == "unfit"


@pytest.mark.parametrize("name", SHIPPED)
def test_clean_records_of_the_gallery_pass(name: str) -> None:
    model = zoo.load(name)
    verdicts = {key: screened(model, simulate(key).record).verdict for key in CLEAN}
    assert "unfit" not in verdicts.values()
    assert {key for key, verdict in verdicts.items() if verdict != "fit"} <= RARE


def test_faults_are_told_in_the_sentence() -> None:
    model = zoo.load("resnet1d_wang")
    swapped = screened(model, simulate("swapped_arms").record)
    assert swapped.verdict == "unfit"
    assert "lead_swap" in [flag.code for flag in swapped.reasons]
    off = screened(model, simulate("lead_off").record)
    assert off.verdict != "fit"
    assert "V3" in " ".join(flag.text for flag in off.reasons)
    for outside in ("mains_hum", "baseline_wander"):  # 50 Hz and what is below 0.5 Hz never reach the network
        assert screened(model, simulate(outside).record).verdict == "fit"
    assert "no fault was found" in screened(model, simulate("sinus_rhythm").record).sentence


@pytest.mark.parametrize("name", ["s4_super", "ensemble_super"])
def test_views_and_ensembles_use_the_references_of_their_weights(name: str) -> None:
    model = zoo.load(name)
    clean = screened(model, simulate("atrial_fibrillation").record)
    assert clean.strangeness is not None
    assert clean.limit is not None
    assert clean.strangeness < clean.limit
    assert screened(model, square()).verdict == "unfit"


@pytest.mark.parametrize("name", ["resnet1d_wang", "inception_residual", "s4"])
def test_twin_reads_what_the_last_layer_reads(name: str) -> None:
    model = zoo.load(name)
    x, person = tensors(prepare.prepare(simulate("sinus_rhythm").record, model.card.input))
    seen = torch.from_numpy(_gate.features(_gate.without_head(model.members[0]), x, person))
    with torch.inference_mode():
        due = model.network(x, person)
        found = model.module.output_layer(model.members[0].network)(seen)
    torch.testing.assert_close(found, due)
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in model.network.modules())


def test_reference_comes_back_and_belongs_to_its_weights(
    tmp_path: Path, random_models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = load_card(random_models / "superclasses" / "card.json")
    monkeypatch.setenv("ECGVIZ_MODELS", str(tmp_path))
    (tmp_path / card.name).mkdir()
    assert _gate.read(card) is None
    x = np.random.default_rng(0).standard_normal((300, 20))
    _gate.write(tmp_path, card, ood.Reference({"network": ood.fit(x, 4)}, 3.0, 0.01, 100), 300)
    kept = _gate.read(card)
    assert kept is not None
    assert (kept.limit, kept.records) == (3.0, 100)
    np.testing.assert_allclose(kept.looks["network"].strangeness(x), ood.fit(x, 4).strangeness(x), rtol=1e-4, atol=1e-4)
    assert _gate.read(replace(card, weights_digest="other")) is None


def test_without_a_reference_the_gate_says_so(random_models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECGVIZ_MODELS", str(random_models))
    found = screened(zoo.load("superclasses"), simulate("sinus_rhythm").record)
    assert (found.verdict, found.strangeness) == ("fit", None)
    assert "not known" in found.sentence
