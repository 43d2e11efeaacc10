"""Paired differences against the slow way, rows repeated as often as they were drawn, and against known answers."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import f1_score, roc_auc_score

from ecgviz.codes import CINC
from ecgviz.errors import ModelError
from ecgviz.evaluate import paired
from ecgviz.evaluate.bootstrap import resamples
from ecgviz.evaluate.challenge import challenge_metric
from ecgviz.evaluate.paired import Answers, compare

RNG = np.random.default_rng(11)
N = 240
Y = (RNG.random((N, 3)) < [0.4, 0.2, 0.1]).astype(np.float32)
PATIENT = RNG.integers(0, 150, N).astype(np.int32)


def model(strength: float, y: np.ndarray = Y, labels: tuple[str, ...] = ("NORM", "MI", "CD")) -> Answers:
    # one decimal, so that ties are many
    logits = np.round(RNG.normal(size=y.shape) + strength * y - 1, 1).astype(np.float32)
    return Answers(labels, y, logits, np.linspace(-0.5, 0.5, y.shape[1]), PATIENT)


def test_values_are_those_of_scikit_learn() -> None:
    one, other = model(2.0), model(1.0)
    found = compare(one, other, repeats=50)
    for name, expected in (("one", one), ("other", other)):
        assert getattr(found["macro_auroc"], name) == pytest.approx(roc_auc_score(Y, expected.logits, average="macro"))
        f1 = f1_score(Y, expected.logits >= expected.thresholds, average="macro")
        assert getattr(found["macro_f1"], name) == pytest.approx(f1)
    assert set(found) == {"macro_auroc", "macro_f1"}


def test_every_resample_is_that_of_repeated_rows() -> None:
    one, other = model(2.0), model(1.0)
    counts = resamples(PATIENT, 20)
    change = paired._auroc_change(one, other, counts)
    decided = [paired._decided(a, counts)["macro_f1"] for a in (one, other)]
    for k, count in enumerate(counts):
        rows = np.repeat(np.arange(N), count)
        areas = [roc_auc_score(Y[rows], a.logits[rows], average="macro") for a in (one, other)]
        assert change[k] == pytest.approx(areas[0] - areas[1], abs=1e-9)
        for a, found in zip((one, other), decided, strict=True):
            assert found[k] == pytest.approx(f1_score(Y[rows], (a.logits >= a.thresholds)[rows], average="macro"))


def test_challenge_metric_belongs_to_the_challenge_classes() -> None:
    names = ("NSR", "AF", "SB")
    assert set(names) <= set(CINC)
    one, other = model(3.0, labels=names), model(0.5, labels=names)
    found = compare(one, other, repeats=30)["challenge_metric"]
    assert found.one == pytest.approx(challenge_metric(Y, one.logits >= one.thresholds, names))
    assert found.other == pytest.approx(challenge_metric(Y, other.logits >= other.thresholds, names))
    assert found.low < found.value < found.high


def test_a_model_differs_in_nothing_from_itself() -> None:
    one = model(1.5)
    for found in compare(one, one, repeats=50).values():
        assert (found.value, found.low, found.high, found.p) == (0, 0, 0, 1)


def test_a_clear_difference_is_found_and_its_sign_follows_the_order() -> None:
    strong, weak = model(3.0), model(0.3)
    found, turned = compare(strong, weak)["macro_auroc"], compare(weak, strong)["macro_auroc"]
    assert found.low > 0
    assert found.p < 0.01
    assert (turned.low, turned.value, turned.high) == pytest.approx((-found.high, -found.value, -found.low))


def test_records_of_one_patient_are_drawn_together() -> None:
    # everybody's records are copied: as independent records the interval would shrink by the square root of 3
    one, other = model(2.0), model(1.5)
    copied = [
        replace(a, y=np.repeat(a.y, 3, 0), logits=np.repeat(a.logits, 3, 0), patient=np.repeat(a.patient, 3))
        for a in (one, other)
    ]
    plain, tripled = compare(one, other)["macro_auroc"], compare(*copied)["macro_auroc"]
    assert (tripled.low, tripled.high) == pytest.approx((plain.low, plain.high), abs=1e-9)


def test_a_class_without_positives_counts_for_neither() -> None:
    y = Y.copy()
    y[:, 2] = 0
    one, other = model(2.0, y), model(1.0, y)
    two = [
        replace(a, labels=a.labels[:2], y=y[:, :2], logits=a.logits[:, :2], thresholds=a.thresholds[:2])
        for a in (one, other)
    ]
    assert compare(one, other, repeats=40) == compare(*two, repeats=40)


@pytest.mark.parametrize("change", [{"labels": ("NORM", "MI", "HYP")}, {"y": 1 - Y}, {"patient": PATIENT[::-1]}])
def test_other_records_or_labels_are_refused(change: dict[str, object]) -> None:
    one = model(1.0)
    with pytest.raises(ModelError, match="other records or labels"):
        compare(one, replace(one, **change))
