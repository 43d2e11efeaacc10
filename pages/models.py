"""The models of one question in one table, and of the chosen one its card, its cost, a rival, or its seed's claim."""

import streamlit as st

from ecgviz.ui import cache, frame, messages, model_picker, model_style, model_table, model_views

with messages.friendly_errors():
    frame.open_page()
    cards = cache.cards()
    if cards:
        st.html(model_style.CSS)
        model_picker.follow_link(cards)
        model_views.show(model_table.choose(cards), cards)
    else:
        messages.no_model()
frame.footer()
