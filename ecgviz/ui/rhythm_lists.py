"""The two lists beside the trace: events of the whole recording, beats of the window. A row is a place to go to."""

from collections import Counter
from typing import Any

import pandas as pd
import streamlit as st

from ecgviz.results import Event
from ecgviz.signals.events import KINDS
from ecgviz.ui import rhythm_desk
from ecgviz.ui.rhythm_desk import Desk
from ecgviz.ui.rhythm_edit import rows_of
from ecgviz.ui.rhythm_place import clock
from ecgviz.ui.rhythm_study import Study

__all__ = ["beats", "events", "listed"]

ALL = "all"
_EVENTS_PX, _BEATS_PX = 212, 252


def listed(found: Study) -> tuple[Event, ...]:
    """The events of the chosen kind."""
    kind = st.session_state.get("rhythm-kind", ALL)
    return found.events if kind == ALL else tuple(event for event in found.events if event.kind == kind)


def events(desk: Desk, found: Study) -> None:
    """The events of a kind, in time order; a click on a row goes there."""
    number = Counter(event.kind for event in found.events)
    offered = [ALL, *(kind for kind in KINDS if number[kind])]
    if st.session_state.get("rhythm-kind") not in offered:
        st.session_state["rhythm-kind"] = ALL
    st.selectbox(
        "Events",
        offered,
        format_func=lambda kind: (
            f"All events ({len(found.events):,})" if kind == ALL else f"{KINDS[kind].label} ({number[kind]:,})"
        ),
        key="rhythm-kind",
        label_visibility="collapsed",
    )
    rows = listed(found)
    table = desk.once("events", (found, st.session_state["rhythm-kind"]), lambda: _event_table(rows, found))

    def go() -> None:
        chosen = _row("rhythm-events")
        if chosen is not None and chosen < len(rows):
            rhythm_desk.current().visit(rows[chosen])

    st.dataframe(
        table,
        key="rhythm-events",
        height=_EVENTS_PX,
        hide_index=True,
        on_select=go,
        selection_mode="single-row",
        column_config={"Time": st.column_config.TextColumn(width=62), "Event": st.column_config.TextColumn(width=190)},
        placeholder="none",
        alt=f"{len(rows)} events with their time; choose a row to go there",
    )


def _event_table(rows: tuple[Event, ...], found: Study) -> pd.DataFrame:
    return pd.DataFrame({"Time": [clock(e.start_s, 0) for e in rows], "Event": [_sentence(e.text) for e in rows]})


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def beats(desk: Desk) -> None:
    """The beats of the window; a click on a row chooses the beat. The chosen one is marked."""
    first, end = desk.place.inside(desk.series.times_s)
    chosen = desk.beat
    at = chosen - first if chosen is not None and first <= chosen < end else None
    table = _beat_table(desk, first, end)

    def go() -> None:
        row = _row(key)
        if row is not None and first + row < end:
            now = rhythm_desk.current()
            now.go(float(now.series.times_s[first + row]))

    # another key with every choice: the list then starts with that row chosen, wherever the choice was made
    key = f"rhythm-beats-{desk.place.start_s:.3f}-{desk.place.span_s:g}-{at}"
    st.dataframe(
        table,
        key=key,
        height=_BEATS_PX,
        hide_index=True,
        on_select=go,
        selection_mode="single-row",
        selection_default={"selection": {"rows": [] if at is None else [at], "columns": [], "cells": []}},
        column_config={
            "Beat": st.column_config.TextColumn(width=68),
            "RR": st.column_config.NumberColumn("RR ms", format="%d", width=58),
            "Class": st.column_config.TextColumn(width=46),
            "Model": st.column_config.TextColumn(width=66),
        },
        placeholder="–",
        alt=f"{end - first} beats of the window with interval, class and the model's class; choose a row",
    )


def _beat_table(desk: Desk, first: int, end: int) -> pd.DataFrame:
    series, prediction = desk.series, desk.prediction
    times = series.times_s
    columns: dict[str, list[Any]] = {
        "Beat": [clock(float(t), 2) for t in times[first:end]],
        "RR": [round(1000 * float(times[i] - times[i - 1])) if i else None for i in range(first, end)],
        "Class": [label or "?" for label in series.labels[first:end]],
    }
    if prediction is not None:
        rows = desk.once("rows", (series, prediction), lambda: rows_of(series, prediction))[first:end]
        best = prediction.probabilities.argmax(axis=1)
        columns["Model"] = [
            f"{prediction.labels[best[row]]} {prediction.probabilities[row, best[row]]:.2f}" if row >= 0 else None
            for row in rows
        ]
    return pd.DataFrame(columns)


def _row(key: str) -> int | None:
    """The row that was chosen just now."""
    state = st.session_state.get(key)
    rows = state["selection"]["rows"] if state else []
    return int(rows[0]) if rows else None
