"""The rhythm of the open record: a strip from end to end, a window on paper, every beat with its class."""

import streamlit as st

from ecgviz.ui import frame, messages, rhythm_open, rhythm_page, rhythm_style, viewport

with messages.friendly_errors():
    record = frame.open_page()
    st.html(rhythm_style.CSS)
    rhythm_page.workbench(record, rhythm_open.reference_of(record), viewport.width_px())
frame.footer()
