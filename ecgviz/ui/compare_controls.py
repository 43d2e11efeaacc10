"""The controls of the Compare page: what is compared, for which finding, and how it is drawn."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from ecgviz import explain
from ecgviz.card import ModelCard
from ecgviz.plot import overlay, theme
from ecgviz.plot.compare import MOST_LEADS
from ecgviz.ui.compare_choice import (
    FINDING,
    KIND,
    LEADS,
    METHODS,
    MODELS,
    USUAL_METHODS,
    Subject,
    leads,
    leads_of_all,
    usual_models,
)
from ecgviz.ui.compare_labels import Row
from ecgviz.ui.compare_state import KINDS, MOST
from ecgviz.ui.model_tasks import question, ranked, tasks, titles

__all__ = ["choose_finding", "choose_kind", "choose_look", "choose_members"]


def choose_kind() -> str:
    """Models, methods or records; returns the key."""
    st.session_state.setdefault(KIND, next(iter(KINDS)))
    st.segmented_control(
        "Compare",
        list(KINDS),
        format_func=KINDS.__getitem__,
        key=KIND,
        required=True,
        persist_state="session",
        label_visibility="collapsed",
    )
    return str(st.session_state[KIND])


def choose_members(cards: Sequence[ModelCard]) -> None:
    """The models or the methods side by side: a place for each, so that one is changed without the others."""
    if st.session_state[KIND] == "models":
        several = len(tasks(cards)) > 1
        asked = {card.name: f" · {question(card.task).short}" if several else "" for card in cards}
        _places("Model", MODELS, _offered(cards), _named(cards), usual_models(cards), asked)
    elif st.session_state[KIND] == "methods":
        _places("Method", METHODS, list(explain.METHODS), explain.METHODS, USUAL_METHODS, {})


def _places(
    what: str,
    key: str,
    offered: Sequence[str],
    named: dict[str, str],
    usual: Sequence[str],
    detail: dict[str, str],
) -> None:
    """A choice for each place; detail: what is told above it, as a long name does not fit into it."""
    kept = [one for one in st.session_state.get(key, usual) if one in offered]
    places = [f"{key}-{n}" for n in range(MOST)]

    def changed() -> None:
        st.session_state[key] = [one for one in map(st.session_state.get, places) if one]

    for n, (column, place) in enumerate(zip(st.columns(MOST, gap="small"), places, strict=True)):
        own = kept[n] if n < len(kept) else ""
        free = [one for one in offered if one == own or one not in kept]
        st.session_state[place] = own
        column.selectbox(
            f"{what} {n + 1}{detail.get(own, '')}",
            free if n < 2 and own else ["", *free],
            format_func=lambda one: named.get(one, "none"),
            key=place,
            on_change=changed,
        )


def _offered(cards: Sequence[ModelCard]) -> list[str]:
    return [card.name for task in tasks(cards) for card in ranked(cards, task)]


def _named(cards: Sequence[ModelCard]) -> dict[str, str]:
    named = titles(cards)
    several = len(tasks(cards)) > 1
    return {c.name: named[c.name] + (f" · {question(c.task).short}" if several else "") for c in cards}


def choose_finding(rows: Sequence[Row]) -> Row | None:
    """The finding whose evidence is shown, the first one until another is chosen."""
    if not rows:
        return None
    by_key = {row.keys[0]: row for row in rows}
    wanted = st.session_state.get(FINDING)
    # a label keeps its row when another model comes first and gives the row its name
    st.session_state[FINDING] = next((row.keys[0] for row in rows if wanted in row.keys), rows[0].keys[0])

    def told(key: str) -> str:
        row = by_key[key]
        return f"{row.name}: {row.description}{' (differ)' if row.disagrees else ''}"

    st.selectbox("Evidence for", list(by_key), format_func=told, key=FINDING, persist_state="session")
    return by_key[st.session_state[FINDING]]


def choose_look(compared: Sequence[Subject]) -> None:
    """The compact row under the panels: leads, method unless methods are compared, strength, style and palette."""
    with_method = st.session_state[KIND] != "methods"
    shares = [1.5, 1.5, 1.1, 0.8, 1.5] if with_method else [1.5, 1.1, 0.8, 1.5]
    row = st.columns(shares, gap="small", vertical_alignment="bottom")
    _choose_leads(row[0], compared)
    if with_method:
        _pick(row[1], "Method", "method", list(explain.METHODS), explain.METHODS)
    st.session_state.setdefault("strength", theme.MAX_ALPHA)
    row[-3].slider("Strength", 0.1, 1.0, step=0.05, key="strength", persist_state="session")
    _pick(row[-2], "Style", "style", list(overlay.STYLES), {k: v.partition(":")[0] for k, v in overlay.STYLES.items()})
    _pick(row[-1], "Palette", "palette", list(theme.PALETTES), {k: p.label for k, p in theme.PALETTES.items()})


def _choose_leads(place: Any, compared: Sequence[Subject]) -> None:
    key = f"{LEADS}-rows"

    def changed() -> None:
        st.session_state[LEADS] = st.session_state[key]

    st.session_state[key] = list(leads(compared))
    place.multiselect(
        f"Leads, up to {MOST_LEADS}",
        leads_of_all(compared),
        max_selections=MOST_LEADS,
        key=key,
        on_change=changed,
    )


def _pick(place: Any, label: str, key: str, options: list[str], named: dict[str, str]) -> None:
    place.selectbox(label, options, format_func=named.__getitem__, key=key, persist_state="session")
