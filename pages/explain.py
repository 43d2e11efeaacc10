"""What a model says about the open record, and where on the trace it saw that."""

from ecgviz.ui import evidence, frame, messages, model_picker, viewport

with messages.friendly_errors():
    record = frame.open_page()
    name = model_picker.choose()
    width = viewport.width_px()
    if name is None:
        messages.no_model()
    else:
        evidence.workbench(record, name, width)
frame.footer()
