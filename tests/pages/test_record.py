"""The Record page: always something to look at, and one line for whatever cannot be read."""

import re

import numpy as np
import pypdfium2
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from ecgviz.ui import frame, messages, uploads


def test_a_record_is_drawn_with_no_network_no_data_and_no_model(page, tmp_path):
    opened = page("record", ECGVIZ_MODELS=str(tmp_path))
    assert opened.errors() == []
    drawn = {trace.get("name") for trace in opened.paper()["data"]}
    assert {"I", "aVR", "V1", "V6", "calibration"} <= drawn
    assert "simulated" in opened.words()
    assert frame.FOOTER in opened.words()


def test_head_line_and_panel_name_every_interval(page):
    opened = page("record")
    head = opened.paper()["layout"]["annotations"][-1]["text"]
    assert all(name in head for name in ("HR", "PR", "QRS", "QT", "QTcF", "axis"))
    told = opened.words()
    assert all(f"QTc {name}" in told for name in ("Fridericia", "Bazett", "Framingham", "Hodges"))


def test_figure_has_words_for_those_who_cannot_see_it(page):
    (chart,) = page("record").at.get("plotly_chart")
    assert "12 leads" in chart.proto.alt
    assert "25 mm/s" in chart.proto.alt


def test_next_opens_the_next_of_the_gallery_and_previous_goes_back(page):
    opened = page("record")
    first = opened.words()
    opened.at.button(key="next-entry-simulated").click().run()
    assert opened.words() != first
    opened.at.button(key="previous-entry-simulated").click().run()
    assert opened.words() == first
    assert opened.at.button(key="previous-entry-simulated").disabled


def test_swapped_arms_stand_as_a_chip_that_says_what_to_do(page):
    opened = page("record")
    opened.at.selectbox(key="entry-simulated").set_value("simulated/swapped_arms").run()
    (chip,) = [p for p in opened.at.get("popover") if "lead swap" in p.proto.popover.label]
    assert chip.proto.popover.label == "lead swap"
    assert "ev-flag" in opened.words()


def test_speed_and_gain_reach_the_paper(page):
    opened = page("record")
    opened.at.selectbox(key="speed").set_value(50.0)
    opened.at.selectbox(key="gain").set_value(20.0).run()
    layout = opened.paper()["layout"]
    assert layout["xaxis"]["minor"]["dtick"] == pytest.approx(1 / 50)
    assert layout["yaxis"]["minor"]["dtick"] == pytest.approx(1 / 20)
    assert layout["yaxis"]["scaleratio"] == pytest.approx(20 / 50)


def test_display_filter_changes_the_trace_and_says_so(page):
    opened = page("record")
    before = opened.line("I")
    opened.at.selectbox(key="filter").set_value("0.5-40").run()
    assert not np.array_equal(opened.line("I"), before)
    foot = opened.paper()["layout"]["annotations"][0]["text"]
    assert "NON-DIAGNOSTIC FILTER" in foot
    assert "0.5–40 Hz" in foot


def test_zoom_is_kept_by_a_filter_and_dropped_by_another_record(page):
    opened = page("record")
    before = opened.paper()["layout"]["xaxis"]["uirevision"]
    opened.at.selectbox(key="filter").set_value("0.5-40").run()
    assert opened.paper()["layout"]["xaxis"]["uirevision"] == before
    opened.at.button(key="next-entry-simulated").click().run()
    assert opened.paper()["layout"]["xaxis"]["uirevision"] != before


@pytest.mark.parametrize("order", [1, -1])
def test_wfdb_pair_opens_in_either_order(page, wfdb_pair, order):
    opened = page("record").upload(*list(wfdb_pair.items())[::order])
    assert opened.errors() == []
    assert "<b>lbbb</b>" in opened.words()
    assert "recorded" in opened.words()
    assert "69 y · female · 12 leads · 500 Hz · 10 s" in opened.words()


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("report.pdf", b"%PDF-1.7 nothing of an ECG", "PDF"),
        ("nan.csv", b"fs=500\nI,II\n" + b"nan,nan\n" * 600, r"I, II|sample|NaN"),
        ("empty.dcm", b"", "empty"),
    ],
)
def test_bad_file_is_one_line_and_leaves_the_open_record(page, name, content, told):
    opened = page("record").upload((name, content))
    (line,) = opened.errors() or [box.value for box in opened.at.info]
    assert messages.BUG not in line.replace("\\", "")
    assert "\n" not in line
    assert re.search(told, line, re.IGNORECASE)
    assert opened.paper()


def test_header_alone_names_the_file_that_is_missing(page, wfdb_pair):
    opened = page("record").upload(("lbbb.hea", wfdb_pair["lbbb.hea"]))
    (line,) = opened.errors()
    assert "lbbb\\.dat" in line or "lbbb.dat" in line


def test_upload_above_the_limit_is_refused_before_it_is_parsed(page, monkeypatch, wfdb_pair):
    monkeypatch.setattr(uploads, "limit_mb", lambda: 0)
    (line,) = page("record").upload(*wfdb_pair.items()).errors()
    assert "at most 0 MB" in line


def test_panel_states_the_limit_of_the_configuration(page):
    opened = page("record")
    opened.at.button_group(key="source").set_value("Upload").run()
    limit = st.get_option("server.maxUploadSize")
    assert any(f"up to {limit} MB" in caption.value for caption in opened.at.caption)


def test_file_without_rate_and_unit_is_asked_about_and_nothing_is_guessed(page):
    rows = (np.sin(np.arange(3000) / 40)[:, None] * [0.5, 1.0]).round(4)
    text = "I,II\n" + "\n".join(f"{a},{b}" for a, b in rows)
    opened = page("record").upload(("plain.csv", text.encode()))
    assert opened.errors() == []
    rate = opened.at.number_input[0]
    assert rate.value is None
    assert "plain" not in opened.words()
    rate.set_value(300.0)
    next(box for box in opened.at.selectbox if box.label.startswith("Unit")).set_value("mV")
    next(b for b in opened.at.button if b.label == "Read").click().run()
    assert opened.errors() == []
    assert "2 leads · 300 Hz · 10 s" in opened.words()


def test_two_sessions_never_see_each_others_record(page, wfdb_pair):
    one, other = page("record"), page("record")
    one.upload(*wfdb_pair.items())
    other.at.run()
    assert "lbbb" in one.words()
    assert "lbbb" not in other.words()
    assert not np.array_equal(one.line("I"), other.line("I"))


def test_removed_file_is_forgotten(page, wfdb_pair):
    opened = page("record").upload(*wfdb_pair.items())
    opened.at.file_uploader(key="files").set_value([]).run()
    assert "lbbb" not in opened.words()
    assert opened.paper()


def test_foreign_name_is_shown_as_text(page):
    rows = "\n".join(f"{0.1 * (k % 50)},{0.2 * (k % 40)}" for k in range(3000))
    opened = page("record").upload(("<img src=x onerror=alert(1)>.csv", f"I,II\n{rows}".encode()))
    assert "<img" not in opened.words()
    assert not any("<img" in line for line in opened.errors())


def test_the_record_can_be_taken_along(page):
    opened = page("record")
    buttons = {button.proto.label for button in opened.at.get("download_button")}
    assert {"Print / PDF", "CSV", "WFDB"} <= buttons


def _prints():
    import streamlit as st

    from ecgviz.signals import synthetic
    from ecgviz.ui import print_row, view

    record = synthetic.simulate("sinus_rhythm").record
    st.session_state["make"] = print_row.printing(record, view.View(speed=50.0, gain=5.0, layout="6x2"))


def test_what_is_printed_is_what_is_shown():
    make = AppTest.from_function(_prints, default_timeout=60).run().session_state["make"]
    data = make()  # outside the session, as the server does it
    said = pypdfium2.PdfDocument(data)[0].get_textpage().get_text_range()
    assert data.startswith(b"%PDF") and "50 mm/s" in said and "5 mm/mV" in said
