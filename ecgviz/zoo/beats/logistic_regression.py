"""Multinomial logistic regression on standardised samples."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from ecgviz.zoo.beats._classical import Classical

__all__ = ["Config", "Model"]

TITLE = "Logistic regression of a beat"


@dataclass(frozen=True)
class Config:
    """c: inverse strength of the penalty on squared weights."""

    c: float = 1.0
    labels: int = 5
    samples: int = 187


class Model(Classical):
    """See the module."""

    def __init__(self, config: Config) -> None:
        self.labels = config.labels
        self.estimator = make_pipeline(StandardScaler(), LogisticRegression(C=config.c, max_iter=300))

    def evidence(self, x: NDArray[np.float32], label: int) -> NDArray[np.float64]:
        """(samples,) what each sample of (samples,) adds to the class's logit."""
        scaler, linear = self.estimator[0], self.estimator[1]
        row = int(np.flatnonzero(linear.classes_ == label)[0])
        return np.asarray(linear.coef_[row] * (x - scaler.mean_) / scaler.scale_)
