"""The vector path: the product's own PDF comes back to a few microvolts."""

import numpy as np
import pytest

from ecgviz.leads import STANDARD_12
from ecgviz.readers.scan import read_scan
from ecgviz.report.pdf import page
from ecgviz.scans import vector
from ecgviz.scans.digitise import digitise
from ecgviz.signals.synthetic import simulate


@pytest.mark.parametrize("layout", ["3x4+1", "12x1"])
def test_our_own_pdf_within_ten_microvolts(layout: str) -> None:
    record = simulate("sinus_rhythm", seed=1).record
    data = page(record, layout=layout)
    found = digitise(read_scan("page.pdf", data), pdf=data)
    assert found.record is not None
    assert found.record.provenance.format == "PDF lines"
    for lead in STANDARD_12:
        got, true = found.record[lead], record[lead]
        n = min(got.size, true.size)
        known = np.isfinite(got[:n])
        assert known.sum() > 1000
        assert 1000 * np.sqrt(np.mean((got[:n][known] - true[:n][known]) ** 2)) < 10


def test_a_file_that_is_no_pdf_has_no_lines() -> None:
    scan = read_scan("page.pdf", page(simulate("sinus_rhythm", seed=1).record))
    assert vector.read(b"%PDF-1.4 broken", scan) is None
