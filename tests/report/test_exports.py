"""Tables and WFDB files read back as they were written, and still say that a trace was digitised."""

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import wfdb

from ecgviz import readers
from ecgviz.record import Patient, Record
from ecgviz.report import csv_table, wfdb_files
from ecgviz.signals.synthetic import simulate

WHOLE = replace(simulate("sinus_rhythm").record, patient=Patient(57, "F"), name="Miller_Jane")


@pytest.fixture
def digitised() -> Record:
    signal = WHOLE.signal.copy()
    signal[3, :1250] = np.nan
    signal[3, 2500:] = np.nan
    return replace(WHOLE, signal=signal, provenance=replace(WHOLE.provenance, source="digitised"))


def test_table_reads_back(digitised: Record) -> None:
    back = readers.read({"ecg.csv": csv_table.write(digitised)})
    assert (back.leads, back.fs, back.samples) == (digitised.leads, 500, 5000)
    assert np.allclose(back.signal, digitised.signal, atol=1e-5, equal_nan=True)
    assert back.provenance.source == "digitised"


def test_wfdb_reads_back(digitised: Record) -> None:
    back = readers.read(wfdb_files.write(digitised))
    assert (back.leads, back.fs, back.samples) == (digitised.leads, 500, 5000)
    assert np.allclose(back.signal, digitised.signal, atol=6e-4, equal_nan=True)
    assert back.provenance.source == "digitised"
    assert back.patient == Patient(57, "F")
    assert not [flag for flag in back.flags if "checksum" in flag.code]


def test_the_wfdb_package_agrees(digitised: Record, tmp_path: Path) -> None:
    for file, content in wfdb_files.write(digitised, "page 1").items():
        (tmp_path / file).write_bytes(content)
    record = wfdb.rdrecord(str(tmp_path / "page_1"))
    assert tuple(record.sig_name) == digitised.leads and record.fs == 500
    assert np.allclose(record.p_signal.T, digitised.signal, atol=6e-4, equal_nan=True)


@pytest.mark.parametrize("source", ["recorded", "simulated", "digitised"])
def test_where_a_trace_comes_from_survives(source: str) -> None:
    record = replace(WHOLE, provenance=replace(WHOLE.provenance, source=source))  # type: ignore[arg-type]
    assert readers.read({"a.csv": csv_table.write(record)}).provenance.source == source
    assert readers.read(wfdb_files.write(record)).provenance.source == source


def test_digitised_is_said_in_words(digitised: Record) -> None:
    assert b"digitised, not recorded" in csv_table.write(digitised)
    assert b"digitised, not recorded" in wfdb_files.write(digitised)["ecg.hea"]
    assert b"not recorded" not in csv_table.write(WHOLE)


def test_no_name_is_written() -> None:
    assert b"Miller" not in csv_table.write(WHOLE)
    assert b"Miller" not in wfdb_files.zipped(WHOLE)


def test_archive_holds_both_files_and_repeats() -> None:
    data = wfdb_files.zipped(WHOLE)
    assert data == wfdb_files.zipped(WHOLE)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == wfdb_files.write(WHOLE)


def test_a_large_voltage_is_not_cut() -> None:
    large = Record(np.array([[0.0, 40.0, -60.0] * 400], np.float32), 128.5, ("II",))
    back = readers.read(wfdb_files.write(large))
    assert np.allclose(back.signal, large.signal, atol=0.01)
    assert back.fs == 128.5
