"""Real noise from a recording without a heart, added to an ECG at a stated signal-to-noise ratio.

Made for the MIT-BIH Noise Stress Test Database (Moody, Muldrow and Mark, Computers in Cardiology 1984).
"""

import numpy as np
from numpy.typing import NDArray

from ecgviz.leads import STANDARD_12, derive

__all__ = ["add_noise", "qrs_power", "twelve_lead_noise"]

Array = NDArray[np.floating]
QRS_HZ = (5.0, 25.0)
MEASURED = ("I", "II", "V1", "V2", "V3", "V4", "V5", "V6")


def twelve_lead_noise(noise: Array, samples: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """(12, samples) in the standard order, of mean power 1: stretches of noise (channels, long) at random places.

    Eight leads get stretches of their own; the other four follow from I and II, as the noise of an electrode would.
    Raises ValueError where the noise is shorter than `samples`.
    """
    if noise.shape[1] < samples:
        raise ValueError(f"the noise has {noise.shape[1]} samples, fewer than the {samples} of the record")
    starts = rng.integers(0, noise.shape[1] - samples + 1, len(MEASURED))
    channels = rng.integers(0, len(noise), len(MEASURED))
    some = np.stack([noise[c, s : s + samples] for c, s in zip(channels, starts, strict=True)]).astype(np.float32)
    rows = dict(zip(MEASURED, some, strict=True)) | derive(some, MEASURED)
    found = np.stack([rows[lead] for lead in STANDARD_12])
    found -= found.mean(axis=1, keepdims=True)
    power = float(np.mean(np.square(found)))
    return (found / np.sqrt(power) if power > 0 else found).astype(np.float32)


def qrs_power(x: Array, fs: float) -> NDArray[np.float64]:
    """Mean power of (..., leads, samples) between 5 and 25 Hz over leads and time: (...,), mV squared."""
    hz = np.fft.rfftfreq(x.shape[-1], 1 / fs)
    spectrum = np.fft.rfft(x, axis=-1)[..., (hz >= QRS_HZ[0]) & (hz <= QRS_HZ[1])]
    # Parseval: each line of a real spectrum stands for two
    each = 2 * np.square(np.abs(spectrum)).sum(axis=-1) / x.shape[-1] ** 2
    return np.asarray(each.mean(axis=-1), dtype=np.float64)


def add_noise(x: Array, noise: Array, fs: float, snr_db: float) -> NDArray[np.float32]:
    """x (..., leads, samples) mV with noise of the same shape and mean power 1, `snr_db` below the QRS band of x.

    One amplitude serves all leads of a record. Noise outside the band that a model keeps must have been removed before.
    """
    size = np.sqrt(qrs_power(x, fs) / 10 ** (snr_db / 10))
    return (x + size[..., None, None] * noise).astype(np.float32)
