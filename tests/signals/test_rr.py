"""RR intervals: which are NN, what a gap is, and the rate."""

from itertools import pairwise

import numpy as np
import pytest

from ecgviz.record import Record
from ecgviz.results import BeatSeries
from ecgviz.signals import rr


def beats(times: object, labels: str | None = None) -> BeatSeries:
    at = np.asarray(times, dtype=np.float64)
    return BeatSeries(at, tuple(labels) if labels is not None else (None,) * at.size, "test")


def test_intervals_beside_an_ectopic_beat_are_left_out() -> None:
    found = rr.rr_series(beats([0, 0.8, 1.2, 2.4, 3.2, 4.0], "NNVNNN"))
    assert found.rr_s == pytest.approx([0.8, 0.4, 1.2, 0.8, 0.8])
    assert found.left_out == ("", rr.ECTOPIC, rr.ECTOPIC, "", "")
    assert found.labels == tuple("NVNNN")
    assert found.normal.tolist() == [True, False, False, True, True]


@pytest.mark.parametrize(("label", "why"), [("S", rr.ECTOPIC), ("F", rr.ECTOPIC), ("Q", rr.UNCLASSED), ("N", "")])
def test_each_class_has_its_reason(label: str, why: str) -> None:
    assert rr.rr_series(beats([0, 0.8, 1.6], f"N{label}N")).left_out == (why, why)


def test_a_gap_goes_before_every_other_reason_and_touches_only_its_interval() -> None:
    found = rr.rr_series(beats([0, 1, 2, 9, 10], "NNVNN"), gaps=[(3.0, 8.0)])
    assert found.left_out == ("", rr.ECTOPIC, rr.GAP, "")


@pytest.mark.parametrize("gap", [(-5.0, -4.0), (20.0, 30.0), (1.0, 1.0)])
def test_a_gap_outside_the_beats_or_of_no_length_changes_nothing(gap: tuple[float, float]) -> None:
    assert rr.rr_series(beats([0, 1, 2], "NNN"), gaps=[gap]).left_out == ("", "")


def test_without_classes_an_interval_unlike_its_neighbours_is_an_artefact_but_with_them_it_is_not() -> None:
    times = np.cumsum([0.8] * 10 + [1.6] + [0.8] * 10)
    assert rr.rr_series(beats(times)).left_out.count(rr.ARTEFACT) == 1
    assert rr.rr_series(beats(times, "N" * times.size)).normal.all()


@pytest.mark.parametrize("odd", [0.2, 3.5])
def test_an_impossible_interval_is_an_artefact_even_between_normal_beats(odd: float) -> None:
    times = np.cumsum([0.8] * 10 + [odd] + [0.8] * 10)
    assert rr.rr_series(beats(times, "N" * times.size)).left_out.count(rr.ARTEFACT) == 1


@pytest.mark.parametrize("times", [[], [1.0]])
def test_less_than_two_beats_have_no_interval(times: list[float]) -> None:
    found = rr.rr_series(beats(times))
    assert found.rr_s.size == 0 and found.normal.size == 0 and rr.heart_rate(found).size == 0


def test_the_rate_is_steady_in_bigeminy_and_unknown_across_a_gap() -> None:
    times = np.cumsum([0.5, 1.1] * 20)
    rate = rr.heart_rate(rr.rr_series(beats(times, "VN" * 20)))
    assert rate[6:-6] == pytest.approx(75.0)
    apart = rr.heart_rate(rr.rr_series(beats([0, 1, 2, 30, 31, 32], "NNNNNN"), gaps=[(3, 29)]))
    assert np.isnan(apart).tolist() == [False, False, True, False, False]
    assert np.nanmax(np.abs(apart - 60)) < 1e-9


def test_a_doubled_mark_hardly_moves_the_rate() -> None:
    times = np.sort(np.append(np.arange(40) * 0.8, 16.15))
    rate = rr.heart_rate(rr.rr_series(beats(times)))
    assert np.abs(rate - 75).max() < 8


def record(signal: np.ndarray) -> Record:
    return Record(signal, 100.0, tuple("ab"[: len(signal)]), start_s=5.0)


def test_silent_is_where_no_lead_has_a_signal() -> None:
    signal = np.random.default_rng(0).normal(size=(2, 1000)).astype(np.float32)
    signal[0, 200:500], signal[1, 200:500] = np.nan, 0.3
    signal[0, 700:900] = 0.1
    spans = rr.silent(record(signal))
    assert len(spans) == 1
    assert spans[0] == pytest.approx((7.0, 10.0), abs=0.02)


@pytest.mark.parametrize(("seconds", "count"), [(0.9, 0), (1.2, 1)])
def test_silence_lasts_at_least_a_second(seconds: float, count: int) -> None:
    signal = np.random.default_rng(0).normal(size=(1, 1000)).astype(np.float32)
    signal[0, 300 : 300 + round(100 * seconds)] = 0
    assert len(rr.silent(record(signal))) == count


def test_intervals_end_at_beats() -> None:
    times = np.cumsum(np.random.default_rng(1).uniform(0.5, 1.0, 50))
    found = rr.rr_series(beats(times))
    assert found.end_s.tolist() == times[1:].tolist()
    assert found.rr_s == pytest.approx([b - a for a, b in pairwise(times)])
