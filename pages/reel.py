"""Six ECGs with captions: what the models get right, what wrong, and why. Next and previous by the arrow keys."""

from ecgviz.ui import frame, messages, reel, viewport

with messages.friendly_errors():
    frame.begin()
    reel.show(viewport.width_px())
frame.footer()
