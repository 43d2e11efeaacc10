"""What is drawn when a record lacks the leads of a choice."""

import numpy as np

from ecgviz.record import Record
from ecgviz.ui.view import Heat, View


def test_strips_are_leads_that_the_record_has():
    record = Record(np.zeros((2, 10), np.float32), 100.0, ("I", "V1"))
    assert View(rhythm="II + V1").on_paper(record)["rhythm"] == ("V1",)
    assert View(rhythm="II").on_paper(record)["rhythm"] == ("I",)


def test_views_and_heats_are_values():
    assert View() == View()
    assert hash(Heat(strength=0.3)) == hash(Heat(strength=0.3))
    assert View(gain=20.0) != View()
