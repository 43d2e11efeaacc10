"""Training of beat classifiers on MIT-BIH.

run(config, say)                      one training: its figures, kept with its weights in the folder of runs
publish(name, data, runs, out, say)   the folder in models/ and the table of all rows, from the finished runs
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ecgviz.train.beats.config import BeatConfig

__all__ = ["BeatConfig", "publish", "run"]


def run(config: BeatConfig, say: Callable[[str], None]) -> dict[str, Any]:
    """Train, calibrate, test; a finished run is not done again. Raises DataError, ModelError."""
    from ecgviz.train.beats import _run

    return _run.run(config, say)


def publish(name: str, data: Path, runs: Path, out: Path, say: Callable[[str], None]) -> Path:
    """Write `out/<name>/` from the best Kaggle run of that name, and the table of all runs. Raises DataError."""
    from ecgviz.train.beats import _publish

    folder = _publish.publish(name, data, runs, out, say)
    _publish.table(runs, out)
    return folder
