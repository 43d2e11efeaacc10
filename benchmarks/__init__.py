"""What the product costs, measured on the machine it runs on; `python -m benchmarks` runs everything.

A benchmark is a module with `main() -> list[Measure]`. Limits that compare two things are measured in one run, because
absolute times drift with the machine.
"""

from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["Measure", "table"]


class Measure(NamedTuple):
    """One number with its unit and, where there is one, the most it may be."""

    what: str
    value: float
    unit: str
    limit: float | None = None

    @property
    def verdict(self) -> str:
        """`ok`, `over` or nothing where no limit was set."""
        if self.limit is None:
            return ""
        return "ok" if self.value <= self.limit else "over"


def table(measures: Sequence[Measure]) -> str:
    """The measures as lines of equal columns."""
    wide = max(len(m.what) for m in measures)
    limits = ["" if m.limit is None else f"<= {m.limit:g}" for m in measures]
    rows = zip(measures, limits, strict=True)
    return "\n".join(f"{m.what:<{wide}}  {m.value:>9.3g} {m.unit:<8}{at:<10}{m.verdict}".rstrip() for m, at in rows)
