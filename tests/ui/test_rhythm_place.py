"""The chosen moment and its window: nothing moves that need not, and nothing leaves the recording."""

import numpy as np
import pytest

from ecgviz.errors import EditError
from ecgviz.ui.rhythm_place import Place, clock, nearest, seconds_of

PLACE = Place(first_s=0.0, last_s=1800.0, at_s=3.0, start_s=0.0)
BEATS = np.arange(0.5, 1800.0, 0.8)


def test_a_moment_in_the_window_leaves_the_window():
    assert PLACE.select(7.0).start_s == 0.0


def test_a_moment_outside_is_centred():
    assert PLACE.select(100.0).start_s == pytest.approx(95.0)
    assert PLACE.select(100.0).at_s == 100.0


@pytest.mark.parametrize(("at", "start"), [(0.0, 0.0), (2.0, 0.0), (1799.0, 1790.0), (5000.0, 1790.0), (-3.0, 0.0)])
def test_the_window_stays_inside_the_recording(at, start):
    moved = PLACE.centre(at)
    assert moved.start_s == pytest.approx(start)
    assert 0 <= moved.at_s <= 1800


def test_a_short_recording_is_shown_whole():
    place = Place(0.0, 5.0, 2.0, 0.0, 10.0).centre(4.0)
    assert (place.start_s, place.stop_s) == (0.0, 5.0)


@pytest.mark.parametrize("span", [5.0, 30.0])
def test_zoom_keeps_the_moment_where_it_was(span):
    place = PLACE.centre(700.0).select(698.0)
    zoomed = place.zoom(span)
    assert (zoomed.at_s - zoomed.start_s) / span == pytest.approx((698.0 - place.start_s) / 10.0)


def test_paging():
    assert PLACE.page(1).start_s == 10.0
    assert PLACE.page(-1).start_s == 0.0
    assert PLACE.centre(1799).page(1).start_s == 1790.0


def test_a_click_near_a_beat_is_the_beat_and_elsewhere_is_the_moment():
    on = PLACE.snapped(BEATS, 2.2)
    assert on.beat(BEATS) == 2
    assert on.at_s == BEATS[2]
    off = PLACE.snapped(BEATS, 2.51)
    assert off.beat(BEATS) is None
    assert off.at_s == 2.51


def test_steps_go_from_beat_to_beat_and_end():
    place = PLACE.snapped(BEATS, 2.1)
    assert place.step(BEATS, 1) == BEATS[3]
    assert place.step(BEATS, -1) == BEATS[1]
    assert PLACE.select(0.5).step(BEATS, -1) is None
    assert PLACE.centre(1799.9).step(BEATS, 1) is None
    assert PLACE.step(np.empty(0), 1) is None


def test_beats_in_the_window():
    first, end = PLACE.inside(BEATS)
    assert BEATS[first:end].tolist() == [t for t in BEATS if t <= 10.0]


def test_nearest_of_none():
    assert nearest(np.empty(0), 1.0) is None


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0:00.0"),
        (59.94, "0:59.9"),
        (59.96, "1:00.0"),
        (65.25, "1:05.2"),
        (3600.0, "1:00:00.0"),
        (86399.9, "23:59:59.9"),
    ],
)
def test_clock(seconds, text):
    assert clock(seconds) == text
    assert seconds_of(text) == pytest.approx(seconds, abs=0.06)


@pytest.mark.parametrize("text", ["", "later", "1:2:3:4", "-5", "nan", "inf"])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(EditError, match="no time"):
        seconds_of(text)
