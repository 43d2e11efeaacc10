from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ecgviz.cli import heat_page
from ecgviz.errors import EcgvizError
from ecgviz.record import Flag, Record
from ecgviz.results import Attribution, Finding
from ecgviz.signals import synthetic

SAID = Finding("MI", 0.75, 0.5)


@pytest.fixture(scope="module")
def record() -> Record:
    return synthetic.simulate("sinus_rhythm").record


@pytest.fixture(scope="module")
def evidence(record: Record) -> Attribution:
    scores = np.zeros((12, 1000), np.float32)
    scores[3, 500] = 1.0
    return Attribution(scores, 100.0, 0.0, record.leads[:12], "MI", "toy", "grad_cam", notes=("a <note>",))


def test_everything_foreign_is_escaped(record: Record, evidence: Attribution, tmp_path: Path) -> None:
    out = tmp_path / "heat.html"
    evil = replace(record, name="<script>alert(1)</script>")
    heat_page.write(out, evil, evidence, SAID, (Flag("x", "<b>bold</b>", "do"),))
    text = out.read_text(encoding="utf-8")
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "warning: &lt;b&gt;bold&lt;/b&gt; do" in text
    assert "a &lt;note&gt;" in text
    assert "toy: probability 0.750, threshold 0.500, positive." in text
    assert list(tmp_path.iterdir()) == [out]


def test_a_page_is_whole_or_not_there(record: Record, evidence: Attribution, tmp_path: Path) -> None:
    out = tmp_path / ("x" * 300)
    with pytest.raises(EcgvizError, match="cannot be written"):
        heat_page.write(out, record, evidence, SAID, ())
    assert list(tmp_path.iterdir()) == []


def test_an_older_page_is_replaced(record: Record, evidence: Attribution, tmp_path: Path) -> None:
    out = tmp_path / "heat.html"
    out.write_text("old")
    heat_page.write(out, record, evidence, SAID, ())
    assert out.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert out.stat().st_mode & 0o400


def test_check_refuses_before_any_work(tmp_path: Path) -> None:
    heat_page.check(tmp_path / "heat.html")
    with pytest.raises(EcgvizError, match=r"is a folder; name a file, such as heat\.html"):
        heat_page.check(tmp_path)
    with pytest.raises(EcgvizError, match="does not exist; make it first"):
        heat_page.check(tmp_path / "none" / "heat.html")
