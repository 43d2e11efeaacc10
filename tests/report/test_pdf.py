"""The printed page, parsed back: true millimetres, the whole signal, its words, and nobody's name."""

import ctypes
import time
from dataclasses import replace
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw
import pytest

from ecgviz.errors import EcgvizError
from ecgviz.record import Flag, Patient, Record
from ecgviz.report import pdf
from ecgviz.results import Finding, Measurements, Prediction
from ecgviz.signals.synthetic import simulate

RECORD = simulate("left_bundle_branch_block").record
MM = 72 / 25.4


def polylines(data: bytes) -> list[np.ndarray]:
    """Every path of the page as points in mm, (n, 2), y upwards; a pen lift starts a new one."""
    page = pdfium.PdfDocument(data)[0]
    found: list[list[tuple[float, float]]] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH]):
        for k in range(raw.FPDFPath_CountSegments(item.raw)):
            segment = raw.FPDFPath_GetPathSegment(item.raw, k)
            raw.FPDFPathSegment_GetPoint(segment, x, y)
            if raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_MOVETO:
                found.append([])
            found[-1].append((x.value / MM, y.value / MM))
    return [np.array(points) for points in found]


def text(data: bytes) -> str:
    return " ".join(pdfium.PdfDocument(data)[0].get_textpage().get_text_range().split())


def traces(data: bytes, samples: int) -> list[np.ndarray]:
    return [line for line in polylines(data) if len(line) >= samples]


@pytest.fixture(scope="module")
def printed() -> bytes:
    return pdf.page(RECORD)


def test_page_is_a4_landscape_and_vector(printed: bytes) -> None:
    document = pdfium.PdfDocument(printed)
    assert len(document) == 1
    assert np.divide(document[0].get_size(), MM) == pytest.approx((297, 210), abs=0.05)
    assert not list(document[0].get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE]))


@pytest.mark.parametrize("layout", ["3x4+1", "6x2", "12x1"])
def test_the_signal_comes_back_whole(layout: str) -> None:
    found = traces(pdf.page(RECORD, layout=layout), 1250)
    strips = {"3x4+1": 13, "6x2": 12, "12x1": 12}[layout]
    assert len(found) == strips
    wanted = {"3x4+1": RECORD["V6"][3750:], "6x2": RECORD["V6"][2500:], "12x1": RECORD["V6"]}[layout]
    errors = [np.sqrt(np.mean(np.square(_mv(line) - _mv_of(wanted)))) for line in found if len(line) == len(wanted)]
    assert min(errors) < 0.002  # mV; the target is 0.010


def _mv(line: np.ndarray) -> np.ndarray:
    return line[:, 1] / 10 - line[:, 1].mean() / 10


def _mv_of(values: np.ndarray) -> np.ndarray:
    return values - values.mean()


def test_ten_seconds_are_250_mm_and_a_millivolt_10_mm(printed: bytes) -> None:
    strip = traces(printed, 5000)[0]
    second = np.polyfit(np.arange(5000) / RECORD.fs, strip[:, 0], 1)[0]
    assert 10 * second == pytest.approx(250.0, abs=0.05)
    scale = np.polyfit(RECORD["II"].astype(float), strip[:, 1], 1)[0]
    assert scale == pytest.approx(10.0, abs=0.01)
    pulses = [line for line in polylines(printed) if len(line) == 6]
    assert len(pulses) == 4
    assert np.ptp(pulses[0][:, 1]) == pytest.approx(10.0, abs=0.01)
    assert pulses[0][3, 0] - pulses[0][2, 0] == pytest.approx(5.0, abs=0.01)


def test_speed_and_gain_are_true_too() -> None:
    found = traces(pdf.page(RECORD, speed=50, gain=20, layout="12x1"), 2500)
    assert len(found) == 12 and len(found[0]) == 2500
    assert np.ptp(found[1][:, 0]) == pytest.approx(250 * 2499 / 2500, abs=0.05)
    assert np.ptp(found[1][:, 1]) == pytest.approx(20 * np.ptp(RECORD["II"][:2500]), abs=0.05)


def test_words_of_the_page() -> None:
    measured = Measurements(rate_bpm=72.4, pr_ms=None, qrs_ms=150, qt_ms=420, qtc_ms={"Fridericia": 441.0})
    prediction = Prediction("inception", (Finding("NORM", 0.02, 0.5), Finding("LBBB", 0.97, 0.41)))
    said = text(pdf.page(RECORD, measured=measured, prediction=prediction, thresholds_from="fold 9"))
    for wanted in (
        "UNCONFIRMED - requires physician over-read",
        "Not a medical device",
        "25 mm/s",
        "10 mm/mV",
        "500 Hz sampling",
        "ecgviz",
        "simulated",
        "HR 72/min",
        "PR – ms",
        "QTc Fridericia 441",
        "LBBB 0.97 ≥ threshold 0.41",
        "thresholds from fold 9",
        "aVR",
        "V6",
    ):
        assert wanted in said, wanted


def test_a_digitised_record_says_so() -> None:
    traced = replace(RECORD, provenance=replace(RECORD.provenance, source="digitised"))
    assert "DIGITISED, NOT RECORDED" in text(pdf.page(traced))
    assert "DIGITISED" not in text(pdf.page(RECORD))


def test_no_name_reaches_the_file() -> None:
    named = replace(
        RECORD,
        name="Miller_Jane_19500101",
        patient=Patient(93, "F"),
        notes=("from Miller_Jane.hea",),
        statements=("Dr. Miller",),
        flags=(Flag("lead_swap", "Miller's arms were swapped."),),
    )
    data = pdf.page(named)
    assert b"Miller" not in data and "Miller" not in text(data)
    assert not any("Miller" in value for value in pdfium.PdfDocument(data).get_metadata_dict().values())
    assert "over 89 y" in text(data) and "lead swap" in text(data)


@pytest.mark.parametrize("layout", ["3x4+1", "6x2", "12x1"])
def test_the_file_is_small_and_its_fonts_are_embedded(layout: str) -> None:
    data = pdf.page(RECORD, layout=layout)
    assert len(data) <= 300_000
    assert data.count(b"/FontFile2") >= 1
    assert data == pdf.page(RECORD, layout=layout)


def test_a_page_takes_at_most_a_second(printed: bytes) -> None:
    began = time.process_time()
    pdf.page(RECORD)
    assert time.process_time() - began < 1.0


def test_gaps_lift_the_pen_and_few_leads_are_rows() -> None:
    signal = RECORD.signal.copy()
    signal[:, 1000:1500] = np.nan
    found = traces(pdf.page(replace(RECORD, signal=signal).pick(["I", "V1"])), 900)
    assert sorted(len(line) for line in found) == [1000, 1000, 3500, 3500]


@pytest.mark.parametrize("wrong", [{"speed": 30.0}, {"gain": 7.0}, {"layout": "9x9"}])
def test_what_is_not_offered_is_said(wrong: dict[str, Any]) -> None:
    with pytest.raises(EcgvizError, match=r"not offered|not known"):
        pdf.page(RECORD, **wrong)


def test_a_lead_that_was_not_recorded_is_named() -> None:
    without = Record(RECORD.signal[:11], RECORD.fs, RECORD.leads[:11])
    assert "V6 not recorded" in text(pdf.page(without))
