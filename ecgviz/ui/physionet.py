"""The sidebar's panel for one record from PhysioNet, fetched when asked for."""

import streamlit as st

from ecgviz.datasets import physionet
from ecgviz.record import Record
from ecgviz.ui import messages

__all__ = ["panel"]

_KEY = "_fetched"


def panel() -> Record | None:
    """Ask for database and record; the record last fetched, None where there is none yet."""
    databases = physionet.DATABASES
    key = st.selectbox(
        "Database",
        list(databases),
        format_func=lambda k: databases[k].title,
        key="physionet-database",
        persist_state="session",
    )
    chosen = databases[key]
    with st.form("physionet-form", border=False):
        name = st.text_input("Record", placeholder=chosen.example, key=f"physionet-{key}")
        asked = st.form_submit_button("Fetch", icon=":material/download:", width="stretch")
    st.caption(f"Version {chosen.version}, {chosen.licence}. Nothing is sent but the record's name.")
    if asked:
        with messages.friendly_errors():
            _fetch(key, name.strip() or chosen.example)
    found: Record | None = st.session_state.get(_KEY)
    return found


def _fetch(database: str, name: str) -> None:
    bar = st.progress(0.0, text="Asking PhysioNet")

    def told(share: float, text: str) -> None:
        bar.progress(min(1.0, share), text=text)

    try:
        found = physionet.fetch(database, name, progress=told)
    finally:
        bar.empty()
    st.session_state[_KEY] = found
