"""The grid of ECG paper: its pitch, turn and tilt against pictures whose lines are drawn where they are known to be."""

import cv2
import numpy as np
import pytest

from ecgviz.scans.flat import rule_of, without_grid
from ecgviz.scans.grid import find_lattice


def ruled(width: int, height: int, pitch: float, angle_deg: float = 0.0, heavy: bool = True) -> np.ndarray:
    """Darkness of fine lines every `pitch` pixels, each fifth one heavier, turned clockwise."""
    angle = np.radians(angle_deg)
    y, x = np.indices((height, width), float)
    tone = np.zeros((height, width), np.float32)
    for at in (x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)):
        for period, strength, line in ((pitch, 0.2, 0.8), (5 * pitch, 0.4 if heavy else 0.2, 1.0)):
            off = np.abs((at + period / 2) % period - period / 2)
            tone = np.maximum(tone, (strength * np.clip(line + 0.5 - off, 0, 1)).astype(np.float32))
    return tone


@pytest.mark.parametrize(("pitch", "angle"), [(4.0, 0.0), (5.3, 0.0), (6.1, 7.0), (4.7, -3.0)])
def test_pitch_and_turn_are_found(pitch: float, angle: float) -> None:
    tone = ruled(900, 640, pitch, angle)
    lattice = find_lattice(tone)
    assert lattice is not None
    ruling = rule_of(tone, lattice)
    assert ruling.mm == 1.0
    assert ruling.fine
    assert ruling.px_per_mm == pytest.approx((pitch, pitch), rel=0.004)
    back = np.linalg.inv(lattice.to_lines)
    a, b = cv2.perspectiveTransform(np.array([[(0.0, 60.0), (60.0, 60.0)]]), back)[0]
    assert np.degrees(np.arctan2(b[1] - a[1], b[0] - a[0])) == pytest.approx(angle, abs=0.15)


def test_noise_and_one_set_of_lines_are_no_grid() -> None:
    rng = np.random.default_rng(0)
    assert find_lattice(rng.uniform(0, 0.4, (600, 800)).astype(np.float32)) is None
    stripes = np.tile((np.arange(800) % 9 < 2).astype(np.float32) * 0.4, (600, 1))
    assert find_lattice(stripes) is None


def test_what_repeats_is_taken_away_and_ink_stays() -> None:
    tone = ruled(400, 300, 4.0)
    inked = tone.copy()
    inked[150:153, 40:360] = 0.9
    free = without_grid(inked, 20)
    assert free[151, 60:340].min() > 0.8
    assert free[:140].max() < 0.05
