"""The one type: consistent when made, read-only, and known by a digest of everything in it."""

import pickle
from dataclasses import replace

import numpy as np
import pytest

from ecgviz.errors import RecordError
from ecgviz.record import Flag, Patient, Record, worst_first

X = np.arange(20, dtype=np.float64).reshape(2, 10) / 10


@pytest.fixture
def record() -> Record:
    return Record(X, 500, ("I", "II"), start_s=1.5, patient=Patient(60, "F"))


def test_a_record_knows_its_axis(record: Record) -> None:
    assert record.signal.dtype == np.float32
    assert record.samples == 10
    assert record.seconds == pytest.approx(0.02)
    np.testing.assert_allclose(record.times[:2], [1.5, 1.502])
    np.testing.assert_array_equal(record["II"], X[1].astype(np.float32))


@pytest.mark.parametrize(
    ("signal", "fs", "leads", "message"),
    [
        (X[0], 500, ("I",), "leads x samples"),
        (np.empty((2, 0)), 500, ("I", "II"), "leads x samples"),
        (X, 0, ("I", "II"), "sampling rate is 0"),
        (X, float("nan"), ("I", "II"), "sampling rate is nan"),
        (X, 500, ("I",), "2 signals have 1 lead names"),
        (X, 500, ("I", "I"), "Lead I occurs more than once"),
        (np.full((1, 3), np.inf), 500, ("I",), "infinite"),
    ],
)
def test_an_inconsistent_record_cannot_be_made(signal, fs, leads, message) -> None:
    with pytest.raises(RecordError, match=message):
        Record(signal, fs, leads)


def test_an_absent_lead_is_named(record: Record) -> None:
    with pytest.raises(RecordError, match="Lead V1 is not in this record; it has I, II"):
        record["V1"]


def test_nobody_can_change_the_signal(record: Record) -> None:
    again = pickle.loads(pickle.dumps(record))
    for one in (record, again):
        with pytest.raises(ValueError, match="read-only"):
            one.signal[0, 0] = 1
    assert again.digest == record.digest


def test_the_makers_array_is_not_the_records() -> None:
    x = X.astype(np.float32)
    record = Record(x, 500, ("I", "II"))
    x[0, 0] = 99
    assert record.signal[0, 0] == 0


@pytest.mark.parametrize(
    "change",
    [
        {"signal": X + 1e-6},
        {"fs": 501},
        {"leads": ("I", "III")},
        {"start_s": 0.0},
        {"patient": Patient(61, "F")},
        {"name": "other"},
        {"statements": ("SCP:NORM",)},
        {"notes": ("filtered",)},
        {"flags": (Flag("flat_lead", "V1 is flat"),)},
    ],
)
def test_every_field_counts_in_the_digest(record: Record, change: dict[str, object]) -> None:
    assert replace(record, **change).digest != record.digest


def test_a_step_adds_its_note(record: Record) -> None:
    after = record.with_signal(record.signal * 2, "doubled", fs=250)
    assert after.notes == ("doubled",)
    assert after.fs == 250
    assert record.pick(["II"]).leads == ("II",)


def test_findings_are_told_once_and_worst_first() -> None:
    first = (Flag("low_rate", "a", level="info"), Flag("flat_lead", "b", lead="V1"))
    second = (
        Flag("flat_lead", "again", lead="V1"),
        Flag("flat_lead", "c", lead="V2"),
        Flag("wrong_scale", "d", level="error"),
    )
    assert [flag.text for flag in worst_first(first, second)] == ["d", "b", "c", "a"]
