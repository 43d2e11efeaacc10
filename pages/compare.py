"""One finding in the eyes of several models, of several methods, or in two records, on one time axis."""

import streamlit as st

from ecgviz.ui import (
    cache,
    compare,
    compare_controls,
    compare_link,
    compare_style,
    frame,
    messages,
    model_picker,
    overread,
    viewport,
)

with messages.friendly_errors():
    cards = cache.cards()
    compare_link.follow(cards)
    record = frame.open_page()
    width = viewport.width_px()
    if cards:
        st.html(compare_style.CSS)
        if compare_controls.choose_kind() != "models":
            model_picker.choose()
        overread.switch()
        compare_link.notes(record)
        compare.workbench(record, width)
    else:
        messages.no_model()
frame.footer()
