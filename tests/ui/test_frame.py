"""The line that says what is open."""

import numpy as np
import pytest

from ecgviz.record import Patient, Record
from ecgviz.ui.frame import facts


def record(seconds=10.0, **patient):
    return Record(np.zeros((2, round(seconds * 100)), np.float32), 100.0, ("I", "II"), patient=Patient(**patient))


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (record(), ("age not stated", "sex not stated", "2 leads", "100 Hz", "10 s")),
        (record(age=67.0, sex="M"), ("67 y", "male", "2 leads", "100 Hz", "10 s")),
        (record(age=300.0, sex="F"), ("over 89 y", "female", "2 leads", "100 Hz", "10 s")),
        (record(seconds=1805.6), ("age not stated", "sex not stated", "2 leads", "100 Hz", "30 min 6 s")),
    ],
)
def test_nothing_about_the_person_is_made_up(made, told):
    assert facts(made) == told
