"""R peaks against the simulator's truth, expert marks and awkward signals."""

import os
from pathlib import Path

import numpy as np
import pytest
import wfdb

from ecgviz.leads import STANDARD_12
from ecgviz.record import Record
from ecgviz.signals.beats import r_peaks
from ecgviz.signals.synthetic import GALLERY, simulate


def _errors(found: np.ndarray, truth: np.ndarray, window_s: float) -> tuple[int, int]:
    """Missed and false peaks within a window."""
    if not found.size or not truth.size:
        return truth.size, found.size
    apart = np.abs(found[:, None] - truth[None])
    return int((apart.min(axis=0) > window_s).sum()), int((apart.min(axis=1) > window_s).sum())


@pytest.mark.parametrize("fs", [100.0, 250.0, 500.0, 1000.0])
@pytest.mark.parametrize("key", list(GALLERY))
def test_every_simulated_beat_is_found_once(key: str, fs: float) -> None:
    simulation = simulate(key, fs=fs, seed=1)
    truth = np.array([beat.r_peak for beat in simulation.beats])
    whole = (truth > 0.1) & (truth < 9.9)
    found = r_peaks(simulation.record)
    assert _errors(found, truth[whole], 0.05)[0] == 0
    assert _errors(found[(found > 0.1) & (found < 9.9)], truth, 0.05)[1] == 0


@pytest.mark.parametrize("lead", ["I", "II", "V1", "V5"])
def test_one_lead_is_enough(lead: str) -> None:
    simulation = simulate("sinus_rhythm")
    truth = np.array([beat.r_peak for beat in simulation.beats if 0.1 < beat.r_peak < 9.9])
    assert _errors(r_peaks(simulation.record.pick([lead])), truth, 0.06) == (0, 0)


def test_times_are_on_the_records_own_axis_and_nan_does_no_harm() -> None:
    record = simulate("sinus_rhythm").record
    holes = record.signal.copy()
    holes[3, 1000:1400] = np.nan
    holes[5] = np.nan
    later = Record(holes, 500, STANDARD_12, start_s=30.0)
    np.testing.assert_allclose(r_peaks(later) - 30.0, r_peaks(record), atol=0.02)


def test_a_lead_that_fell_off_or_is_full_of_noise_does_not_decide() -> None:
    record = simulate("sinus_rhythm").record
    spoiled = record.signal.copy()
    spoiled[0], spoiled[7] = 0.0, np.random.default_rng(0).normal(0, 0.8, 5000)
    np.testing.assert_allclose(r_peaks(record.with_signal(spoiled, "spoiled")), r_peaks(record), atol=0.04)


def test_nothing_is_found_where_nothing_is() -> None:
    assert r_peaks(Record(np.zeros((12, 5000)), 500, STANDARD_12)).size == 0
    assert r_peaks(Record(np.full((1, 5000), np.nan), 500, ("II",))).size == 0
    assert r_peaks(Record(np.ones((1, 200)), 500, ("II",))).size == 0


@pytest.mark.data
@pytest.mark.parametrize(("name", "allowed"), [("100", 2), ("103", 2), ("119", 4), ("200", 30)])
def test_mit_bih_beats_are_found(name: str, allowed: int) -> None:
    if not os.environ.get("ECGVIZ_DATA"):
        pytest.skip("ECGVIZ_DATA is unset")
    stem = Path(os.environ["ECGVIZ_DATA"]) / "mitdb" / name
    if not stem.with_suffix(".dat").exists():
        pytest.skip("the MIT-BIH Arrhythmia Database is absent")
    record, marks = wfdb.rdrecord(str(stem)), wfdb.rdann(str(stem), "atr")
    truth = marks.sample[np.isin(marks.symbol, list("NLRejAaJSVEFQ/f"))] / record.fs
    found = r_peaks(Record(record.p_signal[:, :1].T, record.fs, ("MLII",)))
    assert sum(_errors(found, truth, 0.15)) <= allowed
