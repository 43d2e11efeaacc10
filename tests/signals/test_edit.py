"""Faults put in on purpose."""

import numpy as np
import pytest

from ecgviz.errors import RecordError
from ecgviz.leads import STANDARD_12
from ecgviz.record import Record
from ecgviz.signals.edit import NOISES, Noise, add_noise, drop_lead, swap_arms
from ecgviz.signals.synthetic import simulate


def test_swapping_arms_exchanges_what_aha_says_it_does() -> None:
    record = simulate("sinus_rhythm").record
    swapped = swap_arms(record)
    for lead, source, sign in (
        ("I", "I", -1),
        ("II", "III", 1),
        ("III", "II", 1),
        ("aVR", "aVL", 1),
        ("aVL", "aVR", 1),
    ):
        np.testing.assert_array_equal(swapped[lead], sign * record[source])
    for lead in ("aVF", "V1", "V6"):
        np.testing.assert_array_equal(swapped[lead], record[lead])
    np.testing.assert_array_equal(swap_arms(swapped).signal, record.signal)


def test_swapping_arms_derives_the_partner_or_refuses() -> None:
    record = simulate("sinus_rhythm").record
    np.testing.assert_array_equal(swap_arms(record.pick(("I", "II")))["II"], record["III"])
    with pytest.raises(RecordError, match="lead II needs III"):
        swap_arms(record.pick(("II", "V1")))


def test_dropping_a_lead() -> None:
    record = drop_lead(simulate("sinus_rhythm").record, "V3")
    assert not record["V3"].any()
    assert record["V2"].any()
    with pytest.raises(RecordError, match="V9 is not in this record"):
        drop_lead(record, "V9")


@pytest.mark.parametrize("kind", NOISES)
def test_noise_keeps_einthoven_and_has_the_size_asked_for(kind: Noise) -> None:
    silence = Record(np.zeros((12, 5000)), 500, STANDARD_12)
    noise = add_noise(silence, kind, 0.1)
    np.testing.assert_allclose(noise["III"], noise["II"] - noise["I"], atol=1e-6)
    np.testing.assert_allclose(noise["aVF"], noise["II"] - noise["I"] / 2, atol=1e-6)
    rms = np.sqrt((noise.pick(("V1", "V2", "V3", "V4", "V5", "V6")).signal ** 2).mean())
    assert 0.05 < rms < 0.2
    assert kind in noise.notes[-1]
    np.testing.assert_array_equal(noise.signal, add_noise(silence, kind, 0.1).signal)
    assert not np.array_equal(noise.signal, add_noise(silence, kind, 0.1, seed=1).signal)


@pytest.mark.parametrize("kind", NOISES)
def test_no_noise_changes_nothing(kind: Noise) -> None:
    record = simulate("sinus_rhythm").record
    np.testing.assert_array_equal(add_noise(record, kind, 0.0).signal, record.signal)


def test_mains_is_where_it_should_be_and_other_leads_get_noise_too() -> None:
    noise = add_noise(Record(np.zeros((2, 5000)), 500, ("MLII", "V1")), "mains_60", 0.1)
    assert noise["MLII"].std() > 0.02
    spectrum = np.abs(np.fft.rfft(noise["V1"]))
    assert np.argmax(spectrum) == 600
