"""The questions that models answer, in a reader's words, and the models of each question, best first."""

from collections.abc import Sequence
from dataclasses import dataclass

from ecgviz.card import ModelCard
from ecgviz.ui.model_claims import as_coded

__all__ = ["METRICS", "TASKS", "Question", "made_of", "question", "ranked", "tasks", "titles"]

METRICS = {
    "macro_auroc": "AUROC macro",
    "micro_auroc": "AUROC micro",
    "macro_f1": "F1 macro",
    "weighted_f1": "F1 weighted",
    "sensitivity": "Sensitivity",
    "specificity": "Specificity",
    "challenge_metric": "Challenge metric",
}
"""The scores of the table, in its order."""


@dataclass(frozen=True)
class Question:
    """short: as a choice among questions; words: what is asked; score: the metric that ranks the answers."""

    short: str
    words: str
    score: str = "macro_auroc"


TASKS: dict[str, Question] = {
    "ptbxl_super": Question(
        "Five superclasses", "normal, infarction, ST/T change, conduction disturbance or hypertrophy"
    ),
    "ptbxl_sub": Question("23 subclasses", "which infarction, block, hypertrophy or ST/T change"),
    "ptbxl_all": Question("71 statements", "every statement on diagnosis, form and rhythm that PTB-XL knows"),
    "cinc2020": Question(
        "27 Challenge classes", "rhythm, conduction, axis and ST/T, as in the Challenge of 2020", "challenge_metric"
    ),
    "ptbxl_diag": Question("44 diagnoses", "the diagnostic statements of PTB-XL"),
    "ptbxl_form": Question("19 statements of form", "the shape of P, QRS, ST and T"),
    "ptbxl_rhythm": Question("12 rhythms", "sinus rhythm, fibrillation, flutter, pacing and others"),
}


def question(task: str) -> Question:
    """The words for a task; a task without words of its own is called by its name."""
    return TASKS.get(task, Question(task.replace("_", " "), ""))


def tasks(cards: Sequence[ModelCard]) -> tuple[str, ...]:
    """The tasks of these cards, in the order of the table."""
    there = dict.fromkeys(card.task for card in cards)
    return (*(task for task in TASKS if task in there), *(task for task in there if task not in TASKS))


def ranked(cards: Sequence[ModelCard], task: str) -> tuple[ModelCard, ...]:
    """The models of one task, the best by its score first; those without that score last."""
    key = question(task).score

    def order(card: ModelCard) -> tuple[bool, float, str]:
        figure = card.metrics.get(key)
        return figure is None, -figure.value if figure else 0.0, card.name

    return tuple(sorted((card for card in cards if card.task == task), key=order))


def titles(cards: Sequence[ModelCard]) -> dict[str, str]:
    """Each model's title, with a word where it repeats a seed's slips; several of one title are told apart by name."""
    told = {card.name: card.title + (", as coded by the seed" if as_coded(card) else "") for card in cards}
    seen = [(card.task, told[card.name]) for card in cards]
    alone = {card.name: seen.count((card.task, told[card.name])) == 1 for card in cards}
    return {name: title if alone[name] else f"{title}, {name}" for name, title in told.items()}


def made_of(card: ModelCard, cards: Sequence[ModelCard]) -> str:
    """What an ensemble is an ensemble of; empty for a single network."""
    if len(card.members) < 2:
        return ""
    known = {other.name: other.title for other in cards}
    words = [known.get(name, name) for name in card.members]
    counted = {word: words.count(word) for word in words}
    listed = [word if n == 1 else f"{n} x {word}" for word, n in counted.items()]
    return f"mean of {', '.join(listed[:-1])} and {listed[-1]}" if len(listed) > 1 else f"mean of {listed[0]}"
