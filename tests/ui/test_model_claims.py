"""Each claim of a seed meets the model here that answers to it."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from ecgviz import zoo
from ecgviz.card import Figure, ModelCard, list_cards
from ecgviz.datasets import ptbxl
from ecgviz.ui import model_seeds
from ecgviz.ui.model_claims import CLAIMS, as_coded, coded_model, honest_model
from ecgviz.ui.model_tasks import METRICS

VGG = next(claim for claim in CLAIMS if claim.system == "VGG-16")


@pytest.fixture
def card(random_models: Path) -> ModelCard:
    (found,) = [card for card in list_cards(random_models) if card.name == "challenge"]
    return replace(found, architecture="vgg16")


def test_claims_name_architectures_tasks_and_scores_that_exist() -> None:
    for claim in CLAIMS:
        assert claim.why
        if claim.architecture:
            assert claim.architecture in zoo.ARCHITECTURES
            assert claim.task in ptbxl.TASKS
            assert set(claim.metrics) <= set(METRICS)


def test_the_seeds_seven_rows_are_complete() -> None:
    first = [claim.reported for claim in CLAIMS if claim.seed == "Seed 0"]
    assert first == ["18.5", "15.7", "33.8", "34.9", "35.1", "40.6", "50.87"]
    assert {claim.seed for claim in CLAIMS} == {f"Seed {n}" for n in range(5)}


@pytest.mark.parametrize(
    ("config", "coded"),
    [
        ({}, False),
        ({"legacy_reshape": True}, True),
        ({"along": "time"}, True),
        ({"along": "channels", "legacy_reshape": False}, False),
        ({"variant": "ascoded"}, True),
        ({"variant": "flyingemp"}, True),
        ({"variant": "deep"}, False),
    ],
)
def test_slips_of_the_published_code_are_known_by_the_configuration(config: dict[str, object], coded: bool) -> None:
    assert as_coded(SimpleNamespace(config=config)) is coded  # type: ignore[arg-type]


def test_as_coded_and_honest_are_kept_apart(card: ModelCard) -> None:
    coded = replace(card, name="coded", config={"legacy_reshape": True})
    assert honest_model(VGG, [coded, card]) is card
    assert coded_model(VGG, [coded, card]) is coded
    assert coded_model(VGG, [card]) is None


def test_of_several_trainings_the_best_on_validation_is_shown(card: ModelCard) -> None:
    made = [replace(card, name=n, training={"best_val_macro_auroc": v}) for n, v in (("a", 0.8), ("b", 0.9))]
    found = honest_model(VGG, made)
    assert found is not None
    assert found.name == "b"


def test_figures_are_on_the_scale_of_the_seed() -> None:
    assert model_seeds._told(Figure(0.6283, 0.606, 0.648), 100) == "<b>62.8</b> <i>(60.6–64.8)</i>"
    assert model_seeds._told({"value": 0.6283}, 1) == "<b>0.628</b>"
    assert model_seeds._told(None, 1) == ""


def test_a_models_report_speaks_before_its_card(card: ModelCard) -> None:
    told = {"reported": 50.87, "as_coded": None, "honest": {"value": 0.63, "low": 0.6, "high": 0.65}, "why": "Because."}
    line = model_seeds.line(card, {"seed": told})
    assert "Reported by the seed: 50.87." in line
    assert "As coded: not run." in line
    assert "<b>0.630</b> <i>(0.600–0.650)</i>" in line
    assert line.endswith("Because.")
    assert "50.87 (score)" in model_seeds.line(card, {})
    assert model_seeds.line(replace(card, seed_reported=""), {}) == ""
