"""Each leak is built and must be refused, and an honest split must pass."""

from dataclasses import replace

import numpy as np
import pytest

from ecgviz.errors import LeakageError
from ecgviz.evaluate import leakage
from ecgviz.evaluate.leakage import Split, audit, near_duplicates, training_scale

NAMES = ("PACE", "PVC", "NORM")
SIZES = {"train": 90, "validation": 25, "test": 30}


def _splits() -> dict[str, Split]:
    rng = np.random.default_rng(2)
    found, begin = {}, 0
    for name, n in SIZES.items():
        # smooth signals of few shapes, so that records resemble each other as ECGs do
        shapes = rng.normal(size=(n, 12, 20)) @ np.random.default_rng(0).normal(size=(20, 1000)) / 10
        ids = np.arange(begin, begin + n)
        y = np.array([ids % 4 == 0, ids % 3 == 0, ids % 2 == 0], dtype=np.float32).T
        found[name] = Split(ids, 1000 + ids // 2 * 2 + len(found) * 5000, shapes.astype(np.float16), y)
        begin += n
    return found


SPLITS = _splits()
SCALE = training_scale(SPLITS["train"].x)


def _planted(copy: np.ndarray) -> dict[str, Split]:
    x = SPLITS["train"].x.copy()
    x[7] = copy
    return SPLITS | {"train": replace(SPLITS["train"], x=x)}


def test_an_honest_split_passes_and_says_what_was_checked() -> None:
    found = audit(SPLITS, NAMES, SCALE, metadata={"age": np.random.default_rng(0).integers(20, 90, 90)})
    assert len(found["checked"]) == 8
    assert all(row["passed"] and row["what"] and row["found"] for row in found["checked"])


def test_a_patient_in_two_splits() -> None:
    patients = SPLITS["test"].patients.copy()
    patients[3] = SPLITS["train"].patients[10]
    splits = SPLITS | {"test": replace(SPLITS["test"], patients=patients)}
    with pytest.raises(LeakageError, match=f"1 patients are in both train and test, patient {patients[3]} first"):
        audit(splits, NAMES, SCALE)


def test_oversampling_before_the_split() -> None:
    train = SPLITS["train"]
    rows = np.append(np.arange(90), [4, 4, 5])
    doubled = Split(train.ids[rows], train.patients[rows], train.x[rows], train.y[rows])
    with pytest.raises(LeakageError, match="2 records occur more than once in train, record 4 first"):
        audit(SPLITS | {"train": doubled}, NAMES, SCALE)


def test_a_record_in_two_splits() -> None:
    ids = SPLITS["validation"].ids.copy()
    ids[0] = 12
    splits = SPLITS | {"validation": replace(SPLITS["validation"], ids=ids)}
    with pytest.raises(LeakageError, match="1 records are in both train and validation, record 12 first"):
        audit(splits, NAMES, SCALE)


def test_an_equal_signal_under_another_number() -> None:
    with pytest.raises(LeakageError, match="The signal of record 117 of test is that of record 7 of train"):
        audit(_planted(SPLITS["test"].x[2]), NAMES, SCALE)


@pytest.mark.parametrize("how", ["gain", "noise", "offset"])
def test_a_nearly_equal_signal_is_found_and_a_similar_one_is_not(how: str) -> None:
    one = SPLITS["test"].x[2].astype(np.float64)
    noise = np.random.default_rng(1).standard_normal(one.shape) * one.std()
    copy = {"gain": 1.7 * one, "noise": one + 0.03 * noise, "offset": one + 0.4}[how]
    with pytest.raises(LeakageError, match=r"1 pairs .* record 7 of train and 117 of test correlate by 0.999|1.000"):
        leakage.refuse_similar_signals(_planted(copy.astype(np.float16)))
    assert near_duplicates(_planted((one + 0.08 * noise).astype(np.float16))) == []


def test_the_search_misses_none_of_many_copies_and_compares_no_flat_record() -> None:
    rng = np.random.default_rng(4)
    a = rng.normal(size=(1200, 2, 300))
    b = a + 0.04 * rng.normal(size=a.shape)
    a[5], b[9] = 0, 0
    ids = np.arange(1200)
    splits = {name: Split(ids, ids, x, np.zeros((1200, 1))) for name, x in (("train", a), ("test", b))}
    expected = [i for i in range(1200) if i not in (5, 9) and np.corrcoef(a[i].ravel(), b[i].ravel())[0, 1] > 0.999]
    assert [pair.ids for pair in near_duplicates(splits)] == [(i, i) for i in expected]
    assert len(expected) > 100


def test_a_scale_of_all_records() -> None:
    loud = replace(SPLITS["test"], x=SPLITS["test"].x * np.float16(1.5))
    everything = np.concatenate([SPLITS["train"].x, loud.x])
    with pytest.raises(LeakageError, match="but the SD of the training records is"):
        audit(SPLITS | {"test": loud}, NAMES, training_scale(everything))
    x = SPLITS["train"].x
    assert training_scale(x) == pytest.approx(np.sqrt(np.mean(x.astype(np.float64) ** 2)), rel=1e-6)


def test_metadata_that_tells_a_label() -> None:
    y = SPLITS["train"].y
    flag = y[:, 0] > 0
    with pytest.raises(LeakageError, match=r"The input pacemaker alone tells PACE \(AUROC 1.000\)"):
        audit(SPLITS, NAMES, SCALE, metadata={"pacemaker": flag})
    with pytest.raises(LeakageError, match="whether device is known alone tells PACE"):
        audit(SPLITS, NAMES, SCALE, metadata={"device": np.where(flag, 3.0, np.nan)})
    with pytest.raises(LeakageError, match="The input inverse alone tells PVC"):
        audit(SPLITS, NAMES, SCALE, metadata={"inverse": -y[:, 1] * 2.0})


def test_metadata_of_a_label_with_few_positives_is_not_judged() -> None:
    y = SPLITS["train"].y.copy()
    y[19:, 0] = 0
    splits = SPLITS | {"train": replace(SPLITS["train"], y=y)}
    audit(splits, NAMES, SCALE, metadata={"rare": y[:, 0]})


def test_thresholds_from_the_tested_split() -> None:
    with pytest.raises(LeakageError, match="The thresholds were chosen on test, which is also what is evaluated"):
        audit(SPLITS, NAMES, SCALE, thresholds_from="test")


def test_absent_classes_are_listed_and_not_refused() -> None:
    y = SPLITS["test"].y.copy()
    y[:, 1] = 0
    found = audit(SPLITS | {"test": replace(SPLITS["test"], y=y)}, NAMES, SCALE)
    assert found["checked"][-1]["found"] == "test lacks PVC"
