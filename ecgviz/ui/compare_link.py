"""A comparison as a link and as a session file: written from the present choices, and followed when one is opened."""

from collections.abc import Sequence
from urllib.parse import urlencode

import streamlit as st

from ecgviz.card import ModelCard
from ecgviz.errors import DataError, EcgvizError, ModelError
from ecgviz.record import Record
from ecgviz.ui import cache, compare_choice, compare_sheet, picker, session, zoom
from ecgviz.ui.compare_state import Comparison, Origin, Session, digest, from_query, read_session, to_query
from ecgviz.ui.messages import friendly_errors

__all__ = ["follow", "notes", "panel", "whole_page"]

_FILE, _READ = "compare-file", "_compare_read"
_LINKED, _OPENED, _WRONG = "_compare_link", "_compare_opened", "_compare_wrong"


def follow(cards: Sequence[ModelCard]) -> None:
    """Make the choices that the page's address names, whenever the address is a new one; `notes` tells what is wrong.

    Called before anything is drawn; the open record is left to the sidebar.
    """
    asked = st.query_params.to_dict()
    if "compare" not in asked or asked == st.session_state.get(_LINKED):
        return
    st.session_state[_LINKED] = asked
    try:
        missing = compare_choice.put(from_query(asked, Comparison()), cards)
        if asked.get("with"):
            _hold(asked["with"])
        if missing:
            raise ModelError(f"The link names {', '.join(missing)[:80]}, which is not installed; choose another model.")
    except EcgvizError as error:
        st.session_state[_WRONG] = str(error)


def _hold(entry: str) -> None:
    source = cache.open_library()[entry.partition("/")[0]]
    if entry not in source.table.index:
        raise DataError(f"{source.title} has no record {entry[:60]}; hold another one.")
    compare_choice.hold(session.flagged(source.reader(entry)), entry)


def notes(record: Record) -> None:
    """What was wrong with a link or a file; and what differs from the session file, until it is dismissed."""
    st.session_state.pop(_READ, None)
    with friendly_errors():
        if wrong := st.session_state.pop(_WRONG, None):
            raise DataError(wrong)
    opened: Session | None = st.session_state.get(_OPENED)
    if opened is None:
        return
    lines = _differences(opened, record)
    if not lines:
        st.session_state.pop(_OPENED)
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.warning("  \n".join(lines), icon=":material/difference:")
        st.button("Dismiss", key="compare-dismiss", on_click=lambda: st.session_state.pop(_OPENED, None))


def _differences(opened: Session, record: Record) -> list[str]:
    lines = []
    cards = {card.name: card for card in cache.cards()}
    for n, origin in enumerate(opened.records):
        there = compare_choice.held() if n else record
        if there is not None and digest(there) == origin.digest:
            continue
        lines.append(f"This is not the {'held record' if n else 'record'} of the session. {_way_to(origin, record, n)}")
    for name, weights in opened.weights.items():
        if name not in cards:
            lines.append(f"The model {name[:60]} is not installed.")
        elif cards[name].weights_digest != weights:
            lines.append(f"{cards[name].title} has other weights than in the session; its numbers may differ.")
    return lines


def _way_to(origin: Origin, record: Record, n: int) -> str:
    """How to come to the record of a session."""
    if not origin.entry:
        return "Open its file: no session keeps a recording."
    there = compare_choice.held_entry() if n else picker.entry_of(record)
    if there == origin.entry:
        return f"{origin.entry} has changed since."
    return f"It was {origin.entry[:60]}: choose it in the sidebar, if this library has it."


def whole_page() -> None:
    """Start the whole page again where a session file was chosen: its record is opened outside of the fragment."""
    if st.session_state.pop(_READ, False):
        st.rerun()


def panel(record: Record, cards: Sequence[ModelCard], key: str) -> None:
    """Put the choices into the page's address, and offer the link and the session file; key: of the figure's zoom."""
    chosen = compare_choice.chosen(record, cards)
    address = _write(chosen, record)
    used = {card.name: card.weights_digest for card in cards if card.name in chosen.models}
    other = compare_choice.held() if chosen.kind == "records" else None
    records = [Origin(digest(record), picker.entry_of(record))]
    records += [Origin(digest(other), compare_choice.held_entry())] if other is not None else []
    with st.popover("Session", icon=":material/link:"):
        st.caption("The page's address is a link to this comparison.")
        st.code(address, language=None, wrap_lines=True)
        if not all(origin.entry for origin in records):
            st.caption("A recording of your own is not part of it: whoever follows the link opens their own file.")
        st.caption("The session file also keeps how it is drawn, and tells whether record and weights are the same.")
        st.download_button(
            "Save the session",
            Session(chosen, tuple(records), used, zoom.part(key) if key else ()).to_json(),
            "ecgviz-comparison.json",
            "application/json",
            icon=":material/download:",
            on_click="ignore",
        )
        st.file_uploader("Open a session", key=_FILE, on_change=_open, max_upload_size=1)


def _write(chosen: Comparison, record: Record) -> str:
    """Put the choices into the page's address; returns it."""
    query = to_query(chosen)
    if entry := picker.entry_of(record):
        query["record"] = entry
        picker.linked(entry)
    if chosen.kind == "records" and (entry := compare_choice.held_entry()):
        query["with"] = entry
    if st.query_params.to_dict() != query:
        st.query_params.from_dict(query)
    st.session_state[_LINKED] = query
    return f"{(st.context.url or '').partition('?')[0]}?{urlencode(query, safe=',/')}"


def _open() -> None:
    """Make the choices of an uploaded session file."""
    file = st.session_state.get(_FILE)
    if file is None:
        return
    st.session_state[_READ] = True
    try:
        opened = read_session(file.getvalue())
        compare_choice.put(opened.chosen, cache.cards())
        compare_choice.put_look(opened.chosen)
        query = to_query(opened.chosen) | {
            key: o.entry for key, o in zip(("record", "with"), opened.records, strict=False) if o.entry
        }
        if query.get("with"):
            _hold(query["with"])
    except EcgvizError as error:
        st.session_state[_WRONG] = str(error)
        return
    st.session_state.update({_LINKED: query, _OPENED: opened, compare_sheet.BEGIN: opened.zoom})
    st.query_params.from_dict(query)
