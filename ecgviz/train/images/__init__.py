"""Training of page classifiers.

adapt(config, out, say)     a start: a network taught to read pages drawn from PTB-XL
run(config, out, say)       cross-validate by recording, test the controls, train on all, write models/<name>/
evaluate(name, data)        an installed model on a folder of labelled pages
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ecgviz.train.images.config import AdaptConfig, PageConfig

__all__ = ["AdaptConfig", "PageConfig", "adapt", "evaluate", "run"]


def adapt(config: AdaptConfig, out: Path, say: Callable[[str], None] = lambda _: None) -> Path:
    """Write safetensors for `start` of a training to the file `out`. Raises DataError, ModelError."""
    from ecgviz.train.images import adaptation

    return adaptation.adapt(config, out, say)


def run(config: PageConfig, out: Path, say: Callable[[str], None] = lambda _: None) -> Path:
    """Returns the folder written; `say` gets a line for each step.

    Raises DataError without the pages or a readable start, ModelError for an unknown network or an impossible option.
    """
    from ecgviz.train.images import _run

    return _run.run(config, out, say)


def evaluate(name: str, data: Path) -> dict[str, Any]:
    """{"model", "data", "split", "n", "metrics", "confusion"} over the pages of a folder with its manifest.csv.

    The shipped networks have seen every page of the data set they name: this is for other pages. Raises DataError
    without a manifest, ModelError for an unknown model.
    """
    from ecgviz.train.images import _evaluate

    return _evaluate.evaluate(name, data)
