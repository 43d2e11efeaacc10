"""The models of single beats for the Rhythm page: which there are, and what one says of the beats and why."""

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from ecgviz.card import BeatCard
from ecgviz.record import Record
from ecgviz.results import Attribution, BeatPrediction
from ecgviz.ui import cache

__all__ = ["cards", "explain", "methods", "predict", "ranked", "title"]

_SCORES = ("inter_macro_f1", "macro_f1", "accuracy")


@st.cache_data(ttl=30, max_entries=1, show_spinner=False)
def cards() -> tuple[BeatCard, ...]:
    """The cards of the installed models of beats."""
    from ecgviz.zoo import beats

    return tuple(getattr(beats, "cards", tuple)())


def ranked(found: tuple[BeatCard, ...]) -> tuple[BeatCard, ...]:
    """Models that were tested on other patients than they were trained on first, then by their score."""

    def key(card: BeatCard) -> tuple[bool, float]:
        return card.input.rhythm == 0, -_score(card)

    return tuple(sorted(found, key=key))


def _score(card: BeatCard) -> float:
    return next((card.metrics[name].value for name in _SCORES if name in card.metrics), 0.0)


def title(card: BeatCard) -> str:
    """The model's name for a menu."""
    return card.title


@st.cache_resource(max_entries=3, show_spinner=False)
def _model(name: str) -> Any:
    """A model, shared by all sessions."""
    from ecgviz.zoo import beats

    return beats.load(name)


def predict(name: str, record: Record, times_s: NDArray[np.float64]) -> BeatPrediction:
    """The class of each beat."""
    from ecgviz.zoo import beats

    model = _model(name)
    with cache.CORES:
        found: BeatPrediction = beats.predict(model, record, times_s)
    return found


def methods() -> dict[str, str]:
    """The ways to show the evidence in a beat, by key."""
    try:
        from ecgviz.explain import beats
    except ImportError:
        return {}
    return dict(beats.METHODS)


def explain(
    name: str, record: Record, times_s: NDArray[np.float64], index: int, label: str, method: str
) -> Attribution:
    """The evidence for a class in one beat."""
    from ecgviz.explain import beats

    model = _model(name)
    with cache.CORES:
        found: Attribution = beats.explain(model, record, times_s, index, label, method)
    return found
