"""Taking the open record along: the printed page, a table, WFDB files. Each is made when its button is pressed."""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from ecgviz.record import Record
from ecgviz.report import csv_table, wfdb_files
from ecgviz.ui import cache
from ecgviz.ui.view import View

__all__ = ["buttons", "file_stem", "printing"]


def file_stem(record: Record) -> str:
    """A file's name that tells records apart and names nobody."""
    return f"ecg-{record.digest[:8]}"


def printing(record: Record, view: View, start_s: float | None = None) -> Callable[[], bytes]:
    """What makes the PDF of the record as it stands on the screen: layout, speed, gain, filter and window.

    The call needs no session, because Streamlit makes it in a thread without one.
    """
    drawn = cache.shown(record, view)
    through = drawn.provenance.filters[len(record.provenance.filters) :]
    how = view.on_paper(record) | {"start_s": start_s, "shown_through": ", ".join(through)}
    return partial(_pdf, drawn, **how, measured=cache.measurements(record))


def _pdf(record: Record, **how: Any) -> bytes:
    from ecgviz.report import pdf  # Matplotlib is wanted only when somebody prints

    return pdf.page(record, **how)


def buttons(record: Record, view: View, start_s: float | None = None, key: str = "record") -> None:
    """Print, CSV and WFDB in one row."""
    stem = file_stem(record)
    offered = (
        ("Print / PDF", ":material/print:", "pdf", printing(record, view, start_s), "One A4 page, true at 100 %."),
        ("CSV", ":material/table:", "csv", partial(csv_table.write, record), "Seconds and mV of each lead."),
        ("WFDB", ":material/folder_zip:", "zip", partial(wfdb_files.zipped, record, stem), "Header and samples."),
    )
    with st.container(horizontal=True, gap="small", key=f"take-{key}"):
        for label, icon, suffix, make, what in offered:
            file = f"{stem}.{suffix}"
            st.download_button(label, make, file, icon=icon, key=f"take-{key}-{suffix}", on_click="ignore", help=what)
