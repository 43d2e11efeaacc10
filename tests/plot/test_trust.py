"""Noise, abstention and calibration."""

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


def test_each_measure_of_calibration_has_its_own_scale_from_zero() -> None:
    measures = {"ece": 0.02, "classwise_ece": 0.05, "brier": 0.1, "nll": 0.3}
    ways = {"before": 3, "after": 1, "temperature": 2}
    figure = trust.calibration(
        {way: {k: {"value": v * more} for k, v in measures.items()} for way, more in ways.items()}
    )
    for trace, value in zip(figure.data, measures.values(), strict=True):
        assert list(trace.x) == pytest.approx([3 * value, value, 2 * value])
    assert len({trace.xaxis for trace in figure.data}) == 4
    assert figure.layout.xaxis3.rangemode == "tozero"
    told = [note.text for note in figure.layout.annotations]
    assert [text for text in told if "<b>" in text] == [f"<b>{name}</b>" for name in trust.CALIBRATION.values()]
    assert "0.0600" in told and "0.0200" in told


def test_a_measure_that_is_missing_has_no_panel() -> None:
    found = {"before": {"ece": FIGURE, "nll": FIGURE}, "after": {"ece": FIGURE}}
    (trace,) = trust.calibration(found).data
    assert list(trace.y) == [0, 1]
