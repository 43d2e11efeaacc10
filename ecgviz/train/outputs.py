"""Logits of a network over a whole fold, kept beside the runs: an ensemble asks its members for no record twice."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import nn

from ecgviz.train.data import Fold
from ecgviz.train.loop import logits_of

__all__ = ["outputs"]


def outputs(
    network: nn.Module, digest: str, fold: Fold, split: str, seconds: float, scale_mv: float, runs: Path
) -> NDArray[np.float32]:
    """(records, outputs) in float32 with windows of `seconds`; digest: of the weights, which name the kept file."""
    path = runs / f"logits-{digest[:16]}-{split}-{len(fold.x)}-{seconds:g}s.npy"
    if not path.is_file():
        partial = path.with_suffix(".partial.npy")
        np.save(partial, logits_of(network, fold, round(seconds * 100), scale_mv))
        partial.replace(path)
    kept: NDArray[np.float32] = np.load(path, allow_pickle=False)
    return kept
