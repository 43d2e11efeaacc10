"""Words for the tasks, and the models of each in their order."""

from dataclasses import replace
from pathlib import Path

import pytest

from ecgviz.card import Figure, ModelCard, list_cards
from ecgviz.datasets import ptbxl
from ecgviz.ui.model_tasks import METRICS, TASKS, made_of, question, ranked, tasks, titles


@pytest.fixture
def card(random_models: Path) -> ModelCard:
    return list_cards(random_models)[0]


def test_every_task_of_the_data_has_words_and_a_score_of_the_table() -> None:
    assert set(TASKS) == set(ptbxl.TASKS)
    for task, asked in TASKS.items():
        assert asked.score in METRICS
        counted = {"ptbxl_super": "Five"}.get(task, str(len(ptbxl.TASKS[task])))
        assert asked.short.startswith(counted)


def test_an_unknown_task_is_called_by_its_name() -> None:
    assert question("beats_aami").short == "beats aami"


def test_models_without_the_score_come_last(card: ModelCard) -> None:
    made = [replace(card, name=n, metrics={} if v is None else {question(card.task).score: Figure(v)})
            for n, v in (("a", None), ("b", 0.8), ("c", 0.9))]  # fmt: skip
    assert [c.name for c in ranked(made, card.task)] == ["c", "b", "a"]
    assert ranked(made, "cinc2020" if card.task != "cinc2020" else "ptbxl_sub") == ()


def test_tasks_come_in_the_order_of_their_table(card: ModelCard) -> None:
    made = [replace(card, task=task) for task in ("unknown", "cinc2020", "ptbxl_super")]
    assert tasks(made) == ("ptbxl_super", "cinc2020", "unknown")


def test_one_title_twice_in_a_task_is_told_apart_by_the_name(card: ModelCard) -> None:
    made = [replace(card, name="x"), replace(card, name="y"), replace(card, name="z", task="unknown")]
    assert titles(made) == {"x": f"{card.title}, x", "y": f"{card.title}, y", "z": card.title}


def test_a_seeds_slips_are_in_the_title(card: ModelCard) -> None:
    made = [replace(card, name="x"), replace(card, name="y", config={"along": "time"})]
    assert titles(made) == {"x": card.title, "y": f"{card.title}, as coded by the seed"}


def test_an_ensemble_names_its_members(card: ModelCard) -> None:
    one, two = replace(card, name="x", title="First"), replace(card, name="y", title="Second")
    both = replace(card, members=("x", "y"))
    assert made_of(both, [one, two]) == "mean of First and Second"
    assert made_of(replace(card, members=("x", "x", "gone")), [one, two]) == "mean of 2 x First and gone"
    assert made_of(replace(card, members=("x",)), [one, two]) == ""
