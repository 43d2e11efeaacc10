"""The mean of several maps and where they are far apart: on the right seconds and leads, each map on its own scale."""

import numpy as np
import pytest

from ecgviz.results import Attribution
from ecgviz.ui.compare_maps import STEP_S, consensus


def evidence(spans, fs=100.0, start_s=0.0, seconds=10.0, leads=("I", "II"), **fields):
    """Evidence of 1 in the given spans {lead: (begin, end)}, in seconds of the record."""
    scores = np.zeros((len(leads), round(seconds * fs)), np.float32)
    for lead, (begin, end) in spans.items():
        scores[leads.index(lead), round((begin - start_s) * fs) : round((end - start_s) * fs)] = 1
    named = {"label": "AF", "model": "m", "method": "Occlusion"} | fields
    return Attribution(scores=scores, fs=fs, start_s=start_s, leads=leads, **named)


def at(found, lead, seconds):
    return found.scores[found.leads.index(lead), round((seconds - found.start_s) * found.fs)]


def test_mean_and_apart_of_maps_at_different_rates():
    one = evidence({"I": (2.0, 4.0), "II": (6.0, 7.0)})
    other = evidence({"I": (3.0, 5.0), "II": (6.0, 7.0)}, fs=500.0)
    found = consensus([one, other], "AF")
    assert found.mean.fs == pytest.approx(1 / STEP_S)
    assert found.mean.scores.shape == (2, 500)
    for lead, seconds, mean, apart in (
        ("I", 2.5, 0.5, 1),
        ("I", 3.5, 1.0, 0),
        ("I", 4.5, 0.5, 1),
        ("I", 6.5, 0.0, 0),
        ("II", 6.5, 1.0, 0),
    ):
        assert at(found.mean, lead, seconds) == pytest.approx(mean, abs=1e-6)
        assert at(found.apart, lead, seconds) == apart
    assert found.share_apart == pytest.approx(0.1, abs=0.005)


def test_edges_lie_where_the_evidence_does():
    one = evidence({"I": (2.0, 4.0)}, fs=500.0)
    found = consensus([one, one], "AF").mean
    times = found.start_s + np.arange(found.scores.shape[1]) / found.fs
    inside = times[found.scores[0] > 0.5]
    assert inside[0] - STEP_S / 2 == pytest.approx(2.0, abs=0.002)
    assert inside[-1] + STEP_S / 2 == pytest.approx(4.0, abs=0.002)


def test_a_map_that_does_not_tell_leads_apart_counts_in_every_lead():
    by_lead = evidence({"I": (2.0, 4.0)})
    over_time = evidence({"I": (2.0, 4.0), "II": (2.0, 4.0)}, time_only=True)
    found = consensus([by_lead, over_time], "AF")
    assert (at(found.mean, "I", 3.0), at(found.mean, "II", 3.0)) == (1.0, 0.5)
    assert not found.mean.time_only
    assert consensus([over_time, over_time], "AF").mean.time_only


def test_evidence_against_counts_as_none():
    one = evidence({"I": (2.0, 4.0)})
    against = evidence({})
    against.scores[0, 200:400] = -1
    found = consensus([one, against], "AF")
    assert at(found.mean, "I", 3.0) == pytest.approx(0.5)


def test_only_shared_leads_and_seconds_count():
    one = evidence({"II": (2.0, 4.0)}, leads=("I", "II", "V1"))
    other = evidence({"II": (2.0, 4.0)}, leads=("II", "I"), start_s=1.0, seconds=5.0)
    found = consensus([one, other], "AF").mean
    assert found.leads == ("I", "II")
    assert found.start_s == pytest.approx(1.0 + STEP_S / 2)
    assert found.scores.shape[1] == 250
    assert at(found, "II", 3.0) == pytest.approx(1.0)


def test_no_mean_of_a_single_map_nor_without_a_shared_lead():
    one = evidence({})
    assert consensus([one], "AF") is None
    assert consensus([one, evidence({}, leads=("V1", "V2"))], "AF") is None
