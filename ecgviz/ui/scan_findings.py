"""What a model of pages says about the picture, and where on it that was seen."""

import html

import streamlit as st

from ecgviz.card import ImageCard
from ecgviz.explain import images as evidence
from ecgviz.plot import scores
from ecgviz.record import Scan
from ecgviz.results import Prediction
from ecgviz.scans.geometry import PageGeometry
from ecgviz.ui import scan_cache

__all__ = ["Seen", "panel", "seen"]

Seen = tuple[str, str, str]
"""Model, label and method of the heat that is drawn over the picture."""
_SHOW, _MODEL, _LABEL, _METHOD = "page_heat", "page_model", "page_label", "page_method"


def seen(scan: Scan) -> Seen | None:
    """The heat to draw over the picture: that of the chosen finding while the switch is on."""
    cards = scan_cache.cards()
    if not cards or not st.session_state.get(_SHOW, False):
        return None
    card = _card(cards)
    label = st.session_state.get(_LABEL)
    if label not in card.label_names:
        label = _best(scan_cache.prediction(card.name, scan))
    return card.name, label, st.session_state.get(_METHOD, next(iter(evidence.METHODS)))


def _card(cards: tuple[ImageCard, ...]) -> ImageCard:
    return next((card for card in cards if card.name == st.session_state.get(_MODEL)), cards[0])


def _best(prediction: Prediction) -> str:
    return max(prediction.findings, key=lambda finding: finding.probability).label


def panel(scan: Scan, place: PageGeometry | None) -> None:
    """Classes with their probabilities, and the choice of evidence."""
    st.subheader("What a model of pages says", anchor=False)
    cards = scan_cache.cards()
    if not cards:
        st.caption(
            "No model of pages is installed. Put its folder into models/, or train one with "
            "`python -m ecgviz train-image`. Reading the page needs none."
        )
        return
    if len(cards) > 1:
        titles = {card.name: card.title for card in cards}
        st.selectbox("Model", list(titles), key=_MODEL, format_func=lambda name: titles[name], persist_state="session")
    card = _card(cards)
    with st.spinner("The model looks at the page"):
        prediction = scan_cache.prediction(card.name, scan)
    _doubts(prediction)
    _bars(prediction, card)
    _evidence(scan, place, card, prediction)


def _bars(prediction: Prediction, card: ImageCard) -> None:
    best = _best(prediction)
    told = "; ".join(f"{f.label} {f.probability:.2f}" for f in prediction.findings)
    st.plotly_chart(
        scores.findings(prediction, selected=best, frame=st.context.theme.type or "light"),
        width="stretch",
        theme=None,
        key="page_bars",
        config={"displayModeBar": False},
        alt=f"Classes: {told}",
    )
    described = next((spec.description for spec in card.labels if spec.name == best), best)
    st.html(f"<p class='ev-sentence'>Likeliest: <b>{html.escape(described)}</b></p>")


def _doubts(prediction: Prediction) -> None:
    for flag in prediction.flags:
        if flag.level != "info":
            st.warning(f"{flag.text} {flag.advice}", icon=":material/warning:")


def _evidence(scan: Scan, place: PageGeometry | None, card: ImageCard, prediction: Prediction) -> None:
    """The switch, the class and the method; where the evidence lies in one sentence."""
    on = st.toggle("Show the evidence on the page", key=_SHOW, persist_state="session")
    if not on:
        return
    ranked = sorted(prediction.findings, key=lambda finding: -finding.probability)
    labels = [finding.label for finding in ranked]
    if st.session_state.get(_LABEL) not in labels:
        st.session_state[_LABEL] = labels[0]
    left, right = st.columns(2, gap="small")
    left.selectbox("Evidence for", labels, key=_LABEL, persist_state="session")
    right.selectbox(
        "Method",
        list(evidence.METHODS),
        key=_METHOD,
        format_func=lambda m: evidence.METHODS[m],
        persist_state="session",
    )
    chosen = seen(scan)
    if chosen is not None:
        with st.spinner("Looking for the evidence"):
            _, sentence, notes = scan_cache.heat(*chosen, scan, place)
        st.html(
            f"<p class='ev-sentence'>{html.escape(sentence)}</p>"
            f"<p class='ev-caption'>{html.escape('. '.join(notes))}</p>"
        )
