"""Training of beat classifiers on MIT-BIH.

run(config, say)          one training: its figures, kept with its weights in the folder of runs
publish(name, runs, out)  the folder in models/ and the rows of the tables, from the runs of that name
"""

from collections.abc import Callable
from typing import Any

from ecgviz.train.beats.config import BeatConfig

__all__ = ["BeatConfig", "run"]


def run(config: BeatConfig, say: Callable[[str], None]) -> dict[str, Any]:
    """Train, calibrate, test; a finished run is not done again. Raises DataError, ModelError."""
    from ecgviz.train.beats import _run

    return _run.run(config, say)
