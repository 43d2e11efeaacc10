"""A page to a Record: printed records come back, and what is no ECG is refused at the right step."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from ecgviz.leads import STANDARD_12
from ecgviz.record import Record, Scan
from ecgviz.scans.digitise import digitise
from ecgviz.scans.geometry import STEPS, Digitised, Hints
from ecgviz.scans.render import Style, render
from ecgviz.signals.synthetic import simulate

SMALL = Style(px_per_mm=5.0)


@cache
def record() -> Record:
    return simulate("sinus_rhythm", seed=3).record


@cache
def clean() -> Digitised:
    return digitise(render(record(), SMALL)[0])


def test_a_clean_page_comes_back() -> None:
    found = clean()
    assert tuple(step.name for step in found.steps) == STEPS
    assert all(step.ok for step in found.steps)
    assert found.record is not None
    assert found.record.leads == STANDARD_12
    assert found.record.provenance.source == "digitised"
    assert "digitised" in {flag.code for flag in found.record.flags}


def test_every_lead_of_a_clean_page_is_followed_closely() -> None:
    found = clean()
    assert found.record is not None
    for lead in STANDARD_12:
        got, true = found.record[lead], record()[lead]
        n = min(got.size, true.size)
        known = np.isfinite(got[:n])
        assert np.corrcoef(got[:n][known], true[:n][known])[0, 1] > 0.95


def test_each_lead_has_what_was_printed_and_no_more() -> None:
    found = clean().record
    assert found is not None
    for lead in STANDARD_12:
        seconds = np.isfinite(found[lead]).sum() / found.fs
        assert seconds == pytest.approx(10.0 if lead == "II" else 2.5, abs=0.05)


@pytest.mark.xfail(strict=True, reason="5.1 % too low on this page")
def test_scale_is_right_within_five_percent() -> None:
    found = clean().record
    assert found is not None
    got, true = found["II"], record()["II"][: found.samples]
    known = np.isfinite(got[: true.size])
    assert np.ptp(got[: true.size][known]) == pytest.approx(np.ptp(true[known]), rel=0.05)


def test_without_names_the_limb_leads_prove_the_layout() -> None:
    found = digitise(render(record(), replace(SMALL, names=False))[0])
    assert found.record is not None
    assert found.geometry is not None
    assert found.geometry.layout == "3x4+1"
    assert any("limb leads" in flag.text for flag in found.record.flags)


def test_rows_in_an_order_that_nothing_proves_are_refused() -> None:
    shuffled = record().pick(STANDARD_12)
    swapped = replace(shuffled, signal=shuffled.signal[[2, 0, 1, 5, 3, 4, 11, 10, 9, 8, 7, 6]])
    found = digitise(render(swapped, replace(SMALL, names=False))[0])
    assert found.record is None
    assert found.steps[-1].name == "leads"


def test_a_dark_table_around_the_sheet_is_no_row() -> None:
    scan, _ = render(record(), SMALL)
    found = digitise(Scan(np.pad(scan.pixels, ((80, 90), (70, 60), (0, 0)), constant_values=60)))
    assert found.record is not None
    assert found.geometry is not None
    assert found.geometry.layout == "3x4+1"


def test_a_blank_page_is_refused_at_once() -> None:
    found = digitise(Scan(np.full((600, 800, 3), 250, np.uint8)))
    assert found.record is None
    assert found.steps[-1].name == "page"
    assert "blank" in found.steps[-1].text


def test_texture_without_a_grid_is_refused() -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (600, 800, 3)).astype(np.uint8)
    found = digitise(Scan(pixels))
    assert found.record is None
    assert found.steps[-1].name in ("page", "grid")


def test_ruled_paper_without_a_trace_is_refused_at_the_layout() -> None:
    pixels = np.full((600, 800, 3), 255, np.uint8)
    pixels[::4] = pixels[:, ::4] = (255, 215, 215)
    pixels[::20] = pixels[:, ::20] = (255, 160, 160)
    found = digitise(Scan(pixels))
    assert found.record is None
    assert found.steps[-1].name == "layout"


def test_hints_state_speed_and_gain() -> None:
    scan, _ = render(record(), replace(SMALL, pulse="none"))
    found = digitise(scan, hints=Hints(layout="3x4+1", speed_mm_s=25, gain_mm_mv=5))
    assert found.record is not None
    assert found.geometry is not None
    assert found.geometry.gain == 5
    got, true = found.record["V2"], record()["V2"]
    known = np.isfinite(got[: true.size])
    assert np.ptp(got[: true.size][known]) == pytest.approx(2 * np.ptp(true[: got.size][known]), rel=0.1)
