"""Metrics of many resamples at once are those of `metrics` on the rows written out."""

import numpy as np
import pytest

from ecgviz.codes import CINC
from ecgviz.evaluate import metrics, resampled
from ecgviz.evaluate.bootstrap import resamples
from ecgviz.evaluate.challenge import challenge_metric, credit, merge

RNG = np.random.default_rng(11)
N, K = 350, 7
Y = (RNG.random((N, K)) < [0.5, 0.3, 0.1, 0.05, 0.01, 0.9, 0.0]).astype(float)
P = np.clip(0.3 * Y + 0.7 * RNG.random(Y.shape), 0, 1)
TIED = P.round(1)
COUNTS = resamples(RNG.integers(0, 300, N), 25)


def _written_out(measure):  # type: ignore[no-untyped-def]
    return np.array([measure(np.repeat(np.arange(N), c)) for c in COUNTS])


@pytest.mark.parametrize("scores", [P, TIED], ids=["distinct", "tied"])
def test_areas(scores: np.ndarray) -> None:
    roc, pr = resampled.areas(Y, scores, COUNTS)
    np.testing.assert_allclose(roc, _written_out(lambda i: metrics.aurocs(Y[i], scores[i])), atol=1e-12)
    np.testing.assert_allclose(pr, _written_out(lambda i: metrics.auprcs(Y[i], scores[i])), atol=1e-12)
    micro = resampled.micro_auroc(Y, scores, COUNTS)
    np.testing.assert_allclose(micro, _written_out(lambda i: metrics.micro_auroc(Y[i], scores[i])), atol=1e-12)


def test_calibration_errors() -> None:
    expected = _written_out(lambda i: [metrics.ece(Y[i, k], P[i, k]) for k in range(K)])
    np.testing.assert_allclose(resampled.eces(Y, P, COUNTS), expected, atol=1e-12)
    pooled = _written_out(lambda i: metrics.ece(Y[i].ravel(), P[i].ravel()))
    np.testing.assert_allclose(resampled.pooled_ece(Y, P, COUNTS), pooled, atol=1e-12)
    few = np.zeros((1, N), np.int32)
    few[0, :4] = 1
    expected = [[metrics.ece(Y[:4, k], P[:4, k]) for k in range(K)]]
    np.testing.assert_allclose(resampled.eces(Y, P, few), expected, atol=1e-12)


def test_confusions_and_means() -> None:
    positive = P > 0.5
    found = resampled.confusions(Y, positive, COUNTS)
    for name, values in found.items():
        np.testing.assert_array_equal(values, _written_out(lambda i, n=name: metrics.confusion(Y[i], positive[i])[n]))
    values = np.array([[1.0, np.nan, 3.0], [np.nan, np.nan, np.nan]])
    np.testing.assert_allclose(resampled.mean(values), [2.0, np.nan])
    np.testing.assert_allclose(resampled.mean(values, np.array([[3.0, 1.0, 1.0]])), [1.5, np.nan])


def test_challenge_credit_adds_up() -> None:
    y, names = merge((RNG.random((N, 27)) < 0.15).astype(float), tuple(CINC))
    positive = RNG.random(y.shape) < 0.2
    observed, correct, none = credit(y, positive, names) @ COUNTS.T
    expected = _written_out(lambda i: challenge_metric(y[i], positive[i], names))
    np.testing.assert_allclose((observed - none) / (correct - none), expected, atol=1e-12)


def test_chunks_do_not_change_the_result(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = resampled.areas(Y, P, COUNTS)[0], resampled.eces(Y, P, COUNTS)
    monkeypatch.setattr(resampled, "CELLS", 3 * N)
    np.testing.assert_array_equal(whole[0], resampled.areas(Y, P, COUNTS)[0])
    np.testing.assert_allclose(whole[1], resampled.eces(Y, P, COUNTS), atol=1e-12)
