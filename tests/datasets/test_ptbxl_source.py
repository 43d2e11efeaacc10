from pathlib import Path

import pytest

from ecgviz.codes import SUPERCLASSES
from ecgviz.datasets import ptbxl, ptbxl_source
from ecgviz.datasets.library import Filter, Library
from ecgviz.datasets.source import Source
from ecgviz.errors import DataError


@pytest.fixture(scope="module")
def ptb(library: Library) -> Source:
    if "ptb-xl" not in library.keys:
        pytest.skip(library.absent["ptb-xl"])
    return library["ptb-xl"]


def test_counts_are_those_of_the_table(ptb: Source, data: Path) -> None:
    table = ptbxl.load_table(data)
    assert ptb.count == len(table)
    classes = ptbxl.labels_of(table, "ptbxl_super")
    for name in SUPERCLASSES:
        expected = sum(name in of for of in classes)
        assert len(ptb.entries(Filter(superclass=name))) == expected == ptb.choices[name][1]


def test_filters_agree_with_the_publishers_table(ptb: Source, data: Path) -> None:
    table = ptbxl.load_table(data)
    fibrillation = table[[("AFIB" in codes) for codes in table["scp_codes"]]]
    assert len(ptb.entries(Filter(labels=("AFIB",)))) == len(fibrillation)
    women = table[(table["sex"] == "F") & table["age"].between(40, 60) & (table["strat_fold"] == 10)]
    found = ptb.entries(Filter(sex="F", ages=(40, 60), folds=(10,)))
    assert [int(entry.partition("/")[2]) for entry in found.index] == list(women.index)


def test_text_is_searched_in_the_english_descriptions(ptb: Source) -> None:
    found = ptb.entries(Filter(text="complete left bundle branch"))
    assert any("CLBBB" in labels for labels in found["labels"])
    assert 0 < len(found) < ptb.count


def test_a_record_brings_patient_and_statements(library: Library, ptb: Source) -> None:
    record = library.read("ptb-xl/00001")
    assert (record.fs, record.seconds, len(record.leads)) == (500.0, 10.0, 12)
    assert (record.patient.age, record.patient.sex) == (56.0, "F")
    assert library.in_words(record) == (
        "normal ECG (SCP NORM)",
        "low QRS voltages in the frontal and horizontal leads (SCP LVOLT)",
        "sinus rhythm (SCP SR)",
    )


def test_where_the_500_hz_file_is_absent_the_100_hz_file_is_shown(one_of_ptbxl: Path) -> None:
    source = ptbxl_source.open_source(one_of_ptbxl)
    assert list(source.table.index) == ["ptb-xl/00001"]
    assert source.read("ptb-xl/00001").fs == 100.0
    with pytest.raises(DataError, match="PTB-XL has no record 'ptb-xl/00002'"):
        source.read("ptb-xl/00002")


def test_damaged_tables_are_named(one_of_ptbxl: Path) -> None:
    table = one_of_ptbxl / "ptb-xl/ptbxl_database.csv"
    table.write_text(table.read_text().replace("{'NORM'", "{NORM"))
    with pytest.raises(DataError, match="download"):
        ptbxl_source.open_source(one_of_ptbxl).count  # noqa: B018


def test_without_ptbxl_the_message_says_where_it_belongs(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="ptb-xl"):
        ptbxl_source.open_source(tmp_path)
