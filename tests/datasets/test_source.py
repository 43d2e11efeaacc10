import numpy as np
import pytest

from ecgviz.datasets.source import COLUMNS, Entry, Filter, Source, table
from ecgviz.errors import DataError
from ecgviz.record import Record

ENTRIES = {
    "toy/1": Entry("Toy 1", ("MI", "AFIB"), "atrial fibrillation; anterior infarction", 70.0, "F", 1),
    "toy/2": Entry("Toy 2", ("MI",), "inferior infarction", 50.0, "M", 2),
    "toy/3": Entry("Toy 3", ("NORM",), "normal ECG", None, "F", 10),
    "toy/4": Entry("Toy 4", (), "", 90.0, None, 0),
}


def _record(entry: str) -> Record:
    return Record(np.zeros((1, 10), np.float32), 100.0, ("I",), name=entry)


@pytest.fixture
def toy() -> Source:
    return Source("toy", "Toy", "one lead", lambda: table(ENTRIES), _record, lambda: {"MI": "infarction"})


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (None, "1234"),
        (Filter(), "1234"),
        (Filter(text="INFARCTION"), "12"),
        (Filter(text="infarction anterior"), "1"),
        (Filter(text="afib"), "1"),
        (Filter(text="(.*"), ""),
        (Filter(superclass="MI"), "12"),
        (Filter(superclass="MI", labels=("AFIB", "NORM")), "1"),
        (Filter(labels=("AFIB", "NORM")), "13"),
        (Filter(labels=("nothing",)), ""),
        (Filter(ages=(50, 70)), "12"),
        (Filter(ages=(71, 200)), "4"),
        (Filter(sex="F"), "13"),
        (Filter(folds=(2, 10)), "23"),
        (Filter(sex="F", folds=(10,), text="normal"), "3"),
    ],
)
def test_filter(toy: Source, wanted: Filter | None, expected: str) -> None:
    found = toy.entries(wanted)
    assert list(found.index) == [f"toy/{number}" for number in expected]
    assert tuple(found.columns) == COLUMNS


def test_choices_are_counted_and_named(toy: Source) -> None:
    assert toy.choices == {"MI": ("infarction", 2), "AFIB": ("AFIB", 1), "NORM": ("NORM", 1)}
    assert toy.count == 4


def test_only_listed_identifiers_are_read(toy: Source) -> None:
    assert toy.read("toy/2").name == "toy/2"
    for entry in ("toy/5", "toy/../1", "../../etc/passwd", "", "toy/1/"):
        with pytest.raises(DataError, match="Toy has no record"):
            toy.read(entry)


def test_the_table_is_made_once() -> None:
    calls: list[int] = []

    def rows():
        calls.append(1)
        return table(ENTRIES)

    source = Source("toy", "Toy", "one lead", rows, _record)
    assert (source.count, len(source.entries()), len(calls)) == (4, 4, 1)


def test_an_empty_list_is_a_table_too() -> None:
    source = Source("none", "None", "one lead", lambda: table({}), _record)
    assert len(source.entries(Filter(text="a", ages=(1, 2), labels=("x",), sex="F", folds=(1,)))) == 0
