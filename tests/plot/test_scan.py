"""The picture of a page: small enough to send, in its own pixels, with what was found as data and not as pixels."""

import base64
import io
import json

import numpy as np
import pytest
from PIL import Image

from ecgviz.errors import EcgvizError
from ecgviz.plot import scan, theme

PIXELS = np.random.default_rng(0).integers(0, 255, (2100, 2970, 3), np.uint8)
CORNERS = np.array([(10.0, 20), (2900, 25), (2890, 2000), (12, 1990)])


def picture(figure: object, n: int = 0) -> Image.Image:
    source = figure.layout.images[n].source  # type: ignore[attr-defined]
    return Image.open(io.BytesIO(base64.b64decode(source.partition(",")[2])))


def test_the_picture_is_sent_small_and_fills_its_own_pixels() -> None:
    figure = scan.page(PIXELS)
    assert max(picture(figure).size) == scan.LONGEST_PX
    ground = figure.layout.images[0]
    assert (ground.sizex, ground.sizey) == (2970, 2100)
    assert figure.layout.xaxis.range == (-0.5, 2969.5)
    assert figure.layout.yaxis.range == (2099.5, -0.5)


def test_a_plain_page_is_light_to_send() -> None:
    flat = np.full((2100, 2970, 3), 250, np.uint8)
    trace = np.column_stack([np.arange(5000.0), np.zeros(5000)])
    figure = scan.page(flat, scan.Found(CORNERS, [("II", CORNERS)] * 13, [trace] * 13))
    assert len(figure.to_json()) < 1_500_000
    assert not figure.layout.shapes and not figure.layout.annotations


def test_what_was_found_is_drawn_where_it_is() -> None:
    trace = np.array([(100.0, 200), (101, np.nan), (102, 210)])
    figure = scan.page(PIXELS, scan.Found(CORNERS, [("V3", CORNERS)], [trace], np.array([(5.0, 6)])))
    by_name = {line.name: line for line in figure.data}
    assert list(by_name["page"].x[:5]) == pytest.approx([10, 2900, 2890, 12, 10])
    assert "V3" in by_name["lead names"].text[0]
    assert np.isnan(by_name["trace"].y[1]) and by_name["trace"].y[2] == 210
    assert (by_name["grid"].x[0], by_name["grid"].y[0]) == (5, 6)


def test_nothing_found_is_the_picture_alone() -> None:
    (line,) = scan.page(PIXELS).data
    assert len(line.x) == 0


def test_heat_is_as_opaque_as_it_is_hot() -> None:
    heat = np.zeros((8, 8))
    heat[:, 4:] = 1
    figure = scan.page(PIXELS, heat=heat, strength=0.5)
    alpha = np.asarray(picture(figure, 1).getchannel("A"))
    assert alpha[:, :150].max() <= 2 and alpha[:, -150:].min() == pytest.approx(128, abs=2)
    assert picture(figure, 1).getpixel((399, 0))[:3] == (0x76, 0x2A, 0x83)
    assert figure.layout.images[1].layer == "above"


@pytest.mark.parametrize("heat", [np.full((4, 4), 1.5), np.full(4, 0.5), np.full((4, 4), -0.1)])
def test_heat_that_is_none_is_refused(heat: np.ndarray) -> None:
    with pytest.raises(EcgvizError, match="rows and columns of 0 to 1"):
        scan.page(PIXELS, heat=heat)


def test_no_chart_can_be_sent_elsewhere() -> None:
    assert set(theme.UPLOADS) <= set(json.loads(scan.page(PIXELS).to_json())["layout"]["modebar"]["remove"])
