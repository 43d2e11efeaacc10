"""What came with the record: the reference statements of its data set, and what was done to it on the way."""

import html

import streamlit as st

from ecgviz.record import Record
from ecgviz.ui import cache

__all__ = ["panel"]


def panel(record: Record) -> None:
    """Reference statements in a fold that is shut, so that nobody reads them before the ECG; then the provenance."""
    if record.statements:
        with st.expander("What the data set says", icon=":material/menu_book:"):
            _list(cache.open_library().in_words(record))
    with st.expander("Where the record comes from", icon=":material/history:"):
        origin = record.provenance
        unit = f"stored in {origin.unit}, known from the {origin.unit_from}" if origin.unit_from else origin.unit
        _list((f"Format: {origin.format or 'not stated'}; {unit}", *origin.filters, *record.notes))


def _list(lines: tuple[str, ...]) -> None:
    st.html("<ul class='ev-list'>" + "".join(f"<li>{html.escape(line)}</li>" for line in lines) + "</ul>")
