"""Evidence in words: in which wave and which leads it lies, and how far above chance."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ecgviz.results import Attribution
from ecgviz.signals.intervals import BeatWaves

__all__ = ["evidence_in_words", "wave_shares"]

Window = tuple[float, float]
_LEADING = 1.5
"""A lead is named where it holds this many times its even share."""


def evidence_in_words(found: Attribution, beats: Sequence[BeatWaves]) -> str:
    """One sentence without the finding's name: `41 % in the QRS, 3.1 times chance; strongest in V1 and V2`.

    Chance is the wave's share of the time, so 1 means no preference. Only evidence for the finding counts.
    """
    evidence = np.clip(np.nan_to_num(found.scores), 0, None)
    if not evidence.any():
        return "nothing in this record speaks for it"
    shares = wave_shares(found, beats)
    parts = []
    if shares:
        wave, (share, times) = max(shares.items(), key=lambda item: item[1][1])
        parts.append(f"{100 * share:.0f} % in the {wave}, {times:.1f} times chance")
    parts.append("the method does not tell leads apart" if found.time_only else _leads(evidence, found.leads))
    return "; ".join(parts)


def wave_shares(found: Attribution, beats: Sequence[BeatWaves]) -> dict[str, tuple[float, float]]:
    """For P wave, QRS and ST-T: share 0 to 1 of the evidence for the finding, and that share over the share of time.

    A wave that was delineated nowhere is left out.
    """
    along = np.clip(np.nan_to_num(found.scores), 0, None).sum(axis=0)
    times = found.start_s + np.arange(along.size) / found.fs
    spans = {
        "P wave": [beat.p for beat in beats if beat.p],
        "QRS": [beat.qrs for beat in beats if beat.qrs],
        "ST-T": [(beat.qrs[1], beat.t[1]) for beat in beats if beat.qrs and beat.t],
    }
    shares = {}
    for wave, windows in spans.items():
        inside = _inside(times, windows)
        if inside.any() and along.any():
            share = float(along[inside].sum() / along.sum())
            shares[wave] = (share, share / float(inside.mean()))
    return shares


def _inside(times: NDArray[np.float64], windows: Sequence[Window]) -> NDArray[np.bool_]:
    inside = np.zeros(times.size, dtype=bool)
    for begin, end in windows:
        inside[np.searchsorted(times, begin) : np.searchsorted(times, end)] = True
    return inside


def _leads(evidence: NDArray[np.float32], leads: Sequence[str]) -> str:
    share = evidence.sum(axis=1) / evidence.sum()
    order = [k for k in np.argsort(-share)[:3] if share[k] * len(leads) >= _LEADING]
    if not order:
        return "spread over all leads"
    names = [leads[k] for k in order]
    together = 100 * float(share[order].sum())
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"{together:.0f} % in {listed}"
