"""How a training went, from the history of its report."""

from typing import Any

import pytest

from ecgviz.errors import EcgvizError
from ecgviz.plot import training

ROWS = [{"epoch": n, "train_loss": 1 / n, "val_macro_auroc": s, "lr": 0.1} for n, s in ((1, 0.7), (2, 0.9), (3, 0.8))]
REPORT: dict[str, Any] = {"model": "m", "history": ROWS}


def test_loss_by_epoch_with_its_learning_rate() -> None:
    (line,) = training.loss(REPORT).data
    assert list(line.x) == [1, 2, 3]
    assert list(line.y) == [1, 0.5, pytest.approx(1 / 3)]
    assert "1.0e-01" in line.customdata[0]


def test_the_kept_epoch_is_marked() -> None:
    line, kept = training.validation(REPORT).data
    assert list(line.y) == [0.7, 0.9, 0.8]
    assert (kept.x[0], kept.y[0]) == (2, 0.9)


def test_each_task_of_a_network_has_its_line() -> None:
    rows = [row | {"val_ptbxl_super": 0.9, "val_cinc2020": 0.5} for row in ROWS]
    names = [line.name for line in training.validation({"history": rows}, {"ptbxl_super": "five"}).data]
    assert names == ["mean of the tasks", "five", "cinc2020", "kept"]


def test_a_single_task_is_not_drawn_twice() -> None:
    rows = [row | {"val_cinc2020": row["val_macro_auroc"]} for row in ROWS]
    assert len(training.validation({"history": rows}).data) == 2


def test_a_report_without_history_says_so() -> None:
    with pytest.raises(EcgvizError, match="The report of m has no history"):
        training.loss({"model": "m"})
