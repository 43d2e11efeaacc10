"""Beats written as WFDB annotations and as CSV come back as they were, also through the wfdb package."""

from pathlib import Path

import numpy as np
import pytest
import wfdb

from ecgviz.errors import EcgvizError, ReadError
from ecgviz.readers import read_annotations
from ecgviz.readers.annotation_writer import SYMBOLS, from_csv, to_csv, write_annotations
from ecgviz.results import BeatSeries

LABELS = ("N", "S", "V", "F", "Q", None)


def _series(fs: float, beats: int = 500, seconds: float = 3000.0) -> BeatSeries:
    rng = np.random.default_rng(int(fs))
    samples = np.sort(rng.choice(int(seconds * fs), beats, replace=False))
    return BeatSeries(samples / fs, tuple(LABELS[k] for k in rng.integers(0, 6, beats)), "test")


@pytest.mark.parametrize("fs", [128.0, 250.0, 257.0, 360.0, 499.95, 1000.0])
def test_a_written_file_reads_as_it_was_without_a_header(fs: float, tmp_path: Path) -> None:
    series = _series(fs)
    files = write_annotations(series, fs, "rec")
    assert list(files) == ["rec.atr"]
    back = read_annotations(files)
    assert back.labels == series.labels
    np.testing.assert_array_equal(back.times_s, series.times_s)
    (tmp_path / "rec.atr").write_bytes(files["rec.atr"])
    reference = wfdb.rdann(str(tmp_path / "rec"), "atr")
    assert reference.fs == fs
    assert reference.symbol == [SYMBOLS[label] for label in series.labels]
    np.testing.assert_array_equal(reference.sample, np.rint(series.times_s * fs))


def test_a_day_of_beats_and_none_at_all() -> None:
    day = _series(250.0, 100_000, 86_400.0)
    np.testing.assert_array_equal(read_annotations(write_annotations(day, 250.0, "day")).times_s, day.times_s)
    assert read_annotations(write_annotations(BeatSeries(np.empty(0), (), ""), 250.0, "none")).labels == ()


def test_a_header_beside_it_may_have_another_rate(files) -> None:
    series = BeatSeries(np.array([0.512, 1.004, 3.996]), ("N", "V", None), "test")
    upload = files.upload() | write_annotations(series, 250.0, "rec")
    np.testing.assert_array_equal(read_annotations(upload).times_s, series.times_s)
    late = BeatSeries(np.array([0.5, 4.2]), ("N", "N"), "test")
    with pytest.raises(ReadError, match="after the end of the recording"):
        read_annotations(files.upload() | write_annotations(late, 250.0, "rec"))


def test_the_name_is_fit_for_a_file() -> None:
    assert list(write_annotations(_series(250.0), 250.0, "../Frau Ä")) == ["___Frau__.atr"]


def test_csv_reads_as_it_was() -> None:
    series = _series(360.0)
    text = to_csv(series, 360.0)
    assert text.splitlines()[0] == "time_s,sample,class"
    back = from_csv(text)
    assert back.labels == series.labels
    np.testing.assert_array_equal(back.times_s, series.times_s)
    samples = [int(row.split(",")[1]) for row in text.splitlines()[1:]]
    np.testing.assert_array_equal(np.array(samples) / 360.0, series.times_s)


@pytest.mark.parametrize(
    ("times", "labels", "message"),
    [
        ([1.0, 2.0], ("N", "X"), "X is no AAMI class"),
        ([1.0, 1.001], ("N", "N"), "Two beats at 1.000 s"),
        ([2.0, 1.0], ("N", "N"), "Two beats at 2.000 s"),
        ([-0.5], ("N",), "before the first sample"),
        ([np.nan], ("N",), "has no time"),
        ([1.0, 2.0], ("N",), "2 beats have 1 classes"),
    ],
)
def test_beats_that_no_file_can_hold_are_refused(times: list[float], labels: tuple[str, ...], message: str) -> None:
    with pytest.raises(EcgvizError, match=message):
        write_annotations(BeatSeries(np.array(times), labels, ""), 250.0, "r")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "must begin with"),
        ("a,b\n", "must begin with"),
        ("time_s,sample,class\nx,1,N\n", "is not a time"),
        ("time_s,sample,class\n1.0,250\n", "is not a time"),
        ("time_s,sample,class\n2.0,500,N\n1.0,250,N\n", "do not increase"),
        ("time_s,sample,class\n1.0,250,Z\n", "Z is no AAMI class"),
    ],
)
def test_another_table_is_refused(text: str, message: str) -> None:
    with pytest.raises(ReadError, match=message):
        from_csv(text)
