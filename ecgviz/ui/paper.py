"""The ECG page in its frame: the figure at its own height, its alternative text and the calipers of its mode bar."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from ecgviz.plot import tracing
from ecgviz.record import Record
from ecgviz.ui import cache, frame, print_row, view, zoom
from ecgviz.ui.intervals import head_line
from ecgviz.ui.messages import friendly_errors
from ecgviz.ui.view import View

__all__ = ["draw", "reading", "title"]

_CONFIG = dict(tracing.CONFIG) | {"doubleClick": "autosize"}


@st.fragment
def reading(record: Record, width: int) -> None:
    """The sheet and its compact row, a fragment: a change of either draws nothing else anew."""
    with friendly_errors():
        start_s = view.choose_window(record)
        draw(cache.sheet, record, view.view(), start_s, width, title(record))
        view.choose_view(record)
        print_row.buttons(record, view.view(), start_s)
        st.html(
            "<p class='ev-note'>Calipers: choose the line or the box at the top right of the paper and draw; it is "
            "labelled in ms and mV. Drag to zoom, double click to return.</p>"
        )
        zoom.watch()


def title(record: Record) -> str:
    """The head line that stands on the paper."""
    return head_line(cache.measurements(record))


def draw(sheet: Callable[..., dict[str, Any]], record: Record, view: View, *rest: Any, about: str = "") -> None:
    """Draw `sheet(record, view, *rest)` with its zoom; `zoom.watch()` must follow in the same fragment.

    theme=None: the paper's colours are its own.
    """
    told = ", ".join(frame.facts(record))
    layout = tracing.LAYOUTS[view.layout].label
    alt = f"ECG of {record.name}: {told}; {layout}, {view.speed:g} mm/s, {view.gain:g} mm/mV. {about}".strip()
    figure = zoom.kept(sheet(record, view, *rest), (record.digest, view, *rest))
    with st.container(key="ev-paper"):
        st.plotly_chart(figure, width="stretch", theme=None, key="ecg", config=_CONFIG, alt=alt)
