"""The gate before a prediction: one plain sentence above it, and on a click what was checked and what to do."""

import html

import streamlit as st

from ecgviz.results import Screening

__all__ = ["panel"]

_MARKS = {"fit": "✓", "care": "~", "unfit": "✗"}
_CSS = """<style>
.ev-gate { border-left: 4px solid #4d7c59; padding: .1rem 0 .1rem .7rem; margin: 0 0 .2rem; font-size: .92rem; }
.ev-gate p { margin: 0; }
.ev-gate.ev-care { border-color: #b7791f; border-left-style: dashed; }
.ev-gate.ev-unfit { border-color: #c93a31; border-left-width: 8px; }
.ev-gate b { font-weight: 700; }
</style>"""


def panel(found: Screening, key: str = "gate-checked") -> None:
    """Draw the sentence; a fold holds each reason with its advice and how the limit came about."""
    first, _, rest = found.sentence.partition(". " if found.verdict != "fit" else ": ")
    end = "." if found.verdict != "fit" else ":"
    said = f"<b>{_MARKS[found.verdict]} {html.escape(first)}{end}</b> {html.escape(rest)}"
    st.html(f"{_CSS}<div class='ev-gate ev-{found.verdict}' role='status'><p>{said}</p></div>")
    with st.popover("What was checked", type="tertiary", icon=":material/checklist:", key=key):
        _reasons(found)
        st.html(f"<p class='ev-note'>{html.escape(_how(found))}</p>")


def _reasons(found: Screening) -> None:
    """What speaks against asking the model, each with what to do about it."""
    for flag in found.reasons:
        st.html(f"<p class='ev-flag'><b>{html.escape(flag.text)}</b><br>{html.escape(flag.advice)}</p>")
    if not found.reasons:
        st.html("<p class='ev-flag'>No fault was found in the recording.</p>")


def _how(found: Screening) -> str:
    """What is looked for, and how unlike the training records this one is."""
    text = (
        "The recording: swapped arms, flat, doubled, clipped or missing leads, limb leads that contradict each other, "
        "a wrong scale, no beats, muscle noise. Mains hum and baseline wander count only where they reach the model."
    )
    if found.strangeness is None or found.limit is None:
        return f"{text} How unlike the training records it is has not been calibrated for this model."
    return (
        f"{text} Likeness to the training records: {found.strangeness:.1f} standard deviations from their mean, the "
        f"limit is {found.limit:.1f}; about 1 % of unseen recordings of good quality exceed it, rare rhythms among "
        "them. Compared are the size of the leads, the pace of their waves, how leads go with each other, and what the "
        "network's last layer reads."
    )
