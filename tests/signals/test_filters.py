"""Display filters: what they pass, what they say, what they leave alone."""

import numpy as np
import pytest

from ecgviz.errors import RecordError
from ecgviz.record import Provenance, Record
from ecgviz.signals.edit import add_noise
from ecgviz.signals.filters import DISPLAY, display, is_diagnostic, reason_not_diagnostic
from ecgviz.signals.synthetic import simulate


def _gain(name: str, hz: float, notch_hz: float | None = None) -> float:
    t = np.arange(40 * 500) / 500
    out = display(Record(np.sin(2 * np.pi * hz * t)[None], 500, ("II",)), name, notch_hz)["II"]
    return float(np.ptp(out[8000:12000]) / 2)


@pytest.mark.parametrize(("name", "hz"), [("0.5-40", 0.5), ("0.5-40", 40), ("0.67-25", 25), ("0.67-150", 0.67)])
def test_cut_offs_are_3_db_after_both_passes(name: str, hz: float) -> None:
    assert _gain(name, hz) == pytest.approx(2**-0.5, abs=0.02)


def test_pass_band_and_stop_band() -> None:
    assert _gain("0.5-40", 10) == pytest.approx(1, abs=0.01)
    assert _gain("0.05-150", 10) == pytest.approx(1, abs=0.01)
    assert _gain("0.5-40", 120) < 0.03
    assert _gain("off", 50, 50) < 0.01
    assert _gain("off", 45, 50) > 0.95


def test_off_is_the_record_itself() -> None:
    record = simulate("sinus_rhythm").record
    assert display(record, "off") is record


def test_filters_are_zero_phase_and_keep_einthoven() -> None:
    record = simulate("sinus_rhythm").record
    shown = display(record, "0.5-40", 50)
    assert abs(int(np.argmax(shown["V5"][1000:1500])) - int(np.argmax(record["V5"][1000:1500]))) <= 1
    np.testing.assert_allclose(shown["III"], shown["II"] - shown["I"], atol=1e-5)


def test_what_was_done_is_written_down_and_the_record_left_alone() -> None:
    record = simulate("sinus_rhythm").record
    before = record.digest
    shown = display(record, "0.5-40", 50)
    assert record.digest == before
    assert shown.provenance.filters == ("0.5-40 Hz", "50 Hz notch")
    assert "0.5-40 Hz" in shown.notes[-1]
    assert "50 Hz notch" in shown.notes[-1]


def test_nan_stays_nan_and_spreads_nowhere() -> None:
    record = simulate("sinus_rhythm").record
    signal = record.signal.copy()
    signal[1, 500:600] = np.nan
    shown = display(record.with_signal(signal, "gap"), "0.05-150", 50)
    np.testing.assert_array_equal(np.isnan(shown.signal), np.isnan(signal))


def test_a_rate_too_low_is_said() -> None:
    shown = display(simulate("sinus_rhythm", fs=100).record, "0.05-150", 60)
    assert "the recording ends at 50 Hz" in shown.notes[-1]
    assert "no notch" in shown.notes[-1]


def test_the_notch_removes_hum() -> None:
    clean = simulate("sinus_rhythm").record
    hum = add_noise(clean, "mains_50", 0.1)
    left = display(hum, "off", 50).signal - clean.signal
    assert np.sqrt((left[:, 500:-500] ** 2).mean()) < 0.015


def test_unknown_names_are_refused() -> None:
    record = simulate("sinus_rhythm").record
    with pytest.raises(RecordError, match="no display filter 'strong'"):
        display(record, "strong")
    with pytest.raises(RecordError, match="choose 50 or 60 Hz"):
        display(record, "off", -50)


@pytest.mark.parametrize(
    ("name", "fs", "diagnostic"),
    [
        ("off", 500, True),
        ("0.05-150", 500, True),
        ("0.67-150", 500, True),
        ("0.5-40", 500, False),
        ("0.67-25", 500, False),
        ("off", 100, False),
        ("off", 300, True),
        ("off", 299, False),
    ],
)
def test_diagnostic_bandwidth(name: str, fs: float, diagnostic: bool) -> None:
    record = Record(np.zeros((1, 1000)), fs, ("II",))
    assert is_diagnostic(record, name) is diagnostic
    assert (reason_not_diagnostic(record, name) is None) is diagnostic


def test_the_band_of_the_recorder_counts() -> None:
    for band, diagnostic in (((0.05, 150.0), True), ((0.5, 150.0), False), ((0.05, 40.0), False), ((None, None), True)):
        record = Record(np.zeros((1, 1000)), 500, ("II",), provenance=Provenance(band=band))
        assert is_diagnostic(record) is diagnostic


def test_each_filter_runs_on_a_short_record() -> None:
    for name in DISPLAY:
        assert np.isfinite(display(Record(np.ones((2, 40)), 500, ("I", "II")), name, 50).signal).all()
