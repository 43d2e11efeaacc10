"""WFDB signal files: every storage format, gaps, skew, units and rates of their own, and MATLAB level 4 files."""

import struct

import numpy as np
import pytest

from ecgviz.errors import ReadError
from ecgviz.readers import read

GAIN = "1000.0(0)/mV"


def encode(fmt, flat):
    """The bytes of one sample after another, by https://physionet.org/physiotools/wag/signal-5.htm"""
    if fmt in ("61", "160"):
        return flat.astype(">i2").tobytes() if fmt == "61" else (flat + 32768).astype("<u2").tobytes()
    if fmt == "212":
        low, high = np.append(flat, np.zeros(flat.size % 2, int)).reshape(-1, 2).T & 0xFFF
        return np.column_stack((low & 0xFF, (low >> 8) | (high >> 8 << 4), high & 0xFF)).astype("u1").tobytes()
    one, two, three = np.append(flat, np.zeros(-flat.size % 3, int)).reshape(-1, 3).T & 0x3FF
    if fmt == "310":
        pair = (one << 1) & 0xFF, (one >> 7) | ((three & 0x1F) << 3), (two << 1) & 0xFF, (two >> 7) | (three >> 5 << 3)
    else:
        pair = one & 0xFF, (one >> 8) | ((two & 0x3F) << 2), (two >> 6) | ((three & 0xF) << 4), three >> 4
    return np.column_stack(pair).astype("u1").tobytes()


@pytest.mark.parametrize(("leads", "samples"), [(1, 1201), (1, 1202), (2, 1201), (3, 1200)])
@pytest.mark.parametrize("fmt", ["61", "160", "212", "310", "311"])
def test_packed_formats(fmt, leads, samples):
    bound = 400 if fmt in ("310", "311") else 1800
    signal = np.random.default_rng(5).integers(-bound, bound, (samples, leads))
    header = f"rec {leads} 500 {samples}\n"
    header += "".join(
        f"rec.dat {fmt} 200/mV 12 0 {x[0]} {x.sum() % 65536} 0 {name}\n"
        for x, name in zip(signal.T, ("I", "II", "V1"), strict=False)
    )
    record = read({"rec.hea": header.encode(), "rec.dat": encode(fmt, signal.ravel())})
    assert np.array_equal(record.signal, (signal.T / 200).astype(np.float32))
    assert record.flags == ()


def test_differences_of_format_8():
    steps = np.random.default_rng(5).integers(-90, 90, (600, 2))
    header = "rec 2 500 600\nrec.dat 8 200/mV 8 0 40 0 0 I\nrec.dat 8 200/mV 8 0 -7 0 0 II\n"
    record = read({"rec.hea": header.encode(), "rec.dat": steps.astype("i1").tobytes()})
    assert np.array_equal(record.signal, ((np.cumsum(steps, axis=0) + np.array([40, -7])).T / 200).astype(np.float32))


@pytest.mark.parametrize("samples", [1200, 1201])
@pytest.mark.parametrize("fmt", ["16", "24", "32", "80", "508", "516", "524"])
def test_formats_written_by_the_wfdb_package(tmp_path, make_record, fmt, samples):
    bound = 100 if fmt in ("80", "508") else 1800
    signal = np.random.default_rng(5).integers(-bound, bound, (samples, 3))
    make_record(tmp_path, fmt, signal, ("I", "II", "V1"), 200.0)
    record = read(tmp_path / "rec.hea")
    assert np.array_equal(record.signal, (signal.T / 200).astype(np.float32))
    assert record.flags == ()


def test_the_lowest_integer_is_a_missing_sample(files):
    gaps = bytearray(files.data)
    gaps[24 * 10 : 24 * 10 + 2] = struct.pack("<h", -32768)
    record = read(files.upload() | {"rec.dat": bytes(gaps)})
    assert np.flatnonzero(np.isnan(record["I"])).tolist() == [10]
    assert not np.isnan(record["II"]).any()
    assert "missing_samples" in {flag.code for flag in record.flags}


def test_each_signal_is_converted_from_its_own_unit(files):
    header = files.header.replace(GAIN, "1.0(0)/uV", 1).replace(GAIN, "1000000(0)/V", 1)
    record = read(files.upload() | {"rec.hea": header.encode()})
    assert np.allclose(record.signal, read(files.upload()).signal, atol=1e-6)
    assert record.provenance.unit == "uV, V, mV"
    assert "uV, V, mV converted to mV" in record.notes


def test_skew_moves_a_signal_back_into_line(files):
    record, plain = read(files.changed("rec.dat 16", "rec.dat 16:5")), read(files.upload())
    assert np.array_equal(record["I"][:-5], plain["I"][5:])
    assert np.isnan(record["I"][-5:]).all()
    assert np.array_equal(record["II"], plain["II"])


def test_slower_signals_are_resampled_to_the_fastest():
    t = np.arange(0, 4, 1 / 500)
    fast, slow = np.round(900 * np.sin(2 * np.pi * 3 * t)), np.round(900 * np.sin(2 * np.pi * 3 * t[::2]))
    frames = np.column_stack((fast.reshape(-1, 2), slow)).astype("<i2")
    header = "rec 2 250 1000\nrec.dat 16x2 1000/mV 16 0 0 0 0 I\nrec.dat 16 1000/mV 16 0 0 0 0 V1\n"
    record = read({"rec.hea": header.encode(), "rec.dat": frames.tobytes()})
    assert record.fs == 500
    assert np.array_equal(record["I"], (fast / 1000).astype(np.float32))
    assert np.abs(record["V1"] - record["I"])[50:-50].max() < 0.005
    assert record.notes == ("V1 resampled from 250 to 500 Hz",)


def test_matlab_files_are_checked_and_never_opened_by_scipy(files):
    head = struct.pack("<5i", 30, 12, 2000, 0, 4) + b"val\0"
    header = files.header.replace("rec.dat 16", "rec.mat 16+24").encode()
    assert np.array_equal(read({"rec.hea": header, "rec.mat": head + files.data}).signal, read(files.upload()).signal)
    for damaged, message in [
        (struct.pack("<5i", 30, 12, 1999, 0, 4) + b"val\0" + files.data, "holds 12 x 1999 samples"),
        (struct.pack("<5i", 30, 11, 2000, 0, 4) + b"val\0" + files.data, "holds 11 x 2000 samples"),
        (b"MATLAB 5.0 MAT-file".ljust(128) + files.data, "is a MATLAB 5 or 7 file"),
        (bytes(24) + files.data, "does not begin like a WFDB .mat file"),
    ]:
        with pytest.raises(ReadError, match=message):
            read({"rec.hea": header, "rec.mat": damaged})
