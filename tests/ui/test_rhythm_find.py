"""Finding beats a stretch at a time finds the beats of the whole, each once."""

import numpy as np
import pytest

from ecgviz.record import Record
from ecgviz.ui import rhythm_find

FS = 100.0


def long_record(seconds, rr_s=0.8, start_s=0.0):
    at = np.arange(int(seconds * FS)) / FS
    signal = sum(np.exp(-((((at + s) % rr_s) - 0.4) ** 2) / (2 * 0.012**2)) for s in (0.0,))
    signal = signal + 0.01 * np.random.default_rng(0).normal(size=at.size)
    return Record(signal[None], FS, ("II",), start_s=start_s)


@pytest.mark.parametrize("seconds", [60.0, 1829.0, 2000.0, 3700.0, 5400.0])
def test_each_beat_is_found_once(seconds):
    record = long_record(seconds, start_s=100.0)
    shares = []
    found = rhythm_find.r_peaks(record, shares.append)
    expected = 100.0 + np.arange(0.4, seconds, 0.8)
    inside = expected[(expected > 101) & (expected < 99 + seconds)]
    core = found[(found > 101) & (found < 99 + seconds)]
    assert core.size == inside.size
    assert np.abs(core - inside).max() < 0.02
    assert shares[-1] == 1.0
    assert shares == sorted(shares)


def test_an_excerpt_keeps_the_records_axis():
    record = long_record(60.0, start_s=100.0)
    part = rhythm_find.excerpt(record, 110.0, 120.0)
    assert (part.start_s, part.seconds) == (110.0, 10.0)
    assert np.array_equal(part.signal, record.signal[:, 1000:2000])
    assert rhythm_find.excerpt(record, 0.0, 1e9).samples == record.samples


def test_a_beat_by_hand_lies_on_the_peak_and_on_a_sample():
    record = long_record(60.0, start_s=100.0)
    found = rhythm_find.onto_peak(record, "II", 104.37)
    assert found == pytest.approx(104.4, abs=0.011)
    assert (found - 100.0) * FS == pytest.approx(round((found - 100.0) * FS))
    assert rhythm_find.onto_peak(record, "II", 1e9) <= 160.0


def test_a_beat_by_hand_where_nothing_was_recorded_stays_where_it_is():
    record = Record(np.full((1, 1000), np.nan, np.float32), FS, ("II",))
    assert rhythm_find.onto_peak(record, "II", 3.21) == pytest.approx(3.21)
