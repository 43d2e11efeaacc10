"""Training of page classifiers.

run(config, out, say)       cross-validate by recording, test the controls, train on all, write models/<name>/
"""

from collections.abc import Callable
from pathlib import Path

from ecgviz.train.images.config import PageConfig

__all__ = ["PageConfig", "run"]


def run(config: PageConfig, out: Path, say: Callable[[str], None] = lambda _: None) -> Path:
    """Returns the folder written; `say` gets a line for each step.

    Raises DataError without the pages or a readable start, ModelError for an unknown network or an impossible option.
    """
    from ecgviz.train.images import _run

    return _run.run(config, out, say)
