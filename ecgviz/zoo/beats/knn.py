"""The classes of the nearest rows, Euclidean, on raw 0-1 samples.

With `prototypes` the neighbours are cluster centres of each class instead of patients' beats (k-means), which is what
is shipped: smaller, faster, and nobody's recording.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import MiniBatchKMeans
from sklearn.neighbors import KNeighborsClassifier

from ecgviz.zoo.beats._classical import Classical

__all__ = ["Config", "Model"]

TITLE = "k nearest neighbours of a beat"


@dataclass(frozen=True)
class Config:
    """neighbours: how many vote; prototypes: at most so many cluster centres a class, 0 keeps every row."""

    neighbours: int = 5
    prototypes: int = 0
    labels: int = 5
    samples: int = 187


class Model(Classical):
    """See the module."""

    def __init__(self, config: Config) -> None:
        self.labels, self.config = config.labels, config
        self.estimator = KNeighborsClassifier(config.neighbours, algorithm="brute")

    def fit(self, x: NDArray[np.float32], y: NDArray[np.int64]) -> None:
        """Keep the rows, or cluster those of each class and keep the centres."""
        if self.config.prototypes:
            x, y = self._centres(x, y)
        self.estimator.fit(x, y)

    def _centres(self, x: NDArray[np.float32], y: NDArray[np.int64]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        centres, classes = [], []
        for label in np.unique(y):
            rows = x[y == label]
            count = min(self.config.prototypes, len(rows) // 3 or 1)
            found = MiniBatchKMeans(count, batch_size=4096, n_init=1, max_iter=30, random_state=0).fit(rows)
            centres.append(found.cluster_centers_.astype(np.float32))
            classes.append(np.full(count, label))
        return np.concatenate(centres), np.concatenate(classes)
