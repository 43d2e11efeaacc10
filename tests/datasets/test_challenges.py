from collections import Counter
from pathlib import Path

import pytest

from ecgviz.datasets import challenges
from ecgviz.datasets.library import Filter, Library
from ecgviz.errors import DataError


def test_2017_counts_and_statement(library: Library) -> None:
    if "cinc2017" not in library.keys:
        pytest.skip(library.absent["cinc2017"])
    source = library["cinc2017"]
    counts = Counter(label for labels in source.table["labels"] for label in labels)
    assert sum(counts.values()) == source.count
    assert set(counts) == {"N", "A", "O", "~"}
    entry = source.entries(Filter(labels=("A",))).index[0]
    record = source.read(entry)
    assert record.statements == ("CINC2017:A",)
    assert len(record.leads) == 1
    assert record.fs == 300.0


def test_2020_labels_are_the_scored_classes(library: Library) -> None:
    if "cinc2020" not in library.keys:
        pytest.skip(library.absent["cinc2020"])
    source = library["cinc2020"]
    found = source.entries(Filter(labels=("AF",)))
    assert len(found) >= 4
    record = source.read(found.index[0])
    assert "SNOMED:164889003" in record.statements
    assert len(record.leads) == 12
    right = source.entries(Filter(labels=("CRBBB",)))
    assert all("RBBB" in labels for labels in right["labels"])


def test_absent_challenges_say_where_they_belong(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"No REFERENCE\.csv in .*cinc2017"):
        challenges.open_2017(tmp_path)
    with pytest.raises(DataError, match=r"No WFDB header in .*cinc2020"):
        challenges.open_2020(tmp_path)


def test_a_record_without_reference_is_listed_without_label(tmp_path: Path) -> None:
    (tmp_path / "cinc2017").mkdir()
    (tmp_path / "cinc2017/A1.hea").write_text("A1 1 300 3000\nA1.mat 16+24 1000/mV 16 0 0 0 0 ECG\n")
    (tmp_path / "cinc2017/REFERENCE.csv").write_text("A2,N\n\n")
    table = challenges.open_2017(tmp_path).table
    assert list(table["labels"]) == [()]
    assert list(table["words"]) == ["no reference"]
