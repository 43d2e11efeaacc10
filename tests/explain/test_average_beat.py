"""Heat on the average beat, against simulated beats whose R peaks are known and maps that were drawn by hand."""

import numpy as np
import pytest

from ecgviz.explain.average_beat import average_beat, mean_of
from ecgviz.results import Attribution
from ecgviz.signals import synthetic


@pytest.fixture(scope="module")
def simulation():
    return synthetic.simulate("sinus_rhythm")


def drawn(simulation, begin_s: float, end_s: float, fs: float = 100.0) -> Attribution:
    """Evidence of 1 from begin_s to end_s around each true R peak, in lead II alone."""
    record = simulation.record
    t = np.arange(round(record.seconds * fs)) / fs
    scores = np.zeros((len(record.leads), t.size), np.float32)
    for beat in simulation.beats:
        scores[record.leads.index("II"), (t >= beat.r_peak + begin_s) & (t <= beat.r_peak + end_s)] = 1
    return Attribution(scores, fs, record.start_s, record.leads, "X", "m", "drawn")


def peaks(simulation):
    return np.array([beat.r_peak for beat in simulation.beats])


@pytest.mark.parametrize("begin_s", [-0.2, 0.1, 0.3])
def test_heat_stands_at_its_own_place_in_the_beat_and_in_its_own_lead(simulation, begin_s: float) -> None:
    beat = average_beat(simulation.record, peaks(simulation), drawn(simulation, begin_s, begin_s + 0.06))
    ii = beat.heat[beat.leads.index("II")]
    assert beat.times_s[int(ii.argmax())] == pytest.approx(begin_s + 0.03, abs=0.035)
    assert ii.max() > 0.8
    assert ii[np.abs(beat.times_s - begin_s - 0.03) > 0.1].max() < 0.15
    assert beat.heat[beat.leads.index("V1")].max() == 0


def test_the_beat_is_the_median_beat_with_r_at_zero(simulation) -> None:
    beat = average_beat(simulation.record, peaks(simulation))
    ii = beat.signal[beat.leads.index("II")]
    assert abs(beat.times_s[int(ii.argmax())]) < 0.03
    assert beat.heat is None
    assert beat.beats >= len(simulation.beats) - 2
    assert average_beat(simulation.record, np.empty(0)) is None


def test_evidence_against_counts_as_none_and_a_missing_lead_is_not_made_up(simulation) -> None:
    found = drawn(simulation, 0.1, 0.2)
    against = Attribution(-found.scores[:2], found.fs, 0.0, found.leads[:2], "X", "m", "drawn", signed=True)
    beat = average_beat(simulation.record, peaks(simulation), against)
    assert beat.heat[1].max() == 0
    assert np.isnan(beat.heat[beat.leads.index("V1")]).all()


def test_every_record_has_equal_weight_in_the_mean(simulation) -> None:
    one = average_beat(simulation.record, peaks(simulation), drawn(simulation, 0.1, 0.2))
    other = average_beat(simulation.record.pick(["V1", "II"]), peaks(simulation)[:3], drawn(simulation, -0.2, -0.1))
    both = mean_of([one, other])
    assert (both.leads, both.records, both.beats) == (("II", "V1"), 2, one.beats + other.beats)
    wanted = (one.heat[one.leads.index("II")] + other.heat[1]) / 2
    np.testing.assert_allclose(both.heat[0], wanted)
