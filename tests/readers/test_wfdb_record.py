"""WFDB records: the same numbers as the wfdb package, and a word about everything that is wrong in a header."""

from itertools import permutations

import numpy as np
import pytest
import wfdb

from ecgviz.errors import NeedsInputError, ReadError
from ecgviz.readers import read

REAL = {
    "mitdb/100.hea": (2, 650_000, 360.0),
    "mitdb/102.hea": (2, 650_000, 360.0),
    "ludb/data/1.hea": (12, 5000, 500.0),
    "cinc2020/A0001.hea": (12, 7500, 500.0),
    "cinc2020/S0001.hea": (12, None, 1000.0),
    "formats/wfdb_s0010_re.hea": (15, 38_400, 1000.0),
    "cinc2017/A00001.hea": (1, 9000, 300.0),
}


def codes(record):
    return {flag.code for flag in record.flags}


@pytest.mark.parametrize("name", REAL)
def test_real_records_equal_the_wfdb_package(data, name):
    path = data(name)
    record, reference = read(path), wfdb.rdrecord(str(path.with_suffix("")))
    leads, samples, fs = REAL[name]
    assert record.signal.shape == (leads, samples or reference.sig_len)
    assert record.fs == reference.fs == fs
    assert np.array_equal(record.signal, reference.p_signal.T.astype(np.float32))


@pytest.mark.parametrize("folder", ["ludb/data", "cinc2020", "ptb-xl/records500"])
def test_published_records_raise_no_alarm(data, folder):
    paths = sorted(data(folder).rglob("*.hea"))[:60]
    assert paths
    for path in paths:
        assert read(path).flags == (), path.name


def test_missing_initial_checksums_of_cinc_2017_are_said_once(data):
    record = read(data("cinc2017/A00001.hea"))
    assert [(flag.code, flag.level) for flag in record.flags] == [("no_checksum", "info")]


def test_upload_in_any_order_equals_the_files_on_disk(files, tmp_path):
    upload = files.upload()
    on_disk = read(tmp_path / "rec.hea")
    for order in permutations(upload):
        record = read({name: upload[name] for name in order})
        assert record.digest == on_disk.digest
    assert read(tmp_path / "rec").digest == on_disk.digest


@pytest.mark.parametrize("folder", ["../../", "C:\\records\\", "/etc/", "http://host/"])
def test_folders_in_uploaded_names_are_ignored(files, folder):
    record = read({folder + name: content for name, content in files.upload().items()})
    assert record.name == "rec"
    assert record.samples == 2000


def test_nothing_stays_on_disk(files, tmp_path, monkeypatch):
    private = tmp_path / "private"
    private.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(private))
    read(files.upload())
    with pytest.raises(ReadError, match="cannot be decoded"):
        read(files.changed(" 16 ", " 516 ", 99))
    assert list(private.iterdir()) == []


GAIN = "1000.0(0)/mV"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (GAIN, "nan/mV", "the gain is 'nan/mV'"),
        (GAIN, "inf/mV", "the gain is 'inf/mV'"),
        (GAIN, "-1000/mV", "the gain is '-1000/mV'"),
        (GAIN, "many", "the gain is 'many'"),
        (GAIN, "1e300/mV", "the gain of I is 1e\\+300"),
        (GAIN, "1e-30/mV", "the gain of I is 1e-30"),
        (" 500 2000", " fast 2000", "the sampling rate is 'fast'"),
        (" 500 2000", " -500 2000", "the sampling rate is '-500'"),
        (" 500 2000", " 0 2000", "the sampling rate is '0'"),
        (" 500 2000", " 1e308 2000", "sampling rate in rec.hea is 1e\\+308 Hz"),
        (" 500 2000", " 5_00 2000", "the sampling rate is '5_00'"),
        (" 500 2000", " 500 -3", "the number of samples is '-3'"),
        (" 500 2000", " 500 2001", "rec.dat is cut off: 2000 of 2001"),
        (" 500 2000", " 500 999999999999", "rec.dat is cut off"),
        ("rec 12", "rec 11", "announces 11 signals but lists 12"),
        ("rec 12", "rec 13", "announces 13 signals but lists 12"),
        ("rec 12", "rec 0", "announces 0 signals"),
        ("rec 12", "rec 60000", "announces 60000 signals; 1 to 256"),
        ("rec 12", "rec/1 12", "announces 1 segments but lists 12"),
        ("rec.dat 16", "rec.dat 16:999999999", "The skew of I is 999999999"),
        ("rec.dat 16", "rec.dat 16+-4", "no readable storage format"),
        ("rec.dat 16", "rec.dat 99", "the storage format 99 is not one"),
        ("rec.dat 16", "rec.dat 212", "two formats or offsets"),
        ("rec.dat 16", "rec.dat 16x0", "0 samples per frame"),
        ("rec.dat 16", "/etc/passwd 16", "'/etc/passwd' is not a plain file name"),
        ("rec.dat 16", "../rec.dat 16", "'../rec.dat' is not a plain file name"),
        ("rec.dat 16", "http://host/rec.dat 16", "is not a plain file name"),
        ("rec.dat 16", "s3://bucket/rec.dat 16", "is not a plain file name"),
        ("rec.dat 16", "- 16", "'-' is not a plain file name"),
        ("rec.dat 16", "other.dat 16", "needs the signal file other.dat, which is missing"),
        ("/mV", "/mmHg", "lead I is in 'mmHg', not in volts"),
        ("/mV", "/furlong", "lead I is in 'furlong'"),
        (" II\n", " I\n", "names lead I more than once"),
    ],
)
def test_a_wrong_header_is_refused_in_one_line(files, old, new, message):
    with pytest.raises(ReadError, match=message) as caught:
        read(files.changed(old, new))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "missing"),
    [
        (GAIN, "0", ("unit",)),
        (GAIN, "0(0)/mV", ("unit",)),
        (" 500 2000", "", ("fs",)),
        (" II\n", "\n", ("leads",)),
    ],
)
def test_what_the_header_lacks_is_asked(files, old, new, missing):
    with pytest.raises(NeedsInputError, match=r"rec\.hea") as caught:
        read(files.changed(old, new))
    assert caught.value.missing == missing


def test_an_uncalibrated_signal_takes_the_step_given(files):
    record = read(files.changed(GAIN, "0", 12), unit="5 uV")
    assert np.allclose(record.signal, 5 * read(files.upload()).signal)
    assert (record.provenance.unit, record.provenance.unit_from) == ("5 uV", "given")


def test_a_given_value_never_overrides_the_header(files):
    upload = with_comments(files, "#Age: 57\n#Sex: Female\n")
    for given, message in [
        ({"fs": 250}, "says 500 Hz, but 250 Hz was given"),
        ({"unit": "uV"}, "says mV, but uV was given"),
        ({"leads": ("II",)}, "12 signals, but 1 leads"),
        ({"age": 60}, "age 57, but 60 was given"),
        ({"sex": "M"}, "sex F, but M was given"),
    ]:
        with pytest.raises(ReadError, match=message):
            read(upload, **given)
    assert read(upload, fs=500, unit="mV", age=57, sex="female").patient.age == 57


def with_comments(files, comments):
    return files.upload() | {"rec.hea": (files.header + comments).encode()}


@pytest.mark.parametrize(
    ("comments", "age", "sex"),
    [
        ("#Age: 57\n#Sex: Female\n", 57, "F"),
        ("# age: 81\n# sex: male\n", 81, "M"),
        ("#<age>: 51\n#<sex>: F\n", 51, "F"),
        ("# 69 M 1085 1629 x1\n", 69, "M"),
        ("#Age: NaN\n#Sex: Unknown\n", None, None),
        ("#Age: -1\n", None, None),
        ("#Age: 300\n", 300, None),
        ("#Age: 150\n", None, None),
        ("# Age: 72  Sex: F  ADC: 12\n", 72, "F"),
        ("# Age of the device: old\n", None, None),
        ("", None, None),
    ],
)
def test_age_and_sex(files, comments, age, sex):
    patient = read(with_comments(files, comments)).patient
    assert (patient.age, patient.sex) == (age, sex)


def test_diagnoses_become_statements_and_names_stay_behind(files):
    secret = "#Dx: 164889003,59118001,Smith\n#Name: Jane Smith\n#Recorded: 1990-10-01\n"
    record = read(with_comments(files, secret))
    assert record.statements == ("SNOMED:164889003", "SNOMED:59118001")
    assert "Smith" not in repr(record)
    assert "1990" not in repr(record)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (" 500 2000", " 500 1500", "length_mismatch"),
        (" 500 2000", " 500", "length_unstated"),
        (GAIN, "1.0(0)/mV", "wrong_scale"),
        (GAIN, "1000000(0)/mV", "wrong_scale"),
        ("/mV", "/nV", "wrong_scale"),
        (" V3\n", " X3\n", "unknown_lead"),
        ("rec.dat 16 1000.0(0)/mV", "~ 0 1000.0(0)/mV", "left_out"),
    ],
)
def test_what_can_be_read_but_not_trusted_is_flagged(files, old, new, code):
    if code == "left_out":  # a null signal is not in the file, so the file must lack it
        header = files.header.replace(old, new, 1)
        stored = np.frombuffer(files.data, "<i2").reshape(-1, 12)[:, 1:].tobytes()
        record = read({"rec.hea": header.encode(), "rec.dat": stored})
        assert "I" not in record.leads
    else:
        record = read(files.changed(old, new))
    assert code in codes(record)


def test_a_changed_sample_is_noticed(files):
    damaged = bytearray(files.data)
    damaged[100] ^= 1
    record = read(files.upload() | {"rec.dat": bytes(damaged)})
    assert [flag.level for flag in record.flags if flag.code == "checksum_mismatch"] == ["warning"]


def test_flat_leads_are_flagged(files):
    samples = np.frombuffer(files.data, "<i2").reshape(-1, 12).copy()
    samples[:, 7] = 12
    record = read(files.upload() | {"rec.dat": samples.tobytes()})
    assert [flag.lead for flag in record.flags if flag.code == "flat_lead"] == ["V2"]


def test_other_signals_are_left_out_and_said(files):
    header = files.header.replace(GAIN, "10(0)/mmHg", 1).replace(" I\n", " ABP\n", 1)
    record = read(files.upload() | {"rec.hea": header.encode()})
    assert "ABP" not in record.leads
    assert [flag.text for flag in record.flags] == ["ABP is in mmHg, not in volts and was left out."]


def segments(files, master):
    header = files.header.replace("rec 12", "part 12").encode()
    return {"all.hea": master.encode(), "part.hea": header, "rec.dat": files.data}


def test_segments_are_joined_and_gaps_stay_open(files):
    record = read(segments(files, "all/3 12 500 5000\npart 2000\n~ 1000\npart 2000\n"))
    plain = read(files.upload())
    assert record.signal.shape == (12, 5000)
    assert np.array_equal(record.signal[:, :2000], plain.signal)
    assert np.isnan(record.signal[:, 2000:3000]).all()
    assert np.array_equal(record.signal[:, 3000:], plain.signal)
    assert "missing_samples" in codes(record)


def test_a_layout_segment_holds_no_samples(files):
    layout = "layout 12 500 0\n" + "".join(f"~ 0 200/mV 0 0 0 0 0 {i}\n" for i in range(12))
    upload = segments(files, "all/2 12 500 2000\nlayout 0\npart 2000\n") | {"layout.hea": layout.encode()}
    assert np.array_equal(read(upload).signal, read(files.upload()).signal)


@pytest.mark.parametrize(
    ("master", "message"),
    [
        ("all/1 12 500 2000\nall 2000\n", "names itself as its segment all"),
        ("all/1 12 500 2000\n../part 2000\n", "is not a plain name and a number"),
        ("all/2 12 500 4000\npart 2000\nnone 2000\n", "needs the segment none.hea"),
        ("all/1 12 250 2000\npart 2000\n", "has 500 Hz, the record 250 Hz"),
        ("all/1 12 500 1000\npart 1000\n", "has 2000 samples, 1000 are announced"),
        ("all/1 12 500 9000\npart 2000\n", "announces 9000 samples, but its segments have 2000"),
        ("all/2 12 500 20002000\npart 2000\n~ 20000000\n", "is almost all gap"),
        ("all/2 12 500 2000\npart 2000\n", "announces 2 segments but lists 1"),
    ],
)
def test_wrong_segments_are_refused(files, master, message):
    with pytest.raises(ReadError, match=message):
        read(segments(files, master))


def test_a_segment_of_segments_is_refused(files):
    upload = {"all.hea": b"all/1 12 500 2000\npart 2000\n", "part.hea": b"part/1 12 500 2000\nall 2000\n"}
    with pytest.raises(ReadError, match="2 recordings were uploaded together"):
        read(upload)


def test_generic_names_are_numbered_and_two_records_refused(files):
    record = read(
        files.upload() | {"rec.hea": files.header.replace(" V1\n", " ECG\n").replace(" V2\n", " ECG\n").encode()}
    )
    assert record.leads[6:8] == ("ECG 1", "ECG 2")
    with pytest.raises(ReadError, match="2 recordings were uploaded together"):
        read(files.upload() | {"two.hea": files.header.encode()})


def test_a_missing_signal_file_is_named(files):
    with pytest.raises(ReadError, match=r"needs the signal file rec\.dat, which is missing"):
        read({"rec.hea": files.header.encode()})
    with pytest.raises(ReadError, match=r"is a signal file without its header; choose rec\.hea"):
        read({"rec.dat": files.data})
