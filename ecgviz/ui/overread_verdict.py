"""After the answer: how the reader's findings agree with the model's, a verdict on each label, and the export."""

import html
from collections.abc import Iterable

import streamlit as st

from ecgviz.card import ModelCard
from ecgviz.record import Record
from ecgviz.results import Finding
from ecgviz.store.over_reads import LONGEST_NOTE, Reading, Verdict, to_csv
from ecgviz.ui import cache, overread
from ecgviz.ui.compare_state import digest
from ecgviz.ui.findings import once
from ecgviz.ui.messages import friendly_errors
from ecgviz.ui.picker import entry_of

__all__ = ["agreement", "panel", "sides"]

_WORDS = {"agree": "Agree", "disagree": "Disagree"}


def sides(mine: Iterable[str], models: Iterable[str], offered: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The offered labels that both found, only the reader, only the model, and nobody."""
    me, it = set(mine), set(models)
    split: dict[str, list[str]] = {"both": [], "reader": [], "model": [], "nobody": []}
    for label in offered:
        key = {(True, True): "both", (True, False): "reader", (False, True): "model"}.get((label in me, label in it))
        split[key or "nobody"].append(label)
    return {key: tuple(labels) for key, labels in split.items()}


def agreement(record: Record, card: ModelCard) -> None:
    """The reader's kept reading of this record beside the model's answer; nothing where there is none."""
    if not overread.on():
        return
    kept = overread.reading(record, card.task)
    if kept is None:
        return
    with st.spinner("The model reads the ECG"):
        found = [f.label for f in once(cache.prediction(card.name, record)).findings if f.positive]
    overread.store().reveal(overread.reader(), kept, card.name, card.weights_digest, found)
    st.html(_told(kept, found))


def _told(kept: Reading, found: list[str]) -> str:
    split = sides(kept.found, found, kept.offered)
    alike = len(split["both"]) + len(split["nobody"])
    parts = [
        (name, split[key])
        for name, key in (("Both", "both"), ("Only you", "reader"), ("Only the model", "model"))
        if split[key]
    ]
    listed = "; ".join(f"<b>{name}</b>: {html.escape(', '.join(labels))}" for name, labels in parts)
    blind = "" if kept.blind else " Your reading was not blind."
    note = f" Your note: {html.escape(kept.note)}" if kept.note else ""
    return (
        f"<p class='ev-sentence' id='ev-agreement'>You and the model agree on {alike} of {len(kept.offered)} findings. "
        f"{listed or 'Neither of you found any of them'}.{blind}{note}</p>"
    )


def panel(record: Record, card: ModelCard, finding: Finding) -> None:
    """Agree or disagree with the model on the chosen finding, with a note; and the way to take all of it along."""
    with friendly_errors():
        past = overread.store().verdicts(overread.reader(), digest(record), card.name)
        last = next((v for v in reversed(past) if v.label == finding.label), None)
        key = f"{digest(record)[:12]}-{card.name}-{finding.label}"
        place = "present" if finding.positive else "not present"
        with st.expander(f"Your verdict on {finding.label}", icon=":material/rate_review:", expanded=last is not None):
            st.html(f"<p class='ev-note'>The model holds {html.escape(finding.label)} for {place}.</p>")
            with st.form(f"verdict-{key}", border=False):
                default = None if last is None else "agree" if last.agrees else "disagree"
                said = st.segmented_control(
                    "Verdict",
                    list(_WORDS),
                    format_func=_WORDS.__getitem__,
                    default=default,
                    label_visibility="collapsed",
                    width="stretch",
                    key=f"say-{key}",
                )
                note = st.text_area(
                    "Note", last.note if last else "", max_chars=LONGEST_NOTE, height=80, key=f"note-{key}"
                )
                pressed = st.form_submit_button("Keep the verdict", width="stretch")
            if pressed and said is None:
                st.html("<p class='ev-doubt'>Choose Agree or Disagree.</p>")
            elif pressed:
                _keep(record, card, finding, agrees=said == "agree", note=note.strip())
                st.html("<p class='ev-note' role='status'>Kept.</p>")
            elif last is not None:
                st.html(f"<p class='ev-note'>Kept {html.escape(last.made[:16].replace('T', ' '))} UTC.</p>")
        exports()


def _keep(record: Record, card: ModelCard, finding: Finding, *, agrees: bool, note: str) -> None:
    verdict = Verdict(
        record=digest(record),
        entry=entry_of(record),
        task=card.task,
        model=card.name,
        weights=card.weights_digest,
        label=finding.label,
        probability=round(finding.probability, 4),
        threshold=finding.threshold,
        present=finding.positive,
        agrees=agrees,
        note=note,
    )
    overread.store().add_verdict(overread.reader(), verdict)


def exports() -> None:
    """Readings and verdicts as CSV, and the code with which the reader comes back."""
    with st.popover("Your over-reads", icon=":material/download:", width="stretch"), friendly_errors():
        kept, whose = overread.store(), overread.readers_shown()
        readings, verdicts = kept.readings(whose), kept.verdicts(whose)
        all_of = "of all readers of this server" if whose is None else "yours alone"
        st.caption(f"{len(readings)} readings and {len(verdicts)} verdicts, {all_of}. No signal and no name is kept.")
        for name, text in (
            ("Readings", to_csv(readings, Reading)),
            ("Verdicts", to_csv(verdicts, Verdict)),
        ):
            file = f"ecgviz-{name.lower()}.csv"
            st.download_button(f"{name}, CSV", text, file, "text/csv", on_click="ignore", key=f"take-{name.lower()}")
        if not st.user.get("sub"):
            st.caption("Your code. Whoever has it can read your over-reads; with it you go on in another session.")
            st.code(overread.code(), language=None)
            typed = st.text_input("Go on as the reader of this code", key="reader-code", placeholder="3fa2b1-…")
            if typed and typed.strip() != overread.code():
                overread.come_back(typed)
                st.rerun()
