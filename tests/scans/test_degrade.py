"""A damaged page: its geometry still leads to the ink, a seed repeats it, and exact turns are exact."""

import numpy as np
import pytest

from ecgviz.errors import EcgvizError
from ecgviz.scans.degrade import PRESETS, Damage, degrade
from ecgviz.scans.render import Style, render
from ecgviz.signals.synthetic import simulate

RECORD = simulate("left_bundle_branch_block").record
CLEAN, PLACE = render(RECORD, Style(grid="none", names=False, footer="", separators="none", pulse="none", px_per_mm=6))


def contrast(pixels: np.ndarray, points: np.ndarray) -> float:
    """How much darker the trace's pixels are than those 2 mm above them, both as medians, of 255."""
    on = pixels[tuple(np.rint(points).astype(int).T[::-1])].mean(axis=1)
    off = pixels[tuple(np.rint(points - (0, 14)).astype(int).T[::-1])].mean(axis=1)
    return float(np.median(off) - np.median(on))


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("seed", range(3))
def test_the_trace_lies_where_the_moved_geometry_says(preset: str, seed: int) -> None:
    scan, moved = degrade(CLEAN, PLACE, preset, seed=seed)
    points = np.concatenate([moved.to_picture(moved.trace(box, RECORD)) for box in moved.boxes])
    assert contrast(scan.pixels, points) > 40


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_quarter_turns_are_exact(quarters: int) -> None:
    scan, moved = degrade(CLEAN, PLACE, Damage(quarters=quarters))
    assert np.array_equal(scan.pixels, np.rot90(CLEAN.pixels, -quarters))
    box = moved.boxes[0]
    there = moved.to_picture(moved.trace(box, RECORD))
    assert np.allclose(moved.to_page(there), moved.trace(box, RECORD))
    assert contrast(np.rot90(scan.pixels, quarters), moved.trace(box, RECORD)) > 150


def test_a_smaller_picture_keeps_its_scale() -> None:
    scan, moved = degrade(CLEAN, PLACE, Damage(scale=0.5))
    assert scan.px_per_mm == pytest.approx(3)
    assert scan.pixels.shape[1] == pytest.approx(CLEAN.pixels.shape[1] / 2, abs=1)
    assert np.ptp(moved.corners(moved.boxes[-1].box)[:, 0]) == pytest.approx(250 * 3, rel=1e-3)


def test_a_seed_repeats_the_picture_and_another_does_not() -> None:
    first, same, other = (degrade(CLEAN, PLACE, "heavy", seed=seed)[0] for seed in (7, 7, 8))
    assert first.digest == same.digest != other.digest


def test_moderate_is_what_the_target_names() -> None:
    assert PRESETS["moderate"].rotation_deg == 10
    assert PRESETS["moderate"].jpeg == 40
    assert PRESETS["moderate"].perspective > 0 < PRESETS["moderate"].shadow


def test_no_damage_leaves_the_page_alone() -> None:
    scan, moved = degrade(CLEAN, PLACE, Damage())
    assert np.array_equal(scan.pixels, CLEAN.pixels)
    assert moved == PLACE


def test_an_unknown_preset_is_named() -> None:
    with pytest.raises(EcgvizError, match="'coffee' is not known; choose one of light, moderate, heavy"):
        degrade(CLEAN, PLACE, "coffee")
