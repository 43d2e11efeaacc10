"""The one preparation: rate-independent, zero-phase, honest about what is missing."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.signal import butter, resample_poly, sosfiltfilt

from ecgviz.card import InputSpec
from ecgviz.errors import ModelError
from ecgviz.leads import STANDARD_12
from ecgviz.record import Patient, Record
from ecgviz.signals import synthetic
from ecgviz.signals.prepare import condition, demographics, prepare

SPEC = InputSpec("ecg12", STANDARD_12, 100.0, 2.5, 2.5, 2.5, (0.5, 40.0), 0.2)


@pytest.fixture(scope="module")
def record() -> Record:
    return synthetic.simulate("sinus_rhythm").record


@pytest.mark.parametrize("fs", [250, 257, 360, 500, 1000])
def test_rate_of_the_recording_does_not_matter(record: Record, fs: int) -> None:
    want = condition(record.signal, 500.0, SPEC)
    other = resample_poly(record.signal.astype(float), fs, 500, axis=1).astype(np.float32)
    got = condition(other, float(fs), SPEC)
    inner = slice(20, want.shape[1] - 20)
    assert np.abs(got[:, inner] - want[:, inner]).max() < 0.05 * want.std()


def test_band_is_that_of_a_butterworth_run_both_ways(record: Record) -> None:
    """Against SciPy: high-pass of order 2 forwards and backwards; the low-pass leaves 0.5-30 Hz alone."""
    wide = replace(SPEC, band_hz=(0.5, 400.0), fs=500.0, scale_mv=1.0)
    got = condition(record.signal, 500.0, wide)
    want = sosfiltfilt(butter(2, 0.5, "highpass", fs=500, output="sos"), record.signal, axis=1)
    assert np.abs(got - want)[:, 1000:-1000].max() < 0.02 * np.abs(want).max()


def test_wander_offset_and_hum_are_gone() -> None:
    t = np.arange(5000) / 500
    x = np.stack([3 + np.sin(2 * np.pi * 0.1 * t), 0.5 * np.sin(2 * np.pi * 50 * t), np.sin(2 * np.pi * 10 * t)])
    y = condition(x.astype(np.float32), 500.0, replace(SPEC, scale_mv=1.0))
    assert np.abs(y[0, 100:-100]).max() < 0.05
    assert np.abs(y[1, 25:-25]).max() < 0.01
    assert np.abs(y[2]).max() == pytest.approx(1, abs=0.02)


def test_an_impulse_keeps_its_time() -> None:
    x = np.zeros((12, 5000), np.float32)
    x[:, 1735] = 1
    prepared = prepare(Record(x, 500.0, STANDARD_12, start_s=2.0), replace(SPEC, seconds=10.0, stride_s=10.0))
    found = prepared.start_s[0] + prepared.x[0, 0].argmax() / 100
    assert found == pytest.approx(2.0 + 1735 / 500, abs=0.0051)


def test_windows_cover_the_record_and_are_capped(record: Record) -> None:
    prepared = prepare(record, replace(SPEC, stride_s=1.25))
    assert prepared.x.shape == (7, 12, 250)
    assert prepared.start_s[0] == 0
    assert prepared.start_s[-1] == pytest.approx(7.5)
    assert len(prepare(record, replace(SPEC, stride_s=0.1, max_windows=5)).x) == 5


def test_a_short_record_is_one_window_of_its_own_length(record: Record) -> None:
    spec = replace(SPEC, seconds=10.0)
    six = replace(record, signal=record.signal[:, :3000])
    assert prepare(six, spec).x.shape == (1, 12, 600)
    two = prepare(replace(record, signal=record.signal[:, :1000]), spec)
    assert two.x.shape == (1, 12, 250)
    assert [flag.code for flag in two.flags] == ["short_record"]


def test_absent_leads_are_derived_or_flagged(record: Record) -> None:
    some = record.pick(["I", "II", "V1", "V2", "V3", "V4", "V5"])
    prepared = prepare(some, SPEC)
    flags = {flag.code: flag.text for flag in prepared.flags}
    assert "V6" in flags["missing_lead"]
    assert "III" in flags["derived_lead"]
    whole = prepare(record, SPEC)
    np.testing.assert_allclose(prepared.x[:, 2], whole.x[:, 2], atol=1e-3)
    assert not prepared.x[:, 11].any()


def test_gaps_are_bridged_and_flagged(record: Record) -> None:
    x = record.signal.copy()
    x[3, 100:300] = np.nan
    x[5] = np.nan
    prepared = prepare(record.with_signal(x, "gaps"), SPEC)
    assert np.isfinite(prepared.x).all()
    assert "missing_samples" in {flag.code for flag in prepared.flags}


def test_unknown_patient_is_an_input_of_its_own() -> None:
    assert demographics(Patient()).tolist() == [0, 1, 0, 0, 1]
    np.testing.assert_allclose(demographics(Patient(45, "F")), [0.45, 0, 1, 0, 0])
    np.testing.assert_allclose(demographics(Patient(300, "M")), [0.9, 0, 0, 1, 0])


def test_what_cannot_be_prepared_is_refused(record: Record) -> None:
    with pytest.raises(ModelError, match=r"lasts 0\.50 s"):
        prepare(replace(record, signal=record.signal[:, :250]), SPEC)
    with pytest.raises(ModelError, match="rate is 20 Hz"):
        prepare(replace(record, fs=20.0), SPEC)
    with pytest.raises(ModelError, match="None of the model's leads"):
        prepare(replace(record.pick(["I"]), leads=("MLII",)), SPEC)
