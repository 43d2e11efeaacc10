"""The sidebar: every source opens a record or says in one line why it cannot, and choices stay across pages."""

import os
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ecgviz.datasets import physionet

ROOT = Path(__file__).parents[2]
DATA = os.environ.get("ECGVIZ_DATA", "")
needs_ptbxl = pytest.mark.skipif(
    not (Path(DATA or "/nowhere") / "ptb-xl" / "ptbxl_database.csv").is_file(), reason="ECGVIZ_DATA has no ptb-xl"
)


def choose(opened, source):
    opened.at.button_group(key="source").set_value(source).run()
    assert not opened.at.exception
    return opened


def test_library_without_a_data_folder_says_how_to_get_one(page):
    opened = choose(page("record"), "Library")
    assert "ECGVIZ_DATA" in opened.at.info[0].value
    assert "Sinus rhythm" in opened.words()


def test_data_folder_that_is_none_is_one_line(page):
    opened = choose(page("record", ECGVIZ_DATA="/no/such/folder"), "Library")
    (line,) = opened.errors()
    assert "ECGVIZ\\_DATA" in line
    assert opened.paper()


def test_dicom_sample_opens(page):
    opened = choose(page("record"), "DICOM sample")
    assert opened.errors() == []
    assert "12 leads · 1000 Hz · 10 s" in opened.words()
    assert "recorded" in opened.words()


def test_physionet_unreachable_is_one_line_and_leaves_the_record(page, monkeypatch):
    # the one thing this test must not do is to call a real host
    monkeypatch.setitem(physionet.fetch.__kwdefaults__, "base_url", "http://127.0.0.1:9/")
    opened = choose(page("record"), "PhysioNet")
    next(b for b in opened.at.button if b.label == "Fetch").click().run()
    (line,) = opened.errors()
    assert "cannot be reached" in line
    assert "Sinus rhythm" in opened.words()


def test_link_to_an_unknown_record_is_one_line(page):
    at = AppTest.from_file(str(ROOT / "pages" / "record.py"), default_timeout=180)
    at.query_params["record"] = "simulated/unheard_of"
    at.run()
    (line,) = [box.value for box in at.error]
    assert "has no record" in line
    assert at.get("plotly_chart")


@needs_ptbxl
def test_filter_narrows_the_list_and_next_stays_within_it(page):
    opened = choose(page("record", ECGVIZ_DATA=DATA), "Library")
    assert opened.errors() == []
    counts = [caption.value for caption in opened.at.caption]
    opened.at.multiselect(key="labels-ptb-xl").set_value(["CLBBB"])
    opened.at.slider(key="age-ptb-xl").set_value((60, 70)).run()
    assert opened.errors() == []
    assert [caption.value for caption in opened.at.caption] != counts
    for _ in range(2):
        opened.at.button(key="next-entry-ptb-xl").click().run()
        age = int(opened.words().split(" y · ")[0].rpartition("<span>")[2])
        assert 60 <= age <= 70
        assert "left bundle branch block" in opened.words()


@needs_ptbxl
def test_impossible_filter_says_so_and_keeps_the_record(page):
    opened = choose(page("record", ECGVIZ_DATA=DATA), "Library")
    opened.at.text_input(key="text-ptb-xl").set_value("nosuchword").run()
    assert "No record passes" in opened.at.info[0].value
    assert opened.paper()


@needs_ptbxl
def test_only_entries_near_the_chosen_one_are_sent(page):
    opened = choose(page("record", ECGVIZ_DATA=DATA), "Library")
    assert len(opened.at.selectbox(key="entry-ptb-xl").options) <= 301


def test_choices_stay_when_the_page_changes(page):
    page("record")  # sets the environment
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=180).run()
    at.button(key="next-entry-simulated").click().run()
    at.selectbox(key="speed").set_value(50.0).run()
    chosen = at.selectbox(key="entry-simulated").value
    for name in ("explain", "models", "record"):
        at.switch_page(f"pages/{name}.py").run()
        assert not at.exception
        assert at.selectbox(key="entry-simulated").value == chosen
    assert at.selectbox(key="speed").value == 50.0
