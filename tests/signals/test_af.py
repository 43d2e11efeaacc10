"""AF from RR intervals: simulated rhythms, features by their definition, and MIT-BIH."""

import os
from pathlib import Path

import numpy as np
import pytest

from ecgviz.readers.annotations import read_annotations
from ecgviz.results import BeatSeries
from ecgviz.signals import af

DATA = os.environ.get("ECGVIZ_DATA")
needs_data = pytest.mark.skipif(not DATA, reason="ECGVIZ_DATA is not set")


def irregular(n: int, seed: int = 0, mean: float = 0.7) -> np.ndarray:
    return np.random.default_rng(seed).gamma(1 / 0.2**2, mean * 0.2**2, n)


def sinus(n: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return 0.8 + 0.04 * np.sin(2 * np.pi * 0.2 * np.arange(n)) + 0.01 * rng.standard_normal(n)


def beats(rr: np.ndarray, labels: str | None = None) -> BeatSeries:
    times = np.concatenate([[0.0], np.cumsum(rr)])
    return BeatSeries(times, tuple(labels) if labels else (None,) * times.size, "test")


def by_definition(rr: np.ndarray) -> list[float]:
    """The features of one window, written out."""
    n, near, both = len(rr), 0, 0
    for i in range(n - 1):
        for j in range(i + 1, n - 1):
            if abs(rr[i] - rr[j]) < af.TOLERANCE_S:
                near += 1
                both += abs(rr[i + 1] - rr[j + 1]) < af.TOLERANCE_S
    entropy = -np.log((both + 0.5) / (near + 1)) + np.log(2 * af.TOLERANCE_S) - np.log(rr.mean())
    turns = sum((rr[i] - rr[i - 1]) * (rr[i + 1] - rr[i]) < 0 for i in range(1, n - 1)) / (n - 2)
    c = rr - np.median(rr)
    return [entropy, turns, np.mean(c[2:] * c[:-2]) / (np.mean(c**2) + 1e-6)]


def test_features_are_those_of_the_definition() -> None:
    rows = np.stack([irregular(32, seed) if seed % 2 else sinus(32, seed) for seed in range(6)])
    assert af.features(rows) == pytest.approx(np.array([by_definition(row) for row in rows]))


def test_turning_points_of_a_series_without_order_are_two_thirds() -> None:
    rows = np.random.default_rng(0).random((2000, 32))
    assert af.features(rows)[:, 1].mean() == pytest.approx(2 / 3, abs=0.01)


def test_each_interval_lies_in_its_window() -> None:
    rr = np.arange(100.0)
    rows = af.windows(rr)
    assert rows.shape == (100, af.WINDOW)
    assert all(value in row for value, row in zip(rr, rows, strict=True))
    assert af.windows(np.arange(10.0)).shape == (10, 10)


def test_an_episode_is_found_where_it_is() -> None:
    rr = np.concatenate([sinus(200), irregular(200), sinus(200, 1)])
    found = af.atrial_fibrillation(beats(rr))
    ((start, end),) = found.episodes
    begin, stop = rr[:200].sum(), rr[:400].sum()
    assert start == pytest.approx(begin, abs=16) and end == pytest.approx(stop, abs=16)
    assert found.burden == pytest.approx((stop - begin) / rr.sum(), abs=0.05)
    assert found.analysed_s == pytest.approx(rr.sum())


@pytest.mark.parametrize("seed", range(5))
def test_sinus_rhythm_has_none(seed: int) -> None:
    assert af.atrial_fibrillation(beats(sinus(600, seed))).burden == 0


def test_short_irregularity_is_no_episode() -> None:
    rr = np.concatenate([sinus(100), irregular(20, mean=0.6), sinus(100, 1)])
    assert af.atrial_fibrillation(beats(rr)).episodes == ()


def test_ventricular_beats_are_taken_out_first() -> None:
    rng = np.random.default_rng(3)
    labels, rr = ["N"], []
    for _ in range(400):
        if rng.random() < 0.2:
            labels += ["V", "N"]
            rr += [rng.uniform(0.35, 0.6), rng.uniform(0.9, 1.2)]
        labels.append("N")
        rr.append(0.8 + 0.02 * rng.standard_normal())
    assert af.atrial_fibrillation(beats(np.array(rr), "".join(labels))).burden == 0
    assert (af.atrial_fibrillation(beats(np.array(rr))).burden or 0) > 0.1


def test_a_gap_is_not_analysed() -> None:
    rr = irregular(200)
    times = np.concatenate([[0.0], np.cumsum(rr)])
    times[101:] += 60
    gap = (times[100] + 0.1, times[101] - 0.1)
    found = af.atrial_fibrillation(BeatSeries(times, (None,) * times.size, "test"), [gap])
    assert found.analysed_s == pytest.approx(rr.sum() - rr[100])
    assert not any(start < gap[0] and end > gap[1] for start, end in found.episodes)


@pytest.mark.parametrize("n", [0, 1, 8])
def test_too_few_beats_have_no_burden(n: int) -> None:
    found = af.atrial_fibrillation(BeatSeries(np.arange(n) * 0.8, (None,) * n, "test"))
    assert found.burden is None and found.episodes == ()


@needs_data
@pytest.mark.data
@pytest.mark.parametrize(("name", "low", "high"), [("221", 0.8, 1.0), ("219", 0.7, 0.9), ("100", 0, 0), ("208", 0, 0)])
def test_burden_of_mit_bih(name: str, low: float, high: float) -> None:
    """221 is annotated as AF for 97 %, 219 for 79 %, 100 and 208 (a third of the beats V) for none of the time."""
    burden = af.atrial_fibrillation(read_annotations(Path(str(DATA), "mitdb", name))).burden
    assert burden is not None and low <= burden <= high
