"""The store of over-reads in SQLite files of the test's own, against its own rows in plain SQL."""

import csv
import io
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from ecgviz.errors import StoreError
from ecgviz.store import over_reads
from ecgviz.store.over_reads import OverReads, Reading, Verdict, to_csv

READING = Reading("d" * 64, "ptb-xl/00001", "ptbxl_super", ("MI", "STTC"), ("NORM", "MI", "STTC"), True, "as I see it")
VERDICT = Verdict("d" * 64, "", "ptbxl_super", "lenet_super", "w" * 64, "MI", 0.61, 0.4, True, False, "no Q waves")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "over_reads.sqlite"


@pytest.fixture
def kept(file: Path) -> OverReads:
    return OverReads(create_engine(f"sqlite:///{file}"))


def test_what_is_kept_comes_back_from_another_connection(kept: OverReads, file: Path) -> None:
    kept.add_reading("a", READING)
    kept.add_verdict("a", VERDICT)
    again = OverReads(create_engine(f"sqlite:///{file}"))
    (reading,), (verdict,) = again.readings("a", READING.record, "ptbxl_super"), again.verdicts("a")
    assert replace(reading, made="") == READING
    assert replace(verdict, made="") == VERDICT
    assert reading.made.endswith("+00:00")


def test_a_reader_sees_nothing_of_another(kept: OverReads) -> None:
    kept.add_reading("a", READING)
    kept.add_verdict("a", VERDICT)
    assert kept.readings("b") == [] == kept.verdicts("b")
    assert len(kept.readings(None)) == 1 == len(kept.verdicts(None))


def test_the_answer_is_added_once_and_to_its_own_reading_alone(kept: OverReads) -> None:
    kept.add_reading("a", replace(READING, made="2026-01-01T00:00:00.000+00:00"))
    kept.add_reading("b", replace(READING, made="2026-01-01T00:00:00.000+00:00"))
    (mine,) = kept.readings("a")
    assert mine.model_found is None
    kept.reveal("a", mine, "lenet_super", "w", ("NORM",))
    kept.reveal("a", mine, "alexnet_super", "v", ("MI",))
    (mine,), (other,) = kept.readings("a"), kept.readings("b")
    assert (mine.model, mine.model_found) == ("lenet_super", ("NORM",))
    assert other.model_found is None


def test_no_column_could_hold_a_signal_or_a_name(kept: OverReads, file: Path) -> None:
    kept.add_reading("a", READING)
    with sqlite3.connect(file) as plain:
        columns = {
            row[1]
            for name in ("ecgviz_readings", "ecgviz_verdicts")
            for row in plain.execute(f"pragma table_info({name})")
        }
    assert not columns & {"signal", "samples", "name", "patient", "age", "sex"}


def test_a_table_for_a_spreadsheet_holds_no_formula(kept: OverReads) -> None:
    kept.add_verdict("a", replace(VERDICT, note='=HYPERLINK("x")\nand "more"'))
    head, row = csv.reader(io.StringIO(to_csv(kept.verdicts("a"), Verdict)))
    told = dict(zip(head, row, strict=True))
    assert told["note"] == '\'=HYPERLINK("x")\nand "more"'
    assert (told["agrees"], told["probability"]) == ("no", "0.61")
    assert to_csv([], Reading).splitlines()[0].startswith("record,entry,task,found")
    assert to_csv([READING], Reading).splitlines()[1].split(",")[3] == "MI;STTC"


def test_a_database_that_cannot_be_reached_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=over_reads.VARIABLE) as raised:
        OverReads(create_engine(f"sqlite:///{tmp_path / 'absent' / 'x.sqlite'}"))
    assert "\n" not in str(raised.value)


def test_the_database_is_the_named_one_or_a_file_of_the_persons_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(over_reads.VARIABLE, "postgresql://host/db")
    assert over_reads.url() == "postgresql://host/db"
    monkeypatch.delenv(over_reads.VARIABLE)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert over_reads.url() == f"sqlite:///{tmp_path / 'ecgviz' / 'over_reads.sqlite'}"
    assert (tmp_path / "ecgviz").stat().st_mode & 0o077 == 0
