"""What a person is told: one line for an error they can mend, one line for a bug, and what to do on an empty page."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from ecgviz.errors import EcgvizError

__all__ = ["BUG", "empty", "friendly_errors", "no_model"]

BUG = "This is a bug in ecgviz, not in your file. The details are in the server's log; please report them."


@contextmanager
def friendly_errors() -> Iterator[None]:
    """Show an EcgvizError as its own one line; log anything else and say that it is a bug. Nothing passes through."""
    try:
        yield
    except EcgvizError as error:
        _line(str(error))
    except Exception:
        logging.getLogger(__name__).exception("unexpected error on a page")
        _line(BUG)


def _line(text: str) -> None:
    # st.error reads Markdown, and a message may quote a file: every mark of Markdown is taken literally
    plain = " ".join(text.split())
    st.error("".join(f"\\{c}" if c in "\\`*_{}[]()<>#+-!|~$:" else c for c in plain), icon=":material/error:")


def empty(title: str, text: str) -> None:
    """An empty page's own words: what is missing, and what to do about it."""
    with st.container(key="empty", horizontal_alignment="center"):
        st.subheader(title, anchor=False)
        st.markdown(text)


def no_model() -> None:
    """The empty page of an installation without weights."""
    empty(
        "No model is installed",
        "Put a model's folder (`card.json`, `weights.safetensors`, `report.json`) into `models/`, or train one with "
        "`python -m ecgviz train`. The Record page works without one.",
    )
