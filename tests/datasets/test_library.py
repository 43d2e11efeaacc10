from pathlib import Path

import numpy as np
import pytest

from ecgviz.datasets.library import Filter, Library, data_root, open_library
from ecgviz.errors import DataError


def test_data_root_comes_from_the_variable_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("ECGVIZ_DATA", raising=False)
    assert data_root() is None
    monkeypatch.setenv("ECGVIZ_DATA", " ")
    assert data_root() is None
    monkeypatch.setenv("ECGVIZ_DATA", str(tmp_path))
    assert data_root() == tmp_path.resolve()
    monkeypatch.setenv("ECGVIZ_DATA", str(tmp_path / "gone"))
    with pytest.raises(DataError, match="which is not a folder"):
        data_root()


def test_without_data_there_are_the_example_and_the_simulator() -> None:
    library = open_library(None)
    assert library.keys == ("example", "simulated")
    assert "set ECGVIZ_DATA" in library.reason
    with pytest.raises(DataError, match=r"No data set 'ptb-xl'; there are example, simulated\."):
        library.read("ptb-xl/00001")


def test_an_empty_root_says_what_to_put_there(tmp_path: Path) -> None:
    library = open_library(tmp_path)
    assert library.keys == ("example", "simulated")
    assert "put PTB-XL" in library.reason
    assert set(library.absent) == {"ptb-xl", "ludb", "cinc2020", "cinc2017", "mitdb", "nstdb"}
    with pytest.raises(DataError, match="No WFDB header in"):
        library.read("mitdb/100")


def test_folders_of_records_are_found_by_themselves(tmp_path: Path) -> None:
    for name in ("ward/a/7.hea", "ward/1.hea", "pictures/scan.png", ".git/x.hea"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("1 1 500 10\n1.dat 16 200 16 0 0 0 0 II\n# 44 F\n")
    library = open_library(tmp_path)
    assert library.keys == ("ward", "example", "simulated")
    assert list(library["ward"].table.index) == ["ward/1", "ward/a/7"]
    assert list(library.search(Filter(sex="F"), source="ward")["age"]) == [44.0, 44.0]
    assert library.reason == ""


def test_a_root_that_is_itself_a_folder_of_records(tmp_path: Path) -> None:
    (tmp_path / "7.hea").write_text("7 1 500 10\n7.dat 16 200 16 0 0 0 0 II\n")
    library = open_library(tmp_path)
    assert library.keys == (tmp_path.name, "example", "simulated")


def test_every_simulated_record_and_the_example_open() -> None:
    library = open_library(None)
    for entry in library.search().index:
        record = library.read(entry)
        assert record.samples > 0
        assert np.isfinite(record.signal).any()
        assert library.beats(entry) is None or len(library.beats(entry).times_s) > 0
    assert library.read("simulated/sinus_rhythm").provenance.source == "simulated"


def test_the_data_sets_are_all_there(library: Library) -> None:
    known = {"ptb-xl", "ludb", "cinc2020", "cinc2017", "mitdb", "nstdb"}
    assert known - set(library.keys) <= set(library.absent)
    assert len(set(library.keys)) == len(library.keys)
    assert all(source.count > 0 for source in library.sources)
    ids = library.search().index
    assert ids.is_unique
    assert len(ids) == sum(source.count for source in library.sources)


@pytest.mark.parametrize("key", ["ptb-xl", "ludb", "cinc2020", "cinc2017", "mitdb", "nstdb"])
def test_first_and_last_record_of_each_data_set_open(library: Library, key: str) -> None:
    if key not in library.keys:
        pytest.skip(library.absent[key])
    table = library[key].table
    for entry in (table.index[0], table.index[-1]):
        record = library.read(entry)
        assert record.name == table.loc[entry, "title"]
        assert record.seconds > 1
        age = table.loc[entry, "age"]
        assert record.patient.age == (None if np.isnan(age) else age)
        assert record.patient.sex == table.loc[entry, "sex"]


@pytest.mark.parametrize("entry", ["mitdb/../ptb-xl/00001", "mitdb//100", "/etc/passwd", "mitdb", "", "ptb-xl/1"])
def test_identifiers_are_never_paths(library: Library, entry: str) -> None:
    with pytest.raises(DataError, match=r"has no record|No data set"):
        library.read(entry)
    assert library.beats("simulated/nothing") is None
