"""A sheet that does not lie flat: its lines are put straight, and the page on it is still read."""

import cv2
import numpy as np

from ecgviz.record import Scan
from ecgviz.scans.bend import find_bend
from ecgviz.scans.digitise import digitise
from ecgviz.scans.render import Style, render
from ecgviz.signals.synthetic import simulate


def places() -> np.ndarray:
    return np.stack(np.meshgrid(np.arange(0, 281, 20.0), np.arange(0, 201, 20.0)), axis=-1).reshape(-1, 2)


def test_a_flat_sheet_has_no_bend() -> None:
    noise = np.random.default_rng(0).normal(0, 0.05, (len(places()), 2))
    assert find_bend(places(), places() + noise) is None


def test_a_curl_is_found_and_taken_away() -> None:
    seen = places()
    true = seen + np.column_stack([np.zeros(len(seen)), 3 * np.sin(np.pi * seen[:, 0] / 280)])
    bend = find_bend(seen, true)
    assert bend is not None
    assert np.abs(seen + bend.at(seen) - true).max() < 0.3
    page = np.zeros((800, 1120), np.float32)  # 4 px a line; a line of the sheet at v = 100
    x = np.arange(1120)
    page[np.rint(4 * (100 - 3 * np.sin(np.pi * x / 1120))).astype(int), x] = 1
    straight = bend.straighten(page, 4.0, (0.0, 0.0))
    assert np.abs(straight[:, 100:1000].argmax(axis=0) - 400).max() <= 2


def test_a_curled_page_is_read() -> None:
    record = simulate("sinus_rhythm", seed=3).record
    scan, _ = render(record, Style(px_per_mm=5.0))
    y, x = np.indices(scan.pixels.shape[:2]).astype(np.float32)
    curl = 10 * np.sin(np.pi * x / scan.pixels.shape[1])
    bent = cv2.remap(scan.pixels, x, y + curl - 5, cv2.INTER_LINEAR, borderValue=(90, 80, 70))
    found = digitise(Scan(np.ascontiguousarray(bent, np.uint8)))
    assert found.record is not None
    assert found.geometry is not None
    assert found.geometry.layout == "3x4+1"
    known = np.isfinite(found.record["II"])
    true = np.interp(found.record.times[known], record.times, record["II"])
    assert np.corrcoef(found.record["II"][known], true)[0, 1] > 0.9
