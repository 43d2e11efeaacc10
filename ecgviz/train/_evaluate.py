"""The shipped weights, through the same reading, preparation and calibration as one uploaded file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ecgviz import readers, zoo
from ecgviz.card import ModelCard
from ecgviz.codes import CINC, cinc_labels
from ecgviz.datasets import ptbxl
from ecgviz.errors import DataError, EcgvizError
from ecgviz.evaluate.report import build
from ecgviz.record import Record
from ecgviz.train.operating import scored
from ecgviz.zoo._predict import predict

__all__ = ["evaluate"]


def evaluate(name: str, data: Path, split: str) -> dict[str, Any]:
    """See `ecgviz.train.evaluate`."""
    torch.set_num_threads(1)
    model = zoo.load(name)
    card = model.card
    from_ptbxl = (data / "ptbxl_database.csv").is_file() or (data / "ptb-xl" / "ptbxl_database.csv").is_file()
    records = _ptbxl(card, data, split) if from_ptbxl else _wfdb(card, data)
    rows, truth, found, refused = [], [], [], []
    for patient, record, labels in records:
        if isinstance(record, EcgvizError):
            refused.append(str(record))
            continue
        try:
            prediction = predict(model, record)
        except EcgvizError as error:
            refused.append(f"{record.name}: {error}")
            continue
        rows.append(patient)
        truth.append([label in labels for label in card.label_names])
        found.append([finding.probability for finding in prediction.findings])
    if not rows:
        first = f" The first was refused: {refused[0]}" if refused else ""
        raise DataError(f"{data} holds no record with labels of {name} that could be read.{first}")
    report = _report(card, np.array(truth, np.float32), np.array(found), rows, from_ptbxl)
    where = "PTB-XL" if from_ptbxl else "WFDB folder"
    head = {"model": name, "data": f"{where} {data.name}", "split": split if from_ptbxl else "all"}
    return head | report | {"refused": refused}


def _report(
    card: ModelCard, y: NDArray[np.float32], p: NDArray[np.float64], patients: list[Any], from_ptbxl: bool
) -> dict[str, Any]:
    names, cut = card.label_names, np.array([label.threshold for label in card.labels])
    if from_ptbxl:
        thresholds = dict(zip(names, cut, strict=True))
        y, p, names = scored(y, p, names)
        cut = np.array([thresholds[name] for name in names])
    report = build(y, p, cut, names, patients)
    del report["curves"]
    return report


def _ptbxl(card: ModelCard, data: Path, split: str) -> Iterator[tuple[Any, Record | EcgvizError, set[str]]]:
    if split not in ptbxl.SPLITS:
        raise DataError(f"Unknown split {split!r}; PTB-XL has {', '.join(ptbxl.SPLITS)}.")
    if ptbxl.TASKS.get(card.task) != card.label_names:
        raise DataError(f"PTB-XL has no labels for {card.name}.")
    table = ptbxl.load_table(data)
    table = table[table["strat_fold"].isin(ptbxl.SPLITS[split])]
    kept, y = ptbxl.targets(table, card.task)
    for (ecg_id, row), target in zip(ptbxl.rows(kept), y, strict=True):
        labels = {name for name, value in zip(card.label_names, target, strict=True) if value}
        try:
            yield row["patient_id"], ptbxl.read_row(data, ecg_id, row, high_rate=False), labels
        except EcgvizError as error:
            yield row["patient_id"], error, labels


def _wfdb(card: ModelCard, data: Path) -> Iterator[tuple[Any, Record | EcgvizError, set[str]]]:
    if not set(card.label_names) <= set(CINC):
        raise DataError(f"{data} has no ptbxl_database.csv, and {card.name} has no SNOMED labels to compare with #Dx.")
    paths = sorted(data.rglob("*.hea"))
    if not paths:
        raise DataError(f"{data} holds neither PTB-XL nor any .hea file.")
    for path in paths:
        try:
            record = readers.read(path)
        except EcgvizError as error:
            yield path.stem, error, set()
            continue
        codes = [s.removeprefix("SNOMED:") for s in record.statements if s.startswith("SNOMED:")]
        if codes:
            yield path.stem, record, cinc_labels(codes)
