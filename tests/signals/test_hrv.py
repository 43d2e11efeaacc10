"""Variability against NeuroKit2 and against modulations of known power."""

import numpy as np
import pytest

from ecgviz.results import BeatSeries, RRSeries
from ecgviz.signals import hrv
from ecgviz.signals.rr import rr_series


def series(times: np.ndarray, labels: str | None = None, gaps: tuple[tuple[float, float], ...] = ()) -> RRSeries:
    return rr_series(BeatSeries(times, tuple(labels or "N" * times.size), "test"), gaps)


def modulated(seconds: float, **sizes_ms: float) -> np.ndarray:
    """Beats whose interval swings by so many ms: low at 0.1 Hz, high at 0.25 Hz."""
    times = [0.0]
    while times[-1] < seconds:
        at = times[-1]
        swing = sizes_ms.get("low", 0) * np.sin(0.2 * np.pi * at) + sizes_ms.get("high", 0) * np.sin(0.5 * np.pi * at)
        times.append(at + 0.8 + swing / 1000)
    return np.array(times)


@pytest.mark.parametrize("seed", range(3))
def test_the_time_domain_is_that_of_neurokit(seed: int) -> None:
    neurokit = pytest.importorskip("neurokit2")
    rng = np.random.default_rng(seed)
    times = np.cumsum(0.8 + 0.03 * rng.standard_normal(400) + 0.04 * np.sin(np.arange(400) / 7))
    found = hrv.hrv(series(times)).values
    marks = np.rint(times * 1e6).astype(int)
    theirs = neurokit.hrv_time(marks, sampling_rate=1_000_000).iloc[0]
    for name, key in {"mean_nn_ms": "MeanNN", "sdnn_ms": "SDNN", "rmssd_ms": "RMSSD"}.items():
        assert found[name] == pytest.approx(theirs[f"HRV_{key}"], rel=1e-4)
    # both count differences above 50 ms; NeuroKit divides by the intervals, the share here is of the differences
    assert found["pnn50"] == pytest.approx(theirs["HRV_pNN50"] * 399 / 398, rel=1e-3)
    spread = neurokit.hrv_nonlinear(marks, sampling_rate=1_000_000).iloc[0]
    assert found["sd1_ms"] == pytest.approx(spread["HRV_SD1"], rel=1e-3)
    assert found["sd2_ms"] == pytest.approx(spread["HRV_SD2"], rel=1e-3)


@pytest.mark.parametrize(("low", "high"), [(30.0, 0.0), (0.0, 20.0), (30.0, 20.0)])
@pytest.mark.parametrize("seconds", [150, 400, 1500])
def test_a_swing_of_a_ms_has_the_power_of_half_its_square(low: float, high: float, seconds: float) -> None:
    found = hrv.hrv(series(modulated(seconds, low=low, high=high)))
    assert found.values["lf_ms2"] == pytest.approx(low**2 / 2, rel=0.08, abs=6)
    assert found.values["hf_ms2"] == pytest.approx(high**2 / 2, rel=0.08, abs=6)
    assert found.segments == max(1, int(seconds // 300))


def test_neurokit_finds_about_the_same_spectrum() -> None:
    neurokit = pytest.importorskip("neurokit2")
    times = modulated(400, low=30, high=20)
    found = hrv.hrv(series(times)).values
    theirs = neurokit.hrv_frequency(np.rint(times * 1000).astype(int), sampling_rate=1000, normalize=False).iloc[0]
    assert found["lf_hf"] == pytest.approx(theirs["HRV_LFHF"], rel=0.1)


def test_what_is_missing_says_why() -> None:
    assert "needs 30 NN intervals, there are 19" in hrv.hrv(series(np.arange(20) * 0.8)).missing["sdnn_ms"]
    short = hrv.hrv(series(np.cumsum(np.full(100, 0.8))))
    assert "2 minutes" in short.missing["lf_hf"] and "sdnn_ms" in short.values
    ectopic = hrv.hrv(series(np.arange(300) * 0.8, "NNNNV" * 60))
    assert ectopic.missing["rmssd_ms"] == "needs 80% of the intervals to be NN, 60% are"
    assert not ectopic.values
    assert hrv.hrv(series(np.empty(0))).missing.keys() == hrv.DEFINITIONS.keys()


def test_each_figure_is_either_there_or_missing() -> None:
    for times in (np.arange(10) * 0.8, np.arange(100) * 0.8, modulated(400, low=20, high=20)):
        found = hrv.hrv(series(times))
        assert found.values.keys() | found.missing.keys() == hrv.DEFINITIONS.keys()
        assert not found.values.keys() & found.missing.keys()


def test_differences_are_not_taken_across_what_is_left_out() -> None:
    times = np.concatenate([np.arange(100) * 0.8, 100 + np.arange(100) * 1.0])
    found = hrv.hrv(series(times, gaps=((80.0, 99.0),)))
    assert found.values["rmssd_ms"] == pytest.approx(0, abs=1e-6)
    assert found.values["sdnn_ms"] > 90


def test_spans_of_another_rhythm_are_left_out() -> None:
    times = np.cumsum(np.concatenate([np.full(300, 0.8), np.full(40, 0.5)]))
    found = hrv.hrv(series(times), without=[(times[299], times[-1])])
    assert found.intervals == 299
    assert found.values["sdnn_ms"] == pytest.approx(0, abs=1e-6)
