"""Curves from a report."""

from collections.abc import Callable
from typing import Any

import pytest

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
}


def test_roc_names_each_curve_with_its_area_and_shows_chance() -> None:
    chance, mi, cd = curves.roc(REPORT).data
    assert list(chance.x) == list(chance.y) == [0, 1]
    assert (mi.name, cd.name) == ("MI  0.912", "CD")
    assert list(mi.x) == [0, 0.1, 1] and list(mi.y) == [0, 0.8, 1]


def test_precision_recall_of_one_label() -> None:
    (line,) = curves.precision_recall(REPORT, ["CD"]).data
    assert line.name == "CD  0.800"
    assert list(line.x) == [0, 0.5, 1] and list(line.y) == [1, 0.9, 0.2]
    assert line.fill == "tozeroy"


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


def test_many_curves_differ_in_colour_or_dash() -> None:
    report = REPORT | {"curves": {f"label {n}": REPORT["curves"]["MI"] for n in range(25)}}
    looks = [(line.line.color, line.line.dash) for line in curves.roc(report).data[1:]]
    assert len(set(looks)) == 25


def test_what_the_report_lacks_is_said() -> None:
    with pytest.raises(EcgvizError, match="The report of m has no curve for AF; it has MI, CD"):
        curves.roc(REPORT, ["AF"])
    with pytest.raises(EcgvizError, match="has no curve for any finding; it has none"):
        curves.reliability({})
    assert len(curves.roc(REPORT, ["AF", "MI"]).data) == 2
