"""The simulator: identities, reproducibility, truth, and what each entry must show."""

import itertools

import numpy as np
import pytest

from ecgviz.errors import RecordError
from ecgviz.leads import STANDARD_12
from ecgviz.signals.synthetic import GALLERY, BeatTruth, simulate

KEYS = tuple(GALLERY)


@pytest.mark.parametrize("key", KEYS)
def test_einthoven_and_goldberger_hold_exactly(key: str) -> None:
    record = simulate(key).record
    one, two, half = record["I"], record["II"], np.float32(0.5)
    if GALLERY[key].group != "technical":
        np.testing.assert_array_equal(record["III"], two - one)
        np.testing.assert_array_equal(record["aVR"], -(one + two) * half)
        np.testing.assert_array_equal(record["aVL"], one - two * half)
        np.testing.assert_array_equal(record["aVF"], two - one * half)
    np.testing.assert_allclose(record["III"], two - one, atol=2e-6)
    np.testing.assert_allclose(record["aVR"], -(one + two) / 2, atol=2e-6)


@pytest.mark.parametrize("key", KEYS)
def test_records_are_labelled_as_simulated_and_complete(key: str) -> None:
    entry, record = GALLERY[key], simulate(key).record
    assert record.leads == STANDARD_12
    assert (record.fs, record.samples) == (500.0, 5000)
    assert record.provenance.source == "simulated"
    assert record.provenance.format == "Simulated"
    assert record.name == f"{entry.title} (simulated)"
    assert record.patient.age is not None
    assert record.patient.sex in ("F", "M")
    assert entry.key == key
    assert entry.group in ("rhythm", "morphology", "technical")
    assert entry.description.endswith(".")
    assert np.isfinite(record.signal).all()
    assert 1.0 < np.abs(record.signal).max() < 5.0


@pytest.mark.parametrize("key", KEYS)
def test_a_seed_reproduces_and_another_differs(key: str) -> None:
    first, again, other = simulate(key, seed=3), simulate(key, seed=3), simulate(key, seed=4)
    assert first.record.digest == again.record.digest
    assert first.beats == again.beats
    assert first.record.digest != other.record.digest


@pytest.mark.parametrize("key", [key for key in KEYS if key != "muscle_noise"])
@pytest.mark.parametrize("fs", [250.0, 1000.0])
def test_the_waveform_does_not_depend_on_the_rate(key: str, fs: float) -> None:
    reference, other = simulate(key).record, simulate(key, fs=fs).record
    if fs == 250.0:
        np.testing.assert_allclose(other.signal, reference.signal[:, ::2], atol=1e-5)
    else:
        np.testing.assert_allclose(other.signal[:, ::2], reference.signal, atol=1e-5)
    assert simulate(key).beats == simulate(key, fs=fs).beats


@pytest.mark.parametrize("key", KEYS)
def test_truth_is_in_order_and_covers_the_record(key: str) -> None:
    beats = simulate(key).beats
    assert len(beats) >= 7
    assert all(a.r_peak < b.r_peak for a, b in itertools.pairwise(beats))
    for beat in beats:
        times = (beat.p_on, beat.p_peak, beat.p_off, beat.qrs_on, beat.r_peak, beat.qrs_off)
        times += (beat.t_on, beat.t_peak, beat.t_off)
        known = [at for at in times if at is not None]
        assert known == sorted(known)


def test_r_peak_truth_is_where_the_vector_is_longest() -> None:
    simulation = simulate("sinus_rhythm")
    record = simulation.record
    chest_and_limb = record.pick(("I", "aVF", "V2", "V5")).signal
    length = np.sqrt((chest_and_limb**2).sum(axis=0))
    for beat in simulation.beats[1:-1]:
        near = slice(round((beat.r_peak - 0.1) * 500), round((beat.r_peak + 0.1) * 500))
        assert abs((near.start + np.argmax(length[near])) / 500 - beat.r_peak) < 0.012


def _at(record_key: str, lead: str, moment: str, offset_s: float = 0.0) -> float:
    """Mean over the beats of one lead at a moment of the truth, against the level at the QRS onset, in mV."""
    simulation = simulate(record_key)
    values = []
    for beat in simulation.beats[1:-1]:
        if beat.label == "V" or getattr(beat, moment) is None or beat.qrs_on is None:
            continue
        row = simulation.record[lead]
        values.append(row[round((getattr(beat, moment) + offset_s) * 500)] - row[round(beat.qrs_on * 500) - 2])
    return float(np.mean(values))


def _peak_to(record_key: str, lead: str, pick: str) -> float:
    simulation = simulate(record_key)
    row, out = simulation.record[lead], []
    for beat in simulation.beats[1:-1]:
        assert beat.qrs_on is not None
        assert beat.qrs_off is not None
        qrs = row[round(beat.qrs_on * 500) : round(beat.qrs_off * 500)] - row[round(beat.qrs_on * 500) - 2]
        out.append(qrs.max() if pick == "max" else qrs.min())
    return float(np.mean(out))


def test_r_wave_progression_of_the_normal_heart() -> None:
    r = [_peak_to("sinus_rhythm", f"V{i}", "max") for i in range(1, 5)]
    s = [_peak_to("sinus_rhythm", f"V{i}", "min") for i in range(2, 7)]
    assert r == sorted(r)
    assert s == sorted(s)
    assert _at("sinus_rhythm", "II", "p_peak") > 0.08


def test_left_bundle_branch_block_is_wide_deep_and_discordant() -> None:
    beat = simulate("left_bundle_branch_block").beats[3]
    assert beat.qrs_off is not None
    assert beat.qrs_on is not None
    assert beat.qrs_off - beat.qrs_on > 0.12
    assert _peak_to("left_bundle_branch_block", "V2", "min") < -1.5
    assert _peak_to("left_bundle_branch_block", "V6", "max") > 0.8
    assert all(_at("left_bundle_branch_block", "V6", "qrs_on", ms / 1000) > -0.03 for ms in range(2, 60, 4))
    assert _at("left_bundle_branch_block", "V6", "t_peak") < -0.1
    assert _at("left_bundle_branch_block", "V2", "t_peak") > 0.3


def test_right_bundle_branch_block_ends_to_the_right_and_front() -> None:
    assert _at("right_bundle_branch_block", "V1", "qrs_off", -0.06) > 0.3
    assert _at("right_bundle_branch_block", "V6", "qrs_off", -0.06) < -0.2
    assert _at("right_bundle_branch_block", "I", "qrs_off", -0.06) < -0.1


def test_anterior_infarction_elevates_v1_to_v4_and_depresses_iii() -> None:
    for lead, least in (("V1", 0.1), ("V2", 0.2), ("V3", 0.2), ("V4", 0.1)):
        assert _at("anterior_stemi", lead, "qrs_off", 0.04) > least
    assert _at("anterior_stemi", "III", "qrs_off", 0.04) < -0.05


def test_old_inferior_infarction_has_q_waves_and_hypertrophy_has_voltage() -> None:
    for lead in ("II", "III", "aVF"):
        assert _at("inferior_q_waves", lead, "qrs_on", 0.025) < -0.2
        assert _at("inferior_q_waves", lead, "t_peak") < -0.05
    sokolow = _peak_to("left_ventricular_hypertrophy", "V5", "max") - _peak_to(
        "left_ventricular_hypertrophy", "V1", "min"
    )
    assert sokolow > 3.5
    assert _at("left_ventricular_hypertrophy", "V6", "t_peak") < -0.1


def test_flutter_waves_are_negative_in_the_inferior_leads_and_p_is_absent() -> None:
    flutter, fibrillation = simulate("atrial_flutter"), simulate("atrial_fibrillation")
    assert all(beat.p_on is None for beat in (*flutter.beats, *fibrillation.beats))
    rr = np.diff([beat.r_peak for beat in fibrillation.beats])
    assert rr.std() / rr.mean() > 0.12
    cycles = np.diff([beat.r_peak for beat in flutter.beats]) / 0.204
    np.testing.assert_allclose(cycles, np.round(cycles), atol=0.02)
    assert set(np.round(cycles)) <= {2.0, 3.0, 4.0}


def test_the_pause_after_a_ventricular_beat_is_compensatory_and_after_an_atrial_one_is_not() -> None:
    beats = simulate("pvc_bigeminy").beats
    assert [beat.label for beat in beats[:6]] in (["N", "V"] * 3, ["V", "N"] * 3)
    normal = np.diff([beat.r_peak for beat in beats if beat.label == "N"])
    np.testing.assert_allclose(normal, 2 * 60 / 82, rtol=0.06)
    atrial = simulate("premature_atrial_complexes").beats
    early = [i for i, beat in enumerate(atrial) if beat.label == "S" and 0 < i < len(atrial) - 1]
    assert early
    for i in early:
        assert atrial[i + 1].r_peak - atrial[i - 1].r_peak < 0.95 * 2 * 60 / 70


def test_unknown_keys_and_impossible_sizes_are_refused() -> None:
    with pytest.raises(RecordError, match="no entry 'torsades'"):
        simulate("torsades")
    with pytest.raises(RecordError, match="must be positive"):
        simulate("sinus_rhythm", seconds=-1)
    with pytest.raises(RecordError, match="must be positive"):
        simulate("sinus_rhythm", fs=0)


def test_length_is_free() -> None:
    simulation = simulate("sinus_rhythm", seconds=31.5, fs=300)
    assert simulation.record.samples == 9450
    assert isinstance(simulation.beats[-1], BeatTruth)
    assert simulation.beats[-1].r_peak > 30
