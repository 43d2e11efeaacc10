"""Training of the inter-patient network on made-up beats: draws, fibrillation, temperature, and that it learns."""

import numpy as np
import pytest

from ecgviz.datasets.heartbeat import DS1, DS2
from ecgviz.signals.beat_features import FEATURES, RHYTHM
from ecgviz.train.beats import InterPatientConfig, inter_patient, inter_patient_publish

NAMES = list(FEATURES)
EARLY = NAMES.index("pre_usual")


@pytest.fixture
def made_up() -> inter_patient.Rows:
    """Two records of 150 beats: N, and an early S for every fifth; the last beat of each is not scored."""
    rng = np.random.default_rng(0)
    y = np.tile(np.r_[np.tile([0, 0, 0, 0, 1], 30)[:-1], 4], 2)
    values = rng.normal(0, 0.1, (300, len(FEATURES))).astype(np.float32)
    values[y == 1, EARLY] -= 0.5
    windows = rng.normal(0, 0.1, (300, 2, 98)).astype(np.float32)
    times = np.tile(np.arange(150) * 0.8, 2)
    return inter_patient.Rows(windows, values, y, np.repeat(["101", "203"], 150), times, np.ones(300, bool))


def test_a_class_and_a_record_count_as_the_root_of_their_beats() -> None:
    y = np.r_[np.zeros(500, int), np.ones(4, int)]
    record = np.r_[np.full(400, "a"), np.full(100, "b"), np.full(4, "a")]
    found = inter_patient._chances(y, record)
    assert found[y == 0].sum() / found[y == 1].sum() == pytest.approx(np.sqrt(500 / 4))
    assert found[:400].sum() / found[400:500].sum() == pytest.approx(2.0)


def test_fibrillation_is_irregular_and_borrows_the_p_region(made_up: inter_patient.Rows) -> None:
    values, lenders = inter_patient.fibrillating(made_up, np.random.default_rng(0))
    assert values[:, NAMES.index("irregular")].min() > 0.1
    assert set(made_up.record[lenders]) == {"203"} and set(made_up.y[lenders]) == {0}
    p = NAMES.index("p_correlation")
    np.testing.assert_array_equal(values[:, p], made_up.values[lenders, p])
    kept = [k for k in range(len(RHYTHM), len(NAMES)) if k not in inter_patient.P_COLUMNS]
    np.testing.assert_array_equal(values[:, kept], made_up.values[:, kept])


def test_it_learns_that_early_is_supraventricular(made_up: inter_patient.Rows) -> None:
    config = InterPatientConfig(members=2, steps=150, batch=64, fibrillation=0.0)
    network = inter_patient.fit(made_up, config, lambda line: None)
    found = inter_patient.logits(network, made_up)
    scored = made_up.y < 4
    assert found.shape == (300, 2, 4)
    assert (found.mean(axis=1).argmax(axis=1) == made_up.y)[scored].mean() > 0.95


def test_temperature_makes_answers_as_sure_as_they_are_right() -> None:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 4, 4000)
    said = np.where(rng.random(4000) < 0.7, y, (y + 1) % 4)
    found = inter_patient_publish.temperature(10 * np.eye(4)[said], y)
    p = np.exp(10 * found) / (np.exp(10 * found) + 3)
    assert p == pytest.approx(0.7, abs=0.05)


def test_every_record_of_ds1_is_held_out_once_and_none_of_ds2() -> None:
    folds = [name for fold in inter_patient_publish.FOLDS for name in fold]
    assert sorted(folds) == sorted(DS1) and not set(folds) & set(DS2)
