"""What the classical models share: a scikit-learn estimator kept by skops, asked for log-probabilities."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from skops import io

from ecgviz.errors import CardError

__all__ = ["Classical"]

LEAST = 1e-3
"""Probability below which none is stated: five neighbours cannot tell one in a thousand from never."""


class Classical:
    """`estimator` is fitted on rows (n, samples) and classes (n,) of 0 to labels - 1."""

    estimator: Any
    labels: int
    trusted: tuple[str, ...] = ()
    """Types that skops does not load by itself; see the module that names one."""

    def fit(self, x: NDArray[np.float32], y: NDArray[np.int64]) -> None:
        """Fit the estimator."""
        self.estimator.fit(x, y)

    def logits(self, x: NDArray[np.float32]) -> NDArray[np.float64]:
        """(n, labels) logarithms of the estimated probabilities; a class never seen has the least."""
        p = np.zeros((len(x), self.labels))
        p[:, self.estimator.classes_] = self.estimator.predict_proba(x)
        return np.asarray(np.log(np.maximum(p, LEAST)))

    def save(self, path: Path) -> None:
        """Write the estimator."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(io.dumps(self.estimator))

    def load(self, path: Path) -> None:
        """Read the estimator. Raises CardError where the file is damaged or holds anything but plain estimators."""
        try:
            self.estimator = io.load(path, trusted=list(self.trusted))
        except Exception as error:  # skops raises whatever its zip file and its types raise
            raise CardError(f"{path.parent.name}: {path.name} cannot be read ({error}); fetch it again.") from error
