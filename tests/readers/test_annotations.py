"""Reference annotations: the counts of the MIT-BIH database and the marks of LUDB, against the wfdb package."""

import json
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
import wfdb

from ecgviz.errors import ReadError
from ecgviz.readers import read_annotations, read_rhythm, read_waves
from ecgviz.readers.annotations import AAMI


def test_record_100(data):
    path = data("mitdb/100.hea")
    beats = read_annotations(path)
    reference = wfdb.rdann(str(path.with_suffix("")), "atr")
    kept = [i for i, symbol in enumerate(reference.symbol) if symbol in AAMI]
    assert np.array_equal(beats.times_s, reference.sample[kept] / 360)
    assert [beats.labels.count(label) for label in "NSV"] == [2239, 33, 1]
    assert beats.source == "reference annotations (.atr)"


def test_all_beats_of_the_database(data):
    paths = sorted(data("mitdb").glob("*.hea"))
    series = [read_annotations(path) for path in paths]
    assert (len(paths), sum(len(beats.labels) for beats in series)) == (48, 109_494)


def test_upload_and_bare_annotations(data):
    path = data("mitdb/100.atr")
    files = {"100.atr": path.read_bytes(), "100.hea": path.with_suffix(".hea").read_bytes()}
    times = read_annotations(files).times_s
    assert np.array_equal(times, read_annotations(path.with_suffix("")).times_s)
    assert np.array_equal(times, read_annotations({"100.atr": files["100.atr"]}, fs=360).times_s)
    with pytest.raises(ReadError, match=r"needs its header 100\.hea"):
        read_annotations({"100.atr": files["100.atr"]})


def test_rhythms_follow_the_notes_of_the_file(data):
    path = data("mitdb/202.hea")
    spans = read_rhythm(path)
    reference = wfdb.rdann(str(path.with_suffix("")), "atr")
    marks = [i for i, symbol in enumerate(reference.symbol) if symbol == "+"]
    assert [span.start_s for span in spans] == [reference.sample[i] / 360 for i in marks]
    assert ["(" + span.name for span in spans] == [reference.aux_note[i].strip("\0") for i in marks]
    assert all(a.end_s == b.start_s for a, b in pairwise(spans))
    assert spans[-1].end_s == 650_000 / 360
    bare = read_rhythm({"202.atr": path.with_suffix(".atr").read_bytes()}, fs=360)
    assert bare[-1].end_s == reference.sample[-1] / 360


def test_rhythms_of_the_database(data):
    seconds = Counter[str]()
    for path in sorted(data("mitdb").glob("*.hea")):
        for span in read_rhythm(path):
            seconds[span.name] += span.end_s - span.start_s
    assert {"AFIB", "AFL", "VFL", "N", "B", "P"} <= set(seconds)
    assert 7_000 < seconds["AFIB"] < 9_000
    assert sum(seconds.values()) == pytest.approx(48 * 650_000 / 360, rel=1e-3)


def test_a_file_of_beats_alone_has_no_rhythm(tmp_path):
    wfdb.wrann("r", "atr", np.array([100, 400]), symbol=["N", "V"], write_dir=str(tmp_path))
    assert read_rhythm({"r.atr": (tmp_path / "r.atr").read_bytes()}, fs=250) == ()


def test_waves_of_ludb(data):
    waves = read_waves(data("ludb/data/1.hea"), "ii")
    assert [wave.kind for wave in waves[:4]] == ["QRS", "T", "P", "QRS"]
    assert (waves[0].on_s, waves[0].peak_s, waves[0].off_s) == (1.288, 1.324, 1.364)
    assert all(wave.on_s < wave.peak_s < wave.off_s for wave in waves if None not in (wave.on_s, wave.off_s))


def test_symbols_follow_ec57():
    assert json.dumps(AAMI, sort_keys=True) == json.dumps(
        dict(zip("NLRjeaJASVEF/Qf", "NNNNNSSSSVVFQQQ", strict=True)), sort_keys=True
    )


@pytest.mark.parametrize(
    ("files", "extension", "message"),
    [
        ({"a.atr": b""}, "atr", "has 0 bytes"),
        ({"a.atr": b"\x01"}, "atr", "has 1 bytes"),
        ({"a.atr": bytes(3_000_000)}, "atr", "which no annotation file has"),
        ({"a.hea": b"a 1 500 10\n"}, "atr", "0 files end in .atr"),
        ({"a.atr": b"\0\0"}, "../atr", "is not a plain suffix"),
    ],
)
def test_wrong_files_are_refused(files, extension, message):
    with pytest.raises(ReadError, match=message):
        read_annotations(files, extension, fs=360)


def test_damaged_annotations_never_raise_anything_else(data):
    good = data("mitdb/100.atr").read_bytes()[:2000]
    rng = np.random.default_rng(4)
    for _ in range(60):
        bad = bytearray(good)
        for at in rng.integers(0, len(bad), 6):
            bad[at] = rng.integers(256)
        try:
            times = read_annotations({"a.atr": bytes(bad)}, fs=360).times_s
        except ReadError as error:
            assert "\n" not in str(error)
            continue
        assert (np.diff(times) >= 0).all()


def test_annotations_of_another_recording_are_refused(data):
    files = {
        "100.atr": data("mitdb/100.atr").read_bytes(),
        "100.hea": b"100 1 360 5000\n100.dat 16 200 16 0 0 0 0 II\n",
    }
    with pytest.raises(ReadError, match="after the end of the recording"):
        read_annotations(files)
