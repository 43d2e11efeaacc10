"""Following a trace: known curves drawn as lines come back, steep strokes and crossings with them."""

import cv2
import numpy as np

from ecgviz.scans.quality import grade, limbs_agree
from ecgviz.scans.shared import disown
from ecgviz.scans.trace import column_runs, follow, line_width, settle


def drawn(*curves: np.ndarray, height: int = 240, line: float = 2.0) -> np.ndarray:
    """Ink of curves given at pixel centres, antialiased."""
    over = 4
    ink = np.zeros((height * over, curves[0].size * over), np.uint8)
    for curve in curves:
        x = (np.arange(curve.size) + 0.5) * over - 0.5
        points = np.column_stack([x, (curve + 0.5) * over - 0.5])
        cv2.polylines(ink, [np.rint(points).astype(np.int32)], False, 255, int(line * over), cv2.LINE_8)
    return cv2.resize(ink, None, fx=1 / over, fy=1 / over, interpolation=cv2.INTER_AREA).astype(np.float32) / 255


def beats(level: float, height: float, n: int = 400) -> np.ndarray:
    x = np.arange(n, dtype=float)
    return level - sum(height * np.exp(-((x - c) ** 2) / (2 * 2.5**2)) for c in range(60, n, 90))


def followed(ink: np.ndarray, level: float) -> tuple:
    columns = column_runs(ink, 0, ink.shape[1])
    return follow(columns, 0, level, 150, 4.0), line_width(columns)


def test_a_curve_comes_back_to_a_fraction_of_a_pixel() -> None:
    x = np.arange(400)
    truth = 120 + 12 * np.sin(x / 25)
    path, width = followed(drawn(truth), 120)
    y = settle(path, drawn(truth), width)
    assert np.nanmax(np.abs(y - truth)[2:-2]) < 0.5


def test_peaks_keep_their_height() -> None:
    truth = beats(180, 90)
    ink = drawn(truth)
    path, width = followed(ink, 180)
    y = settle(path, ink, width)
    for centre in range(60, 400, 90):
        assert abs(np.nanmin(y[centre - 4 : centre + 5]) - truth[centre]) < 2.5


def test_a_neighbour_that_crosses_leaves_the_flat_trace_alone() -> None:
    flat, tall = np.full(400, 90.0), beats(180, 120)
    ink = drawn(flat, tall)
    paths = [followed(ink, 90)[0], followed(ink, 180)[0]]
    width = line_width(column_runs(ink, 0, 400))
    marks = disown(paths, width)
    y = settle(paths[0], ink, width, marks[0])
    assert np.nanmean(np.abs(y - flat) < 6) > 0.97


def test_limb_leads_that_disagree_lower_the_score() -> None:
    t = np.linspace(0, 10, 1000, dtype=np.float32)
    one, two = np.sin(t), np.cos(t)
    good = {q.lead: q for q in grade({"I": one, "II": two, "III": two - one}, dict.fromkeys(("I", "II", "III"), 1.0))}
    bad = {q.lead: q for q in grade({"I": one, "II": two, "III": one - two}, dict.fromkeys(("I", "II", "III"), 1.0))}
    assert good["I"].residual_uv is not None and good["I"].residual_uv < 1
    assert good["I"].word == "good"
    assert bad["I"].word == "poor"


def test_only_the_right_order_of_the_limb_leads_agrees() -> None:
    t = np.linspace(0, 10, 1000, dtype=np.float32)
    one, two = np.sin(t), np.cos(1.7 * t)
    three = two - one
    right = {"I": one, "II": two, "III": three}
    right |= {"aVR": -(one + two) / 2, "aVL": one - two / 2, "aVF": two - one / 2}
    rng = np.random.default_rng(0)
    noisy = {lead: values + rng.normal(0, 0.05, t.size).astype(np.float32) for lead, values in right.items()}
    assert limbs_agree(right)
    assert limbs_agree(noisy)
    assert not limbs_agree(right | {"II": three, "III": two})
    assert not limbs_agree(right | {"I": right["aVL"], "II": one, "III": -right["aVR"]})
    assert not limbs_agree({lead: right[lead] for lead in ("I", "II", "III")})
