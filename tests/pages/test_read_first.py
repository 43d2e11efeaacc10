"""Read first, then reveal, on the Explain page: no answer before the reader's own, agreement and verdicts after it."""

import csv
import io
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ecgviz.store.over_reads import Verdict, to_csv
from ecgviz.ui import cache, overread

ROOT = Path(__file__).parents[2]


@pytest.fixture
def asked(monkeypatch):
    """The (model, record) pairs for which any answer or heat was computed."""
    seen = []
    for name in ("prediction", "attribution"):
        real = getattr(cache, name)
        monkeypatch.setattr(cache, name, lambda *a, _real=real, **k: (seen.append(a[:2]), _real(*a, **k))[1])
    return seen


@pytest.fixture
def waiting(page, asked):
    """The Explain page with the switch on, on a record whose answer was never shown."""
    at = AppTest.from_file(str(ROOT / "pages" / "explain.py"), default_timeout=180)
    at.session_state["read_first"] = True
    return type(page("models"))(at.run())


def press(at, label):
    next(button for button in at.button if button.label == label).click()
    return at.run()


def test_no_answer_is_asked_for_before_the_readers_own(waiting, asked):
    at = waiting.at
    assert waiting.errors() == []
    assert at.toggle(key="read_first").value
    assert asked == []
    assert len(waiting.figures()) == 1
    assert not [t for t in waiting.paper()["data"] if t["type"] == "heatmap"]
    assert not [box for box in at.selectbox if box.key == "finding"]
    assert "finding" not in at.session_state


def test_an_empty_form_reveals_nothing(waiting, asked):
    press(waiting.at, "Keep my answer and reveal")
    assert asked == []
    assert "None of these" in waiting.words()


def test_a_kept_answer_reveals_the_models_and_how_they_agree(waiting, asked):
    at = waiting.at
    next(box for box in at.checkbox if box.label.startswith("MI:")).check()
    press(at, "Keep my answer and reveal")
    assert waiting.errors() == []
    assert asked
    assert "You and the model agree on" in waiting.words()
    assert [t for t in waiting.paper()["data"] if t["type"] == "heatmap"]


def test_a_verdict_is_kept_with_what_the_model_had_said(waiting):
    at = waiting.at
    next(box for box in at.checkbox if box.label == "None of these").check()
    press(at, "Keep my answer and reveal")
    finding = at.selectbox(key="finding").value
    next(box for box in at.button_group if box.key.startswith("say-")).set_value("disagree")
    next(box for box in at.text_area if box.key.startswith("note-")).set_value("lead V1 is too high")
    press(at, "Keep the verdict")
    assert waiting.errors() == []
    head, row = csv.reader(io.StringIO(to_csv(overread.store().verdicts(None), Verdict)))
    told = dict(zip(head, row, strict=True))
    assert (told["label"], told["agrees"], told["note"]) == (finding, "no", "lead V1 is too high")
    assert 0 <= float(told["probability"]) <= 1
    assert len(told["record"]) == 64


def test_the_compare_page_waits_too(page, asked):
    at = AppTest.from_file(str(ROOT / "pages" / "compare.py"), default_timeout=180)
    at.session_state["read_first"] = True
    at.session_state["compare-finding"] = "ptbxl_super/MI"
    opened = type(page("models"))(at.run())
    assert opened.errors() == []
    assert asked == []
    assert opened.figures() == []
    assert "you have not yet read" in opened.words()
    assert "compare-finding" not in at.session_state
    assert "finding" not in at.query_params


def test_a_reader_comes_back_with_the_code_and_nobody_else_does(monkeypatch):
    from ecgviz.errors import StoreError

    state = {}
    monkeypatch.setattr(overread.st, "session_state", state)
    first, mine = overread.code(), overread.reader()
    assert mine != first
    state.clear()
    assert overread.reader() != mine
    overread.come_back(f" {first.upper()} ")
    assert overread.reader() == mine
    for wrong in ("", "a" * 34, first[:-1], first.replace("-", " ")):
        with pytest.raises(StoreError, match="five groups"):
            overread.come_back(wrong)


def test_the_over_reads_of_others_are_listed_only_where_the_deployment_says_so(monkeypatch):
    assert overread.readers_shown() == overread.reader()
    monkeypatch.setenv(overread.SHARED, "1")
    assert overread.readers_shown() is None
