"""The two rows of buttons: going through a recording, and editing its beats. Every one has a key."""

import html
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import streamlit as st

from ecgviz.readers import annotation_writer
from ecgviz.record import Record
from ecgviz.ui import rhythm_desk, rhythm_find, rhythm_lists, rhythm_open
from ecgviz.ui.rhythm_desk import Desk
from ecgviz.ui.rhythm_edit import CLASSES, rows_of
from ecgviz.ui.rhythm_place import SPANS_S, clock
from ecgviz.ui.rhythm_study import Study

__all__ = ["KEYS", "edits", "moves"]

KEYS: dict[str, tuple[str, str]] = {
    "beat-back": ("J", "previous beat"),
    "beat-on": ("K", "next beat"),
    "event-back": ("H", "previous event of the chosen kind"),
    "event-on": ("L", "next event of the chosen kind"),
    "N": ("N", "class N, normal; adds a beat where none is chosen"),
    "S": ("S", "class S, supraventricular ectopic"),
    "V": ("V", "class V, ventricular ectopic"),
    "F": ("F", "class F, fusion"),
    "Q": ("Q", "class Q: paced, unclassifiable or unusable"),
    "delete": ("D", "delete the chosen beat"),
    "accept": ("A", "accept the model's class"),
    "reject": ("X", "keep the beat's own class"),
    "next": ("G", "go to the next suggestion"),
    "undo": ("U", "undo"),
    "redo": ("Shift+U", "redo"),
}
"""Each button's key and what it does."""
_BYTES = "application/octet-stream"


def _button(name: str, icon: str, label: str, act: Callable[[], None], *, off: bool = False) -> None:
    key, words = KEYS[name]
    st.button(
        label,
        icon=icon or None,
        key=f"rhythm-do-{name}",
        help=words[0].upper() + words[1:],
        shortcut=key,
        disabled=off,
        on_click=act,
    )


def moves(record: Record, desk: Desk, found: Study) -> None:
    """Previous and next event and beat, the length of the window, a time to go to."""
    starts = np.array([event.start_s for event in rhythm_lists.listed(found)])
    times = desk.series.times_s

    def to(moments: np.ndarray[tuple[int], np.dtype[np.float64]], by: int, *, centred: bool) -> Callable[[], None]:
        def act() -> None:
            now = rhythm_desk.current()
            at = now.place.step(moments, by)
            if at is not None:
                now.place = now.place.centre(at) if centred else now.place.select(at)

        return act

    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="ev-moves"):
        _button("event-back", ":material/skip_previous:", "Event", to(starts, -1, centred=True), off=not starts.size)
        _button("event-on", ":material/skip_next:", "Event", to(starts, 1, centred=True), off=not starts.size)
        _button("beat-back", ":material/chevron_left:", "Beat", to(times, -1, centred=False), off=not times.size)
        _button("beat-on", ":material/chevron_right:", "Beat", to(times, 1, centred=False), off=not times.size)
        _span(desk)
        _go_to(record)
        st.html(f"<p class='ev-note'>{_where(record, desk)}</p>", width="content")


def _span(desk: Desk) -> None:
    st.session_state["rhythm-span"] = desk.place.span_s

    def changed() -> None:
        now = rhythm_desk.current()
        now.place = now.place.zoom(float(st.session_state["rhythm-span"] or now.place.span_s))

    st.segmented_control(
        "Window",
        SPANS_S,
        format_func=lambda s: f"{s:g} s",
        key="rhythm-span",
        required=True,
        on_change=changed,
        label_visibility="collapsed",
        width="content",
    )


def _go_to(record: Record) -> None:
    def changed() -> None:
        text = str(st.session_state["rhythm-time"])
        st.session_state["rhythm-time"] = ""
        if text.strip():
            rhythm_desk.current().type_time(text, record.start_s)

    st.text_input(
        "Go to a time",
        key="rhythm-time",
        placeholder="go to, such as 12:30",
        on_change=changed,
        label_visibility="collapsed",
        width=150,
    )


def _where(record: Record, desk: Desk) -> str:
    """The chosen beat, or the chosen moment, in words."""
    beat, series = desk.beat, desk.series
    at = clock(desk.place.at_s - record.start_s, 2)
    if beat is None:
        return f"{at}, no beat: choose a class to add one"
    label = series.labels[beat]
    return f"Beat <b>{beat + 1:,}</b> of {series.times_s.size:,} at {at}: <b>{label or '?'}</b>"


def edits(record: Record, desk: Desk, lead: str) -> None:
    """Class, delete, undo, export, the keys, the model's suggestions; how many edits there are."""
    no_beat = desk.beat is None
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="ev-tools"):
        for label in CLASSES:
            _button(label, "", label, _setter(label, record, lead))
        _button("delete", ":material/delete:", "Delete", lambda: rhythm_desk.current().delete(), off=no_beat)
        _button("undo", ":material/undo:", "Undo", lambda: rhythm_desk.current().undo(), off=not desk.history.done)
        _button("redo", ":material/redo:", "Redo", lambda: rhythm_desk.current().redo(), off=not desk.history.undone)
        done = len(desk.history.done)
        with st.popover(f"{done} edit{'s' if done != 1 else ''}", icon=":material/history:", key="rhythm-history"):
            _history(desk)
        _export(record, desk)
        with st.popover("Keys", icon=":material/keyboard:"):
            _keys()
    if desk.prediction is not None and not desk.trouble:
        _suggestions(record, desk)


def _suggestions(record: Record, desk: Desk) -> None:
    """Where the model would choose another class: one by one, or many at once."""
    here = desk.here()
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="ev-suggested"):
        number = len(desk.suggested)
        told = (
            f"The model would class {number:,} beat{'s' if number != 1 else ''} otherwise."
            if number
            else "The model and these classes agree."
        )
        if here is not None:
            told = f"The model says <b>{html.escape(here.beat.label or '?')}</b> with {here.probability:.2f}. " + told
        st.html(f"<p class='ev-said'>{told}</p>", width="content")
        _button("accept", ":material/check:", "Accept", lambda: rhythm_desk.current().accept(), off=here is None)
        _button("reject", ":material/close:", "Reject", lambda: rhythm_desk.current().reject(), off=here is None)
        _button(
            "next", ":material/arrow_forward:", "Next", lambda: rhythm_desk.current().next_suggestion(), off=not number
        )
        if number:
            with st.popover("Accept many"):
                _many(desk)
        _again(record, desk)


def _setter(label: str, record: Record, lead: str) -> Callable[[], None]:
    """Another class for the chosen beat, or a new beat on the peak nearest to the chosen moment."""

    def act() -> None:
        desk = rhythm_desk.current()
        if desk.beat is None:
            desk.go(rhythm_find.onto_peak(record, lead, desk.place.at_s))
        desk.label(label)

    return act


def _many(desk: Desk) -> None:
    """Every suggestion from a probability on."""
    least = st.slider("From this probability on", 0.5, 1.0, 0.95, 0.01, key="rhythm-least")
    number = sum(one.probability >= least for one in desk.suggested)
    st.button(
        f"Accept {number:,}",
        key="rhythm-accept-many",
        disabled=not number,
        type="primary",
        on_click=lambda: rhythm_desk.current().accept_all(least),
    )


def _again(record: Record, desk: Desk) -> None:
    """Beats added since the model was asked have no suggestion; asking anew may take long, so the reader chooses."""
    prediction = desk.prediction
    if prediction is None:
        return
    new = desk.once("new", (desk.series, prediction), lambda: int((rows_of(desk.series, prediction) < 0).sum()))
    if new and st.button(f"Ask about {new} new", key="rhythm-again", icon=":material/refresh:"):
        rhythm_open.ask(desk, record, desk.model, again=True)
        st.rerun()


def _history(desk: Desk) -> None:
    """The last edits in words, newest first, and the way back to the start."""
    if not desk.history.done:
        st.markdown("No edit yet.")
    for change in reversed(desk.history.done[-12:]):
        st.text(change.words[0].upper() + change.words[1:])
    st.button(
        "Undo all",
        key="rhythm-start",
        icon=":material/restart_alt:",
        disabled=not desk.history.done,
        on_click=lambda: rhythm_desk.current().to_start(),
    )


def _export(record: Record, desk: Desk) -> None:
    """The beats as a WFDB annotation and as CSV, made when they are asked for; times count from the first sample."""
    stem = "".join(c if c.isalnum() and c.isascii() else "_" for c in record.name).strip("_")[:40] or "beats"
    series, fs = replace(desk.series, times_s=desk.series.times_s - record.start_s), record.fs

    def annotation() -> bytes:
        (data,) = annotation_writer.write_annotations(series, fs, stem).values()
        return data

    with st.popover("Export", icon=":material/download:"):
        st.download_button(
            "WFDB annotation", annotation, f"{stem}.atr", _BYTES, key="rhythm-save-atr", on_click="ignore"
        )
        st.download_button(
            "CSV",
            lambda: annotation_writer.to_csv(series, fs),
            f"{stem}.csv",
            "text/csv",
            key="rhythm-save-csv",
            on_click="ignore",
        )
        st.caption("Both open here again. Research and education; unconfirmed: needs a physician's over-read.")


def _keys() -> None:
    rows = "".join(f"<tr><td><kbd>{key}</kbd></td><td>{words}</td></tr>" for key, words in KEYS.values())
    st.html(f"<table class='ev-keys'>{rows}</table>")
