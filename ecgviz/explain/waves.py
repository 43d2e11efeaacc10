"""Heat in words: how much of the evidence lies in which wave of which leads, and how far above chance that is."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ecgviz.leads import PRECORDIAL
from ecgviz.results import Attribution
from ecgviz.signals.intervals import BeatWaves

__all__ = ["BETWEEN", "WAVES", "WaveShare", "heat_by_wave", "heat_in_words"]

WAVES = ("P wave", "PR segment", "QRS", "QRS of other shape", "ST segment", "T wave")
BETWEEN = "between beats"
LEADING = 1.5
"""A lead is named where it holds this many times its even share of a wave's evidence."""
CLEAR = 1.25
"""A wave is named where it holds this many times its share of the time."""
LONGEST_STEP_MS = 300.0
"""A heat with longer steps does not tell waves apart."""
BEAT_MS = 700.0
"""A step that sees more than this sees more than the waves of one beat."""

Window = tuple[float, float]


@dataclass(frozen=True)
class WaveShare:
    """Evidence for the finding in one wave of all beats: share 0 to 1 of all evidence; times_chance: that share over
    the wave's share of the time (and of the leads); lead: None for all leads together.
    """

    wave: str
    lead: str | None
    share: float
    times_chance: float


def heat_by_wave(found: Attribution, beats: Sequence[BeatWaves]) -> tuple[WaveShare, ...]:
    """A row for each wave that was found and one for what lies between beats, over all leads; then the same lead by
    lead, where the method tells leads apart. Empty without beats, without evidence, or if the heat's steps are longer
    than 0.3 s.

    A sample that two waves claim counts for the one that comes first in WAVES. `times_chance` of 1 is no preference.
    """
    evidence = np.clip(np.nan_to_num(found.scores.astype(np.float64)), 0, None)
    total = float(evidence.sum())
    inside = _samples(found, beats)
    if total == 0 or not inside or found.resolution_ms > LONGEST_STEP_MS:
        return ()
    rows = []
    for lead in (None,) if found.time_only else (None, *found.leads):
        part = evidence if lead is None else evidence[[found.leads.index(lead)]]
        for wave, mask in inside.items():
            share = float(part[:, mask].sum()) / total
            chance = float(mask.mean()) * len(part) / len(evidence)
            rows.append(WaveShare(wave, lead, share, share / chance))
    return tuple(rows)


def _samples(found: Attribution, beats: Sequence[BeatWaves]) -> dict[str, NDArray[np.bool_]]:
    """The samples of each wave that occurs, none in two waves; empty without any QRS."""
    spans: dict[str, list[Window]] = {wave: [] for wave in WAVES}
    for beat in beats:
        for wave, span in _spans(beat).items():
            spans[wave].append(span)
    times = found.start_s + np.arange(found.scores.shape[1]) / found.fs
    free = np.ones(times.size, dtype=bool)
    inside = {}
    for wave, windows in spans.items():
        mask = np.zeros(times.size, dtype=bool)
        for begin, end in windows:
            mask[np.searchsorted(times, begin) : np.searchsorted(times, end)] = True
        mask &= free
        free &= ~mask
        if mask.any():
            inside[wave] = mask
    if "QRS" not in inside and "QRS of other shape" not in inside:
        return {}
    return inside | {BETWEEN: free} if free.any() else inside


def _spans(beat: BeatWaves) -> dict[str, Window]:
    found: dict[str, Window] = {}
    if beat.qrs:
        found["QRS" if beat.dominant else "QRS of other shape"] = beat.qrs
    if beat.p:
        found["P wave"] = beat.p
    if beat.p and beat.qrs and beat.p[1] < beat.qrs[0]:
        found["PR segment"] = (beat.p[1], beat.qrs[0])
    if beat.t:
        found["T wave"] = beat.t
    if beat.t and beat.qrs and beat.qrs[1] < beat.t[0]:
        found["ST segment"] = (beat.qrs[1], beat.t[0])
    return found


def heat_in_words(found: Attribution, beats: Sequence[BeatWaves], finding: str = "") -> str:
    """One sentence: `41 % of the evidence for LBBB lies in the QRS of V1-V2, 3.1 times chance.`

    finding: the label as it is to be called. Says so where there is no evidence, where no beat was found, where the
    method does not tell leads apart, and where its steps are too long for waves.
    """
    name = finding or found.label
    evidence = np.clip(np.nan_to_num(found.scores.astype(np.float64)), 0, None)
    if not evidence.any():
        return f"Nothing in this record speaks for {name}."
    rows = heat_by_wave(found, beats)
    if not rows:
        return f"{_without_waves(found, evidence, name)}."
    whole = [row for row in rows if row.lead is None]
    best = max(whole, key=lambda row: row.share * (1 - 1 / row.times_chance) if row.times_chance > 0 else -1.0)
    if best.times_chance < CLEAR:
        text = f"The evidence for {name} prefers no wave"
        text += "" if found.time_only else f"; {_by_leads(found, evidence)}"
    else:
        text = _where(found, rows, best, name)
    if found.time_only:
        text += "; the method does not tell leads apart"
    if found.field_ms > BEAT_MS:
        text += f"; each step of the heat sees {found.field_ms / 1000:.1f} s, so the wave is uncertain"
    return f"{text}."


def _where(found: Attribution, rows: Sequence[WaveShare], best: WaveShare, name: str) -> str:
    """The wave that stands out most, in the leads that hold most of it."""
    place = "between beats" if best.wave == BETWEEN else f"in the {best.wave}"
    each = [row for row in rows if row.wave == best.wave and row.lead is not None]
    leading = [row for row in sorted(each, key=lambda row: -row.share)[:3] if _leads(row, best, len(found.leads))]
    share, times = best.share, best.times_chance
    if leading:
        share = sum(row.share for row in leading)
        times = sum(row.times_chance for row in leading) / len(leading)
        names = [row.lead for row in leading if row.lead]
        place += f" of {_listed(names)}" if best.wave != BETWEEN else f" in {_listed(names)}"
    elif each:
        place += ", spread over the leads"
    return f"{100 * share:.0f} % of the evidence for {name} lies {place}, {times:.1f} times chance"


def _leads(row: WaveShare, best: WaveShare, leads: int) -> bool:
    return best.share > 0 and row.share * leads >= LEADING * best.share


def _without_waves(found: Attribution, evidence: NDArray[np.float64], name: str) -> str:
    """What can be said where waves cannot be told apart."""
    if found.resolution_ms > LONGEST_STEP_MS:
        why = f"one heat step is {found.resolution_ms / 1000:g} s, too long to tell waves apart"
    else:
        why = "no beat was found, so waves cannot be told apart"
    if found.time_only:
        return f"The evidence for {name} cannot be placed: {why}, and the method does not tell leads apart"
    where = _by_leads(found, evidence)
    return f"Of the evidence for {name}, {where}; {why}"


def _by_leads(found: Attribution, evidence: NDArray[np.float64]) -> str:
    share = evidence.sum(axis=1) / evidence.sum()
    order = [int(k) for k in np.argsort(-share)[:3] if share[k] * len(share) >= LEADING]
    if not order:
        return "no lead holds much more than its share"
    part = float(share[order].sum())
    times = part * len(share) / len(order)
    return f"{100 * part:.0f} % lies in {_listed([found.leads[k] for k in order])}, {times:.1f} times chance"


def _listed(names: Sequence[str]) -> str:
    """Leads as they are spoken of: neighbouring chest leads as a range."""
    chest = sorted(PRECORDIAL.index(name) for name in names if name in PRECORDIAL)
    if len(names) > 1 and len(chest) == len(names) and chest == list(range(chest[0], chest[0] + len(chest))):
        return f"{PRECORDIAL[chest[0]]}-{PRECORDIAL[chest[-1]]}"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
