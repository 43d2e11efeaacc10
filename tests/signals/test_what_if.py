"""What-if changes: neutral ones leave every bit, each other one does what it says."""

import dataclasses

import numpy as np
import pytest

from ecgviz.errors import RecordError
from ecgviz.record import Flag, Patient, Record
from ecgviz.signals import edit
from ecgviz.signals.beats import r_peaks
from ecgviz.signals.synthetic import simulate
from ecgviz.signals.what_if import Changes, changed


def ecg() -> Record:
    return simulate("sinus_rhythm").record


def test_neutral_changes_are_the_very_same_record() -> None:
    record = ecg()
    assert changed(record, Changes()) is record
    assert changed(record, Changes(patient=record.patient, mains_hz=60)) is record


@pytest.mark.parametrize(
    "changes",
    [
        Changes(rate=1.2),
        Changes(swap_arms=True),
        Changes(mains_mv=0.05),
        Changes(wander_mv=0.3),
        Changes(muscle_mv=0.05),
        Changes(gain=2.0),
        Changes(low_pass_hz=15.0),
        Changes(dropped=("V1", "V2")),
        Changes(later_s=0.4),
        Changes(patient=Patient(20.0, "M")),
    ],
    ids=str,
)
def test_each_change_is_another_record_and_leaves_the_first_alone(changes: Changes) -> None:
    record = ecg()
    before = record.digest
    made = changed(record, changes)
    assert made.digest != before
    assert record.digest == before
    assert made.leads == record.leads
    assert changed(record, changes).digest == made.digest  # noise too is the same each time


def test_every_field_is_tried_above() -> None:
    assert len(dataclasses.fields(Changes)) == 11


def test_gain_low_pass_and_a_later_start() -> None:
    record = ecg()
    np.testing.assert_array_equal(edit.amplify(record, 10)["V2"], record["V2"] * np.float32(10))
    soft = edit.low_pass(record, 10)
    assert np.abs(np.diff(soft.signal)).max() < 0.5 * np.abs(np.diff(record.signal)).max()
    assert edit.low_pass(record, 240) is record
    cut = edit.later(record, 0.5)
    assert cut.start_s == pytest.approx(record.start_s + 0.5)
    np.testing.assert_array_equal(cut.signal, record.signal[:, 250:])


@pytest.mark.parametrize("factor", [0.6, 1.5])
def test_heart_rate_follows_its_factor(factor: float) -> None:
    record = ecg()
    fast = edit.faster(record, factor)
    before, after = (float(np.median(np.diff(r_peaks(one)))) for one in (record, fast))
    assert before / after == pytest.approx(factor, rel=0.05)
    assert fast.seconds <= record.seconds + 1 / fast.fs


def test_quality_is_judged_anew_and_other_flags_stay() -> None:
    record = dataclasses.replace(ecg(), flags=(Flag("unit_assumed", "assumed"), Flag("mains_hum", "was there")))
    made = changed(record, Changes(dropped=("V3",)))
    assert {flag.code for flag in made.flags} == {"unit_assumed", "flat_lead"}


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (lambda r: edit.amplify(r, 0), "gain of 0"),
        (lambda r: edit.low_pass(r, 0), "low-pass at 0"),
        (lambda r: edit.later(r, 11), "later is not possible"),
        (lambda r: edit.faster(r, -1), "times -1"),
    ],
)
def test_what_cannot_be_done_is_refused(change: object, match: str) -> None:
    with pytest.raises(RecordError, match=match):
        change(ecg())  # type: ignore[operator]
