"""PyTorch and Captum, imported in the background once the first page has been drawn."""

import logging
import threading

import streamlit as st

from ecgviz import zoo

__all__ = ["start"]

WAIT_S = 1.0
"""Long enough for the first page to reach the browser: the import holds the interpreter for a second or two."""


@st.cache_resource(show_spinner=False)
def start() -> threading.Thread:
    """Start the one import of this server; later calls return the same thread."""
    thread = threading.Timer(WAIT_S, _import)
    thread.daemon = True
    thread.start()
    return thread


def _import() -> None:
    try:
        zoo.preload()
    except Exception:  # the page that needs a model reports the same error to the person
        logging.getLogger(__name__).exception("preloading failed")
