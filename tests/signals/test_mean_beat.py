"""The mean beat of each class."""

import numpy as np
import pytest

from ecgviz.errors import RecordError
from ecgviz.record import Record
from ecgviz.results import BeatSeries
from ecgviz.signals import mean_beat

FS = 250.0


def made(n: int, noise: float = 0.0, shift: int = 0) -> tuple[Record, BeatSeries]:
    """A bump of 1 mV at each N and of -0.5 mV at each V, the marks up to `shift` samples off."""
    rng = np.random.default_rng(0)
    at = 400 + 250 * np.arange(n)
    signal = noise * rng.standard_normal(at[-1] + 400)
    labels = tuple("V" if k % 4 == 3 else "N" for k in range(n))
    bump = np.exp(-((np.arange(-60, 61) / 12) ** 2))
    for k, label in zip(at, labels, strict=True):
        signal[k - 60 : k + 61] += bump * (1.0 if label == "N" else -0.5)
    marks = at + rng.integers(-shift, shift + 1, n)
    record = Record(signal[None].astype(np.float32), FS, ("II",), start_s=3.0)
    return record, BeatSeries(3.0 + marks / FS, labels, "test")


def test_each_class_has_its_own_mean_on_the_axis_of_r() -> None:
    normal, ventricular = mean_beat.mean_beats(*made(20, 0.01)[:1], "II", made(20, 0.01)[1])
    assert (normal.label, normal.count, ventricular.label, ventricular.count) == ("N", 15, "V", 5)
    assert normal.times_s[normal.mean.argmax()] == pytest.approx(0, abs=1 / FS)
    assert normal.mean.max() == pytest.approx(1, abs=0.1) and ventricular.mean.min() == pytest.approx(-0.5, abs=0.1)
    assert normal.times_s[[0, -1]] == pytest.approx([-mean_beat.BEFORE_S, mean_beat.AFTER_S], abs=1 / FS)


def test_marks_that_are_off_are_aligned() -> None:
    record, beats = made(60, 0.01, shift=5)
    (normal, _) = mean_beat.mean_beats(record, "II", beats)
    assert normal.mean.max() == pytest.approx(1, abs=0.05)
    assert normal.sd.max() < 0.05


def test_the_band_is_the_spread() -> None:
    record, beats = made(400, 0.1)
    (normal, _) = mean_beat.mean_beats(record, "II", beats)
    assert np.median(normal.sd) == pytest.approx(0.1, rel=0.15)


def test_of_many_beats_some_are_used_and_ten_shown_evenly() -> None:
    record, beats = made(1000)
    (normal, _) = mean_beat.mean_beats(record, "II", beats)
    assert (normal.count, normal.used) == (750, mean_beat.AT_MOST)
    assert normal.examples.shape == (mean_beat.EXAMPLES, normal.times_s.size)
    assert set(normal.examples_s) <= set(beats.times_s)
    assert np.diff(normal.examples_s).max() < 1.2 * np.diff(normal.examples_s).min()


def test_beats_at_the_ends_and_beside_unrecorded_samples_are_not_used() -> None:
    record, beats = made(8)
    signal = record.signal.copy()
    signal[0, 1000:1010] = np.nan
    times = np.append(beats.times_s, 3.0 + record.seconds - 0.05)
    (normal, _) = mean_beat.mean_beats(
        record.with_signal(signal, "hole"), "II", BeatSeries(times, (*beats.labels, "N"), "test")
    )
    assert (normal.count, normal.used) == (7, 5)
    assert np.isfinite(normal.mean).all()


def test_nothing_to_show() -> None:
    record, beats = made(8)
    assert mean_beat.mean_beats(record, "II", BeatSeries(beats.times_s, (None,) * 8, "test")) == ()
    assert mean_beat.mean_beats(record, "II", BeatSeries(np.array([3.0]), ("N",), "test")) == ()
    with pytest.raises(RecordError, match="V9"):
        mean_beat.mean_beats(record, "V9", beats)
