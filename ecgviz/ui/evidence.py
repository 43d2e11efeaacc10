"""The Explain page's workbench: findings at the left, the ECG with the chosen one's evidence at the right."""

import html

import streamlit as st

from ecgviz import explain
from ecgviz.card import ModelCard
from ecgviz.explain.waves import heat_in_words
from ecgviz.plot import overlay, scores
from ecgviz.record import Record
from ecgviz.results import Attribution, Finding
from ecgviz.ui import cache, findings, gate, heat_tests, overread_verdict, paper, view, what_if, zoom
from ecgviz.ui.messages import friendly_errors

__all__ = ["workbench"]

SHARE = (1.0, 2.5)
GAP_PX = 32


@st.fragment
def workbench(record: Record, name: str, width: int) -> None:
    """A fragment: a click on a finding or a control draws only this part of the page anew."""
    with friendly_errors():
        card = next(card for card in cache.cards() if card.name == name)
        left, right = st.columns(SHARE, gap="medium")
        with left, st.spinner("The model reads the ECG"):
            before = st.container()
            prediction = cache.prediction(name, record)
        # the heat is what is waited for: it is sent before the bars
        with right:
            _evidence(record, card, findings.chosen(prediction), width)
        with before:
            gate.panel(cache.screening(name, record))
        with left:
            findings.panel(prediction, card)
            overread_verdict.panel(record, card, findings.chosen(prediction))
        what_if.bench(record, card, width)


def _evidence(record: Record, card: ModelCard, finding: Finding, width: int) -> None:
    layers = cache.layers(card.name)
    heat, drawn = view.heat(layers), view.view()
    with st.spinner("Looking for the evidence"):
        found = cache.attribution(card.name, record, finding.label, heat.method, heat.layer)
    sentence = _sentence(record, card, finding, found)
    caption = html.escape(overlay.caption(found))
    st.html(f"<div class='ev-says'><p class='ev-sentence'>{sentence}</p><p class='ev-caption'>{caption}</p></div>")
    start_s = view.choose_window(record)
    beside = width if width <= 700 else round((width - GAP_PX) * SHARE[1] / sum(SHARE))
    where = (start_s, beside, paper.title(record), card.name, finding.label, heat)
    paper.draw(cache.heat_sheet, record, drawn, *where, about=f"Evidence for {finding.label} under the trace.")
    view.choose_heat(layers)
    heat_tests.panel(record, card.name, finding.label, heat.method, heat.layer)
    heat_tests.by_wave(record, found)
    _making(card, found)
    zoom.watch()


def _sentence(record: Record, card: ModelCard, finding: Finding, found: Attribution) -> str:
    described = html.escape(findings.words_for(finding.label, card))
    place = scores.word(finding).replace("threshold", "its threshold")
    trust = "" if finding.trusted else " Too few in training to trust."
    return (
        f"<b>{described[:1].upper()}{described[1:]}</b>: {finding.probability:.2f}, {place} of "
        f"{finding.threshold:.2f}.{trust} {html.escape(heat_in_words(found, cache.waves(record)))}"
    )


def _making(card: ModelCard, found: Attribution) -> None:
    """How the picture came about, for those who ask."""
    spec = card.input
    low, high = spec.band_hz
    rows = {
        "Method": f"{explain.METHODS.get(found.method, found.method)}{f', at {found.layer}' if found.layer else ''}",
        "Resolution": f"one heat step is {found.resolution_ms:.0f} ms and sees {found.field_ms:.0f} ms of the trace",
        "Normalisation": found.normalisation,
        "Leads": "one value for all leads at each time" if found.time_only else "each lead has its own values",
        "Model": f"{card.title}, {card.parameters:,} parameters",
        "Given to the model": f"{len(spec.leads)} leads at {spec.fs:g} Hz, {low:g} to {high:g} Hz, windows of "
        f"{spec.seconds:g} s{', age and sex' if spec.demographics else ''}; never the display filter",
        "Probabilities": f"{card.calibration}. Thresholds from {card.thresholds_from}",
        "Not for": card.not_for,
    }
    with st.expander("How was this made?", icon=":material/info:"):
        cells = "".join(f"<dt>{key}</dt><dd>{html.escape(text)}</dd>" for key, text in rows.items() if text)
        st.html(f"<dl class='ev-facts'>{cells}</dl>")
