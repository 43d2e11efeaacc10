"""Which labels share a row: only those that mean exactly the same, held against PTB-XL's own targets."""

import itertools
import os
from pathlib import Path

import numpy as np
import pytest

from ecgviz.card import InputSpec, LabelSpec, ModelCard
from ecgviz.leads import STANDARD_12
from ecgviz.results import Finding, Prediction
from ecgviz.train.cards import describe
from ecgviz.ui.compare_labels import meaning, rows, same, sentence

TASKS = ("cinc2020", "ptbxl_all", "ptbxl_sub", "ptbxl_super")


def card(task: str) -> ModelCard:
    """A card with the labels of a task as every training writes them."""
    labels = tuple(LabelSpec(name, words, codes, 90, 0.4) for name, (words, codes, _) in describe(task).items())
    given = InputSpec("ecg12", STANDARD_12, 100.0, 10.0, 10.0, 2.5, (0.5, 40.0), 0.2)
    words = dict.fromkeys(("thresholds_from", "calibration", "trained_on", "tested_on", "intended_use", "not_for"), "x")
    return ModelCard(
        name=task,
        title=task,
        task=task,
        architecture="lenet",
        config={},
        input=given,
        labels=labels,
        metrics={},
        subgroups={},
        licence="none",
        parameters=1,
        gflop=0.1,
        ms_per_record=1.0,
        weights_digest="",
        example={},
        **words,
    )


def said(task: str, threshold: float = 0.4, **probabilities: float) -> Prediction:
    """A prediction of these labels; others of the task are left out."""
    return Prediction(task, tuple(Finding(label, p, threshold) for label, p in probabilities.items()))


@pytest.mark.parametrize(
    ("one", "other", "united"),
    [
        ("cinc2020/AF", "ptbxl_all/AFIB", True),
        ("cinc2020/IAVB", "ptbxl_all/1AVB", True),
        ("cinc2020/STach", "ptbxl_all/STACH", True),
        ("ptbxl_sub/CRBBB", "ptbxl_all/CRBBB", True),
        ("ptbxl_super/NORM", "ptbxl_sub/NORM", True),
        # the Challenge's classes that are scored as one stand for more than their names
        ("cinc2020/PAC", "ptbxl_all/PAC", False),
        ("cinc2020/PVC", "ptbxl_all/PVC", False),
        ("cinc2020/CRBBB", "ptbxl_all/CRBBB", False),
        # its LBBB has a SNOMED code that leaves open whether the block is complete
        ("cinc2020/LBBB", "ptbxl_all/CLBBB", False),
        ("cinc2020/NSR", "ptbxl_all/SR", False),
        ("cinc2020/NSR", "ptbxl_super/NORM", False),
        ("cinc2020/TAb", "ptbxl_all/NDT", False),
        ("cinc2020/LAD", "ptbxl_all/LAFB", False),
        # groups against their members
        ("ptbxl_sub/_AVB", "ptbxl_all/1AVB", False),
        ("ptbxl_super/CD", "ptbxl_sub/CRBBB", False),
        ("ptbxl_super/STTC", "ptbxl_sub/STTC", False),
    ],
)
def test_labels_share_a_row_only_where_their_codes_are_the_same(one: str, other: str, united: bool) -> None:
    (task, label), (task2, label2) = one.split("/"), other.split("/")
    assert same(meaning(card(task), label), meaning(card(task2), label2)) is united
    found = rows(
        [Prediction(task, (Finding(label, 0.9, 0.4),)), Prediction(task2, (Finding(label2, 0.1, 0.4),))],
        [card(task), card(task2)],
    )
    assert len(found) == (1 if united else 2)
    assert found[0].disagrees is united


@pytest.mark.data
def test_labels_that_share_a_row_have_the_same_targets_in_ptbxl() -> None:
    root = os.environ.get("ECGVIZ_DATA")
    if not root:
        pytest.skip("ECGVIZ_DATA is not set")
    from ecgviz.datasets import ptbxl

    table = ptbxl.load_table(Path(root))
    targets = {task: ptbxl.every_target(table, task) for task in TASKS}
    united = 0
    for one, other in itertools.combinations(TASKS, 2):
        for i, label in enumerate(ptbxl.TASKS[one]):
            for j, label2 in enumerate(ptbxl.TASKS[other]):
                if same(meaning(card(one), label), meaning(card(other), label2)):
                    united += 1
                    assert np.array_equal(targets[one][:, i], targets[other][:, j]), (one, label, other, label2)
    assert united > 30


def test_models_of_one_task_share_every_row_by_name() -> None:
    cards = [card("ptbxl_super"), card("ptbxl_super")]
    found = rows([said("a", NORM=0.9, MI=0.1), said("b", NORM=0.8, MI=0.2)], cards)
    assert [row.name for row in found] == ["NORM", "MI"]
    assert all(len(row.known) == 2 for row in found)


def test_disagreements_come_first_then_findings_then_the_rest() -> None:
    cards = [card("ptbxl_super")] * 2
    one = said("a", NORM=0.99, MI=0.45, STTC=0.1, CD=0.7, HYP=0.01)
    other = said("b", NORM=0.99, MI=0.35, STTC=0.2, CD=0.05, HYP=0.02)
    found = rows([one, other], cards)
    assert [row.name for row in found] == ["CD", "MI", "NORM", "STTC", "HYP"]
    assert [row.disagrees for row in found] == [True, True, False, False, False]


def test_what_a_model_was_not_trained_for_is_none_and_never_a_number() -> None:
    found = {
        row.name: row for row in rows([said("a", AF=0.9), said("b", MI=0.2)], [card("cinc2020"), card("ptbxl_super")])
    }
    assert found["AF"].findings[1] is None
    assert found["MI"].findings[0] is None
    assert not found["AF"].disagrees


def test_a_model_that_failed_leaves_the_others_as_they_are() -> None:
    (row,) = rows([None, said("b", MI=0.9)], [card("ptbxl_super")] * 2)
    assert row.findings[0] is None
    assert row.positive


def test_a_label_that_is_scored_as_one_with_another_is_shown_once() -> None:
    (row,) = rows([said("a", CRBBB=0.9, RBBB=0.9)], [card("cinc2020")])
    assert row.name == "CRBBB"
    assert "also RBBB" in row.description


def test_a_sentence_says_who_finds_what_and_who_was_not_trained() -> None:
    cards = [card("cinc2020"), card("ptbxl_all"), card("ptbxl_super")]
    (row,) = rows([said("a", AF=0.91), said("b", 0.35, AFIB=0.12), None], cards)
    assert sentence(row, ["Inception", "ResNet", "LeNet"]) == (
        "Atrial fibrillation (AF / AFIB): they differ: Inception 0.91, well above its threshold of 0.40; "
        "ResNet 0.12, well below its threshold of 0.35; LeNet was not trained for it."
    )
