"""Several maps of evidence as one: their mean, and where they are far apart."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ecgviz.results import Attribution

__all__ = ["APART", "STEP_S", "Consensus", "consensus"]

STEP_S = 0.02
APART = 0.5
"""Maps are far apart where the largest exceeds the smallest by this share of the scale."""


@dataclass(frozen=True, eq=False)
class Consensus:
    """mean: of the evidence for the finding, each map on its own scale of 0 to 1; apart: 1 where the maps are APART."""

    mean: Attribution
    apart: Attribution
    n: int

    @property
    def share_apart(self) -> float:
        """Share 0 to 1 of the record, over all leads, in which the maps are far apart."""
        return float(self.apart.scores.mean())


def consensus(found: Sequence[Attribution], label: str) -> Consensus | None:
    """The mean map in steps of 20 ms over the leads and seconds that all maps share; None where they share none.

    Maps are taken as they are scaled, 1 the strongest step of each; evidence against the finding counts as none. A map
    that does not tell leads apart counts in every lead.
    """
    if len(found) < 2:
        return None
    leads = tuple(lead for lead in found[0].leads if all(lead in one.leads for one in found))
    begin = max(one.start_s for one in found)
    end = min(one.start_s + one.scores.shape[1] / one.fs for one in found)
    steps = int((end - begin) / STEP_S + 1e-6)
    if not leads or steps < 1:
        return None
    edges = begin + STEP_S * np.arange(steps + 1)
    maps = np.stack([_in_steps(one, leads, edges) for one in found])
    apart = (np.ptp(maps, axis=0) >= APART).astype(np.float32)
    methods = " and ".join(dict.fromkeys(one.method for one in found))
    together = Attribution(
        scores=maps.mean(axis=0).astype(np.float32),
        fs=1 / STEP_S,
        start_s=begin + STEP_S / 2,
        leads=leads,
        label=label,
        model=f"mean of {len(found)}",
        method=methods,
        resolution_ms=1000 * STEP_S,
        time_only=all(one.time_only for one in found),
        normalisation="mean of maps that are each scaled to their own strongest step",
    )
    return Consensus(together, replace(together, scores=apart), len(found))


def _in_steps(one: Attribution, leads: Sequence[str], edges: NDArray[np.floating]) -> NDArray[np.float64]:
    """(leads, steps): mean evidence for the finding between the edges, in seconds."""
    rows = np.clip(np.nan_to_num(one.scores), 0, 1)[[one.leads.index(lead) for lead in leads]]
    total = np.pad(np.cumsum(rows, axis=1, dtype=np.float64), ((0, 0), (1, 0)))
    at = (edges - one.start_s) * one.fs + 0.5
    places = np.arange(total.shape[1])
    return np.stack([np.diff(np.interp(at, places, row)) for row in total]) / (STEP_S * one.fs)
