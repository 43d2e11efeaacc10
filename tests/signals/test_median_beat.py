"""The representative beat: grouping, alignment, order of the groups."""

import numpy as np

from ecgviz.leads import STANDARD_12
from ecgviz.record import Record
from ecgviz.signals.beats import r_peaks
from ecgviz.signals.median_beat import median_beat, without_spikes
from ecgviz.signals.synthetic import simulate


def test_the_narrow_beats_of_bigeminy_come_first() -> None:
    simulation = simulate("pvc_bigeminy")
    groups = median_beat(simulation.record, r_peaks(simulation.record))
    assert len(groups) == 2
    truth = np.array([beat.r_peak for beat in simulation.beats if beat.label == "N"])
    assert all(np.abs(truth - r_s).min() < 0.03 for r_s in groups[0].r_s)


def test_the_median_beat_is_quieter_than_one_beat() -> None:
    noisy, clean = simulate("muscle_noise").record, simulate("muscle_noise", seed=0).record
    beat = median_beat(noisy, r_peaks(clean))[0]
    before = slice(beat.r - 140, beat.r - 100)
    assert beat.signal[0, before].std() < 0.6 * np.median(beat.beats[:, 0, before].std(axis=1))


def test_no_peaks_no_beats() -> None:
    assert median_beat(Record(np.zeros((12, 5000)), 500, STANDARD_12), np.empty(0)) == ()


def test_pacing_spikes_go_and_r_waves_stay() -> None:
    normal = simulate("sinus_rhythm").record.signal.astype(float)
    np.testing.assert_array_equal(without_spikes(normal), normal)
    spiked = normal.copy()
    spiked[:, 2000:2002] += 2.0
    np.testing.assert_allclose(without_spikes(spiked)[:, 1995:2007], normal[:, 1995:2007], atol=0.1)
