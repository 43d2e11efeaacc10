"""Every shipped model is what its card says."""

import json

import numpy as np
import pytest

from ecgviz import zoo
from ecgviz.card import BeatCard, ModelCard
from ecgviz.datasets import ptbxl
from ecgviz.evaluate import paired
from ecgviz.signals import synthetic
from ecgviz.zoo import _checkpoints, beats
from ecgviz.zoo.beats import _models

FOLDER = zoo.models_folder()
CARDS, BEATS = zoo.cards(), beats.cards()
ids = [card.name for card in CARDS]


def test_the_two_first_models_are_installed() -> None:
    assert {"resnet1d_wang", "inception_residual"} <= set(ids)


def test_the_folder_stays_under_its_limit_and_holds_nothing_else() -> None:
    files = [path for path in FOLDER.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 100 * 2**20
    truth = {path for path in files if path.parent.name == "_truth"}
    assert {path.name for path in truth} <= {f"{task}.safetensors" for task in ptbxl.TASKS}
    known = {"card.json", "weights.safetensors", "weights.skops", "report.json", "answers.safetensors"}
    known |= {"gate.safetensors", beats.TABLE}
    assert {path.name for path in set(files) - truth} <= known


def test_beat_models_stay_under_their_limit() -> None:
    files = [path for card in BEATS for path in (FOLDER / card.name).iterdir()]
    assert sum(path.stat().st_size for path in files) < 32 * 2**20


@pytest.mark.parametrize("card", BEATS, ids=[card.name for card in BEATS])
def test_a_beat_model_gives_the_answer_of_its_card(card: BeatCard) -> None:
    model = beats.load(card.name)
    if model.network is not None:
        assert _checkpoints.parameters(model.network.requires_grad_(True)) == card.parameters
    made = synthetic.simulate("sinus_rhythm")
    found = _models.predict(model, made.record, np.array([beat.r_peak for beat in made.beats]))
    np.testing.assert_allclose(found.probabilities, card.example["probabilities"], atol=2e-3)
    np.testing.assert_allclose(found.probabilities.sum(axis=1), 1, atol=1e-4)


@pytest.mark.parametrize("card", BEATS, ids=[card.name for card in BEATS])
def test_a_beat_card_and_its_report_tell_the_same(card: BeatCard) -> None:
    report = beats.report(card.name)
    json.dumps(report, allow_nan=False)
    assert f"{report['n']:,}" in card.tested_on
    assert set(report["metrics"]) == set(card.metrics)
    for name, figure in card.metrics.items():
        assert report["metrics"][name]["value"] == figure.value
        assert figure.low is not None
        assert figure.high is not None
        assert figure.low <= figure.value <= figure.high, name


def test_every_row_of_the_beat_tables_has_figures_with_intervals() -> None:
    rows = beats.table()
    assert {card.name for card in BEATS} <= {row["name"] for row in rows}
    for row in rows:
        macro = row["metrics"]["macro_f1"]
        assert macro["low"] <= macro["value"] <= macro["high"]
        assert row["seeds"] >= 1


@pytest.mark.parametrize("card", CARDS, ids=ids)
def test_kept_answers_give_the_figures_of_the_card(card: ModelCard) -> None:
    found = zoo.answers(card.name)
    if found is None:
        pytest.skip("no answers are kept")
    assert str(len(found.y)) in card.tested_on
    assert set(found.patient) == set(range(found.patient.max() + 1))
    values = {name: both.one for name, both in paired.compare(found, found, repeats=1).items()}
    for name, value in values.items():
        assert value == pytest.approx(card.metrics[name].value, abs=5e-4), name


@pytest.mark.parametrize("card", CARDS, ids=ids)
def test_parameters_and_example_are_those_of_the_weights(card: ModelCard) -> None:
    model = zoo.load(card.name)
    assert _checkpoints.parameters(model.network.requires_grad_(True)) == card.parameters
    found = zoo.predict(model, synthetic.simulate("sinus_rhythm").record)
    for finding in found.findings:
        assert finding.probability == pytest.approx(card.example["probabilities"][finding.label], abs=2e-3)


@pytest.mark.parametrize("card", CARDS, ids=ids)
def test_card_and_report_tell_the_same(card: ModelCard) -> None:
    report = zoo.report(card.name)
    json.dumps(report, allow_nan=False)
    assert set(report["metrics"]) == set(card.metrics)
    for name, figure in card.metrics.items():
        assert report["metrics"][name]["value"] == figure.value
        assert figure.low is not None
        assert figure.high is not None
        assert figure.low <= figure.value <= figure.high, name
    assert str(report["n"]) in card.tested_on
    assert "fold 9" in card.thresholds_from
    assert card.subgroups
    assert card.training["epochs_run"] == len(report["history"])


@pytest.mark.parametrize("card", CARDS, ids=ids)
def test_same_ecg_at_four_rates_gives_the_same_answer(card: ModelCard) -> None:
    model = zoo.load(card.name)
    for key in ("sinus_rhythm", "atrial_fibrillation"):
        found = [
            [f.probability for f in zoo.predict(model, synthetic.simulate(key, fs=fs).record).findings]
            for fs in (257.0, 360.0, 500.0, 1000.0)
        ]
        assert np.ptp(found, axis=0).max() <= 0.02, key
