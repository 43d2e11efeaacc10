"""A page that can be drawn anywhere, by which a card's answer is checked."""

import numpy as np
from PIL import Image

from ecgviz.record import Scan
from ecgviz.signals import synthetic
from ecgviz.train.images.drawn import SIZE, draw

__all__ = ["example_page"]


def example_page() -> Scan:
    """Sinus rhythm in black on a pink sheet with white paper."""
    record = synthetic.simulate("sinus_rhythm").record
    step = round(record.fs / 100)
    ink = draw(record.signal[:, ::step][:, :1000], 100.0, SIZE, np.random.default_rng(7))
    page = Image.new("RGB", (800, 568), (255, 255, 255))
    page.paste(Image.fromarray(ink).convert("RGB"), (41, 96))
    return Scan(np.asarray(page), name="example", format="drawn")
