"""Windows of single beats, from a record and from the published rule."""

import numpy as np
import pytest

from ecgviz.errors import ModelError
from ecgviz.record import Record
from ecgviz.signals import beat_windows, synthetic
from ecgviz.signals.beat_windows import KAGGLE, prepare_beats


def _record(fs: float, leads: tuple[str, ...] = ("MLII",)) -> tuple[Record, np.ndarray]:
    made = synthetic.simulate("sinus_rhythm", fs=fs)
    return Record(made.record["II"][None], fs, leads), np.array([beat.r_peak for beat in made.beats])


def test_window_runs_a_fifth_into_the_interval_after_the_next_beat() -> None:
    signal = np.arange(3600, dtype=np.float64)
    marks = np.array([100, 460, 820, 1180])
    ends = beat_windows.ends_of(marks, signal.size)
    assert ends[0] == 460 + 0.2 * 360
    rows, valid = beat_windows.to_next(signal, marks[:1], ends[:1], 187)
    assert valid[0].sum() == -(-(ends[0] - 100) // 3)
    assert rows[0, 0] == 0
    assert rows[0, valid[0].sum() - 1] == 1
    assert not rows[0, valid[0].sum() :].any()


def test_a_record_at_360_hz_is_taken_sample_by_sample() -> None:
    record, times = _record(360.0)
    found = prepare_beats(record, times, KAGGLE)
    start = round(times[2] * 360)
    length = int(found.valid[2].sum())
    piece = record.signal[0, start::3][:length].astype(np.float64)
    np.testing.assert_allclose(found.x[2, 0, :length], (piece - piece.min()) / np.ptp(piece), atol=1e-5)
    assert found.start_s[2] == pytest.approx(times[2], abs=1 / 360)


@pytest.mark.parametrize("fs", [128.0, 250.0, 500.0, 1000.0])
def test_other_rates_give_the_same_beats(fs: float) -> None:
    record, times = _record(fs)
    reference, same = _record(360.0)
    found, wanted = prepare_beats(record, times, KAGGLE), prepare_beats(reference, same, KAGGLE)
    middle = slice(1, -2)
    assert np.abs(found.x[middle] - wanted.x[middle]).mean() < 0.03


def test_another_lead_is_flagged() -> None:
    record, times = _record(360.0, ("V5",))
    found = prepare_beats(record, times, KAGGLE)
    assert found.lead == "V5"
    assert [flag.code for flag in found.flags] == ["other_lead"]
    assert not prepare_beats(*_record(360.0), KAGGLE).flags


def test_gaps_flat_lines_and_the_last_beat_give_finite_windows() -> None:
    record, times = _record(360.0)
    holes = record.signal.copy()
    holes[0, 500:900] = np.nan
    assert np.isfinite(prepare_beats(Record(holes, 360.0, ("MLII",)), times, KAGGLE).x).all()
    flat = Record(np.zeros((1, 3600), np.float32), 360.0, ("MLII",))
    assert not prepare_beats(flat, times, KAGGLE).x.any()
    assert prepare_beats(record, times[-1:], KAGGLE).valid.sum() > 1


def test_beats_outside_the_record_and_none_at_all_are_refused() -> None:
    record, times = _record(360.0)
    with pytest.raises(ModelError, match="No beat was given"):
        prepare_beats(record, times[:0], KAGGLE)
    with pytest.raises(ModelError, match="outside the record"):
        prepare_beats(record, np.array([9.0, 11.0]), KAGGLE)
