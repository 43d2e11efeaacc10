"""One decision tree on raw 0-1 samples, by Gini impurity."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.tree import DecisionTreeClassifier

from ecgviz.errors import CardError
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

    trusted = ("sklearn.tree._tree.Tree",)

    def __init__(self, config: Config) -> None:
        self.labels = config.labels
        self.estimator = DecisionTreeClassifier(max_depth=config.depth or None, random_state=0)

    def load(self, path: Path) -> None:
        """Read the tree. Raises CardError also where a node points outside of it, which scikit-learn does not check."""
        super().load(path)
        tree = self.estimator.tree_
        children = np.concatenate([tree.children_left, tree.children_right])
        own = np.tile(np.arange(tree.node_count), 2)
        leaf = children == -1
        if (
            not (leaf | ((children > own) & (children < tree.node_count))).all()
            or tree.feature.max() >= tree.n_features
        ):
            raise CardError(f"{path.parent.name}: {path.name} holds a damaged tree; fetch it again.")
