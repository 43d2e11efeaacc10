"""What a model says about the open record, and where on the trace it saw that."""

from ecgviz.ui import (
    cache,
    evidence,
    frame,
    look_alikes,
    messages,
    model_picker,
    overread,
    overread_form,
    overread_verdict,
    viewport,
)

with messages.friendly_errors():
    record = frame.open_page()
    name = model_picker.choose()
    overread.switch()
    width = viewport.width_px()
    card = next((card for card in cache.cards() if card.name == name), None)
    if card is None:
        messages.no_model()
    elif not overread.may_show(record, card):
        overread_form.reading(record, card, width)
    else:
        overread_verdict.agreement(record, card)
        evidence.workbench(record, card.name, width)
        look_alikes.panel(record, card, width)
frame.footer()
