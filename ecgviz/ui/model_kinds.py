"""What the models on the page look at: 12-lead records, single beats, or pictures of pages."""

import streamlit as st

from ecgviz.ui import beat_tables, cache, messages, model_picker, model_style, model_table, model_views, page_tables

__all__ = ["show"]

KEY = "models_kind"
_KINDS = ("12-lead records", "Single beats", "Pages")


def show() -> None:
    """The choice of the kind, and its models."""
    st.session_state.setdefault(KEY, _KINDS[0])
    st.html(model_style.CSS)
    kind = st.segmented_control(
        "Models of", _KINDS, key=KEY, required=True, persist_state="session", label_visibility="collapsed"
    )
    if kind == "Single beats":
        beat_tables.show()
    elif kind == "Pages":
        page_tables.show()
    else:
        _records()


def _records() -> None:
    cards = cache.cards()
    if not cards:
        messages.no_model()
        return
    model_picker.follow_link(cards)
    model_views.show(model_table.choose(cards), cards)
