"""Features of beats, on simulated beats of known timing and shape."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import resample_poly

from ecgviz.signals import beat_features
from ecgviz.signals.beat_features import FEATURES, RHYTHM, rhythm_features

FS = 360.0
EARLY, WIDE, FUSED = 20, 40, 60
NAMES = list(FEATURES)


def wave(t: NDArray[np.float64], at_s: float, width_s: float, height: float) -> NDArray[np.float64]:
    return height * np.exp(-0.5 * ((t - at_s) / width_s) ** 2)


@pytest.fixture(scope="module")
def strip() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """80 beats at 75 a minute: one early with its P wave, five wide and early without one, one between the shapes."""
    rr = np.full(79, 0.8)
    rr[EARLY - 1], rr[EARLY] = 0.55, 0.85
    for beat in range(WIDE, WIDE + 15, 3):
        rr[beat - 1], rr[beat] = 0.5, 1.1
    times = 1.0 + np.concatenate([[0], np.cumsum(rr)])
    t = np.arange(int((times[-1] + 1) * FS)) / FS
    signal = np.random.default_rng(0).normal(0, 0.005, t.size)
    wide = set(range(WIDE, WIDE + 15, 3))
    for beat, r in enumerate(times):
        share = 1.0 if beat in wide else 0.5 if beat == FUSED else 0.0
        signal += (1 - share) * (wave(t, r, 0.012, 1.0) + wave(t, r + 0.25, 0.04, 0.25))
        signal += share * (wave(t, r + 0.02, 0.045, -1.5) + wave(t, r + 0.32, 0.06, 0.5))
        if beat not in wide:
            signal += wave(t, r - 0.16, 0.022, 0.15 if beat != EARLY else -0.12)
    return signal, times


def column(values: NDArray[np.float32], name: str) -> NDArray[np.float32]:
    return values[:, NAMES.index(name)]


def test_intervals_are_logarithms_of_ratios(strip: tuple[NDArray[np.float64], NDArray[np.float64]]) -> None:
    found = rhythm_features(strip[1])
    assert found.shape == (80, len(RHYTHM))
    early = dict(zip(RHYTHM, found[EARLY], strict=True))
    assert early["pre_median"] == pytest.approx(np.log(0.55 / 0.8), abs=1e-6)
    assert early["post_pre"] == pytest.approx(np.log(0.85 / 0.55), abs=1e-6)
    assert early["pair_usual"] == pytest.approx(np.log(0.70 / 0.8), abs=1e-6)
    full_pause = dict(zip(RHYTHM, found[WIDE], strict=True))
    assert full_pause["pair_usual"] == pytest.approx(0.0, abs=1e-6)


def test_early_beats_stay_early_where_they_are_the_most() -> None:
    rr = np.tile([0.55, 0.55, 1.0], 60)
    found = rhythm_features(np.concatenate([[0], np.cumsum(rr)]))
    assert found[60:120, list(RHYTHM).index("pre_median")].min() == pytest.approx(0.0)
    early = found[61:120:3, list(RHYTHM).index("pre_usual")]
    assert (early < np.log(0.6)).all()


def test_shapes_stand_out_in_their_own_features(strip: tuple[NDArray[np.float64], NDArray[np.float64]]) -> None:
    signal, times = strip
    found = beat_features.beat_features(signal, FS, times, 38, 56)
    assert found.values.shape == (80, len(FEATURES)) and found.windows.shape == (80, 2, 94)
    assert column(found.values, "qrs_duration")[WIDE] > 0.3 > column(found.values, "qrs_duration")[EARLY]
    assert column(found.values, "p_correlation")[EARLY] < 0.2 < 0.8 < np.median(column(found.values, "p_correlation"))
    assert np.abs(found.windows[10, 1]).max() < 0.1 < np.abs(found.windows[WIDE, 1]).max()


@pytest.mark.xfail(strict=True, reason="another beat has the least correlation")
def test_a_wide_beat_correlates_least(strip: tuple[NDArray[np.float64], NDArray[np.float64]]) -> None:
    found = beat_features.beat_features(strip[0], FS, strip[1], 38, 56)
    assert np.argmin(column(found.values, "qrs_correlation")) in range(WIDE, WIDE + 15, 3)


@pytest.mark.xfail(strict=True, reason="the mixture does not yet place a fusion beat between the two shapes")
def test_a_fusion_beat_lies_between_two_shapes(strip: tuple[NDArray[np.float64], NDArray[np.float64]]) -> None:
    found = beat_features.beat_features(strip[0], FS, strip[1], 38, 56)
    assert column(found.values, "mixture")[WIDE] == pytest.approx(1.0, abs=0.1)
    assert column(found.values, "mixture")[FUSED] == pytest.approx(0.5, abs=0.15)
    assert column(found.values, "mixture")[10] == pytest.approx(0.0, abs=0.1)


def test_gain_rate_and_polarity_change_nothing(strip: tuple[NDArray[np.float64], NDArray[np.float64]]) -> None:
    signal, times = strip
    one = beat_features.beat_features(signal, FS, times, 38, 56).values
    turned = beat_features.beat_features(-3 * signal, FS, times, 38, 56).values
    np.testing.assert_allclose(one, turned, atol=1e-2)
    slow = beat_features.beat_features(resample_poly(signal, 16, 45), 128.0, times, 38, 56).values
    for name in ("qrs_correlation", "qrs_duration", "p_correlation", "mixture", "pre_usual"):
        assert np.quantile(np.abs(column(one, name) - column(slow, name)), 0.9) < 0.1, name


def test_a_long_record_is_taken_in_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beat_features, "STRETCH", 30)
    times = np.concatenate([np.arange(30) * 0.8, 24 + np.arange(30) * 0.4]) + 1
    signal = np.random.default_rng(0).normal(size=int(38 * FS))
    found = beat_features.beat_features(signal, FS, times, 38, 56).values
    assert column(found, "pre_median")[[10, 50]] == pytest.approx([0.0, 0.0], abs=1e-6)


@pytest.mark.parametrize("beats", [1, 2, 3])
def test_few_beats_of_a_flat_or_missing_lead_give_finite_numbers(beats: int) -> None:
    times = 0.5 + 0.8 * np.arange(beats)
    for signal in (np.zeros(1200), np.full(1200, np.nan), np.random.default_rng(0).normal(size=1200)):
        found = beat_features.beat_features(signal, FS, times, 38, 56)
        assert np.isfinite(found.values).all() and np.isfinite(found.windows).all()


def test_windows_start_where_they_say(strip: tuple[NDArray[np.float64], NDArray[np.float64]]) -> None:
    signal, times = strip
    found = beat_features.beat_features(signal, FS, times, 38, 56)
    peak = found.windows[10, 0].argmax() / found.fs + found.start_s[10]
    assert peak == pytest.approx(times[10], abs=0.009)
