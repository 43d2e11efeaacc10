"""The sidebar: which record is open, where it comes from, and the way to the one before and after it."""

from collections.abc import Callable
from typing import Literal

import streamlit as st

from ecgviz.datasets import packaged
from ecgviz.datasets.library import Filter, Source
from ecgviz.errors import DataError
from ecgviz.record import Record
from ecgviz.ui import cache, messages, physionet, session, uploads

__all__ = ["choose_record", "entry_of", "linked"]

NEAR = 150
"""So many entries on either side of the chosen one are offered in the list; a whole data set would slow each click."""
_OLDEST = 100
_SEXES: tuple[Literal["F", "M"], ...] = ("F", "M")


def choose_record() -> Record:
    """Draw the sidebar and return the open record; an error stands under its own control and leaves the record open."""
    with st.sidebar, messages.friendly_errors():
        _follow_link()
        st.session_state.setdefault("source", "Gallery")
        source = st.segmented_control(
            "Record",
            list(_PANELS),
            key="source",
            required=True,
            persist_state="session",
            label_visibility="collapsed",
            width="stretch",
        )
        found = _PANELS[source or "Gallery"]()
        if found is not None:
            session.open_record(found)
    return session.current()


def entry_of(record: Record) -> str:
    """The open record's identifier in the library; empty for a person's own file."""
    kept: tuple[str, Record] | None = st.session_state.get("_entry")
    return kept[0] if kept and session.flagged(kept[1]).digest == record.digest else ""


def linked(entry: str) -> None:
    """The page's address is about to name this record, which is open already."""
    st.session_state["_followed"] = entry


def _follow_link() -> None:
    """Open the record that the page's address names (`?record=ptb-xl/00001`), once in a session."""
    entry = st.query_params.get("record", "")
    if not entry or st.session_state.get("_followed") == entry:
        return
    st.session_state["_followed"] = entry
    key = entry.partition("/")[0]
    source = cache.open_library()[key]
    if entry not in source.table.index:
        raise DataError(f"{source.title} has no record {entry[:60]}; choose one from its list.")
    st.session_state["source"] = {"simulated": "Gallery", "example": "DICOM sample"}.get(key, "Library")
    if st.session_state["source"] == "Library":
        st.session_state["dataset"] = key
    st.session_state[f"entry-{key}"] = entry


def _simulated() -> Record:
    source = cache.open_library()["simulated"]
    words = source.table["words"]
    entry = _step_through(source, list(source.table.index))
    st.caption(f"{words[entry]} Simulated by ecgviz.")
    return _read(entry)


def _dicom() -> Record:
    st.caption("A resting 12-lead ECG as a DICOM waveform, 10 s at 1000 Hz, from the test files of pydicom.")
    return _read(packaged.DICOM_ENTRY)


def _paper() -> Record | None:
    found = session.digitised()
    if found is None:
        st.caption("Open a page on the Paper page; the ECG that is read from it then stands here.")
    else:
        st.caption(f"{len(found.leads)} leads read from a picture: digitised, not recorded.")
    return found


def _library() -> Record | None:
    found = cache.open_library()
    if found.reason:
        st.info(found.reason, icon=":material/folder_off:")
        return None
    titles = {source.key: source.title for source in found.sources if source.kind not in ("example", "simulated")}
    key = st.selectbox(
        "Data set", list(titles), format_func=lambda k: titles[k], key="dataset", persist_state="session"
    )
    source = found[key]
    with st.spinner(f"Reading the list of {source.title}", show_time=False):
        entries = list(source.entries(_filter(source)).index)
    if not entries:
        st.info("No record passes this filter; loosen it.", icon=":material/filter_alt_off:")
        return None
    return _read(_step_through(source, entries))


def _filter(source: Source) -> Filter:
    """Label, age, sex and fold for the data sets that state them, and words for all."""
    text = st.text_input("Search", key=f"text-{source.key}", placeholder="words or codes", persist_state="session")
    table = source.table
    with st.expander("Filter", icon=":material/filter_alt:"):
        choices = source.choices
        labels = st.multiselect(
            "Label",
            list(choices),
            format_func=lambda code: f"{code}: {choices[code][0]} ({choices[code][1]})",
            key=f"labels-{source.key}",
            persist_state="session",
        )
        ages = None
        if table["age"].notna().any():
            low, high = st.slider("Age", 0, _OLDEST, (0, _OLDEST), key=f"age-{source.key}", persist_state="session")
            ages = None if (low, high) == (0, _OLDEST) else (float(low), float("inf") if high == _OLDEST else high)
        sex = None
        if table["sex"].notna().any():
            sex = st.segmented_control(
                "Sex", list(_SEXES), key=f"sex-{source.key}", persist_state="session", width="stretch"
            )
        folds: list[int] = []
        if (table["fold"] > 0).any():
            folds = st.multiselect(
                "Fold", sorted(set(table["fold"])), key=f"fold-{source.key}", persist_state="session"
            )
    return Filter(text=text, labels=tuple(labels), ages=ages, sex=sex, folds=tuple(folds))


def _step_through(source: Source, entries: list[str]) -> str:
    """The chosen entry of a list, with previous and next; only the entries near it are offered to the browser."""
    key = f"entry-{source.key}"
    kept = st.session_state.get(key)
    at = entries.index(kept) if kept in entries else 0
    st.session_state[key] = entries[at]
    near = entries[max(0, at - NEAR) : at + NEAR + 1]
    titles = source.table["title"]
    entry: str = st.selectbox(
        source.title,
        near,
        format_func=lambda e: str(titles[e]),
        key=key,
        persist_state="session",
        label_visibility="collapsed",
    )
    at = entries.index(entry)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        _step("Previous", ":material/chevron_left:", "Left", key, entries, at - 1)
        _step("Next", ":material/chevron_right:", "Right", key, entries, at + 1)
        st.caption(f"{at + 1:,} of {len(entries):,}")
    return entry


def _step(name: str, icon: str, shortcut: str, key: str, entries: list[str], to: int) -> None:
    def go() -> None:
        st.session_state[key] = entries[to]

    st.button(
        "",
        icon=icon,
        key=f"{name.lower()}-{key}",
        help=f"{name} record",
        shortcut=shortcut,
        disabled=not 0 <= to < len(entries),
        on_click=go,
    )


def _read(entry: str) -> Record:
    """The entry's record, read once while it is the chosen one."""
    kept: tuple[str, Record] | None = st.session_state.get("_entry")
    if kept is None or kept[0] != entry:
        kept = (entry, cache.open_library().read(entry))
        st.session_state["_entry"] = kept
    return kept[1]


_PANELS: dict[str, Callable[[], Record | None]] = {
    "Gallery": _simulated,
    "Library": _library,
    "Upload": uploads.panel,
    "PhysioNet": physionet.panel,
    "DICOM sample": _dicom,
    "Paper": _paper,
}
