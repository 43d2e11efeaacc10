"""Do methods, or models, look at the same places?"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from ecgviz.explain.proof.limits import BLOCK_S
from ecgviz.results import Attribution

__all__ = ["matrix", "spearman"]


def matrix(found: Sequence[Attribution]) -> NDArray[np.float64]:
    """(n, n) rank correlations of the evidence for the finding, in blocks of 50 ms, over the seconds that all share.

    Two that tell leads apart, for the same leads, are compared lead by lead; others by the sum over the leads.
    """
    begin = max(one.start_s for one in found)
    end = min(one.start_s + one.scores.shape[1] / one.fs for one in found)
    at = np.arange(begin, end - BLOCK_S / 2, BLOCK_S)
    rows = [_in_blocks(one, at) for one in found]
    out = np.eye(len(found))
    for i, one in enumerate(found):
        for j in range(i):
            by_lead = not (one.time_only or found[j].time_only) and one.leads == found[j].leads
            a, b = (rows[i], rows[j]) if by_lead else (rows[i].sum(axis=0), rows[j].sum(axis=0))
            out[i, j] = out[j, i] = spearman(a, b)
    return out


def _in_blocks(found: Attribution, at: NDArray[np.float64]) -> NDArray[np.float64]:
    """(leads, blocks): mean evidence for the finding from each time on."""
    evidence = np.clip(found.scores, 0, None)
    total = np.pad(np.cumsum(evidence, axis=1, dtype=np.float64), ((0, 0), (1, 0)))
    edges = (np.append(at, at[-1] + BLOCK_S) - found.start_s) * found.fs
    return np.stack([np.diff(np.interp(edges, np.arange(row.size), row)) for row in total])


def spearman(one: NDArray[np.floating], other: NDArray[np.floating]) -> float:
    """Rank correlation of two maps of the same shape; 0 where one of them is the same everywhere."""
    a, b = (rankdata(values.ravel()) for values in (one, other))
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])
