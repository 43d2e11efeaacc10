"""Below the table: one view at a time, so that the page opens at once however much there is to see."""

import streamlit as st

from ecgviz.card import ModelCard
from ecgviz.ui import model_card, model_pairs, model_plots, model_seeds
from ecgviz.ui.model_tasks import ranked

__all__ = ["show"]

KEY = "models_view"
_VIEWS = ("Card", "Size and speed", "Compare two", "What the seeds reported")


def show(opened: ModelCard, cards: tuple[ModelCard, ...]) -> None:
    """The chosen view of the opened model and the others of its question."""
    rows = ranked(cards, opened.task)
    st.session_state.setdefault(KEY, _VIEWS[0])
    view = st.segmented_control(
        "View", _VIEWS, key=KEY, required=True, persist_state="session", label_visibility="collapsed", wrap=True
    )
    if view == "Size and speed":
        model_plots.size_and_speed(rows, opened.name, cards)
    elif view == "Compare two":
        model_pairs.compare(rows, opened.name, cards)
    elif view == "What the seeds reported":
        model_seeds.table(cards)
    else:
        model_card.show(opened, cards)
