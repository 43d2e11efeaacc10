"""The models of one question, a row each: size, speed, and every score with its interval."""

import html
from collections.abc import Callable, Sequence

import streamlit as st

from ecgviz.card import Figure, ModelCard
from ecgviz.ui import model_picker
from ecgviz.ui.model_tasks import METRICS, made_of, question, ranked, tasks, titles

__all__ = ["choose", "score"]

_SHARES = (2.2, 8.4)
_TASK, _OPENED, _SORT, _SEARCH, _SEEN = "models_task", "opened_card", "models_sort", "models_search", "_models_seen"
_COSTS: dict[str, Callable[[ModelCard], float]] = {
    "Parameters": lambda card: card.parameters,
    "GFLOP": lambda card: card.gflop,
    "ms a record": lambda card: card.ms_per_record,
}
_BY = {title: key for key, title in METRICS.items()}


def choose(cards: tuple[ModelCard, ...]) -> ModelCard:
    """Draw the choice of the question and its table; a click on a name opens its card, which is returned.

    The model that was chosen on another page is opened to begin with, and again whenever that choice changes.
    """
    chosen = model_picker.current(cards)
    if st.session_state.get(_SEEN) != chosen.name:
        st.session_state.update({_SEEN: chosen.name, _TASK: chosen.task, _OPENED: chosen.name})
    rows = ranked(cards, _controls(cards))
    if st.session_state.get(_OPENED) not in [card.name for card in rows]:
        st.session_state[_OPENED] = rows[0].name
    column = str(st.session_state[f"{_SORT}-{rows[0].task}"])
    names, metrics, shown = titles(cards), _scores(rows), _sorted(_found(rows, cards), column)
    _tested(rows)
    _header(metrics)
    with st.container(key="ev-models", gap=None):
        for card in shown:
            _row(card, names[card.name], made_of(card, cards), metrics)
    if not shown:
        st.html("<p class='ev-note'>No model of this question has these words; clear the search.</p>")
    return next(card for card in rows if card.name == st.session_state[_OPENED])


def score(figure: Figure | None) -> tuple[str, str]:
    """A figure and its 95 % interval as text; a dash where there is none."""
    if figure is None or figure.value is None:
        return "–", ""
    known = figure.low is not None and figure.high is not None
    return f"{figure.value:.3f}", f"({figure.low:.3f}–{figure.high:.3f})" if known else "no interval"


def _controls(cards: Sequence[ModelCard]) -> str:
    """The question, the order of the rows and words to look for, in one line where there is room; returns the task."""
    there = tasks(cards)
    if st.session_state.get(_TASK) not in there:
        st.session_state[_TASK] = there[0]
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="ev-mtools"):
        st.segmented_control(
            "Question",
            there,
            format_func=lambda task: question(task).short,
            key=_TASK,
            required=True,
            persist_state="session",
            label_visibility="collapsed",
            wrap=True,
        )
        task = str(st.session_state[_TASK])
        columns = _columns(_scores(ranked(cards, task)))
        usual = METRICS.get(question(task).score)
        st.selectbox(
            "Sort by",
            sorted([*columns, "Name"], key=lambda name: name != usual),
            format_func=lambda name: f"Sort by {name}",
            key=f"{_SORT}-{task}",
            persist_state="session",
            label_visibility="collapsed",
            width=205,
        )
        icon = ":material/search:"
        st.text_input("Search", key=_SEARCH, placeholder="Search", icon=icon, label_visibility="collapsed", width=155)
    return task


def _scores(rows: Sequence[ModelCard]) -> tuple[str, ...]:
    """The metrics that any of these models has."""
    return tuple(key for key in METRICS if any(key in card.metrics for card in rows))


def _found(rows: Sequence[ModelCard], cards: Sequence[ModelCard]) -> list[ModelCard]:
    words = str(st.session_state.get(_SEARCH) or "").lower().split()
    texts = [f"{card.title} {card.name} {card.architecture} {made_of(card, cards)}".lower() for card in rows]
    return [card for card, text in zip(rows, texts, strict=True) if all(word in text for word in words)]


def _sorted(rows: Sequence[ModelCard], column: str) -> list[ModelCard]:
    """Scores: the highest first, models without it last. Size and time: the smallest first."""
    if column in _COSTS:
        return sorted(rows, key=_COSTS[column])
    if column == "Name":
        return sorted(rows, key=lambda card: card.title.lower())

    def order(card: ModelCard) -> float:
        figure = card.metrics.get(_BY.get(column, ""))
        return -figure.value if figure else 1.0

    return sorted(rows, key=order)


def _tested(rows: Sequence[ModelCard]) -> None:
    """On which records all of these scores were measured."""
    words, where = question(rows[0].task).words, sorted({card.tested_on for card in rows})
    asked = f"{words[:1].upper()}{words[1:]}. " if words else ""
    counted = f"{len(rows)} model{'s' if len(rows) > 1 else ''}"
    told = f"{asked}{counted}, tested on {'; '.join(where)} (95 %)."
    st.html(f"<p class='ev-note'>{html.escape(told)}</p>")


def _header(metrics: Sequence[str]) -> None:
    with st.container(key="ev-mtop"):
        left, right = st.columns(_SHARES, gap="small", vertical_alignment="bottom")
    left.html("<div class='ev-mhead'>Model</div>")
    right.html(_grid([f"<div class='ev-mhead'>{name}</div>" for name in _columns(metrics)], metrics))


def _row(card: ModelCard, title: str, parts: str, metrics: Sequence[str]) -> None:
    state = "open" if card.name == st.session_state[_OPENED] else "shut"
    with st.container(key=f"ev-model-{state}-{card.name}", gap=None):
        left, right = st.columns(_SHARES, gap="small", vertical_alignment="top")
        left.button(
            title,
            key=f"open-{card.name}",
            type="tertiary",
            help=f"Open the card of {card.name}",
            on_click=lambda: st.session_state.update({_OPENED: card.name, "models_view": "Card"}),
        )
        size = [(_short(card.parameters), ""), (_few(card.gflop), ""), (_few(card.ms_per_record), "")]
        cells = size + [score(card.metrics.get(key)) for key in metrics]
        named = zip(_columns(metrics), cells, strict=True)
        texts = [f"<div class='ev-mcell' data-name='{k}'><b>{v}</b><i>{ends}</i></div>" for k, (v, ends) in named]
        right.html(_grid(texts, metrics))
        if parts:
            st.html(f"<div class='ev-mnote'>{html.escape(parts[:1].upper() + parts[1:])}.</div>")


def _columns(metrics: Sequence[str]) -> tuple[str, ...]:
    return (*_COSTS, *(METRICS[key] for key in metrics))


def _short(count: int) -> str:
    return f"{count / 1e6:.2f} M" if count >= 1e6 else f"{count / 1e3:.0f} k"


def _few(value: float) -> str:
    """Two digits that say something: 0.0012, 0.16, 4.0, 18, 175."""
    return f"{value:.2g}" if value < 1 else f"{value:.1f}" if value < 10 else f"{value:.0f}"


def _grid(cells: list[str], metrics: Sequence[str]) -> str:
    return f"<div class='ev-mgrid' style='--scores: {len(metrics)}'>{''.join(cells)}</div>"
