"""The Kaggle heartbeat set is rebuilt as published."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ecgviz.datasets import heartbeat
from ecgviz.errors import DataError

DATA = Path(os.environ.get("ECGVIZ_DATA", "/nowhere"))
needs_data = pytest.mark.skipif(not (DATA / "mitdb" / "100.hea").is_file(), reason="needs mitdb in ECGVIZ_DATA")
PUBLISHED = {"train": [72471, 2223, 5788, 641, 6431], "test": [18118, 556, 1448, 162, 1608]}
FIRST_ROW = [0.9779411554336548, 0.9264705777168274, 0.681372523307800, 0.2450980395078659, 0.1544117629528046]
"""The first samples of the first row of the published training file."""


@pytest.fixture(scope="module")
def rows() -> heartbeat.Rows:
    return heartbeat.kaggle(DATA)


@pytest.mark.data
@needs_data
def test_classes_are_as_many_as_published(rows: heartbeat.Rows) -> None:
    assert rows.x.shape == (109_446, 187)
    for part, mask in (("train", ~rows.test), ("test", rows.test)):
        assert np.bincount(rows.y[mask]).tolist() == PUBLISHED[part]


@pytest.mark.data
@needs_data
def test_rows_lie_between_0_and_1_and_hold_the_first_published_one(rows: heartbeat.Rows) -> None:
    assert rows.x.min() == 0
    assert rows.x.max() == 1
    same = (rows.x[:, :5] == np.array(FIRST_ROW, dtype=np.float32)).all(axis=1)
    assert same.sum() == 1
    assert not rows.test[same][0]
    assert rows.record[same][0] == "122"


@pytest.mark.data
@pytest.mark.skipif(not (DATA / "heartbeat").is_dir(), reason="needs heartbeat in ECGVIZ_DATA")
def test_every_beat_and_its_part_are_those_of_the_index(rows: heartbeat.Rows) -> None:
    index = pd.read_csv(DATA / "heartbeat" / "kaggle_index.csv.xz", dtype={"record": str})
    assert (rows.record == index["record"]).all()
    assert (rows.sample == index["sample"]).all()
    assert (rows.y == index["cls"]).all()
    assert (rows.test == (index["split"] == "test")).all()


def test_between_patients_nobody_is_on_both_sides() -> None:
    assert len(heartbeat.DS1) == len(heartbeat.DS2) == 22
    assert not set(heartbeat.DS1) & set(heartbeat.DS2)
    assert len(heartbeat.RECORDS) == 48


def test_published_csv_files_are_read(tmp_path: Path) -> None:
    table = np.hstack([np.random.default_rng(0).random((6, 187)), [[0], [1], [2], [3], [4], [0]]])
    pd.DataFrame(table[:4]).to_csv(tmp_path / "mitbih_train.csv", header=False, index=False)
    pd.DataFrame(table[4:]).to_csv(tmp_path / "mitbih_test.csv", header=False, index=False)
    found = heartbeat.kaggle_csv(tmp_path)
    assert found.y.tolist() == [0, 1, 2, 3, 4, 0]
    assert found.test.tolist() == [False] * 4 + [True] * 2
    np.testing.assert_allclose(found.x, table[:, :187], rtol=1e-6)


def test_csv_files_of_another_set_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="No mitbih_train"):
        heartbeat.kaggle_csv(tmp_path)
    for part in ("train", "test"):
        (tmp_path / f"mitbih_{part}.csv").write_text("0,1,2\n")
    with pytest.raises(DataError, match="3 columns"):
        heartbeat.kaggle_csv(tmp_path)


def test_a_folder_without_records_says_so(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="No 100"):
        heartbeat.kaggle(tmp_path)
    with pytest.raises(DataError, match="No WFDB record"):
        list(heartbeat.strips(tmp_path))
