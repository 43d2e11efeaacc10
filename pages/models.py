"""The models of one question in one table, and of the chosen one its card, its cost, a rival, or its seed's claim."""

from ecgviz.ui import frame, messages, model_kinds

with messages.friendly_errors():
    frame.open_page()
    model_kinds.show()
frame.footer()
