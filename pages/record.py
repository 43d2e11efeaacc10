"""The open record as a printout: paper, head line, intervals, and what its data set says."""

import streamlit as st

from ecgviz.ui import cache, frame, intervals, messages, paper, statements, viewport

with messages.friendly_errors():
    record = frame.open_page()
    paper.reading(record, viewport.width_px())
    left, right = st.columns([3, 2], gap="large")
    with left, st.expander("Intervals and axes", icon=":material/straighten:", expanded=True):
        intervals.panel(cache.measurements(record))
    with right:
        statements.panel(record)
frame.footer()
