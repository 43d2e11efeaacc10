"""What the Rhythm page says in words: the line of numbers, what is missing and what to do, and every definition."""

import html

import numpy as np
import streamlit as st

from ecgviz.record import Record
from ecgviz.signals import af, events, hrv, mean_beat, rr
from ecgviz.ui.rhythm_desk import Desk
from ecgviz.ui.rhythm_edit import CLASSES
from ecgviz.ui.rhythm_study import Study, counts, numbers

__all__ = ["line", "notes", "reason"]

LEAST_S = 5.0


def line(desk: Desk, found: Study) -> None:
    """The line of numbers with the count of each class, and the definitions behind one click."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.html(desk.once("line", (found,), lambda: _line(found)), width="content")
        with st.popover("Definitions", icon=":material/info:"):
            st.html(desk.once("definitions", (found,), lambda: _definitions(found)))


def _line(found: Study) -> str:
    shown = [(number.name, number.value, number.definition) for number in numbers(found)]
    classes = counts(found.beats)
    words = "; ".join(f"{label} {CLASSES.get(label, 'without a class')}" for label in classes)
    told = " ".join(f"{label}<span> {count:,}</span>" for label, count in classes.items())
    shown.append(("Classes", told or "–", words))
    cells = "".join(
        f"<div title='{html.escape(definition, quote=True)}'><dt>{name}</dt><dd>{value}</dd></div>"
        for name, value, definition in shown
    )
    return f"<dl class='ev-nums'>{cells}</dl>"


def _definitions(found: Study) -> str:
    pairs = [(number.name, number.definition) for number in numbers(found)]
    pairs += [(kind.label, kind.definition) for kind in events.KINDS.values()]
    pairs += [("NN intervals", rr.NN_DEFINITION), ("Atrial fibrillation", af.DEFINITION)]
    pairs += [(name, words) for name, _, words in hrv.DEFINITIONS.values()]
    pairs += [("Mean beat", mean_beat.DEFINITION)]
    pairs += [(f"Class {label}", f"{words} (ANSI/AAMI EC57)") for label, words in CLASSES.items()]
    once = dict(reversed(pairs))
    listed = "".join(
        f"<dt>{html.escape(name)}</dt><dd>{html.escape(words)}</dd>" for name, words in reversed(once.items())
    )
    return f"<dl class='ev-defs'>{listed}</dl>"


def notes(record: Record, desk: Desk, has_models: bool) -> None:
    """What a reader must know before trusting the page, and what to do about it."""
    if not desk.series.times_s.size:
        st.warning(reason(record), icon=":material/heart_minus:")
    elif record.seconds < LEAST_S:
        st.info(
            f"The recording has {record.seconds:.3g} s. Rhythm needs at least {LEAST_S:g} s: open a longer one.",
            icon=":material/timer:",
        )
    if not has_models:
        st.html(
            "<p class='ev-note'>No model of beats is installed, so the detector's beats have no class. Put a model's "
            "folder into <code>models/</code>, or choose each class by hand.</p>"
        )
    if desk.trouble:
        st.html(f"<p class='ev-note'>The model has no answer: {html.escape(desk.trouble)}</p>")
    flags = desk.prediction.flags if desk.prediction and not desk.trouble else ()
    for flag in (flag for flag in flags if flag not in record.flags):
        st.html(f"<p class='ev-note'>{html.escape(flag.text)} {html.escape(flag.advice)}</p>")
    if desk.said:
        st.warning(desk.said, icon=":material/edit_off:")
        desk.said = ""


def reason(record: Record) -> str:
    """Why a recording has no beats, and what to do."""
    signal = record.signal
    if np.isnan(signal).all():
        return "No beat: no sample of this recording was recorded. Check the export, or open another recording."
    if record.seconds < 1.5:
        return f"No beat: the recording has {record.seconds:.2g} s. Open one of at least {LEAST_S:g} s."
    spread = np.nanmax(signal) - np.nanmin(signal)
    if spread < 0.02:
        return (
            f"No beat: the signal moves by {1000 * spread:.0f} µV in all. Is an electrode loose, or the unit wrong? "
            "Look at it on the Record page."
        )
    return (
        "No beat stands out from the noise. Look at another lead, or mark beats by hand: click on the paper, then "
        "choose a class."
    )
