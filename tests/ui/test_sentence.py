"""Evidence in words, on heat whose place is known."""

import numpy as np
import pytest

from ecgviz.results import Attribution
from ecgviz.signals.intervals import BeatWaves
from ecgviz.ui.sentence import evidence_in_words, wave_shares

BEATS = tuple(BeatWaves(r, (r - 0.2, r - 0.1), (r - 0.05, r + 0.05), (r + 0.2, r + 0.4), True) for r in (1.0, 2.0, 3.0))


def made(scores, leads=("I", "V1"), **more):
    return Attribution(np.asarray(scores, np.float32), 100.0, 0.0, leads, "AF", "m", "method", **more)


def test_evidence_only_in_the_qrs_is_found_there():
    scores = np.zeros((2, 400))
    for beat in BEATS:
        scores[1, round(100 * beat.qrs[0]) : round(100 * beat.qrs[1])] = 1
    shares = wave_shares(made(scores), BEATS)
    assert shares["QRS"][0] == pytest.approx(1.0)
    assert shares["QRS"][1] == pytest.approx(400 / 30)
    assert shares["P wave"][0] == 0
    assert evidence_in_words(made(scores), BEATS) == "100 % in the QRS, 13.3 times chance; 100 % in V1"


def test_even_evidence_is_at_chance_everywhere():
    scores = np.ones((2, 400))
    assert all(times == pytest.approx(1.0) for _, times in wave_shares(made(scores), BEATS).values())
    assert evidence_in_words(made(scores), BEATS).endswith("spread over all leads")


def test_only_evidence_for_the_finding_counts():
    scores = np.ones((2, 400))
    scores[0] = -5
    assert "100 % in V1" in evidence_in_words(made(scores, signed=True), BEATS)
    assert evidence_in_words(made(-np.ones((2, 400))), BEATS) == "nothing in this record speaks for it"


def test_a_method_that_does_not_tell_leads_apart_names_none():
    told = evidence_in_words(made(np.ones((2, 400)), time_only=True), BEATS)
    assert "does not tell leads apart" in told
    assert "V1" not in told


def test_record_without_beats_names_no_wave():
    assert evidence_in_words(made(np.ones((2, 400))), ()) == "spread over all leads"
