from pathlib import Path

import numpy as np
import pytest

from ecgviz.datasets import wfdb_folders
from ecgviz.datasets.library import Filter, Library
from ecgviz.errors import DataError


def test_ludb_diagnoses(library: Library) -> None:
    if "ludb" not in library.keys:
        pytest.skip(library.absent["ludb"])
    source = library["ludb"]
    assert source.count == 200
    record = source.read("ludb/1")
    assert (record.patient.age, record.patient.sex) == (51.0, "F")
    assert "LUDB:Rhythm: Sinus bradycardia" in record.statements
    assert library.in_words(record)[0] == "Rhythm: Sinus bradycardia"
    assert "ludb/1" in source.entries(Filter(text="sinus bradycardia")).index


def test_mitdb_has_reference_beats(library: Library) -> None:
    if "mitdb" not in library.keys:
        pytest.skip(library.absent["mitdb"])
    record = library.read("mitdb/100")
    beats = library.beats("mitdb/100")
    assert beats is not None
    assert len(beats.times_s) == len(beats.labels) == 2273  # as in the MIT-BIH directory
    assert beats.labels.count("V") == 1
    assert np.all(np.diff(beats.times_s) > 0)
    assert beats.times_s[-1] < record.seconds
    assert len(library["mitdb"].entries(Filter(text="paced"))) > 0


def test_noise_records_are_named_and_have_no_beats(library: Library) -> None:
    if "nstdb" not in library.keys:
        pytest.skip(library.absent["nstdb"])
    assert set(library["nstdb"].table["words"]) >= {"baseline wander", "muscle artefact"}
    assert library.beats("nstdb/bw") is None
    record = library.read("nstdb/bw")
    assert record.signal[0, 0] == pytest.approx(-29 / 200)  # initial value of the header, 200 steps a mV


def test_an_empty_folder_is_no_source(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="No WFDB header in"):
        wfdb_folders.open_any(tmp_path)
