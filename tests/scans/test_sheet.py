"""The ruled part of a page: a table around the sheet is left out, a page without a grid is left whole."""

import numpy as np

from ecgviz.scans.sheet import ruled_part


def test_a_table_around_the_sheet_is_left_out() -> None:
    rng = np.random.default_rng(0)
    lines = rng.uniform(0, 0.4, (600, 800)).astype(np.float32)
    lines[100:500, 100:700] = 0.02
    lines[100:500:4, 100:700] = lines[100:500, 100:700:4] = 0.2
    lines[100:500:20, 100:700] = lines[100:500, 100:700:20] = 0.4
    ink = np.zeros_like(lines)
    ink[:90], ink[:, :90] = 0.8, 0.8
    kept = ruled_part(lines, ink, 20)
    assert kept[100:500, 100:700].all()
    assert not kept[:75].any() and not kept[530:].any()
    assert not kept[:, :75].any() and not kept[:, 730:].any()


def test_without_a_grid_everything_is_kept() -> None:
    lines = np.random.default_rng(0).uniform(0, 0.02, (600, 800)).astype(np.float32)
    assert ruled_part(lines, np.zeros_like(lines), 20).all()
