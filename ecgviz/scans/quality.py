"""How far each digitised lead can be trusted: what share was recovered, and whether the limb leads agree."""

import numpy as np
from numpy.typing import NDArray

from ecgviz.scans.geometry import LeadQuality

__all__ = ["grade", "word"]

TOLERANCE_UV = 150.0
"""Misfit of the limb leads at which a lead's score has fallen to 1/e."""
# Each identity and what it says about: Einthoven, Goldberger (sum of the augmented leads is zero), and their bridge.
IDENTITIES: tuple[dict[str, float], ...] = (
    {"I": 1.0, "III": 1.0, "II": -1.0},
    {"aVR": 1.0, "aVL": 1.0, "aVF": 1.0},
    {"aVF": 1.0, "II": -0.5, "III": -0.5},
)


def grade(values: dict[str, NDArray[np.float32]], coverage: dict[str, float]) -> tuple[LeadQuality, ...]:
    """One judgement a lead, in the order given. values: (samples,) mV with NaN where nothing is known."""
    found = []
    for lead in values:
        misfits = [m for identity in IDENTITIES if lead in identity and (m := _misfit(identity, values)) is not None]
        residual = min(misfits) if misfits else None
        trust = float(np.exp(-max(residual - 30.0, 0.0) / TOLERANCE_UV)) if residual is not None else 1.0
        score = round(coverage[lead] * trust, 3)
        found.append(LeadQuality(lead, round(coverage[lead], 3), residual, score, word(score)))
    return tuple(found)


def word(score: float) -> str:
    """The score in one word."""
    return "good" if score >= 0.85 else "fair" if score >= 0.6 else "poor"


def _misfit(identity: dict[str, float], values: dict[str, NDArray[np.float32]]) -> float | None:
    """RMS of the identity in microvolts where all its leads are known at once for half a second or more, else None."""
    if not all(lead in values for lead in identity):
        return None
    total = sum(weight * values[lead].astype(np.float64) for lead, weight in identity.items())
    known = np.asarray(total)[np.isfinite(total)]
    if known.size < 50:
        return None
    return round(1000 * float(np.sqrt(np.mean(known**2))), 1)
