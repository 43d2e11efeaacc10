"""The two lists beside the trace: events of the whole recording, beats of the window. A row is a place to go to."""

from collections import Counter

import pandas as pd
import streamlit as st

from ecgviz.results import Event
from ecgviz.signals.events import KINDS
from ecgviz.ui import rhythm_desk, rhythm_rows
from ecgviz.ui.rhythm_desk import Desk
from ecgviz.ui.rhythm_edit import rows_of
from ecgviz.ui.rhythm_place import clock
from ecgviz.ui.rhythm_study import Study

__all__ = ["beats", "events", "listed"]

ALL = "all"
_EVENTS_PX, _BEATS_PX = 146, 212


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
    table = desk.once(
        "events", (found, st.session_state["rhythm-kind"]), lambda: _event_table(rows, desk.place.first_s)
    )

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
        selection_mode="single-cell",
        column_config={"Time": st.column_config.TextColumn(width=64), "Event": st.column_config.TextColumn(width=232)},
        placeholder="none",
        alt=f"{len(rows)} events with their time; choose a row to go there",
    )


def _event_table(rows: tuple[Event, ...], begin_s: float) -> pd.DataFrame:
    return pd.DataFrame(
        {"Time": [clock(e.start_s - begin_s, 0) for e in rows], "Event": [_sentence(e.text) for e in rows]}
    )


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def beats(desk: Desk) -> None:
    """The beats of the window; a click on a row, or an arrow key, chooses the beat."""
    first, end = desk.place.inside(desk.series.times_s)
    chosen = desk.beat
    at = chosen - first if chosen is not None and first <= chosen < end else None
    rows, doubts = _beat_rows(desk, first, end)

    def go(row: int) -> None:
        now = rhythm_desk.current()
        if first + row < now.series.times_s.size:
            now.go(float(now.series.times_s[first + row]))

    rhythm_rows.choose(
        "rhythm-beats",
        ("Beat", "RR ms", "Class", *(("Model",) if desk.prediction is not None else ())),
        rows,
        at,
        go,
        stamp=f"{first}-{end}",
        columns="4.2rem 3rem 2.6rem 1fr",
        height=_BEATS_PX,
        label=f"{end - first} beats of the window, with interval, class and the model's class",
        doubts=doubts,
        empty="no beat in this window",
    )


def _beat_rows(desk: Desk, first: int, end: int) -> tuple[list[tuple[str, ...]], list[int]]:
    """The rows of the list, and which of them have another class than the model's."""
    series, prediction = desk.series, desk.prediction
    times = series.times_s
    rows: list[tuple[str, ...]] = []
    doubts = []
    asked = desk.once("rows", (series, prediction), lambda: rows_of(series, prediction)) if prediction else None
    for i in range(first, end):
        rr = f"{1000 * float(times[i] - times[i - 1]):.0f}" if i else "–"
        cells: tuple[str, ...] = (clock(float(times[i]) - desk.place.first_s, 2), rr, series.labels[i] or "?")
        if prediction is not None and asked is not None:
            p = prediction.probabilities[asked[i]]
            best = int(p.argmax())
            cells += (f"{prediction.labels[best]} {p[best]:.2f}" if asked[i] >= 0 else "–",)
            if asked[i] >= 0 and prediction.labels[best] != series.labels[i]:
                doubts.append(i - first)
        rows.append(cells)
    return rows, doubts


def _row(key: str) -> int | None:
    """The row that was chosen just now."""
    state = st.session_state.get(key)
    cells = state["selection"]["cells"] if state else []
    return int(cells[0][0]) if cells else None
