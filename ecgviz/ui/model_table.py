"""One row for each installed model: size, speed, every score with its interval, and what was reported before it."""

import html

import streamlit as st

from ecgviz.card import Figure, ModelCard

__all__ = ["METRICS", "choose", "score"]

METRICS = {
    "macro_auroc": "AUROC macro",
    "micro_auroc": "AUROC micro",
    "macro_f1": "F1 macro",
    "weighted_f1": "F1 weighted",
    "sensitivity": "Sensitivity",
    "specificity": "Specificity",
    "challenge_metric": "Challenge metric",
}
_COLUMNS = ("Parameters", "GFLOP", "ms a record", *METRICS.values())
_SHARES = (2.0, 8.4)
_TASKS = {"ecg12": "12-lead ECG", "beat": "single beat", "image": "paper ECG"}


def choose(cards: tuple[ModelCard, ...]) -> ModelCard:
    """Draw the table; a click on a name opens its card. Returns the chosen card, the first one to begin with."""
    names = [card.name for card in cards]
    if st.session_state.get("opened_card") not in names:
        st.session_state["opened_card"] = names[0]
    with st.container(key="ev-models", gap="small"):
        _header()
        for card in cards:
            _row(card, card.name == st.session_state["opened_card"])
    return next(card for card in cards if card.name == st.session_state["opened_card"])


def score(figure: Figure | None) -> tuple[str, str]:
    """A figure and its 95 % interval as text; a dash where there is none."""
    if figure is None or figure.value is None:
        return "–", ""
    known = figure.low is not None and figure.high is not None
    return f"{figure.value:.3f}", f"({figure.low:.3f}–{figure.high:.3f})" if known else "no interval"


def _header() -> None:
    with st.container(key="ev-mtop"):
        left, right = st.columns(_SHARES, gap="small", vertical_alignment="bottom")
    left.html("<div class='ev-mhead'>Model, task, test data</div>")
    right.html(_grid([f"<div class='ev-mhead'>{name}</div>" for name in _COLUMNS]))


def _row(card: ModelCard, chosen: bool) -> None:
    with st.container(key=f"ev-model-{'open' if chosen else 'shut'}-{card.name}", gap=None):
        left, right = st.columns(_SHARES, gap="small", vertical_alignment="top")
        with left:
            st.button(
                card.title,
                key=f"open-{card.name}",
                type="tertiary",
                help="Open its card",
                on_click=lambda: st.session_state.update(opened_card=card.name),
            )
        task = f"{_TASKS[card.input.task]}, {len(card.labels)} labels"
        left.html(f"<div class='ev-mnote'>{task}<br>{html.escape(card.tested_on)}</div>")
        size = [(_short(card.parameters), ""), (f"{card.gflop:.2f}", ""), (f"{card.ms_per_record:.0f}", "")]
        cells = size + [score(card.metrics.get(key)) for key in METRICS]
        named = zip(_COLUMNS, cells, strict=True)
        right.html(
            _grid([f"<div class='ev-mcell' data-name='{k}'><b>{v}</b><i>{ends}</i></div>" for k, (v, ends) in named])
        )
        if card.seed_reported or card.seed_comparable:
            told, why = html.escape(card.seed_reported or "none"), html.escape(card.seed_comparable)
            st.html(f"<div class='ev-mnote ev-seed'><b>Reported by the seed: {told}.</b> {why}</div>")


def _short(count: int) -> str:
    return f"{count / 1e6:.2f} M" if count >= 1e6 else f"{count / 1e3:.0f} k"


def _grid(cells: list[str]) -> str:
    return f"<div class='ev-mgrid'>{''.join(cells)}</div>"
