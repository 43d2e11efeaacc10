"""Multinomial logistic regression on standardised samples."""

from dataclasses import dataclass

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
