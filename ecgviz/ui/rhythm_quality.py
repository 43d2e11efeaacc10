"""The quality of a long recording, judged from stretches spread over it: a whole day would take minutes.

No Streamlit here.
"""

from collections import Counter
from dataclasses import replace

import numpy as np

from ecgviz.record import Flag, Record, worst_first
from ecgviz.signals import quality
from ecgviz.ui.rhythm_find import excerpt
from ecgviz.ui.rhythm_place import clock

__all__ = ["LONG_S", "check"]

LONG_S = 600.0
"""A recording up to this length is looked at as a whole."""
STRETCHES, STRETCH_S = 12, 30.0


def check(record: Record) -> tuple[Flag, ...]:
    """What `signals.quality.check` finds, worst first; in a long recording with how often and where first."""
    if record.seconds <= LONG_S:
        return quality.check(record)
    starts = np.linspace(record.start_s, record.start_s + record.seconds - STRETCH_S, STRETCHES)
    found = [quality.check(excerpt(record, start, start + STRETCH_S)) for start in starts]
    often = Counter((flag.code, flag.lead) for flags in found for flag in flags)
    told = []
    for start, flags in zip(starts, found, strict=True):
        for flag in flags:
            number = often[flag.code, flag.lead]
            first = clock(start - record.start_s, 0)
            where = f" In {number} of {STRETCHES} stretches of {STRETCH_S:g} s, first at {first}."
            told.append(flag if number == STRETCHES else replace(flag, text=flag.text + where))
    return worst_first(told)
