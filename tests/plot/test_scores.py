"""Findings as bars and words."""

import pytest

from ecgviz.plot import scores, theme
from ecgviz.results import Finding, Prediction

PREDICTION = Prediction(
    "m",
    (
        Finding("NORM", 0.04, 0.45),
        Finding("MI", 0.62, 0.30),
        Finding("STTC", 0.28, 0.31),
        Finding("CD", 0.91, 0.40),
        Finding("LQT", 0.55, 0.08, trusted=False),
    ),
)


@pytest.mark.parametrize(
    ("probability", "threshold", "expected"),
    [
        (0.99, 0.5, "well above threshold"),
        (0.76, 0.5, "well above threshold"),
        (0.74, 0.5, "just above threshold"),
        (0.50, 0.5, "just above threshold"),
        (0.49, 0.5, "below threshold"),
        (0.26, 0.5, "below threshold"),
        (0.24, 0.5, "well below threshold"),
        (0.05, 0.04, "just above threshold"),
        (0.05, 0.01, "well above threshold"),
        (0.0, 0.3, "well below threshold"),
        (1.0, 0.3, "well above threshold"),
        (1.0, 1.0, "just above threshold"),
        (0.0, 0.0, "just above threshold"),
    ],
)
def test_words_follow_the_findings_own_threshold(probability: float, threshold: float, expected: str) -> None:
    assert scores.word(Finding("X", probability, threshold)) == expected
    assert expected in scores.LADDER


def test_positives_come_first_then_by_odds_over_the_threshold() -> None:
    assert [f.label for f in scores.ranked(PREDICTION)] == ["CD", "LQT", "MI", "STTC", "NORM"]


def test_each_bar_has_its_own_threshold_tick_and_its_figure() -> None:
    figure = scores.findings(PREDICTION)
    bars, ticks = figure.data
    assert list(bars.x) == [0.91, 0.55, 0.62, 0.28, 0.04]
    assert list(ticks.x) == [0.40, 0.08, 0.30, 0.31, 0.45]
    assert list(bars.y) == list(ticks.y)
    texts = [note.text for note in figure.layout.annotations]
    assert "<b>CD</b>" in texts and "<b>0.91</b>" in texts and "0.04" in texts
    assert figure.layout.xaxis.range[0] <= 0 and figure.layout.xaxis.range[1] >= 1
    assert list(figure.layout.yaxis.range) == [4.5, -0.5]


@pytest.mark.parametrize("frame", theme.FRAMES)
def test_the_selected_finding_alone_is_accented(frame: str) -> None:
    colours = list(scores.findings(PREDICTION, selected="MI", frame=frame).data[0].marker.color)
    accent = theme.FRAMES[frame].accent
    assert [n for n, colour in enumerate(colours) if colour == accent] == [2]


def test_a_finding_too_rare_to_trust_is_hatched_and_says_so() -> None:
    figure = scores.findings(PREDICTION)
    assert list(figure.data[0].marker.pattern.shape) == ["", "/", "", "", ""]
    warned = [note.y for note in figure.layout.annotations if "too few to trust" in note.text]
    assert warned == [1]


def test_folding_keeps_positives_and_the_selected_one() -> None:
    shown = scores.findings(PREDICTION, most=1, selected="NORM").data[0].customdata
    assert [row[0] for row in shown] == ["CD", "LQT", "MI", "NORM"]


def test_height_grows_with_the_rows_and_none_is_drawable() -> None:
    one = scores.findings(Prediction("m", PREDICTION.findings[:1])).layout.height
    five = scores.findings(PREDICTION).layout.height
    none = scores.findings(Prediction("m", ())).layout.height
    assert none == one < five


def test_a_long_label_has_room() -> None:
    long = Prediction("m", (Finding("myocardial infarction", 0.2, 0.5), Finding("normal", 0.8, 0.5)))
    assert scores.findings(PREDICTION).layout.margin.l == 74
    assert scores.findings(long).layout.margin.l > 7 * len("myocardial infarction")
