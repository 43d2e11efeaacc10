"""Where each lead stands: every layout, every length, every set of leads."""

from collections.abc import Callable

import numpy as np
import pytest

from ecgviz.errors import EcgvizError
from ecgviz.leads import CABRERA, PRECORDIAL, STANDARD_12
from ecgviz.plot.layout import GAINS, LAYOUTS, SPEEDS, arrange
from ecgviz.record import Record

Make = Callable[..., Record]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_lead_once_beside_the_strips(layout: str, make_record: Make) -> None:
    sheet = arrange(make_record(), layout, rhythm=("II", "V1"))
    strips = [cell.lead for cell in sheet.cells if LAYOUTS[layout].strips and cell.row >= 3]
    shown = [cell.lead.removeprefix("-") for cell in sheet.cells]
    assert sorted(shown) == sorted([*STANDARD_12, *strips])
    assert strips == (["II", "V1"] if LAYOUTS[layout].strips else [])


@pytest.mark.parametrize("layout", ["3x4+1", "3x4", "cabrera 3x4+1"])
@pytest.mark.parametrize("start_s", [0.0, 7.25])
def test_three_by_four_columns_share_the_strips_time(layout: str, start_s: float, make_record: Make) -> None:
    record = make_record(seconds=30, start_s=100.0)
    sheet = arrange(record, layout, start_s=100 + start_s)
    columns = sorted({cell.start_s - 100 - start_s for cell in sheet.cells})
    assert columns == [0, 2.5, 5, 7.5]
    for cell in sheet.cells:
        assert record.times[cell.first] == pytest.approx(cell.start_s)
    strip = [cell for cell in sheet.cells if cell.row == 3]
    assert all(cell.stop - cell.first == 5000 for cell in strip)


def test_three_by_four_is_read_down_the_columns(make_record: Make) -> None:
    sheet = arrange(make_record(), "3x4")
    rows = [[cell.lead for cell in sheet.cells if cell.row == row] for row in range(3)]
    assert rows == [["I", "aVR", "V1", "V4"], ["II", "aVL", "V2", "V5"], ["III", "aVF", "V3", "V6"]]


@pytest.mark.parametrize("layout", ["cabrera", "cabrera 3x4+1"])
def test_cabrera_turns_avr_round(layout: str, make_record: Make) -> None:
    record = make_record()
    cells = arrange(record, layout).cells
    assert tuple(cell.lead for cell in cells)[:12] == CABRERA + PRECORDIAL
    turned = next(cell for cell in cells if cell.lead == "-aVR")
    np.testing.assert_array_equal(turned.values(record), -record["aVR"][turned.first : turned.stop])


@pytest.mark.parametrize(
    ("seconds", "layout", "starts"),
    [
        (8.0, "3x4", [0, 2, 4, 6]),
        (9.5, "3x4", [0, 2.5, 5, 7.5]),
        (2.0, "6x2", [0, 1]),
        (3.0, "12x1", [0]),
        (60.0, "3x4+1", [0, 2.5, 5, 7.5]),
        (60.0, "12x1", [0]),
    ],
)
def test_other_lengths_fill_the_columns_and_stay_in_the_record(
    seconds: float, layout: str, starts: list[float], make_record: Make
) -> None:
    record = make_record(seconds=seconds)
    sheet = arrange(record, layout)
    assert sorted({cell.start_s for cell in sheet.cells}) == starts
    assert all(0 <= cell.first < cell.stop <= record.samples for cell in sheet.cells)
    assert sheet.seconds == min(seconds, 10)
    assert sheet.x_range[1] - sheet.x_range[0] == pytest.approx(10.6)


@pytest.mark.parametrize("asked", [-5.0, 24.9, 1e6])
def test_a_window_beyond_the_end_is_moved_into_the_record(asked: float, make_record: Make) -> None:
    sheet = arrange(make_record(seconds=25), start_s=asked)
    assert sheet.seconds == 10
    assert 0 <= sheet.start_s <= 15


@pytest.mark.parametrize("leads", [("MLII",), ("MLII", "V5"), ("I", "II", "III"), ("vx", "vy", "vz")])
def test_other_records_are_rows_in_their_own_order(leads: tuple[str, ...], make_record: Make) -> None:
    sheet = arrange(make_record(leads), "3x4+1")
    assert tuple(cell.lead for cell in sheet.cells) == leads
    assert [cell.row for cell in sheet.cells] == list(range(len(leads)))
    assert all(cell.stop - cell.first == 5000 for cell in sheet.cells)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_leads_beyond_the_twelve_follow_as_strips(layout: str, make_record: Make) -> None:
    sheet = arrange(make_record((*STANDARD_12, "vx", "vy", "vz")), layout)
    assert [cell.lead for cell in sheet.cells][-3:] == ["vx", "vy", "vz"]
    assert all(cell.stop - cell.first == 5000 for cell in sheet.cells[-3:])


def test_a_missing_lead_keeps_its_place(make_record: Make) -> None:
    whole = arrange(make_record(), "3x4")
    partial = arrange(make_record([lead for lead in STANDARD_12 if lead != "V2"]), "3x4")
    assert [(cell.lead, cell.row) for cell in partial.cells] == [(cell.lead, cell.row) for cell in whole.cells]
    assert [cell.lead for cell in partial.cells if cell.source is None] == ["V2"]


@pytest.mark.parametrize("gain", GAINS)
@pytest.mark.parametrize("speed", SPEEDS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_baselines_lie_on_heavy_lines_and_the_height_makes_squares(
    layout: str, speed: float, gain: float, make_record: Make
) -> None:
    sheet = arrange(make_record(), layout, speed=speed, gain=gain, width=1200)
    in_mm = [cell.row_mv * gain / 5 for cell in sheet.cells]
    np.testing.assert_allclose(in_mm, np.round(in_mm), atol=1e-9)
    wide_mm = speed * (sheet.x_range[1] - sheet.x_range[0])
    high_mm = gain * (sheet.y_range[1] - sheet.y_range[0])
    assert (sheet.height_px - 60) / high_mm == pytest.approx(1200 / wide_mm, rel=0.01)


def test_the_height_is_the_same_for_ordinary_records_and_grows_for_tall_complexes(make_record: Make) -> None:
    one = make_record()
    tall = one.with_signal(np.where(one.signal > 0.15, 3.2, one.signal), "tall")
    wild = one.with_signal(np.where(one.signal > 0.15, 90.0, one.signal), "artefact")
    plain = arrange(one).height_px
    assert arrange(make_record(fs=100)).height_px == plain
    assert plain < arrange(tall).height_px <= arrange(wild).height_px < 2 * plain
    assert arrange(tall).y_range[1] > 3.2


def test_a_steady_offset_is_left_out_of_the_drawing_only(make_record: Make) -> None:
    record = make_record()
    moved = record.signal.copy()
    moved[6] += 4
    cells = arrange(record.with_signal(moved, "offset")).cells
    offsets = {cell.lead: cell.offset_mv for cell in cells if cell.offset_mv}
    assert offsets == {"V1": pytest.approx(4, abs=0.1)}


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"layout": "5x5"}, "Layout '5x5' is not known; choose one of 3x4"),
        ({"speed": 30}, "Speed 30 mm/s is not offered; choose 12.5, 25, 50 mm/s"),
        ({"gain": 7}, "Gain 7 mm/mV is not offered; choose 5, 10, 20 mm/mV"),
        ({"rhythm": ("I", "II", "V1", "V5")}, "4 rhythm strips do not fit"),
        ({"seconds": 0}, "A window of 0 s cannot be drawn"),
        ({"seconds": float("nan")}, "A window of nan s cannot be drawn"),
    ],
)
def test_a_choice_that_is_not_offered_says_what_is(keywords: dict, message: str, make_record: Make) -> None:
    with pytest.raises(EcgvizError, match=message):
        arrange(make_record(), **keywords)
