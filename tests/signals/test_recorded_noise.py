"""Noise is added at the ratio that is said, and the limb leads keep Einthoven's law."""

import numpy as np
import pytest

from ecgviz.leads import STANDARD_12
from ecgviz.signals import synthetic
from ecgviz.signals.recorded_noise import add_noise, qrs_power, twelve_lead_noise

RNG = np.random.default_rng(0)
NOISE = np.cumsum(RNG.normal(size=(2, 20_000)), axis=1)
NOISE -= NOISE.mean()


def test_power_of_a_sine_in_the_band_is_half_its_square_and_outside_it_none() -> None:
    t = np.arange(1000) / 100
    x = np.stack([0.4 * np.sin(2 * np.pi * 10 * t), 0.4 * np.sin(2 * np.pi * 35 * t)])
    assert qrs_power(x[:1], 100.0) == pytest.approx(0.08)
    assert qrs_power(x[1:], 100.0) == pytest.approx(0, abs=1e-12)
    assert qrs_power(x[None], 100.0) == pytest.approx([0.04])


@pytest.mark.parametrize("snr_db", [24, 0, -6])
def test_ratio_is_the_stated_one(snr_db: float) -> None:
    x = synthetic.simulate("sinus_rhythm").record.signal[None, :12]
    noise = twelve_lead_noise(NOISE, x.shape[2], np.random.default_rng(1))
    added = add_noise(x, noise[None], 500.0, snr_db) - x
    power = np.mean(added.astype(np.float64) ** 2)
    assert 10 * np.log10(qrs_power(x, 500.0)[0] / power) == pytest.approx(snr_db, abs=0.01)


def test_leads_get_noise_of_their_own_and_keep_einthovens_law() -> None:
    found = dict(zip(STANDARD_12, twelve_lead_noise(NOISE, 1000, np.random.default_rng(2)), strict=True))
    np.testing.assert_allclose(found["I"] + found["III"], found["II"], atol=1e-4)
    np.testing.assert_allclose(found["aVR"] + found["aVL"] + found["aVF"], 0, atol=1e-4)
    assert abs(np.corrcoef(found["V1"], found["V4"])[0, 1]) < 0.99
    again = twelve_lead_noise(NOISE, 1000, np.random.default_rng(2))
    np.testing.assert_array_equal(again[6], found["V1"])


def test_too_short_and_silent_noise() -> None:
    with pytest.raises(ValueError, match="the noise has 500 samples, fewer than the 1000"):
        twelve_lead_noise(NOISE[:, :500], 1000, RNG)
    assert not twelve_lead_noise(np.zeros((2, 2000)), 1000, RNG).any()
