"""The Challenge metric: published entries of the matrix, and its three fixed points."""

import numpy as np
import pytest

from ecgviz.codes import CINC, EQUIVALENT
from ecgviz.evaluate.challenge import challenge_metric, merge, weights

NAMES = tuple(CINC)


@pytest.mark.parametrize(
    ("one", "other", "weight"),
    [
        ("IAVB", "AF", 0.30),
        ("NSR", "QAb", 0.15),
        ("PAC", "LAD", 0.4875),
        ("LBBB", "AF", 0.475),
        ("RBBB", "CRBBB", 1.0),
        ("SVPB", "PAC", 1.0),
        ("VPB", "PVC", 1.0),
        ("AF", "AF", 1.0),
    ],
)
def test_weights_are_the_published_ones(one: str, other: str, weight: float) -> None:
    w = weights(NAMES)
    assert w[NAMES.index(one), NAMES.index(other)] == pytest.approx(weight)
    assert w[NAMES.index(other), NAMES.index(one)] == pytest.approx(weight)


def test_reference_scores_one_and_always_normal_scores_zero() -> None:
    rng = np.random.default_rng(0)
    y = rng.random((300, 27)) < 0.1
    y, names = merge(y.astype(float), NAMES)
    assert len(names) == 24
    normal = np.zeros(y.shape, bool)
    normal[:, names.index("NSR")] = True
    assert challenge_metric(y, y > 0, names) == pytest.approx(1)
    assert challenge_metric(y, normal, names) == pytest.approx(0)
    assert challenge_metric(y, np.zeros(y.shape, bool), names) < 0


def test_hand_made_case() -> None:
    """One AF record called AF and LBBB: two classes in the union, credit (1 + 0.475) / 2 of 1."""
    names = ("AF", "LBBB", "NSR")
    y = np.array([[1.0, 0, 0]])
    got = challenge_metric(y, np.array([[True, True, False]]), names)
    inactive = (0.5 - 0.25) / 2
    assert got == pytest.approx(((1 + 0.475) / 2 - inactive) / (1 - inactive))


def test_merge_takes_the_larger_of_equivalents() -> None:
    values = np.zeros((1, 27))
    values[0, NAMES.index("RBBB")] = 0.7
    values[0, NAMES.index("CRBBB")] = 0.2
    merged, names = merge(values, NAMES)
    assert merged[0, names.index("CRBBB")] == 0.7
    assert not set(EQUIVALENT) & set(names)
