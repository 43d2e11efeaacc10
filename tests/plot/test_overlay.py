"""Evidence on the page: at the right time, on the right lead, under the trace."""

from collections.abc import Callable
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from ecgviz.errors import EcgvizError
from ecgviz.leads import STANDARD_12
from ecgviz.plot import overlay, theme, tracing
from ecgviz.record import Record
from ecgviz.results import Attribution

Make = Callable[..., Any]


def heat_of(figure: go.Figure) -> Any:
    (heat,) = [trace for trace in figure.data if trace.type == "heatmap"]
    return heat


def at(heat: Any, seconds: float, mv: float) -> int:
    """The heat drawn at a place of the sheet."""
    column = round((seconds - heat.x0) / heat.dx)
    row = round((mv - heat.y0) / heat.dy)
    return int(heat.z[row][column])


def impulse(record: Record, lead: int | slice, begin_s: float, long_s: float, fs: float) -> np.ndarray:
    scores = np.zeros((len(record.leads), round(record.seconds * fs)), np.float32)
    first = round((begin_s - record.start_s) * fs)
    scores[lead, first : first + round(long_s * fs)] = 1
    return scores


@pytest.mark.parametrize("style", overlay.STYLES)
@pytest.mark.parametrize("layout", tracing.LAYOUTS)
@pytest.mark.parametrize(("fs", "step_s"), [(100.0, 0.08), (100.0, 0.16), (500.0, 0.04)])
def test_heat_lies_within_half_a_step_of_the_evidence(
    style: str, layout: str, fs: float, step_s: float, make_record: Make, make_evidence: Make
) -> None:
    record = make_record(seconds=24.0, start_s=3.0)
    for begin_s in (5.02, 8.76, 11.44):
        scores = impulse(record, slice(None), begin_s, step_s, fs)
        evidence = make_evidence(record, scores, fs=fs, resolution_ms=1000 * step_s, time_only=True)
        heat = heat_of(overlay.page(record, evidence, layout=layout, style=style, start_s=4.0))
        strongest = np.array(heat.z).max(axis=0)
        seconds = heat.x0 + heat.dx * np.flatnonzero(strongest == strongest.max())
        middle = begin_s + step_s / 2 - 0.5 / fs
        assert np.abs(seconds - middle).max() <= step_s / 2 + 1e-9
        assert seconds.mean() == pytest.approx(middle, abs=heat.dx)


@pytest.mark.parametrize("layout", tracing.LAYOUTS)
def test_each_cell_shows_its_own_lead(layout: str, make_record: Make, make_evidence: Make) -> None:
    record = make_record()
    for lead in ("II", "aVR", "V5"):
        scores = np.zeros((12, 5000), np.float32)
        scores[STANDARD_12.index(lead)] = 1
        heat = heat_of(overlay.page(record, make_evidence(record, scores), layout=layout, rhythm=("II", "V1")))
        for cell in tracing.cells(record, layout, rhythm=("II", "V1")):
            found = at(heat, (cell.start_s + cell.end_s) / 2, cell.row_mv)
            assert (found > 0) == (cell.source == lead), cell


def test_leads_are_matched_by_name_not_by_place(make_record: Make, make_evidence: Make) -> None:
    record = make_record()
    scores = np.zeros((2, 5000), np.float32)
    scores[0] = 1
    heat = heat_of(overlay.page(record, make_evidence(record, scores, leads=("V6", "I")), layout="12x1"))
    shown = {c.lead for c in tracing.cells(record, "12x1") if at(heat, 5.0, c.row_mv) > 0}
    assert shown == {"V6"}


def test_the_heat_lies_between_grid_and_trace_and_the_rest_is_the_plain_page(
    make_record: Make, make_evidence: Make
) -> None:
    record = make_record()
    figure, plain = overlay.page(record, make_evidence(record)), tracing.page(record)
    assert figure.data[0].type == "heatmap"
    for trace, same in zip(figure.data[1:], plain.data, strict=True):
        np.testing.assert_array_equal(trace.y, same.y)
        assert trace.name == same.name
    assert figure.layout == plain.layout


@pytest.mark.parametrize("layout", tracing.LAYOUTS)
@pytest.mark.parametrize("style", overlay.STYLES)
def test_heat_stays_off_the_gap_between_rows_and_off_the_margins(
    style: str, layout: str, make_record: Make, make_evidence: Make
) -> None:
    record = make_record()
    heat = heat_of(
        overlay.page(record, make_evidence(record, np.ones((12, 5000), np.float32)), layout=layout, style=style)
    )
    baselines = sorted({cell.row_mv for cell in tracing.cells(record, layout)})
    pitch = baselines[1] - baselines[0]
    for row in baselines:
        assert at(heat, 5.1, row) == 127
        assert at(heat, 5.1, row + 0.4 * pitch) == 127
        assert at(heat, 5.1, row - 0.4 * pitch) == 127
    for row in baselines[:-1]:
        assert at(heat, 5.1, row + pitch / 2) == 0
    assert heat.x0 - heat.dx / 2 == pytest.approx(-0.001)
    assert heat.x0 + heat.dx * (np.array(heat.z).shape[1] - 0.5) == pytest.approx(9.999)


def test_band_height_repeats_the_strength(make_record: Make, make_evidence: Make) -> None:
    record = make_record(("MLII",))
    scores = np.repeat(np.linspace(0, 1, 10, dtype=np.float32), 500)[None]
    heat = heat_of(overlay.page(record, make_evidence(record, scores), style="band"))
    z = np.array(heat.z)
    centres = np.arange(10) * (z.shape[1] // 10) + z.shape[1] // 20
    heights = (z[:, centres] > 0).sum(axis=0)
    assert heights[0] == 0 and heights[-1] == 14
    assert (np.diff(heights) >= 0).all() and len(set(heights)) >= 7
    assert (z[:14] == z[:14][::-1]).all()


def test_strength_is_the_opacity_of_the_strongest_evidence(make_record: Make, make_evidence: Make) -> None:
    record = make_record()
    for asked, expected in ((0.3, 0.3), (0.55, 0.55), (7.0, 1.0), (-1.0, 0.0)):
        scale = heat_of(overlay.page(record, make_evidence(record), strength=asked)).colorscale
        assert scale[-1][1] == theme.rgba("#762a83", expected)
        assert scale[0][1].endswith(",0)")


def test_palettes(make_record: Make, make_evidence: Make) -> None:
    record = make_record()

    def colours(**keywords: str) -> list[str]:
        return [c for _, c in heat_of(overlay.page(record, make_evidence(record), **keywords)).colorscale]

    assert colours(palette="signed")[0].startswith("rgba(118,42,131,0.55")
    assert colours(palette="signed")[-1].startswith("rgba(255,127,14,0.55")
    assert colours(palette="white_red")[-1].startswith("rgba(214,39,40,0.55")
    assert colours(palette="white_red")[2] == "rgba(255,255,255,0)"
    assert colours(paper="night")[-1] == theme.rgba(theme.PAPERS["night"].purple, 0.55)


@pytest.mark.parametrize("style", overlay.STYLES)
def test_evidence_against_keeps_its_sign(style: str, make_record: Make, make_evidence: Make) -> None:
    record = make_record()
    scores = np.full((12, 5000), -1, np.float32)
    scores[:, 2500:] = 0.5
    heat = heat_of(overlay.page(record, make_evidence(record, scores, signed=True), layout="12x1", style=style))
    assert (at(heat, 1.0, 0.0), at(heat, 6.0, 0.0)) == (-127, 64)
    assert (heat.zmin, heat.zmax) == (-127, 127)


def test_no_evidence_and_damaged_evidence_draw_nothing(make_record: Make, make_evidence: Make) -> None:
    record = make_record()
    for scores in (np.zeros((12, 5000)), np.full((12, 5000), np.nan)):
        heat = heat_of(overlay.page(record, make_evidence(record, scores.astype("f4"))))
        assert not np.array(heat.z).any()


def test_evidence_of_part_of_the_record_leaves_the_rest_clear(make_record: Make, make_evidence: Make) -> None:
    record = make_record()
    evidence = make_evidence(record, np.ones((12, 100), np.float32), fs=100.0, start_s=4.0)
    heat = heat_of(overlay.page(record, evidence, layout="12x1"))
    assert [at(heat, s, 0.0) for s in (3.9, 4.5, 5.1)] == [0, 127, 0]


@pytest.mark.parametrize("layout", tracing.LAYOUTS)
@pytest.mark.parametrize("style", overlay.STYLES)
@pytest.mark.parametrize("resolution_ms", [2.0, 160.0])
def test_the_heat_is_light(
    layout: str, style: str, resolution_ms: float, make_record: Make, make_evidence: Make
) -> None:
    record = make_record()
    rng = np.random.default_rng(0)
    evidence = make_evidence(record, rng.random((12, 5000), np.float32), resolution_ms=resolution_ms)
    figure = overlay.page(record, evidence, layout=layout, style=style)
    z = np.array(heat_of(figure).z)
    assert z.dtype == np.int8 and 250 <= z.shape[1] <= 500
    assert len(figure.to_json()) / 1000 <= (300 if layout.endswith("3x4+1") or layout == "3x4" else 620)


@pytest.mark.parametrize("choice", ["style", "palette", "paper", "layout"])
def test_a_choice_that_is_not_offered_says_what_is(choice: str, make_record: Make, make_evidence: Make) -> None:
    with pytest.raises(EcgvizError, match="'neon' is not known; choose one of"):
        overlay.page(make_record(), make_evidence(make_record()), **{choice: "neon"})


def test_caption_says_how_the_heat_was_made(make_record: Make, make_evidence: Make) -> None:
    named = {"layer": "last convolution", "resolution_ms": 160.0, "normalisation": "scaled within this record"}
    named |= {"field_ms": 2290.0}
    text = overlay.caption(make_evidence(make_record(), time_only=True, **named))
    assert text.split(" · ") == [
        "Grad-CAM at last convolution",
        "1 heat step = 160 ms",
        "each sees 2290 ms",
        "scaled within this record",
        "time only, shared by all leads",
    ]
    bare: Attribution = make_evidence(make_record(), method="Occlusion")
    assert overlay.caption(bare) == "Occlusion"
