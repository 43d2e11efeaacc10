"""Tables of samples: what is stated is used, what is not is asked, and nothing is guessed in silence."""

import csv
import gzip
import io

import numpy as np
import pytest

from ecgviz.errors import NeedsInputError, ReadError, UnknownFormatError
from ecgviz.readers import read

VALUES = np.round(np.random.default_rng(8).normal(0, 0.4, (600, 3)), 4)


def table(header="I,II,III", separator=",", decimal=".", time=None, values=VALUES):
    rows = [[f"{cell:.4f}".replace(".", decimal) for cell in row] for row in values]
    if time is not None:
        rows = [[time(i), *row] for i, row in enumerate(rows)]
    lines = ([header] if header else []) + [separator.join(row) for row in rows]
    return ("\n".join(lines) + "\n").encode()


def same(record, scale=1.0):
    return np.array_equal(record.signal, (VALUES.T * scale).astype(np.float32))


GIVEN = {"fs": 500, "unit": "mV"}
NAMED = GIVEN | {"leads": ("I", "II", "III")}


@pytest.mark.parametrize(
    ("content", "given"),
    [
        (table(), GIVEN),
        (table("I (mV),II (mV),III [mV]"), {"fs": 500}),
        (table("I_mV;II_mV;III_mV", ";", ","), {"fs": 500}),
        (table("I\tII\tIII", "\t"), GIVEN),
        (table("I\tII\tIII", "\t", ","), GIVEN),
        (table("I;II;III", ";"), GIVEN),
        (table("I II III", " "), GIVEN),
        (table("  I   II   III", "   "), GIVEN),
        (table(None), NAMED),
        (table(None, "  "), NAMED),
        (table("0,1,2"), NAMED),
        (table("I,II,III").replace(b"\n", b"\r\n"), GIVEN),
        (b"\xef\xbb\xbf" + table(), GIVEN),
        (table().decode().encode("utf-16"), GIVEN),
        (b"# made by a device\n% second line\n" + table(), GIVEN),
        (table("lead I,lead ii,LEAD III"), GIVEN),
        (table("time (s),I,II,III", time=lambda i: f"{i / 500:.3f}"), {"unit": "mV"}),
        (table("time,I,II,III", time=lambda i: f"{5 + i / 500:.3f}"), {"unit": "mV"}),
        (table("time_ms,I,II,III", time=lambda i: f"{i * 2}"), {"unit": "mV"}),
        (table("sample,I,II,III", time=str), GIVEN),
        (table(",I,II,III", time=str), GIVEN),
    ],
)
def test_every_way_to_write_the_same_table(content, given):
    record = read({"ecg.csv": content}, **given)
    assert same(record)
    assert record.leads == ("I", "II", "III")
    assert record.fs == 500


def test_quoted_cells_and_a_row_of_units():
    stream = io.StringIO()
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
    writer.writerows([["Elapsed time", "I", "II", "III"], ["seconds", "mV", "mV", "mV"]])
    writer.writerows([f"{i / 360:.3f}", *row] for i, row in enumerate(VALUES))
    record = read({"ecg.csv": stream.getvalue().encode()})
    assert same(record)
    assert record.fs == 360
    assert record.notes == ("rate 360 Hz from the column Elapsed time, read as seconds",)


def test_units_in_the_header_scale_each_column():
    content = table("I (µV),II (nV),III (V)")
    for encoded in (content, content.decode().encode("cp1252")):
        record = read({"ecg.csv": encoded}, fs=500)
        assert np.allclose(record.signal, VALUES.T * [[1e-3], [1e-6], [1e3]], rtol=1e-6)
        assert {flag.code for flag in record.flags} == {"wrong_scale"}


@pytest.mark.parametrize(
    ("content", "given", "missing"),
    [
        (table(), {}, ("fs", "unit")),
        (table(None), {}, ("fs", "unit", "leads")),
        (table("a,b,c"), {}, ("fs", "unit", "leads")),
        (table("I (uV),II (uV),III (uV)"), {}, ("fs",)),
        (table("I (mV),II,III"), {"fs": 500}, ("unit",)),
        (table("time,I,II,III", time=lambda i: str(2 * i)), {"unit": "mV"}, ("fs",)),
        (table("time,I,II,III", time=lambda i: f"{i / 500:.2f}"), {"unit": "mV"}, ("fs",)),
        (table("time,I,II,III", time=lambda i: f"00:{i:02d}"), {"unit": "mV"}, ("fs",)),
    ],
)
def test_what_is_not_stated_is_asked(content, given, missing):
    with pytest.raises(NeedsInputError, match=r"ecg\.csv") as caught:
        read({"ecg.csv": content}, **given)
    assert caught.value.missing == missing


@pytest.mark.parametrize(
    ("content", "given", "message"),
    [
        (table() + b"1,2\n", GIVEN, "row 602 has 2 cells, the first has 3"),
        (table() + b"1,2,3,4\n", GIVEN, "row 602 has 4 cells"),
        (table() + b"1,two,3\n", GIVEN, "row 602, column 2 holds 'two'"),
        (b"x" + table(None), NAMED, "row 1, column 1 holds"),
        (table(decimal=","), GIVEN, "row 2 has 6 cells"),
        (table(None, decimal=","), NAMED, "6 signals, but 3 leads"),
        (table("I;II;III", ";") + b"0,5;1;2\n", GIVEN, "row 602, column 1 holds '0,5'"),
        (table("I;II;III", ";", ",") + b"0.5;1;2\n", GIVEN, "row 602, column 1 holds '0.5'"),
        (table() + b"inf,1,2\n", GIVEN, "infinite|no number"),
        (table() + b"1e999,1,2\n", GIVEN, "infinite|no number"),
        (table("I,II,II"), GIVEN, "names lead II more than once"),
        (table("I (mV),II (mV),III (mV)"), {"fs": 500, "unit": "uV"}, "says mV, but uV was given"),
        (table("time (s),I,II,III", time=lambda i: f"{i / 500:.3f}"), GIVEN | {"fs": 250}, "says 500 Hz, but 250"),
        (
            table("time (s),I,II,III", time=lambda i: f"{(i + 9 * (i > 30)) / 500:.3f}"),
            {"unit": "mV"},
            "times jump at sample 32",
        ),
        (b",".join([b"0.1"] * 1_000_000), NAMED, "samples belong in rows"),
        (b"I,II\n" + b",".join([b"0.1"] * 1_000_000), GIVEN, "row 2 has 1000000 cells"),
        (b",".join([b"1"] * 300) + b"\n", NAMED, "300 columns; at most"),
        (b"I,II,III\n", GIVEN, "holds no numbers"),
        (b"\n\n  \n", GIVEN, "holds no rows"),
        (b'I,II\n"1,2\n', GIVEN, "quotation mark"),
        (b"some words of prose\nand more of them\n", GIVEN, "holds no numbers"),
        (b"I,II\n" + b"\0\1\2", GIVEN, "binary|no ECG format"),
    ],
)
def test_a_table_that_cannot_be_trusted_is_refused_in_one_line(content, given, message):
    with pytest.raises(ReadError, match=message) as caught:
        read({"ecg.csv": content}, **given)
    assert "\n" not in str(caught.value)


def test_empty_cells_are_missing_samples():
    record = read({"ecg.csv": table() + b"0.1,,NaN\n"}, **GIVEN)
    assert np.isnan(record.signal).sum(axis=1).tolist() == [0, 1, 1]
    assert [flag.lead for flag in record.flags if flag.code == "missing_samples"] == ["II", "III"]


def test_columns_that_are_no_leads_are_left_out_and_said():
    record = read({"ecg.csv": table("I,II,label")}, **GIVEN)
    assert record.leads == ("I", "II")
    assert [flag.text for flag in record.flags] == ["Column label is no known lead and was left out."]


def test_no_first_sample_is_lost():
    dated = b"".join(b"2020-01-01 00:00:%02d,%d,%d\n" % (i, i + 1, 2 * i + 2) for i in range(50))
    record = read({"ecg.csv": dated}, fs=500, unit="uV", leads=("I", "II"))
    assert record.samples == 50
    assert record.signal[0, 0] == np.float32(0.001)


def test_microvolts_read_as_millivolts_are_flagged():
    record = read({"ecg.csv": table(values=VALUES * 1000)}, **GIVEN)
    assert [(flag.code, flag.level) for flag in record.flags] == [("wrong_scale", "error")]


def test_compressed_text_is_not_unpacked():
    with pytest.raises(UnknownFormatError, match="is gzip-compressed; unpack it first"):
        read({"ecg.csv": gzip.compress(b"0," * 1_000_000)}, **NAMED)
