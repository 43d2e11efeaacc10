"""Shares of the heat by wave and lead, and the sentence made of them."""

from dataclasses import replace

import numpy as np
import pytest

from ecgviz.explain.waves import BETWEEN, WAVES, heat_by_wave, heat_in_words
from ecgviz.leads import STANDARD_12
from ecgviz.results import Attribution
from ecgviz.signals import synthetic
from ecgviz.signals.intervals import BeatWaves, delineate

BEATS = tuple(
    BeatWaves(t, (t - 0.2, t - 0.1), (t - 0.05, t + 0.05), (t + 0.15, t + 0.35), dominant=t != 3.5)
    for t in (1.5, 2.5, 3.5, 4.5)
)


def heat(waves: dict[str, list[tuple[float, float]]] | None = None, **more: object) -> Attribution:
    """Heat of 1 in the given leads and seconds from 1 to 5 s at 100 Hz; everywhere without any."""
    scores = np.zeros((12, 400), np.float32) if waves else np.ones((12, 400), np.float32)
    for lead, spans in (waves or {}).items():
        for begin, end in spans:
            scores[STANDARD_12.index(lead), round((begin - 1) * 100) : round((end - 1) * 100)] = 1
    plain = Attribution(scores, 100.0, 1.0, STANDARD_12, "LBBB", "toy", "a method", resolution_ms=10.0)
    return replace(plain, **more)  # type: ignore[arg-type]


QRS = [beat.qrs for beat in BEATS if beat.qrs and beat.dominant]


def test_shares_and_chance_add_up() -> None:
    rows = heat_by_wave(heat(), BEATS)
    whole = {row.wave: row for row in rows if row.lead is None}
    assert set(whole) == {*WAVES, BETWEEN}
    assert sum(row.share for row in whole.values()) == pytest.approx(1)
    assert all(row.times_chance == pytest.approx(1) for row in rows)
    assert whole["QRS"].share == pytest.approx(30 / 400, abs=0.005)
    assert whole["QRS of other shape"].share == pytest.approx(10 / 400, abs=0.005)
    assert whole["PR segment"].share == pytest.approx(20 / 400, abs=0.01)
    assert whole["ST segment"].share == pytest.approx(40 / 400, abs=0.01)
    assert sum(row.share for row in rows if row.lead == "V3") == pytest.approx(1 / 12)


def test_the_sentence_names_wave_leads_and_chance() -> None:
    found = heat({"V1": QRS, "V2": QRS})
    rows = {(row.wave, row.lead): row for row in heat_by_wave(found, BEATS)}
    assert rows["QRS", "V1"].share == pytest.approx(0.5, abs=0.02)
    assert rows["QRS", "V1"].times_chance == pytest.approx(0.5 / (30 / 400 / 12), rel=0.05)
    assert rows["QRS", None].share == pytest.approx(1, abs=0.02)
    said = heat_in_words(found, BEATS)
    assert said.startswith("100 % of the evidence for LBBB lies in the QRS of V1-V2, 8")
    assert said.endswith(" times chance.")
    named = heat_in_words(found, BEATS, "left bundle branch block")
    assert "evidence for left bundle branch block lies" in named


def test_leads_are_listed_as_they_are_spoken_of() -> None:
    t = [beat.t for beat in BEATS if beat.t]
    assert "in the T wave of II, III and aVF" in heat_in_words(heat({"II": t, "III": t, "aVF": t}), BEATS)
    assert "in the T wave of V1 and V3" in heat_in_words(heat({"V1": t, "V3": t}), BEATS)
    assert "in the T wave of aVL," in heat_in_words(heat({"aVL": t}), BEATS)
    everywhere = dict.fromkeys(STANDARD_12, t)
    assert "in the T wave, spread over the leads, 5.0 times chance" in heat_in_words(heat(everywhere), BEATS)


def test_what_cannot_be_said_is_said() -> None:
    flat = heat()
    assert heat_in_words(flat, BEATS) == (
        "The evidence for LBBB prefers no wave; no lead holds much more than its share."
    )
    only = heat(dict.fromkeys(STANDARD_12, QRS), time_only=True)
    assert {row.lead for row in heat_by_wave(only, BEATS)} == {None}
    assert heat_in_words(only, BEATS).endswith("; the method does not tell leads apart.")
    wide = heat(dict.fromkeys(STANDARD_12, QRS), time_only=True, field_ms=2290.0)
    assert heat_in_words(wide, BEATS).endswith("each step of the heat sees 2.3 s, so the wave is uncertain.")
    none = heat({"V1": []})
    assert heat_by_wave(none, BEATS) == ()
    assert heat_in_words(none, BEATS) == "Nothing in this record speaks for LBBB."
    against = replace(flat, scores=-flat.scores)
    assert heat_in_words(against, BEATS) == "Nothing in this record speaks for LBBB."


def test_without_beats_or_with_long_steps_only_leads_are_named() -> None:
    found = heat({"V1": QRS, "V2": QRS})
    assert heat_by_wave(found, ()) == ()
    said = heat_in_words(found, ())
    assert said == (
        "Of the evidence for LBBB, 100 % lies in V1-V2, 6.0 times chance; "
        "no beat was found, so waves cannot be told apart."
    )
    long = replace(found, resolution_ms=10000.0)
    assert heat_in_words(long, BEATS).endswith("one heat step is 10 s, too long to tell waves apart.")
    blind = heat(None, time_only=True)
    assert "cannot be placed" in heat_in_words(blind, ())


def test_missing_waves_have_no_row() -> None:
    beats = tuple(replace(beat, p=None, t=None if i else beat.t) for i, beat in enumerate(BEATS))
    waves = {row.wave for row in heat_by_wave(heat(), beats)}
    assert waves == {"QRS", "QRS of other shape", "ST segment", "T wave", BETWEEN}


@pytest.mark.parametrize("key", ["atrial_fibrillation", "pvc_bigeminy", "atrial_flutter", "paced_rhythm"])
def test_any_rhythm_gives_shares_that_add_up(key: str) -> None:
    record = synthetic.simulate(key).record
    found = Attribution(np.abs(record.signal), record.fs, 0.0, record.leads, "AF", "toy", "amplitude")
    rows = heat_by_wave(found, delineate(record))
    assert sum(row.share for row in rows if row.lead is None) == pytest.approx(1)
    assert sum(row.share for row in rows if row.lead is not None) == pytest.approx(1)
    if key == "atrial_fibrillation":
        assert not any(row.wave in ("P wave", "PR segment") for row in rows)
    assert heat_in_words(found, delineate(record)).endswith(".")
