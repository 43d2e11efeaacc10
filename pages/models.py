"""Every installed model in one table, what was claimed before it, and the card of the one that is chosen."""

from ecgviz.ui import cache, frame, messages, model_card, model_table

with messages.friendly_errors():
    frame.open_page()
    cards = cache.cards()
    if cards:
        chosen = model_table.choose(cards)
        model_card.show(chosen)
    else:
        messages.no_model()
frame.footer()
