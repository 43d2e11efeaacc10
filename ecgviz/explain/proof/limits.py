"""When a check passes, is doubtful or fails: one table, with the reasons."""

from dataclasses import dataclass

from ecgviz.results import Verdict

__all__ = ["BLOCK_S", "LIMITS", "LITTLE", "UNSEEN", "Limit", "shuffled_verdict", "verdict"]

BLOCK_S = 0.05
"""Maps are ranked and compared in blocks of this length."""
LITTLE = 0.05
"""Probability below which there is too little of a finding to be taken away."""
UNSEEN = 0.02
"""Gain in probability that a removal must make to count: less would not show in two decimals of a mean."""


@dataclass(frozen=True)
class Limit:
    """A number that reaches `passes` passes, one that does not reach `doubtful` fails; smaller is better if `falls`."""

    passes: float
    doubtful: float
    falls: bool
    reason: str


LIMITS = {
    "take_away": Limit(
        0.95, 0.5, False, "share of 20 random removals that change the answer less: 19 of 20 is one-sided p of 0.05"
    ),
    "deletion": Limit(0.95, 0.5, False, "as take_away, for the mean over all amounts removed; and every trivial map"),
    "insertion": Limit(0.95, 0.5, False, "as deletion, for the mean over all amounts kept"),
    "randomisation": Limit(
        0.2, 0.5, True, "rank correlation: 0.2 is what two unrelated smooth maps of 10 s reach by chance, 0.5 is alike"
    ),
    "infidelity": Limit(
        0.75, 0.95, True, "share of the change that the heat does not foretell: a correlation of 0.5, and of 0.22"
    ),
    "sensitivity": Limit(0.5, 1.0, True, "largest change over the heat itself: half of it, or all of it"),
    "stability": Limit(0.25, 0.5, True, "typical standard deviation over the typical heat"),
    "agreement": Limit(0.4, 0.2, False, "rank correlation; published agreement between methods is 0.2 to 0.6"),
}


def verdict(name: str, number: float) -> Verdict:
    """The word for a number; one that is not finite fails."""
    limit = LIMITS[name]
    sign = -1 if limit.falls else 1
    if sign * number >= sign * limit.passes:
        return "passes"
    return "doubtful" if sign * number >= sign * limit.doubtful else "fails"


def shuffled_verdict(size: float, sign: float) -> Verdict:
    """Of `randomisation`: a size that follows the trace is doubtful, not worse, where the sign follows the model."""
    said = verdict("randomisation", size)
    return "doubtful" if said == "fails" and verdict("randomisation", sign) == "passes" else said
