"""The two tables of beat classifiers."""

from typing import Any

from ecgviz.ui import beat_tables


def _row(name: str, split: str, macro_f1: float, seeds: int = 1) -> dict[str, Any]:
    figure = {"value": macro_f1, "low": macro_f1 - 0.1, "high": macro_f1 + 0.05}
    spread = {"mean": macro_f1, "sd": 0.004 if seeds > 1 else None}
    return {
        "name": name,
        "split": split,
        "parameters": 34_117,
        "n": 21_892,
        "seeds": seeds,
        "metrics": {"macro_f1": figure, "f1_S": figure},
        "macro_f1_over_seeds": spread,
        "reported": "0.920",
        "why": "of a validation part",
    }


ROWS = [_row("cnn_11", "kaggle", 0.91, 5), _row("cnn_1", "kaggle", 0.89), _row("cnn_1", "inter_patient", 0.42)]


def test_both_splits_of_a_model_stand_in_one_row_with_the_best_between_patients_first() -> None:
    found = beat_tables.merged(ROWS)
    assert [name for name, _ in found] == ["cnn_1", "cnn_11"]
    assert set(found[0][1]) == {"kaggle", "inter_patient"}


def test_a_split_that_was_not_run_is_a_dash_and_never_a_zero() -> None:
    text = beat_tables._table(beat_tables.merged(ROWS[:1]))
    assert text.count("<td class='ev-edge'>–</td>") == 1
    assert "0.910" in text
    assert "0.000" not in text
    assert "5 seeds: 0.910 ± 0.004" in text


def test_names_are_those_of_the_literature() -> None:
    named = {name: beat_tables.title(name) for name in ("cnn_11", "cnn_lstm_3", "rnn_gru", "resnet_k1")}
    assert named == {"cnn_11": "CNN 11", "cnn_lstm_3": "CNN-LSTM 3", "rnn_gru": "GRU", "resnet_k1": "1-D ResNet k1"}


def test_csv_has_every_figure_with_its_bounds() -> None:
    lines = beat_tables.as_csv(beat_tables.merged(ROWS)).splitlines()
    assert lines[0] == "name,split,metric,value,low,high,n,seeds"
    assert len(lines) == 1 + 3 * 2
