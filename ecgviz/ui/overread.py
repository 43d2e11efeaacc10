"""Read first, then reveal: the switch, who reads, and whether a model's answer to a record may be shown yet.

Each session is a reader of its own, with a code that brings the same person back in another session; the database
holds the code's digest. Where the deployment asks people to log in, the login is the reader. No reader sees what
another wrote, unless the deployment sets ECGVIZ_STORE_SHARED=1, for a class or a consensus round.
"""

import hashlib
import os
import secrets

import streamlit as st

from ecgviz.card import ModelCard
from ecgviz.codes import EQUIVALENT
from ecgviz.errors import StoreError
from ecgviz.record import Record
from ecgviz.store import over_reads
from ecgviz.store.over_reads import OverReads, Reading
from ecgviz.ui.compare_state import digest

__all__ = [
    "MODE",
    "SHARED",
    "code",
    "come_back",
    "keep_quiet",
    "may_show",
    "on",
    "reader",
    "readers_shown",
    "reading",
    "seen",
    "store",
    "switch",
    "vocabulary",
]

MODE = "read_first"
SHARED = "ECGVIZ_STORE_SHARED"
_CODE, _SEEN = "_reader_code", "_answers_seen"
_OF_AN_ANSWER = ("finding", "finding_rest", "compare-finding")
"""Choices of the session that an answer suggested."""


def switch() -> None:
    """The switch in the sidebar: one for all pages that show answers."""
    with st.sidebar:
        st.toggle(
            "Read first, then reveal",
            key=MODE,
            persist_state="session",
            help="Each ECG waits for your own findings; only then is a model asked.",
        )


def on() -> bool:
    """Whether answers wait for the reader's own."""
    return bool(st.session_state.get(MODE))


def may_show(record: Record, card: ModelCard) -> bool:
    """Whether this model's answer to the record may be shown now; if so, it counts as shown from here on."""
    if on() and reading(record, card.task) is None:
        keep_quiet()
        return False
    st.session_state.setdefault(_SEEN, set()).add(digest(record))
    return True


def keep_quiet() -> None:
    """Take out of the session and of the address what an answer suggested, before the page is drawn."""
    for key in _OF_AN_ANSWER:
        st.session_state.pop(key, None)
    st.query_params.pop("finding", None)


def seen(record: Record) -> bool:
    """Whether any model's answer to this record was shown in this session."""
    return digest(record) in st.session_state.get(_SEEN, ())


def vocabulary(card: ModelCard) -> tuple[str, ...]:
    """The labels that a reader is asked for, in the card's order: those that are scored as one, once."""
    return tuple(name for name in card.label_names if EQUIVALENT.get(name) not in card.label_names)


def reading(record: Record, task: str) -> Reading | None:
    """This reader's last reading of the record for one question."""
    found = store().readings(reader(), digest(record), task)
    return found[-1] if found else None


def store() -> OverReads:
    """The over-reads of this deployment. Raises StoreError, and MissingPackageError without SQLAlchemy."""
    return _store(over_reads.url())


@st.cache_resource(max_entries=4, show_spinner=False)
def _store(url: str) -> OverReads:
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError

    try:
        engine = st.connection("over_reads", type="sql", url=url).engine
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise StoreError(f"{over_reads.VARIABLE} names no database that can be opened ({str(error)[:80]}).") from error
    return OverReads(engine)


def reader() -> str:
    """Who reads, as a digest."""
    login = st.user.get("sub") if hasattr(st, "user") else None
    return hashlib.sha256(f"login {login}".encode() if login else code().encode()).hexdigest()


def readers_shown() -> str | None:
    """Whose over-reads are listed and exported: this reader's, or None for all where the deployment shares them."""
    return None if os.environ.get(SHARED, "") == "1" else reader()


def code() -> str:
    """The session's reader code: whoever has it can read and export what this reader wrote."""
    kept: str = st.session_state.setdefault(_CODE, "-".join(secrets.token_hex(3) for _ in range(5)))
    return kept


def come_back(typed: str) -> None:
    """Go on as the reader of this code. Raises StoreError for what cannot be a code."""
    plain = typed.strip().lower()
    groups = plain.split("-")
    if len(groups) != 5 or not all(len(g) == 6 and set(g) <= set("0123456789abcdef") for g in groups):
        raise StoreError("A reader code has five groups of six characters, such as 3fa2b1-…; copy it whole.")
    st.session_state[_CODE] = plain
