"""The what-if bench of the Explain page: change the recording, and see probability and heat follow, beside before."""

import html
from collections.abc import Sequence

import numpy as np
import streamlit as st

from ecgviz import explain
from ecgviz.card import ModelCard
from ecgviz.plot import scores, tracing
from ecgviz.plot import what_if as charts
from ecgviz.record import Record
from ecgviz.results import Attribution, Finding, Prediction
from ecgviz.signals import what_if
from ecgviz.signals.what_if import Changes
from ecgviz.ui import cache, findings, gate, paper, view, what_if_controls
from ecgviz.ui.messages import friendly_errors

__all__ = ["bench", "most_moved"]

SHARE = (1.0, 2.5)
GAP_PX = 32
MOST = 6
"""Rows of the figure: the chosen finding and those that move most."""


@st.fragment
def bench(record: Record, card: ModelCard, width: int) -> None:
    """A switch, and behind it the bench: nothing is computed while it is off."""
    on = st.toggle(
        "What if the recording were different?",
        key="what_if",
        persist_state="session",
        help="Swap the arms, drop a lead, add noise, change gain, band, rate, start, age or sex.",
    )
    if not on:
        return
    with friendly_errors():
        left, right = st.columns(SHARE, gap="medium")
        with left:
            changes = what_if_controls.choose(record, card, cache.measurements(record).rate_bpm)
        with right, friendly_errors(), st.spinner("Asking the model again"):
            _answer(record, card, changes, width)


@st.cache_data(hash_funcs=cache.BY_DIGEST, max_entries=8, scope="session", show_spinner=False)
def _made(record: Record, changes: Changes) -> Record:
    return what_if.changed(record, changes)


def _answer(record: Record, card: ModelCard, changes: Changes, width: int) -> None:
    made = _made(record, changes)
    before, after = (findings.once(cache.prediction(card.name, one)) for one in (record, made))
    label = findings.chosen(before).label
    heat = view.heat(cache.layers(card.name))
    found = [cache.attribution(card.name, one, label, heat.method, heat.layer) for one in (record, made)]
    words = what_if_controls.in_words(changes, record)
    st.html(f"<p class='ev-sentence'>{html.escape(_sentence(before[label], after[label], words))}</p>")
    if words:
        gate.panel(cache.screening(card.name, made), key="gate-what-if")
    _findings(before, after, label)
    _heats(found, changes)
    _sheet(made, card, label, words, width)


def _sentence(before: Finding, after: Finding, words: str) -> str:
    """The chosen finding before and after, in words."""
    if not words:
        return f"Nothing is changed: {before.label} {before.probability:.2f}, the same probability and heat to the bit."
    place = scores.word(after).replace("threshold", "its threshold")
    crossed = " It changed sides." if before.positive != after.positive else ""
    step = after.probability - before.probability
    return (
        f"With {words}: {after.label} goes from {before.probability:.2f} to {after.probability:.2f} ({step:+.2f}), "
        f"{place} of {after.threshold:.2f}.{crossed}"
    )


def most_moved(before: Prediction, after: Prediction, label: str, most: int = MOST) -> list[str]:
    """The chosen finding first, then those that change sides, then those that move most."""

    def order(name: str) -> tuple[bool, bool, float]:
        one, other = before[name], after[name]
        return name != label, one.positive == other.positive, -abs(one.probability - other.probability)

    return sorted((finding.label for finding in before.findings), key=order)[:most]


def _findings(before: Prediction, after: Prediction, label: str) -> None:
    names = most_moved(before, after, label)
    pairs = [(before[name], after[name]) for name in names]
    figure = charts.probabilities(
        [b for b, _ in pairs], [a for _, a in pairs], label, str(st.context.theme.type or "light")
    )
    told = "; ".join(f"{b.label} from {b.probability:.2f} to {a.probability:.2f}" for b, a in pairs)
    config = dict(tracing.CONFIG) | {"displayModeBar": False}
    st.plotly_chart(figure, width="stretch", theme=None, key="wi-findings", config=config, alt=f"Findings: {told}.")
    with st.expander("All findings in numbers", icon=":material/table:"):
        every = most_moved(before, after, label, len(before.findings))
        st.dataframe([_row(before[name], after[name]) for name in every], hide_index=True)


def _row(before: Finding, after: Finding) -> dict[str, str | float]:
    sides = {(False, True): "now above", (True, False): "now below"}
    return {
        "Finding": before.label,
        "Before": round(before.probability, 3),
        "Changed": round(after.probability, 3),
        "Difference": round(after.probability - before.probability, 3),
        "Threshold": round(before.threshold, 3),
        "Side": sides.get((before.positive, after.positive), "same"),
    }


def _heats(found: Sequence[Attribution], changes: Changes) -> None:
    """The heat over time before and after, and how alike its places are."""
    alike = _alike(found, changes)
    figure = charts.heats(found[0], found[1], str(st.context.theme.type or "light"))
    config = dict(tracing.CONFIG) | {"displayModeBar": False}
    about = f"Evidence for {found[0].label} over time before and after the change. {alike}"
    st.plotly_chart(figure, width="stretch", theme=None, key="wi-heats", config=config, alt=about)
    st.html(f"<p class='ev-note'>{html.escape(alike)}</p>")


def _alike(found: Sequence[Attribution], changes: Changes) -> str:
    if changes.rate != 1:
        return "Where the heat lies is not compared: at another heart rate the beats lie elsewhere."
    if np.array_equal(found[0].scores, found[1].scores):
        return "The heat is the same to the bit."
    value = float(explain.agreement(found)[0, 1])
    return f"The places of the heat agree by {value:.2f} with those before; 1 is the same, 0 is chance."


def _sheet(made: Record, card: ModelCard, label: str, words: str, width: int) -> None:
    """The changed recording with its own heat, drawn as the one above."""
    drawn, heat = view.view(), view.heat(cache.layers(card.name))
    beside = width if width <= 700 else round((width - GAP_PX) * SHARE[1] / sum(SHARE))
    kept = float(st.session_state.get("window_s", made.start_s))
    title = f"changed: {words}" if words else paper.title(made)
    figure = cache.heat_sheet(made, drawn, kept, beside, title, card.name, label, heat)
    st.html("<style>.st-key-wi-paper { overflow-x: auto; } .st-key-wi-paper > * { min-width: 720px; }</style>")
    with st.container(key="wi-paper"):
        about = f"The changed ECG ({words or 'nothing changed'}) with the evidence for {label} under the trace."
        st.plotly_chart(figure, width="stretch", theme=None, key="wi-ecg", config=dict(tracing.CONFIG), alt=about)
