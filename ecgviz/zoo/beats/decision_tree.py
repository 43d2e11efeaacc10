"""One decision tree on raw 0-1 samples, by Gini impurity."""

from dataclasses import dataclass

from sklearn.tree import DecisionTreeClassifier

from ecgviz.zoo.beats._classical import Classical

__all__ = ["Config", "Model"]

TITLE = "Decision tree of a beat"


@dataclass(frozen=True)
class Config:
    """depth: levels at most, 0 for no limit."""

    depth: int = 0
    labels: int = 5
    samples: int = 187


class Model(Classical):
    """See the module."""

    def __init__(self, config: Config) -> None:
        self.labels = config.labels
        self.estimator = DecisionTreeClassifier(max_depth=config.depth or None, random_state=0)
