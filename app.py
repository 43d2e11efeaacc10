"""Router only: the pages in their order. Every page draws its own frame, so each also runs alone."""

import streamlit as st

from ecgviz.ui import frame, preload

frame.configure()
page = st.navigation(
    [
        st.Page("pages/record.py", title="Record", icon=":material/ecg:", default=True),
        st.Page("pages/explain.py", title="Explain", icon=":material/frame_inspect:"),
        st.Page("pages/beats.py", title="Rhythm", icon=":material/monitor_heart:"),
        st.Page("pages/paper.py", title="Paper", icon=":material/document_scanner:"),
        st.Page("pages/compare.py", title="Compare", icon=":material/compare:"),
        st.Page("pages/reel.py", title="Reel", icon=":material/slideshow:"),
        st.Page("pages/models.py", title="Models", icon=":material/network_node:"),
    ],
    position="top",
)
page.run()
preload.start()
