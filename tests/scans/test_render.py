"""Pages drawn from a record: ink where the geometry says, true millimetres, and one line for what is not offered."""

from dataclasses import replace

import numpy as np
import pytest

from ecgviz.errors import EcgvizError
from ecgviz.record import Record
from ecgviz.scans.geometry import Hints
from ecgviz.scans.render import FONTS, PAPERS, Style, random_style, render
from ecgviz.signals.synthetic import simulate

RECORD = simulate("sinus_rhythm").record
PLAIN = Style(grid="none", names=False, footer="", separators="none", pulse="none", px_per_mm=6)


def darkness(pixels: np.ndarray, points: np.ndarray) -> np.ndarray:
    """0 (paper) to 1 (ink) in the pixel at each point."""
    x, y = np.rint(points).astype(int).T
    return 1 - pixels[y, x].mean(axis=1) / 255


@pytest.mark.parametrize("layout", ["3x4+1", "3x4", "6x2", "12x1", "cabrera"])
@pytest.mark.parametrize("speed,gain", [(25, 10), (50, 5)])
def test_ink_lies_where_the_geometry_says(layout: str, speed: float, gain: float) -> None:
    scan, geometry = render(RECORD, Style(layout=layout, speed=speed, gain=gain, px_per_mm=6))
    for box in geometry.boxes:
        assert darkness(scan.pixels, geometry.trace(box, RECORD)).mean() > 0.75, box.lead
    assert geometry.layout == layout
    assert len(geometry.boxes) == (13 if layout == "3x4+1" else 12)


def test_paper_away_from_the_trace_is_blank() -> None:
    scan, geometry = render(RECORD, replace(PLAIN, layout="12x1"))
    for box in geometry.boxes:
        aside = geometry.trace(box, RECORD) - (0, 0.45 * (box.y1 - box.y0))
        assert np.median(darkness(scan.pixels, aside)) < 0.05


def test_columns_and_strip_show_their_seconds() -> None:
    _, geometry = render(RECORD)
    assert {box.lead: (box.start_s, box.end_s) for box in geometry.boxes[:12]}["V4"] == (7.5, 10.0)
    assert (geometry.boxes[-1].lead, geometry.boxes[-1].end_s) == ("II", 10.0)
    strip = geometry.boxes[-1]
    assert strip.x1 - strip.x0 == pytest.approx(250 * 8)


@pytest.mark.parametrize("px_per_mm", [4.0, 7.3, 12.0])
def test_grid_has_the_pitch_of_the_paper(px_per_mm: float) -> None:
    record = Record(np.zeros((12, 5000), np.float32), 500, RECORD.leads)
    scan, geometry = render(record, replace(PLAIN, grid="fine", px_per_mm=px_per_mm))
    assert geometry.grid is not None
    x0, y0, x1, _ = geometry.grid
    row = scan.pixels[int(y0 + 2.5 * px_per_mm), round(x0) : round(x1)].mean(axis=1)
    power = np.abs(np.fft.rfft(row - row.mean(), 2**17))
    found = 2**17 / (50 + np.argmax(power[50:]))
    nearest = px_per_mm if found < 3 * px_per_mm else 5 * px_per_mm
    assert found == pytest.approx(nearest, rel=2e-3)


def test_calibration_pulse_is_one_millivolt_high_and_a_fifth_of_a_second_wide() -> None:
    scan, geometry = render(RECORD, Style(gain=20, pulse="right"))
    assert len(geometry.pulses) == 4
    x0, y0, x1, y1 = geometry.pulses[0]
    assert (x1 - x0, y1 - y0) == (pytest.approx(5 * 8), pytest.approx(20 * 8))
    assert darkness(scan.pixels, np.array([(x, y0) for x in np.linspace(x0, x1, 20)])).min() > 0.6


def test_a_gap_stays_blank() -> None:
    signal = RECORD.signal.copy()
    signal[:, 2000:2400] = np.nan
    gap = replace(RECORD, signal=signal)
    scan, geometry = render(gap, replace(PLAIN, layout="12x1"))
    box = geometry.boxes[1]
    inside = np.column_stack(
        [np.linspace(box.x0 + 4.05 * geometry.px_per_s, box.x0 + 4.75 * geometry.px_per_s), np.full(50, box.baseline)]
    )
    assert darkness(scan.pixels, inside).max() < 0.05


def test_few_leads_are_rows() -> None:
    _, geometry = render(RECORD.pick(["I", "V1"]))
    assert (geometry.layout, [box.lead for box in geometry.boxes]) == ("rows", ["I", "V1"])


def test_random_pages_are_many_and_repeat_with_their_seed() -> None:
    styles = [random_style(np.random.default_rng(seed)) for seed in range(40)]
    assert styles[3] == random_style(np.random.default_rng(3))
    assert {style.layout for style in styles} == {"3x4+1", "3x4", "6x2", "12x1"}
    assert {style.paper for style in styles} == set(PAPERS)
    assert random_style(np.random.default_rng(1), paper="blue").paper == "blue"
    for style in styles[:6]:
        scan, geometry = render(RECORD, replace(style, px_per_mm=4))
        x, y = np.concatenate([geometry.corners(box.box) for box in geometry.boxes]).T
        assert x.min() > 0 and x.max() < scan.pixels.shape[1] and y.max() < scan.pixels.shape[0]


@pytest.mark.parametrize(
    "change,said",
    [
        ({"paper": "tartan"}, "Paper 'tartan' is not known; choose one of pink"),
        ({"name_font": "runes"}, f"choose one of {next(iter(FONTS))}"),
        ({"px_per_mm": 500}, "500 pixels per mm cannot be printed"),
        ({"layout": "5x5"}, "Layout '5x5' is not known"),
        ({"speed": 30}, "Speed 30 mm/s is not offered"),
    ],
)
def test_what_is_not_offered_is_said(change: dict[str, object], said: str) -> None:
    with pytest.raises(EcgvizError, match=said):
        render(RECORD, replace(Style(), **change))  # type: ignore[arg-type]


def test_hints_are_empty_until_given() -> None:
    assert Hints() == Hints(corners=None, layout=None, px_per_mm=None, boxes=())
