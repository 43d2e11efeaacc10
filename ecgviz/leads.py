"""Lead names, their order on paper, and the identities that tie the limb leads together."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["CABRERA", "LIMB", "PRECORDIAL", "STANDARD_12", "canonical", "derive"]

LIMB = ("I", "II", "III", "aVR", "aVL", "aVF")
PRECORDIAL = ("V1", "V2", "V3", "V4", "V5", "V6")
STANDARD_12 = LIMB + PRECORDIAL
CABRERA = ("aVL", "I", "-aVR", "II", "aVF", "III")

_KNOWN = (*STANDARD_12, "V7", "V8", "V9", "V3R", "V4R", "V5R", "V6R", "MLI", "MLII", "MLIII", "vx", "vy", "vz")
_BY_UPPER = {name.upper(): name for name in _KNOWN} | {
    "DI": "I",
    "DII": "II",
    "DIII": "III",
    "D1": "I",
    "D2": "II",
    "D3": "III",
    "L1": "I",
    "L2": "II",
    "L3": "III",
    "ML2": "MLII",
    "C1": "V1",
    "C2": "V2",
    "C3": "V3",
    "C4": "V4",
    "C5": "V5",
    "C6": "V6",
}


def canonical(name: str) -> str:
    """The lead's name as it is printed on paper: `AVR`, `lead avr` and `aVR` all give `aVR`.

    A name that is no known lead is returned stripped and otherwise unchanged.
    """
    bare = name.strip()
    key = bare.upper().replace(" ", "").replace("_", "").replace("-", "")
    for prefix in ("LEAD", "ECG", "EKG", "MDCECGLEAD"):
        if key.startswith(prefix) and len(key) > len(prefix):
            key = key.removeprefix(prefix)
    return _BY_UPPER.get(key, bare)


def derive(signal: NDArray[np.float32], leads: Sequence[str]) -> dict[str, NDArray[np.float32]]:
    """Limb leads that are absent but follow exactly from two present ones.

    Any two of I, II, III give the third (Einthoven: II = I + III) and the augmented leads (Goldberger).

    signal: (leads, samples) mV. Returns the derivable absent limb leads, each (samples,) mV.
    """
    have = {name: signal[i] for i, name in enumerate(leads)}
    if sum(name in have for name in ("I", "II", "III")) < 2:
        return {}
    one = have["I"] if "I" in have else have["II"] - have["III"]
    two = have["II"] if "II" in have else have["I"] + have["III"]
    full = {
        "I": one,
        "II": two,
        "III": two - one,
        "aVR": -(one + two) / 2,
        "aVL": one - two / 2,
        "aVF": two - one / 2,
    }
    return {name: values for name, values in full.items() if name not in have}
