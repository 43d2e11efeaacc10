"""What a network of pages sees of a picture."""

import numpy as np
import pytest

from ecgviz.card import ImageInput
from ecgviz.record import Scan
from ecgviz.scans.prepare import prepare, strokes, trace_area
from ecgviz.train.images.example import example_page

INK = ImageInput("image", 299, 299, view="ink")
PAGE = ImageInput("image", 299, 299)


def changed(scan: Scan, change: object) -> Scan:
    return Scan(change(scan.pixels))  # type: ignore[operator]


@pytest.fixture(scope="module")
def page() -> Scan:
    return example_page()


def test_ink_is_black_on_white_and_the_area_holds_the_traces(page: Scan) -> None:
    found = prepare(page, INK)
    assert found.x.shape == (1, 3, 299, 299)
    assert found.x.dtype == np.float32
    assert found.found
    assert found.x.min() == pytest.approx(-1, abs=0.3)
    assert np.median(found.x) == 1.0
    x0, y0, x1, y1 = found.area
    assert x0 < 70 and x1 > 740 and y0 < 160 and y1 > 500


def test_paper_tone_and_light_do_not_change_the_ink(page: Scan) -> None:
    pink = changed(page, lambda p: (p * np.array([1.0, 0.8, 0.82])).astype(np.uint8))
    dim = changed(page, lambda p: (p * np.linspace(0.6, 1.0, p.shape[1])[None, :, None]).astype(np.uint8))
    own = prepare(page, INK).x
    assert np.abs(prepare(pink, INK).x - own).mean() < 0.01
    assert np.abs(prepare(dim, INK).x - own).mean() < 0.03


def test_a_coloured_grid_is_paper(page: Scan) -> None:
    def ruled(pixels: np.ndarray) -> np.ndarray:
        out = pixels.copy()
        grid = np.zeros(out.shape[:2], bool)
        grid[::6], grid[:, ::6] = True, True
        out[grid & (out.min(axis=2) > 200)] = (255, 170, 180)
        return out

    own, other = prepare(page, INK).x, prepare(changed(page, ruled), INK).x
    assert np.abs(own - other).mean() < 0.03


def test_a_finer_scan_of_the_same_page_looks_the_same(page: Scan) -> None:
    twice = Scan(np.repeat(np.repeat(page.pixels, 2, axis=0), 2, axis=1))
    own, other = prepare(page, INK), prepare(twice, INK)
    assert np.abs(own.x - other.x).mean() < 0.02
    assert np.allclose(np.array(other.area), 2 * np.array(own.area), atol=4)


@pytest.mark.parametrize("pixels", [np.full((400, 600, 3), 255), np.zeros((50, 3000, 3)), np.full((1, 1, 3), 128)])
def test_a_picture_without_traces_is_flagged(pixels: np.ndarray) -> None:
    found = prepare(Scan(pixels.astype(np.uint8)), INK)
    assert not found.found
    assert [flag.code for flag in found.flags] == ["no_traces"]
    assert np.isfinite(found.x).all()


def test_noise_is_no_trace() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (500, 700, 3)).astype(np.uint8)
    found = prepare(Scan(noise), INK)
    assert np.isfinite(found.x).all()
    assert [flag.code for flag in found.flags] == ["no_page"]


def test_the_whole_page_keeps_its_colours() -> None:
    red = Scan(np.broadcast_to(np.array([255, 0, 0], np.uint8), (100, 200, 3)))
    x = prepare(red, PAGE).x
    assert np.allclose(x[0, 0], 1) and np.allclose(x[0, 1:], -1)


def test_one_tall_complex_does_not_change_the_scale(page: Scan) -> None:
    tall = page.pixels.copy()
    tall[100:400, 400:403] = 0
    a = trace_area(strokes(page.pixels)[0])
    b = trace_area(strokes(tall)[0])
    assert a is not None and b is not None
    assert np.allclose(a, b, atol=25)
