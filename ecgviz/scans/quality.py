"""How far each digitised lead can be trusted: what share was recovered, and whether the limb leads agree."""

import numpy as np
from numpy.typing import NDArray

from ecgviz.scans.geometry import LeadQuality

__all__ = ["grade", "limbs_agree", "word"]

TOLERANCE_UV = 150.0
"""Misfit of the limb leads at which a lead's score has fallen to 1/e."""
AGREEING, KEPT = 0.4, 0.92
"""A misfit of the limb leads, as a share of their size, that leads in a wrong order do not reach."""
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


def limbs_agree(values: dict[str, NDArray[np.float32]]) -> bool:
    """Whether the six limb leads, as named, are each other's sums: only the right order of the rows makes them so.

    values: (samples,) mV with NaN where nothing is known. False where a lead is missing or nothing overlaps.
    """
    return all((share := _share(identity, values)) is not None and share < AGREEING for identity in IDENTITIES[:2])


def _share(identity: dict[str, float], values: dict[str, NDArray[np.float32]]) -> float | None:
    """Spread of what an identity leaves over, as a share of the usual spread of its leads; a name printed over a trace
    spoils a few samples, so the worst are left out of both."""
    if not all(lead in values for lead in identity):
        return None
    parts = np.stack([weight * values[lead].astype(np.float64) for lead, weight in identity.items()])
    parts = parts[:, np.isfinite(parts).all(axis=0)]
    if parts.shape[1] < 200:
        return None
    total = parts.sum(axis=0)
    off = np.abs(total - np.median(total))
    kept = off <= np.quantile(off, KEPT)
    return float(total[kept].std() / max(float(parts[:, kept].std(axis=1).mean()), 1e-9))


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
