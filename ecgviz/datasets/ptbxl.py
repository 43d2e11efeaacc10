"""PTB-XL in its publisher's layout: the table of records, their labels by task, and one record.

Source: Wagner et al., PTB-XL 1.0.3, PhysioNet 2022, CC BY 4.0; tasks as in Strodthoff et al., JBHI 2021.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ecgviz import readers, scp
from ecgviz.codes import CINC, SUPERCLASSES, ptbxl_cinc_labels
from ecgviz.errors import DataError
from ecgviz.record import Patient, Record

__all__ = [
    "SPLITS",
    "TASKS",
    "every_target",
    "labels_of",
    "load_table",
    "patient",
    "read_row",
    "record",
    "rows",
    "statements",
    "targets",
]

SPLITS: dict[str, tuple[int, ...]] = {"train": tuple(range(1, 9)), "validation": (9,), "test": (10,)}
TASKS: dict[str, tuple[str, ...]] = {
    "ptbxl_all": tuple(scp.STATEMENTS),
    "ptbxl_diag": scp.DIAGNOSTIC,
    "ptbxl_sub": tuple(scp.SUBCLASSES),
    "ptbxl_super": tuple(SUPERCLASSES),
    "ptbxl_form": scp.FORM,
    "ptbxl_rhythm": scp.RHYTHM,
    "cinc2020": tuple(CINC),
}
"""The labels of each task: the benchmark's six and the 27 classes of CinC 2020."""
OLDEST = 90.0
"""Ages above 89 are published as 300; they are read as 90."""


def folder(root: Path) -> Path:
    """The folder with `ptbxl_database.csv`: `root` itself or `root/ptb-xl`. DataError when neither has it."""
    for path in (root, root / "ptb-xl"):
        if (path / "ptbxl_database.csv").is_file():
            return path
    raise DataError(f"No ptbxl_database.csv in {root} or its folder ptb-xl; set ECGVIZ_DATA to a PTB-XL download.")


def statements(root: Path) -> pd.DataFrame:
    """`scp_statements.csv`, one row a statement, indexed by its code."""
    return pd.read_csv(folder(root) / "scp_statements.csv", index_col=0)


def load_table(root: Path) -> pd.DataFrame:
    """One row a record, indexed by ecg_id: age in years, sex F or M, scp_codes as a dictionary, strat_fold, paths."""
    path = folder(root) / "ptbxl_database.csv"
    columns = [
        "ecg_id",
        "patient_id",
        "age",
        "sex",
        "scp_codes",
        "heart_axis",
        "strat_fold",
        "filename_lr",
        "filename_hr",
    ]
    try:
        table = pd.read_csv(path, usecols=columns, index_col="ecg_id")
    except ValueError as error:
        raise DataError(f"{path.name} is not PTB-XL's table ({error}); download it again.") from error
    table["scp_codes"] = [ast.literal_eval(text) for text in table["scp_codes"]]
    table["patient_id"] = table["patient_id"].astype(int)
    table["sex"] = table["sex"].map({0: "M", 1: "F"})
    table["age"] = table["age"].where(table["age"] < OLDEST, OLDEST)
    table["heart_axis"] = table["heart_axis"].fillna("")
    return table


def labels_of(table: pd.DataFrame, task: str) -> list[set[str]]:
    """The task's labels of each row; a statement counts whatever its likelihood. DataError for an unknown task."""
    if task not in TASKS:
        raise DataError(f"Unknown task {task!r}; choose one of {', '.join(TASKS)}.")
    if task == "cinc2020":
        rows = zip(table["scp_codes"], table["heart_axis"], strict=True)
        return [ptbxl_cinc_labels(codes, axis) for codes, axis in rows]
    level = {"ptbxl_super": "superclass", "ptbxl_sub": "subclass"}.get(task, "code")
    names = set(TASKS[task])
    return [{getattr(scp.STATEMENTS[code], level) for code in codes} & names for codes in table["scp_codes"]]


def targets(table: pd.DataFrame, task: str) -> tuple[pd.DataFrame, NDArray[np.float32]]:
    """The rows that the task scores and their targets (rows, classes) of 0 and 1.

    As in the published benchmark, records without a label of the task are left out; for CinC every record stays.
    """
    y = every_target(table, task)
    if task == "cinc2020":
        return table, y
    keep = np.flatnonzero(y.any(axis=1))
    return table.iloc[keep], y[keep]


def every_target(table: pd.DataFrame, task: str) -> NDArray[np.float32]:
    """(rows, classes) of 0 and 1 for every row of the table, labelled or not."""
    found = labels_of(table, task)
    names = TASKS[task]
    return np.array([[name in labels for name in names] for labels in found], dtype=np.float32).reshape(-1, len(names))


def rows(table: pd.DataFrame) -> Iterator[tuple[int, dict[Any, Any]]]:
    """Each record's ecg_id and its row."""
    for row in table.reset_index().to_dict("records"):
        yield int(row["ecg_id"]), row


def record(root: Path, ecg_id: int, high_rate: bool = True) -> Record:
    """One record, at 500 Hz where that file is present and wanted, else at 100 Hz. DataError when it is absent."""
    table = load_table(root)
    if ecg_id not in table.index:
        raise DataError(f"PTB-XL has no record {ecg_id} in {folder(root)}.")
    return read_row(root, ecg_id, table.loc[ecg_id].to_dict(), high_rate)


def read_row(root: Path, ecg_id: int, row: Mapping[Any, Any], high_rate: bool = True) -> Record:
    """One row of the table as a Record with its age, sex and statements. DataError when its signal is absent."""
    base = folder(root)
    paths = [base / f"{row[name]}.hea" for name in (["filename_hr", "filename_lr"] if high_rate else ["filename_lr"])]
    present = [path for path in paths if path.is_file()]
    if not present:
        raise DataError(f"The signal of record {ecg_id} is not in {base}; only its label row is.")
    codes = tuple(f"SCP:{code}" for code in row["scp_codes"])
    found = readers.read(present[0])
    return replace(found, patient=patient(row), statements=codes, name=f"PTB-XL {ecg_id:05d}")


def patient(row: Mapping[Any, Any]) -> Patient:
    """Age and sex of one row of the table, None where it does not say."""
    age, sex = row["age"], row["sex"]
    return Patient(float(age) if pd.notna(age) else None, sex if sex in ("F", "M") else None)
