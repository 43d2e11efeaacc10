"""The Paper page: a page to look at from the first moment, each step said, and one line for what is no page."""

import io

import numpy as np
import pytest
from PIL import Image

from ecgviz.plot import tracing
from ecgviz.report import pdf
from ecgviz.scans.geometry import STEPS, Hints
from ecgviz.signals.synthetic import simulate


def png(pixels: np.ndarray) -> bytes:
    into = io.BytesIO()
    Image.fromarray(pixels).save(into, "PNG")
    return into.getvalue()


def own(opened, name: str, data: bytes):
    """The page after a person's own file."""
    opened.at.button_group(key="page_source").set_value("Own picture").run()
    opened.at.file_uploader(key="page_file").set_value((name, data, "application/octet-stream"))
    opened.at.run()
    return opened


@pytest.fixture
def paper(page, tmp_path):
    """The page without any model."""
    return page("paper", ECGVIZ_MODELS=str(tmp_path))


def test_a_page_is_read_with_no_network_no_data_and_no_model(paper):
    assert paper.errors() == []
    words = paper.words()
    assert words.count("class='ev-ok'") == len(STEPS)
    picture = next(figure for figure in paper.figures() if figure["layout"].get("images"))
    assert {line["name"] for line in picture["data"]} >= {"page", "leads", "trace", "lead names"}
    assert {"I", "aVR", "V6"} <= {line.get("name") for line in paper.paper()["data"]}
    assert "Digitised, not recorded" in words
    assert any("No model of pages is installed" in caption.value for caption in paper.at.caption)
    labels = {button.proto.label for button in paper.at.get("download_button")}
    assert {"Print / PDF", "CSV", "WFDB"} <= labels


def test_the_record_opens_everywhere_and_stays_digitised(paper):
    next(b for b in paper.at.button if b.label == "Open on the Record page").click().run()
    record = paper.at.session_state["_record"]
    assert record.provenance.source == "digitised"
    assert paper.at.session_state["source"] == "Paper"


def test_our_own_pdf_is_read_from_its_lines(paper):
    record = simulate("sinus_rhythm").record
    opened = own(paper, "ecg.pdf", pdf.page(record, layout="12x1"))
    assert opened.errors() == []
    read = np.frombuffer(opened.line("V2").tobytes(), opened.line("V2").dtype)
    expected = record["V2"]
    assert read.size == pytest.approx(expected.size, abs=5)
    assert "Digitised, not recorded" in opened.words()


@pytest.mark.parametrize(
    "pixels",
    [np.full((400, 600, 3), 255, np.uint8), np.random.default_rng(0).integers(0, 255, (400, 600, 3), np.uint8)],
)
def test_what_is_no_ecg_is_refused_with_a_reason_and_can_be_finished_by_hand(paper, pixels):
    opened = own(paper, "cat.png", png(pixels))
    assert opened.errors() == []
    words = opened.words()
    assert "The page could not be read" in words and "class='ev-bad'" in words
    assert any("Finish by hand" in e.label for e in opened.at.expander)


@pytest.mark.parametrize(
    "name,data,said",
    [
        ("a.gif", b"GIF89a" + b"\0" * 50, "is a GIF"),
        ("a.png", b"\x89PNG\r\n\x1a\n rest", "damaged or cut off"),
        ("a.html", b"<html><script>alert(1)</script></html>", "HTML or XML"),
        ("a.pdf", b"%PDF-1.7 nothing", "damaged or cut off PDF"),
    ],
)
def test_a_hostile_file_is_one_line(paper, name, data, said):
    (line,) = own(paper, name, data).errors()
    assert said in line.replace("\\", "")


def test_half_a_set_of_corners_is_said(paper):
    next(n for n in paper.at.number_input if n.label == "Top left x").set_value(10.0)
    next(b for b in paper.at.button if "Read again" in b.label).click().run()
    (line,) = paper.errors()
    assert "state x and y of all four" in line


def test_what_is_stated_reaches_the_digitiser(paper):
    next(s for s in paper.at.selectbox if s.label == "Layout").set_value("3x4+1")
    next(b for b in paper.at.button if "Read again" in b.label).click().run()
    assert paper.at.session_state["_hints"][1] == Hints(layout="3x4+1")
    assert paper.errors() == []


def test_no_chart_can_be_sent_elsewhere(paper):
    for chart in paper.at.get("plotly_chart"):
        assert "plotlyServerURL" in chart.proto.config or "displayModeBar" in chart.proto.config
    assert tracing.CONFIG["plotlyServerURL"] == ""
