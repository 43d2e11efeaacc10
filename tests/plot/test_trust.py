"""Noise and abstention."""

from typing import Any

import pytest

from ecgviz.plot import trust

FIGURE = {"value": 0.9, "low": 0.88, "high": 0.92}
NOISE: dict[str, Any] = {
    "clean": FIGURE,
    "noise": [{"kind": k, "snr_db": s} | FIGURE for k in ("em", "bm") for s in (0, 24, 12)],
}


def test_each_noise_is_a_line_that_worsens_to_the_right() -> None:
    figure = trust.noise(NOISE, "Macro AUROC")
    clean, em, bm = figure.data
    assert list(clean.y) == [0.9, 0.9]
    assert (em.name, bm.name) == ("electrode motion", "baseline wander")
    assert list(em.x) == [0, 12, 24]
    assert figure.layout.xaxis.autorange == "reversed"
    assert list(em.error_y.array) == pytest.approx([0.02] * 3)


def test_noise_without_intervals_has_no_bars() -> None:
    bare = {"clean": FIGURE, "noise": [{"kind": "ma", "snr_db": 6, "value": 0.8}]}
    assert list(trust.noise(bare, "x").data[1].error_y.array) == [0]


def test_risk_over_coverage() -> None:
    (line,) = trust.risk_coverage({"coverage": [0.1, 1], "risk": [0.0, 0.2], "aurc": 0.1}).data
    assert list(line.x) == [0.1, 1] and list(line.y) == [0, 0.2]
