"""Colours: evidence must stand apart from the grid under every colour vision."""

import numpy as np
import pytest

from ecgviz.plot import theme

VISIONS = ("normal", "deuteranopia", "protanopia")


def evidence_colours(palette: theme.Palette, paper: theme.Paper) -> list[str]:
    return [palette.positive or paper.purple] + ([paper.purple] if palette.signed else [])


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("paper", theme.PAPERS)
@pytest.mark.parametrize("palette", [name for name, p in theme.PALETTES.items() if p.colour_safe])
def test_full_evidence_differs_from_both_grid_lines(palette: str, paper: str, vision: str) -> None:
    sheet = theme.PAPERS[paper]
    for colour in evidence_colours(theme.PALETTES[palette], sheet):
        seen = theme.blend(colour, theme.MAX_ALPHA, sheet.background)
        assert min(theme.difference(seen, line, vision) for line in (sheet.minor, sheet.major)) >= 20


def test_the_white_to_red_palette_says_that_it_is_not_colour_safe() -> None:
    sheet, red = theme.PAPERS["pink"], theme.PALETTES["white_red"]
    seen = theme.blend(red.positive, theme.MAX_ALPHA, sheet.background)
    assert min(theme.difference(seen, sheet.major, vision) for vision in VISIONS) < 20
    assert not red.colour_safe


@pytest.mark.parametrize(
    ("colour", "expected"),
    [("#d62728", (12.5, 7.7, 7.6)), ("#762a83", (32.0, 33.5, 29.8)), ("#ff7f0e", (32.5, 30.6, 33.6))],
)
def test_differences_agree_with_an_independent_calculation(colour: str, expected: tuple[float, ...]) -> None:
    over_white = theme.blend(colour, 0.55, "#ffffff")
    found = [theme.difference(over_white, "#e8a0a0", vision) for vision in VISIONS]
    np.testing.assert_allclose(found, expected, atol=0.5)  # the reference rounds blended colours down


def test_lab_of_known_colours() -> None:
    np.testing.assert_allclose(theme.seen_as("#ffffff"), (100, 0, 0), atol=0.05)
    np.testing.assert_allclose(theme.seen_as("#ff0000"), (53.24, 80.09, 67.20), atol=0.05)


@pytest.mark.parametrize("paper", theme.PAPERS.values(), ids=theme.PAPERS)
def test_the_trace_stands_out_from_the_strongest_evidence(paper: theme.Paper) -> None:
    seen = theme.blend(paper.purple, theme.MAX_ALPHA, paper.background)
    assert abs(theme.seen_as(seen)[0] - theme.seen_as(paper.trace)[0]) > 40


def test_rgba_is_css() -> None:
    assert theme.rgba("#762a83", 0.55) == "rgba(118,42,131,0.55)"
