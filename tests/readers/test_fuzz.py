"""Seeded damage to every format: a record, or one typed line; never another exception."""

import io
import re

import numpy as np
import pytest
from pydicom.data import get_testdata_file

from ecgviz.errors import EcgvizError
from ecgviz.readers import FORMATS, read
from ecgviz.record import Record

MUTANTS = 250
TOKENS = (
    "0",
    "-1",
    "nan",
    "inf",
    "1e308",
    "",
    "~",
    "../x",
    "fast",
    "99999999999",
    "16+24",
    "212",
    "/mV",
    "x",
    "\t",
    "é",
)
GIVEN = {"fs": 500, "unit": "mV", "leads": ("I", "II", "III")}


def flipped(content, rng):
    """A few bytes changed, a piece cut out or the end cut off."""
    damaged = bytearray(content)
    for at in rng.integers(0, len(damaged), rng.integers(1, 9)):
        damaged[at] = rng.integers(256)
    if rng.random() < 0.3:
        start = int(rng.integers(len(damaged)))
        del damaged[start : start + int(rng.integers(1, 200))]
    return bytes(damaged[: int(rng.integers(len(damaged) + 1))] if rng.random() < 0.15 else damaged)


def retold(content, rng):
    """One to three words of a text replaced."""
    words = re.split(rb"([ \n,;/():+]+)", content)
    for _ in range(rng.integers(1, 4)):
        words[rng.integers(len(words))] = str(rng.choice(TOKENS)).encode()
    return b"".join(words)


def survives(upload, **given):
    try:
        record = read(upload, **given)
    except EcgvizError as error:
        assert "\n" not in str(error)
        assert 10 < len(str(error)) < 300
        return 0
    assert isinstance(record, Record)
    assert not np.isinf(record.signal).any()
    return 1


def test_wfdb_headers(files):
    rng = np.random.default_rng(1)
    head = files.header.encode()
    upload = files.upload()
    read_well = sum(
        survives(upload | {"rec.hea": retold(head, rng) if i % 2 else flipped(head, rng)}) for i in range(MUTANTS)
    )
    assert 0 < read_well < MUTANTS


def test_wfdb_signals_announce_their_damage(files):
    rng = np.random.default_rng(2)
    for _ in range(40):
        damaged = flipped(files.data, rng)
        upload = files.upload() | {"rec.dat": damaged}
        if damaged != files.data and survives(upload):
            assert "checksum_mismatch" in {flag.code for flag in read(upload).flags}


def test_dicom():
    with open(get_testdata_file("waveform_ecg.dcm", download=False), "rb") as stream:  # noqa: PTH123
        content = stream.read()
    rng = np.random.default_rng(3)
    front = content[:6000]
    assert sum(survives({"a.dcm": flipped(front, rng) + content[6000:]}) for _ in range(MUTANTS)) < MUTANTS


@pytest.mark.parametrize("damage", [flipped, retold])
def test_tables(damage):
    values = np.random.default_rng(4).normal(0, 0.4, (40, 3))
    content = b"I,II,III\n" + "\n".join(",".join(f"{x:.3f}" for x in row) for row in values).encode()
    rng = np.random.default_rng(5)
    assert sum(survives({"a.csv": damage(content, rng)}, fs=500, unit="mV") for _ in range(MUTANTS)) < MUTANTS


@pytest.mark.parametrize("save", [np.save, lambda stream, array: np.savez_compressed(stream, ecg=array)])
def test_arrays(save):
    stream = io.BytesIO()
    save(stream, np.random.default_rng(4).normal(0, 0.4, (60, 3)))
    content = stream.getvalue()
    rng = np.random.default_rng(6)
    mutants = [flipped(content[:128], rng) + content[128:] for _ in range(MUTANTS)]
    assert sum(survives({"a.npy": mutant}, **GIVEN) for mutant in mutants) < MUTANTS


@pytest.mark.parametrize("name", ["a.hea", "a.dcm", "a.csv", "a.npy", "a.npz", "a.dat", "a"])
@pytest.mark.parametrize("kind", ["empty", "zeros", "random", "text", "magic"])
def test_junk_under_any_name(name, kind):
    rng = np.random.default_rng(7)
    content = {
        "empty": b"",
        "zeros": bytes(5000),
        "random": rng.bytes(5000),
        "text": b"the quick brown fox\n" * 50,
        "magic": b"\x93NUMPY\x01\0" + rng.bytes(500),
    }[kind]
    assert survives({name: content}, **GIVEN) == 0


def test_every_format_is_found_by_listing_the_folder():
    assert {module.LABEL for module in FORMATS} >= {"WFDB (PhysioNet)", "DICOM waveform", "NumPy array"}
    for module in FORMATS:
        assert module.SUFFIXES
        assert module.sniff("a", b"") == 0
        assert module.sniff("a", np.random.default_rng(1).bytes(4096)) == 0
