"""What is told of the models of ECG pages."""

from ecgviz.ui import page_tables

REPORT = {
    "labels": ["normal", "MI"],
    "confusion": [[9, 1], [3, 7]],
    "confusion_says": "2 answers added up",
    "controls": {
        "blanked": {
            "chance": 0.5,
            "learnt_on_whole_pages": {"value": 0.5, "low": 0.4, "high": 0.6},
            "learnt_on_blanked_pages": {"value": 0.51, "low": 0.41, "high": 0.61},
        },
        "duplicates": {"copied": {"mean": 0.86}, "accuracy": {"mean": 0.931}},
    },
    "macro_f1_by_repeat": {"mean": 0.8, "sd": None},
}


def test_the_confusion_matrix_has_a_recall_for_each_class() -> None:
    text = page_tables.confusion(REPORT)
    assert "<b>9</b>" in text
    assert "90 %" in text
    assert "70 %" in text


def test_controls_are_told_with_their_intervals_and_only_where_they_were_run() -> None:
    lines = page_tables.controls(REPORT)
    assert any("0.51 (0.41–0.61)" in line and "chance is 0.50" in line for line in lines)
    assert any("86 %" in line and "0.931" in line for line in lines)
    assert not any("random weights" in line for line in lines)
    assert page_tables.controls({}) == []


def test_the_grid_shows_every_setting_and_escapes_words() -> None:
    text = page_tables._grid([{"lr": 0.001, "val_loss": {"mean": 0.25}}, {"lr": 0.01, "note": "<b>"}])
    assert text.count("<tr>") == 3
    assert "0.250" in text
    assert "&lt;b&gt;" in text
