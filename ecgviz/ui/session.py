"""Which record this session has open. It lives in the session's own state and is gone with it."""

from dataclasses import replace

import streamlit as st

from ecgviz.record import Record, worst_first
from ecgviz.signals import synthetic
from ecgviz.ui import cache

__all__ = ["FIRST", "close", "current", "digitised", "open_digitised", "open_record"]

FIRST = "sinus_rhythm"
_KEY = "_record"
_DIGITISED = "_digitised"


def current() -> Record:
    """The open record with its flags, worst first; the first simulated record where none was opened."""
    record: Record | None = st.session_state.get(_KEY)
    if record is None:
        record = flagged(synthetic.simulate(FIRST).record)
        st.session_state[_KEY] = record
    return record


def open_record(record: Record) -> None:
    """Make this the session's record on every page; the window of a long record starts anew."""
    before: Record | None = st.session_state.get(_KEY)
    found = flagged(record)
    if before is None or before.digest != found.digest:
        st.session_state[_KEY] = found
        st.session_state.pop("window_s", None)


def open_digitised(record: Record) -> None:
    """Open what was read from a page, and let the sidebar stand on it. For a callback: it sets a widget's choice."""
    st.session_state[_DIGITISED] = record
    st.session_state["source"] = "Paper"
    open_record(record)


def digitised() -> Record | None:
    """The record last opened from a page."""
    found: Record | None = st.session_state.get(_DIGITISED)
    return found


def close() -> None:
    """Forget the open record."""
    st.session_state.pop(_KEY, None)


def flagged(record: Record) -> Record:
    """The record with what its reader and the quality check found, each once, worst first."""
    return replace(record, flags=worst_first(record.flags, cache.quality_flags(record)))
