"""The ECG alone, and the form for the reader's own findings: nothing on it comes from a model."""

import html

import streamlit as st

from ecgviz.card import ModelCard
from ecgviz.record import Record
from ecgviz.store.over_reads import LONGEST_NOTE, Reading
from ecgviz.ui import cache, overread, paper, view, zoom
from ecgviz.ui.compare_state import digest
from ecgviz.ui.messages import friendly_errors
from ecgviz.ui.model_tasks import question
from ecgviz.ui.picker import entry_of

__all__ = ["reading"]

FEW = 8
"""Up to so many labels are shown as buttons side by side."""
SHARE = (1.0, 2.5)
GAP_PX = 32


def reading(record: Record, card: ModelCard, width: int) -> None:
    """Draw the sheet and the form; a kept answer runs the page again, which then may show the model's."""
    left, right = st.columns(SHARE, gap="medium")
    with right:
        _sheet(record, width if width <= 700 else round((width - GAP_PX) * SHARE[1] / sum(SHARE)))
    with left:
        _form(record, card)


@st.fragment
def _sheet(record: Record, width: int) -> None:
    with friendly_errors():
        start_s = view.choose_window(record)
        paper.draw(cache.sheet, record, view.view(), start_s, width, paper.title(record))
        zoom.watch()


def _form(record: Record, card: ModelCard) -> None:
    asked = question(card.task)
    st.html(
        f"<p class='ev-sentence'><b>Your reading first.</b> Which of these do you see?</p>"
        f"<p class='ev-note'>{html.escape(asked.short)}{html.escape(f': {asked.words}' if asked.words else '')}. "
        "No model is asked before your answer is kept.</p>"
    )
    if overread.seen(record):
        st.html(
            "<p class='ev-doubt'>An answer to this ECG was shown earlier in this session; your reading is kept as one "
            "that was not blind.</p>"
        )
    offered = overread.vocabulary(card)
    # the key holds record and question, so that one answer never stands under the next ECG
    with st.form(f"reading-{digest(record)[:12]}-{card.task}", border=False):
        found = _choice(card, offered, digest(record)[:12])
        none = st.checkbox("None of these")
        note = st.text_area("Note", max_chars=LONGEST_NOTE, placeholder="kept with your answer", height=80)
        if not st.form_submit_button("Keep my answer and reveal", type="primary", width="stretch"):
            return
    if not found and not none:
        st.html("<p class='ev-doubt'>Choose what you see, or tick “None of these”.</p>")
        return
    if found and none:
        st.html("<p class='ev-doubt'>You chose findings and “None of these”; take one of the two away.</p>")
        return
    blind = not overread.seen(record)
    kept = Reading(digest(record), entry_of(record), card.task, found, offered, blind, note.strip())
    overread.store().add_reading(overread.reader(), kept)
    st.rerun()


def _choice(card: ModelCard, offered: tuple[str, ...], stem: str) -> tuple[str, ...]:
    words = {label.name: label.description for label in card.labels}

    def told(name: str) -> str:
        return f"{name}: {words[name]}"

    if len(offered) <= FEW:
        picked = [name for name in offered if st.checkbox(told(name), key=f"see-{stem}-{name}")]
    else:
        picked = st.multiselect(
            "Findings", offered, format_func=told, placeholder="type a word or a code", key=f"see-{stem}-{card.task}"
        )
    return tuple(name for name in offered if name in picked)
