"""The models of single beats for the Rhythm page: which there are, and what one says of the beats and why."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from ecgviz.card import BeatCard
from ecgviz.explain import beats as evidence
from ecgviz.record import Record
from ecgviz.results import Attribution, BeatPrediction
from ecgviz.ui import cache
from ecgviz.zoo import beats

if TYPE_CHECKING:
    from ecgviz.zoo.beats._models import BeatModel

__all__ = ["cards", "explain", "methods", "predict", "ranked", "titles"]

SAME_PATIENTS = "beats_kaggle"
"""The task whose test beats are of the patients that were trained on; its figures flatter."""


@st.cache_data(ttl=30, max_entries=1, show_spinner=False)
def cards() -> tuple[BeatCard, ...]:
    """The cards of the installed models of beats, the best first; see `ranked`."""
    return ranked(beats.cards())


def ranked(found: Sequence[BeatCard]) -> tuple[BeatCard, ...]:
    """Models tested on other patients than they were trained on first, then by macro-F1."""
    return tuple(sorted(found, key=lambda card: (card.task == SAME_PATIENTS, -_score(card))))


def _score(card: BeatCard) -> float:
    figure = card.metrics.get("macro_f1")
    return figure.value if figure else 0.0


def titles(found: Sequence[BeatCard]) -> dict[str, str]:
    """What a menu calls each model: its title, its name where titles are alike, its macro-F1 and on whom."""
    alike = [card.title for card in found]
    told = {}
    for card in found:
        name = card.title if alike.count(card.title) == 1 else f"{card.title} ({card.name})"
        whom = "same" if card.task == SAME_PATIENTS else "other"
        told[card.name] = f"{name}: F1 {_score(card):.2f}, {whom} patients" if _score(card) else name
    return told


@st.cache_resource(max_entries=3, show_spinner=False)
def _model(name: str) -> "BeatModel":
    """A model, shared by all sessions."""
    return beats.load(name)


def predict(name: str, record: Record, times_s: NDArray[np.float64]) -> BeatPrediction:
    """The class of each beat. Raises ModelError where the model cannot take the record."""
    model = _model(name)
    with cache.CORES:
        return beats.predict(model, record, times_s)


def methods(name: str) -> dict[str, str]:
    """The ways to show this model's evidence in a beat, by key, the usual one first."""
    return {key: evidence.METHODS[key] for key in evidence.methods(_model(name))}


def explain(
    name: str, record: Record, times_s: NDArray[np.float64], index: int, label: str, method: str
) -> Attribution:
    """The evidence for a class in one beat. Raises ModelError where the method cannot explain the model."""
    model = _model(name)
    with cache.CORES:
        return evidence.explain(model, record, times_s, index, label, method)
