"""The quality of a long recording is judged from stretches, and says so."""

import numpy as np

from ecgviz.record import Record
from ecgviz.signals import quality
from ecgviz.ui import rhythm_quality

FS = 100.0


def made(seconds):
    at = np.arange(int(seconds * FS)) / FS
    beat = np.exp(-(((at % 0.8) - 0.4) ** 2) / (2 * 0.02**2)) + 0.2 * np.sin(2 * np.pi * at / 0.8)
    return np.stack([beat, 0.7 * beat + 0.01 * np.sin(7 * at)])


def codes(flags):
    return {(flag.code, flag.lead) for flag in flags}


def test_a_short_recording_is_looked_at_as_a_whole():
    record = Record(made(60), FS, ("II", "V5"))
    assert rhythm_quality.check(record) == quality.check(record)


def test_a_lead_that_is_flat_for_half_of_the_time_is_told_with_its_share():
    signal = made(3600)
    signal[1, signal.shape[1] // 2 :] = 0.0
    found = rhythm_quality.check(Record(signal, FS, ("II", "V5")))
    (flat,) = [flag for flag in found if flag.code == "flat_lead"]
    assert "6 of 12 stretches" in flat.text
    assert "first at 32:" in flat.text
    assert len({(flag.code, flag.lead) for flag in found}) == len(found)


def test_what_holds_everywhere_is_told_as_for_a_short_recording():
    found = rhythm_quality.check(Record(made(1200), FS, ("II", "V5")))
    assert not any("stretches" in flag.text for flag in found if flag.code == "missing_lead")
