"""Which model answers: first the question, then the network; one click each, kept for the session and by a link."""

from collections.abc import Sequence

import streamlit as st

from ecgviz.card import ModelCard
from ecgviz.errors import ModelError
from ecgviz.ui import cache
from ecgviz.ui.messages import friendly_errors
from ecgviz.ui.model_tasks import METRICS, question, ranked, tasks, titles

__all__ = ["choose", "current", "follow_link"]

_TASK = "task"
_LINKED = "_linked_model"


def choose() -> str | None:
    """Draw the choice in the sidebar; returns the model's name, None where none is installed."""
    cards = cache.cards()
    if not cards:
        return None
    with st.sidebar:
        with friendly_errors():
            follow_link(cards)
        card = current(cards)
        there = tasks(cards)
        if len(there) > 1:
            st.radio("Question", there, format_func=lambda t: question(t).short, key=_TASK, persist_state="session")
        with st.container(key="ev-networks"):
            _networks(cards, card.task)
    name = current(cards).name
    if st.query_params.get("model") != name:
        st.query_params["model"] = st.session_state[_LINKED] = name
    return name


def _networks(cards: Sequence[ModelCard], task: str) -> None:
    rows = ranked(cards, task)
    names, score = titles(cards), question(task).score
    figures = {card.name: card.metrics.get(score) for card in rows}

    def told(name: str) -> str:
        figure = figures[name]
        return f"{names[name]} :gray[{figure.value:.3f}]" if figure else names[name]

    st.radio(
        "Network",
        [card.name for card in rows],
        format_func=told,
        key=_key(task),
        persist_state="session",
        help=f"Best first, by {METRICS.get(score, score)} on records that no network was trained on: "
        f"{question(task).words or question(task).short}.",
    )


def current(cards: Sequence[ModelCard]) -> ModelCard:
    """The chosen model: until another is chosen, the best single network of the first question.

    Not an ensemble, whose evidence takes as many passes as it has members.
    """
    there = tasks(cards)
    if st.session_state.get(_TASK) not in there:
        st.session_state[_TASK] = there[0]
    task = st.session_state[_TASK]
    rows = {card.name: card for card in ranked(cards, task)}
    if st.session_state.get(_key(task)) not in rows:
        single = (name for name, card in rows.items() if len(card.members) < 2)
        st.session_state[_key(task)] = next(single, next(iter(rows)))
    return rows[st.session_state[_key(task)]]


def follow_link(cards: Sequence[ModelCard]) -> None:
    """Choose the model that the page's address names (`?model=resnet1d_wang`), whenever the address is a new one."""
    asked = st.query_params.get("model", "")
    if not asked or asked == st.session_state.get(_LINKED):
        return
    st.session_state[_LINKED] = asked
    found = {card.name: card for card in cards}.get(asked)
    if found is None:
        raise ModelError(f"The link names the model {asked[:60]}, which is not installed; choose one from the list.")
    select(found)


def select(card: ModelCard) -> None:
    """Make this the chosen model."""
    st.session_state[_TASK], st.session_state[_key(card.task)] = card.task, card.name


def _key(task: str) -> str:
    return f"network-{task}"
