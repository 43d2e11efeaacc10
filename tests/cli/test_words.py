from dataclasses import replace

import numpy as np
import pytest

from ecgviz.card import Figure
from ecgviz.cli import words
from ecgviz.record import Flag, Patient, Record
from ecgviz.results import Attribution, Finding


@pytest.fixture
def record() -> Record:
    return Record(np.zeros((2, 500), np.float32), 250.0, ("I", "V1"), name="Toy", statements=("SNOMED:164889003",))


def test_columns_are_aligned() -> None:
    text = words.columns([("Name", "Size"), ("a", "1,000"), ("longer", "2")], right=(1,))
    assert text == "Name     Size\na       1,000\nlonger      2"


def test_a_record_in_words(record: Record) -> None:
    flags = (Flag("a", "Flat.", "Check the electrode.", lead="V1"), Flag("b", "Low rate.", level="info"))
    text = words.record(record, flags)
    assert "Length     2.00 s (500 samples)" in text
    assert "Patient    age not stated, sex not stated" in text
    assert "Reference  atrial fibrillation (SNOMED 164889003)" in text
    assert "Flags\n  warning: V1: Flat.\n    Check the electrode.\n  info: Low rate.\n" in text
    known = replace(record, patient=Patient(3.5, "M"), notes=("one", "two"))
    assert "Patient    3.5 years, male" in words.record(known, ())
    assert "Notes\n  one\n  two" in words.record(known, ())
    assert "Flags  none found" in words.record(known, ())


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        (None, "-"),
        (Figure(float("nan")), "-"),
        (Figure(0.5), "0.500"),
        (Figure(0.5, 0.4, None), "0.500"),
        (Figure(0.92345, 0.9, 0.95), "0.923 (0.900-0.950)"),
    ],
)
def test_an_interval_is_shown_only_where_it_is_known(figure: Figure | None, text: str) -> None:
    assert words._interval(figure) == text


def test_evidence_by_lead_strongest_first(record: Record) -> None:
    scores = np.zeros((2, 200), np.float32)
    scores[1, 100], scores[0, 50] = -0.9, 0.3
    found = Attribution(scores, 100.0, 2.0, record.leads, "AF", "toy", "occlusion", resolution_ms=40.0)
    text = words.attribution(found, Finding("AF", 0.2, 0.5), (), None)
    assert "Probability 0.200, threshold 0.500: not positive" in text
    assert "Lead  Share  Strongest at\nV1     75 %        3.00 s\nI      25 %        2.50 s" in text
    nothing = replace(found, scores=np.zeros_like(scores))
    assert "None: this method found nothing" in words.attribution(nothing, Finding("AF", 0.2, 0.5), (), None)
    together = replace(found, time_only=True)
    assert "Strongest at 2.50 s; this method does not tell leads apart." in words.attribution(
        together, Finding("AF", 0.2, 0.5), (), None
    )


def test_an_evaluation_says_what_was_refused() -> None:
    found = {
        "model": "toy",
        "data": "PTB-XL few",
        "split": "test",
        "n": 6,
        "metrics": {"macro_auroc": {"value": None, "low": None, "high": None}, "ece": {"value": 0.1}},
        "refused": ["x"],
    }
    text = words.evaluation(found)
    assert "toy on PTB-XL few, test split, 6 records" in text
    assert "macro auroc  -\n" in text
    assert "ece          0.100" in text
    assert "Records that could not be used: 1." in text
