"""Curves from a report."""

from collections.abc import Callable
from typing import Any

import pytest

from ecgviz.card import Figure, InputSpec, ModelCard
from ecgviz.errors import EcgvizError
from ecgviz.plot import curves

BINNED = {"predicted": [0.1, 0.5, 0.9], "observed": [0.05, 0.55, 0.92], "count": [400, 100, 25]}
REPORT: dict[str, Any] = {
    "model": "m",
    "per_class": [
        {"label": "MI", "auroc": {"value": 0.912, "low": 0.9, "high": 0.92}, "auprc": 0.71},
        {"label": "CD", "auroc": {"value": None, "low": None, "high": None}, "auprc": {"value": 0.8}},
    ],
    "curves": {
        label: {
            "roc": {"fpr": [0, 0.1, 1], "tpr": [0, 0.8, 1]},
            "pr": {"recall": [0, 0.5, 1], "precision": [1, 0.9, 0.2]},
            "reliability": BINNED,
        }
        for label in ("MI", "CD")
    },
    "history": [
        {"epoch": n, "train_loss": 1 / n, "val_macro_auroc": 1 - 0.3 / n, "lr": 0.1, "seconds": 1} for n in (1, 2, 3)
    ],
}


@pytest.fixture
def make_card() -> Callable[..., ModelCard]:
    def make(name: str, parameters: int, score: Figure) -> ModelCard:
        spec = InputSpec(
            task="ecg12", leads=("I",), fs=100.0, seconds=10.0, stride_s=10.0, shortest_s=2.5, band_hz=(0.5, 40.0),
            scale_mv=1.0,
        )  # fmt: skip
        texts = dict.fromkeys(
            ("thresholds_from", "calibration", "trained_on", "tested_on", "intended_use", "not_for", "licence"), "x"
        )
        return ModelCard(
            name=name, title=name, task="ptbxl_super", architecture="a", config={}, input=spec, labels=(),
            metrics={"macro_auroc": score},
            subgroups={}, parameters=parameters, gflop=1.0, ms_per_record=12.0, weights_digest="", example={}, **texts,
        )  # fmt: skip

    return make


def test_roc_names_each_curve_with_its_area_and_shows_chance() -> None:
    chance, mi, cd = curves.roc(REPORT).data
    assert list(chance.x) == list(chance.y) == [0, 1]
    assert (mi.name, cd.name) == ("MI  0.912", "CD")
    assert list(mi.x) == [0, 0.1, 1] and list(mi.y) == [0, 0.8, 1]


def test_precision_recall_of_one_label() -> None:
    (line,) = curves.precision_recall(REPORT, ["CD"]).data
    assert line.name == "CD  0.800"
    assert list(line.x) == [0, 0.5, 1] and list(line.y) == [1, 0.9, 0.2]


def test_reliability_shows_how_many_records_stand_behind_a_point() -> None:
    _, line, _ = curves.reliability(REPORT).data
    assert list(line.x) == BINNED["predicted"] and list(line.y) == BINNED["observed"]
    assert list(line.customdata) == BINNED["count"]
    assert list(line.marker.size) == sorted(line.marker.size, reverse=True)


@pytest.mark.parametrize("draw", [curves.roc, curves.precision_recall, curves.reliability])
def test_shares_have_one_scale_from_0_to_1(draw: Callable[..., Any]) -> None:
    layout = draw(REPORT).layout
    assert layout.yaxis.scaleanchor == "x" and layout.yaxis.scaleratio == 1
    assert layout.xaxis.range == layout.yaxis.range


def test_history_has_loss_at_the_left_and_score_at_the_right() -> None:
    loss, score = curves.history(REPORT).data
    assert list(loss.y) == [1, 0.5, pytest.approx(1 / 3)]
    assert score.yaxis == "y2" and list(score.x) == [1, 2, 3]


def test_size_against_score_has_the_interval(make_card: Callable[..., ModelCard]) -> None:
    cards = [make_card("a", 474_000, Figure(0.92, 0.91, 0.93)), make_card("b", 9_000_000, Figure(0.9))]
    figure = curves.size_against_score(cards)
    points = figure.data[0]
    assert list(points.x) == [474_000, 9_000_000] and list(points.text) == ["a", "b"]
    assert list(points.error_y.array) == pytest.approx([0.01, 0])
    assert list(points.error_y.arrayminus) == pytest.approx([0.01, 0])
    assert figure.layout.xaxis.type == "log"
    assert len(curves.size_against_score(cards, "challenge_metric").data[0].x) == 0


def test_what_the_report_lacks_is_said() -> None:
    with pytest.raises(EcgvizError, match="The report of m has no curve for AF; it has MI, CD"):
        curves.roc(REPORT, ["AF"])
    with pytest.raises(EcgvizError, match="has no curve for any finding; it has none"):
        curves.reliability({})
    with pytest.raises(EcgvizError, match="The report of m has no history"):
        curves.history({"model": "m"})
    assert len(curves.roc(REPORT, ["AF", "MI"]).data) == 2
