"""The line of numbers says what a hand count says, and a dash where a figure could not be had."""

import numpy as np
import pytest

from ecgviz.results import BeatSeries
from ecgviz.ui.rhythm_study import agreement, counts, numbers, study


def series(times, labels=None):
    times = np.asarray(times, dtype=float)
    return BeatSeries(times, tuple(labels) if labels is not None else (None,) * times.size, "test")


def told(beats):
    return {number.name: number.value for number in numbers(study(beats, ()))}


def test_a_steady_rhythm():
    found = told(series(np.arange(0, 60, 0.8), "N" * 75))
    assert found["Beats"] == "75"
    assert found["Mean rate"] == "75/min"
    assert found["Slowest to fastest"] == "75 to 75/min"
    assert found["Longest RR"] == "0.80 s"
    assert (found["Pauses"], found["V runs"]) == ("0", "0")
    assert found["SDNN"] == "0 ms"


def test_a_pause_and_a_run_are_counted():
    times = np.concatenate([np.arange(0, 30, 0.8), 32.5 + np.arange(0, 2.5, 0.4), 40 + np.arange(0, 30, 0.8)])
    labels = "N" * 38 + "V" * 7 + "N" * 38
    found = told(series(times, labels))
    assert found["V runs"] == "1"
    assert int(found["Pauses"]) == 2
    assert found["Longest RR"] == "5.10 s"


@pytest.mark.parametrize("times", [[], [1.0]])
def test_too_few_beats_are_dashes(times):
    found = told(series(times))
    assert found["Mean rate"] == found["Longest RR"] == found["SDNN"] == "–"


def test_runs_of_beats_without_a_class_are_unknown():
    assert told(series(np.arange(0, 30, 0.8)))["V runs"] == "–"


def test_counts_keep_the_order_of_the_classes():
    assert list(counts(series([1, 2, 3, 4], ["V", None, "N", "V"])).items()) == [("N", 1), ("V", 2), ("?", 1)]


def test_agreement_counts_each_beat_once():
    ours = series([1.0, 2.0, 2.1, 3.0, 9.0], ["N", "V", "N", "N", "N"])
    theirs = series([1.05, 2.02, 3.2, 9.1], ["N", "N", "N", "N"])
    found = agreement(ours, theirs)
    assert (found.matched, found.missed, found.extra) == (3, 1, 2)
    assert (found.same, found.classed) == (2, 3)
    assert "sensitivity 75.00 %" in found.words
    assert "predictive value 60.00 %" in found.words


def test_equal_series_agree_wholly_and_no_beats_are_said():
    own = series(np.arange(10.0), "N" * 10)
    assert "sensitivity 100 %" in agreement(own, own).words
    assert "nothing in common" in agreement(series([]), own).words
    assert agreement(own, series([])).extra == 10


def test_a_single_missing_beat_is_never_rounded_away():
    own = series(np.arange(100_000.0))
    found = agreement(series(own.times_s[1:]), own)
    assert "sensitivity 99.99 %" in found.words
