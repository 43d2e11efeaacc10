"""Rows of trace: those that wander and those whose wide complexes hide their level."""

import numpy as np

from ecgviz.scans.flat import Flat
from ecgviz.scans.geometry import IDENTITY
from ecgviz.scans.rows import find_rows

MM = 4.0


def page(*levels: np.ndarray) -> Flat:
    """Ink of curves given in pixels for each column from the 40th on."""
    ink = np.zeros((600, 1100), np.float32)
    for level in levels:
        for x, y in enumerate(level, 40):
            ink[int(y) - 1 : int(y) + 2, x] = 1
    return Flat(ink, MM, IDENTITY, (0.0, 0.0, 1100.0, 600.0))


def test_a_row_between_two_others_is_found_though_its_level_shows_little() -> None:
    x = np.arange(1000)
    wide = 240 + 60 * np.sin(2 * np.pi * x / 150) * (x > 300)
    rows = find_rows(page(np.full(1000, 120), wide, np.full(1000, 360), np.full(1000, 480)))
    assert [round(row.y / MM) for row in rows] == [30, 60, 90, 120]


def test_a_row_reaches_as_far_as_its_stroke() -> None:
    x = np.arange(1000)
    leaving = 240 - np.clip(x - 940, 0, 60) * 0.8
    rows = find_rows(page(np.full(1000, 120), leaving, np.full(1000, 360)))
    assert [row.x1 for row in rows] == [1040.0] * 3


def test_blank_paper_has_no_rows() -> None:
    assert find_rows(page()) == ()
