"""Rate, intervals, axes and wave windows against the simulator's truth and expert marks."""

import itertools
import os
from pathlib import Path

import numpy as np
import pytest
import wfdb

from ecgviz.errors import RecordError
from ecgviz.leads import STANDARD_12
from ecgviz.record import Record
from ecgviz.signals.edit import swap_arms
from ecgviz.signals.intervals import delineate, measure, qtc
from ecgviz.signals.synthetic import GALLERY, Simulation, simulate

# Flutter waves hide where P and T begin and end; everything else must be measured.
MEASURABLE = [key for key in GALLERY if key != "atrial_flutter"]


@pytest.mark.parametrize(
    ("qt_ms", "rate", "bazett", "fridericia", "framingham", "hodges"),
    [
        (400, 75, 447.2, 430.9, 430.8, 426.25),
        (320, 120, 452.5, 403.2, 397.0, 425.0),
        (480, 50, 438.2, 451.7, 449.2, 462.5),
    ],
)
def test_corrected_qt(
    qt_ms: float, rate: float, bazett: float, fridericia: float, framingham: float, hodges: float
) -> None:
    found = qtc(qt_ms, rate)
    assert list(found) == ["Fridericia", "Bazett", "Framingham", "Hodges"]
    due = {"Bazett": bazett, "Fridericia": fridericia, "Framingham": framingham, "Hodges": hodges}
    for name, value in due.items():
        assert found[name] == pytest.approx(value, abs=0.05)


@pytest.mark.parametrize(("qt_ms", "rate"), [(0, 60), (400, 0), (-1, 60), (float("nan"), 60)])
def test_corrected_qt_of_nothing_is_refused(qt_ms: float, rate: float) -> None:
    with pytest.raises(RecordError, match="positive QT and rate"):
        qtc(qt_ms, rate)


def _true_ms(simulation: Simulation, later: str, earlier: str) -> float | None:
    values = [
        1000 * (getattr(beat, later) - getattr(beat, earlier))
        for beat in simulation.beats
        if beat.label in ("N", "Q") and getattr(beat, later) is not None and getattr(beat, earlier) is not None
    ]
    return float(np.median(values)) if values else None


@pytest.mark.parametrize("fs", [250.0, 500.0])
@pytest.mark.parametrize("key", MEASURABLE)
def test_simulated_intervals(key: str, fs: float) -> None:
    """Tolerances: those IEC 60601-2-51 allows for single biological records, about mean plus two SD."""
    simulation = simulate(key, fs=fs)
    found, peaks = measure(simulation.record), [beat.r_peak for beat in simulation.beats]
    assert found.rate_bpm == pytest.approx(60 * (len(peaks) - 1) / (peaks[-1] - peaks[0]), rel=0.02)
    assert found.qrs_ms == pytest.approx(_true_ms(simulation, "qrs_off", "qrs_on"), abs=20)
    assert found.qt_ms == pytest.approx(_true_ms(simulation, "t_off", "qrs_on"), abs=25)
    pr_ms = _true_ms(simulation, "qrs_on", "p_on")
    assert found.pr_ms == (None if pr_ms is None else pytest.approx(pr_ms, abs=15))
    assert list(found.qtc_ms) == ["Fridericia", "Bazett", "Framingham", "Hodges"]


def test_what_is_absent_is_none_with_a_reason() -> None:
    found = measure(simulate("atrial_fibrillation").record)
    assert found.pr_ms is None
    assert found.p_axis_deg is None
    assert "no_p_wave" in [flag.code for flag in found.flags]
    empty = measure(Record(np.zeros((12, 5000)), 500, STANDARD_12))
    assert (empty.rate_bpm, empty.qrs_ms, empty.qt_ms, empty.qtc_ms) == (None, None, None, {})
    assert [flag.code for flag in empty.flags] == ["no_beats"]


def test_other_beats_are_told_apart() -> None:
    found = measure(simulate("pvc_bigeminy").record)
    assert "other_beats" in [flag.code for flag in found.flags]
    assert found.qrs_ms is not None
    assert found.qrs_ms < 120


def test_axes() -> None:
    normal = measure(simulate("sinus_rhythm").record)
    assert 20 < (normal.qrs_axis_deg or 0) < 70
    assert 40 < (normal.p_axis_deg or 0) < 80
    assert 20 < (normal.t_axis_deg or 0) < 70
    assert -100 < (measure(simulate("paced_rhythm").record).qrs_axis_deg or 0) < -45
    swapped = measure(swap_arms(simulate("sinus_rhythm").record))
    assert swapped.qrs_axis_deg == pytest.approx(180 - (normal.qrs_axis_deg or 0), abs=3)


@pytest.mark.parametrize("degrees", [-60.0, 0.0, 60.0, 90.0, 150.0])
def test_the_axis_of_a_known_vector(degrees: float) -> None:
    """I = cos a, aVF = sin a * sqrt(3)/2 for a vector at a degrees in Einthoven's triangle."""
    shape = np.abs(simulate("sinus_rhythm").record["V5"])
    angle = np.radians(degrees)
    record = Record(np.stack([np.cos(angle) * shape, np.sin(angle) * np.sqrt(3) / 2 * shape]), 500, ("I", "aVF"))
    assert measure(record).qrs_axis_deg == pytest.approx(degrees, abs=2)


@pytest.mark.parametrize("key", MEASURABLE)
def test_windows_of_each_beat(key: str) -> None:
    simulation = simulate(key)
    found = delineate(simulation.record)
    assert [beat.r_s for beat in found] == sorted(beat.r_s for beat in found)
    for truth in simulation.beats[1:-1]:
        near = min(found, key=lambda beat: abs(beat.r_s - truth.r_peak))
        assert near.qrs is not None
        assert near.qrs[0] == pytest.approx(truth.qrs_on, abs=0.02)
        assert near.qrs[1] == pytest.approx(truth.qrs_off, abs=0.03)
        if truth.label == "V":
            assert near.p is None
            assert not near.dominant
    for before, after in itertools.pairwise(found):
        assert before.t is None or after.qrs is None or before.t[1] <= after.qrs[0]


@pytest.mark.data
@pytest.mark.parametrize("number", [1, 5, 20, 50, 80, 120, 150, 199])
def test_expert_marks_of_ludb(number: int) -> None:
    """Median error of a beat against the median over the leads of the experts' marks, in ms."""
    if not os.environ.get("ECGVIZ_DATA"):
        pytest.skip("ECGVIZ_DATA is unset")
    stem = str(Path(os.environ["ECGVIZ_DATA"]) / "ludb" / "data" / str(number))
    if not Path(stem + ".hea").exists():
        pytest.skip("LUDB is absent")
    file = wfdb.rdrecord(stem)
    record = Record(file.p_signal.T, file.fs, STANDARD_12)
    found = delineate(record)
    edges: list[tuple[float, float, float]] = []
    for lead in ("ii", "v2", "v5"):
        marks = wfdb.rdann(stem, lead)
        for i in np.flatnonzero(np.array(marks.symbol) == "N"):
            edges.append(tuple(marks.sample[i - 1 : i + 2] / file.fs))
    on, off = [], []
    for first, peak, last in edges:
        near = min(found, key=lambda beat: abs(beat.r_s - peak))
        assert abs(near.r_s - peak) < 0.1
        assert near.qrs is not None
        on.append(near.qrs[0] - first)
        off.append(near.qrs[1] - last)
    assert abs(np.median(on)) < 0.02
    assert abs(np.median(off)) < 0.025
