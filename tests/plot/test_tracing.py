"""The ECG page as data: scale, grid, pulse, names, hover and size."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from ecgviz.errors import EcgvizError
from ecgviz.leads import STANDARD_12
from ecgviz.plot import theme, tracing
from ecgviz.record import Provenance, Record

Make = Callable[..., Record]
GRID = [(speed, gain) for speed in tracing.SPEEDS for gain in tracing.GAINS]


def leads_of(figure: go.Figure) -> dict[str, Any]:
    """Traces of leads by name; of a lead drawn twice the last."""
    return {trace.name: trace for trace in figure.data if trace.name.removeprefix("-") in STANDARD_12}


def named(figure: go.Figure, name: str) -> Any:
    return next(trace for trace in figure.data if trace.name == name)


@pytest.mark.parametrize(("speed", "gain"), GRID)
def test_paper_is_true_to_scale(speed: float, gain: float, make_record: Make) -> None:
    figure = tracing.page(make_record(), speed=speed, gain=gain)
    for axis, mm in ((figure.layout.xaxis, 1 / speed), (figure.layout.yaxis, 1 / gain)):
        assert axis.minor.dtick == pytest.approx(mm)
        assert axis.dtick == pytest.approx(5 * mm)
        assert axis.minor.tick0 == axis.tick0
    assert figure.layout.yaxis.scaleanchor == "x"
    assert figure.layout.yaxis.scaleratio == pytest.approx(gain / speed)


@pytest.mark.parametrize(("speed", "gain"), GRID)
@pytest.mark.parametrize("layout", tracing.LAYOUTS)
def test_each_row_has_a_pulse_of_1_mv_and_200_ms(layout: str, speed: float, gain: float, make_record: Make) -> None:
    figure = tracing.page(make_record(), layout=layout, speed=speed, gain=gain)
    pulses = named(figure, "calibration")
    baselines = {cell.row_mv for cell in tracing.cells(make_record(), layout, speed=speed, gain=gain)}
    rows = np.array(pulses.y).reshape(len(baselines), -1)
    seconds = np.array(pulses.x).reshape(len(baselines), -1)
    for y, x, baseline in zip(rows, seconds, sorted(baselines, reverse=True), strict=True):
        high = x[np.isclose(y, baseline + 1)]
        assert high.max() - high.min() == pytest.approx(0.2)
        assert np.nanmin(y) == pytest.approx(baseline)
        assert figure.layout.xaxis.range[0] < np.nanmin(x) and np.nanmax(x) < 0


@pytest.mark.parametrize("layout", tracing.LAYOUTS)
def test_a_trace_is_the_record_itself_at_its_row(layout: str, make_record: Make) -> None:
    record = make_record(start_s=12.0)
    figure = tracing.page(record, layout=layout, rhythm=())
    for cell in tracing.cells(record, layout, rhythm=()):
        trace = leads_of(figure)[cell.lead]
        line = next(t for t in figure.data if t.name == cell.lead and t.opacity != 0)
        assert np.array(line.y).dtype == np.float32
        assert line.x is None
        np.testing.assert_allclose(line.y - cell.row_mv, cell.values(record), atol=1e-5)
        assert line.x0 == pytest.approx(record.times[cell.first])
        assert line.dx == pytest.approx(1 / record.fs)
        every = round(trace.dx * record.fs)
        np.testing.assert_array_equal(trace.customdata, cell.values(record)[::every])
        assert cell.lead in trace.hovertemplate and "%{customdata:.3f} mV" in trace.hovertemplate


def test_cabrera_draws_minus_avr(make_record: Make) -> None:
    record = make_record()
    turned = leads_of(tracing.page(record, layout="cabrera"))["-aVR"]
    every = round(turned.dx * record.fs)
    np.testing.assert_array_equal(turned.customdata, -record["aVR"][:2500:every])
    assert "<b>-aVR</b>" in named(tracing.page(record, layout="cabrera"), "lead names").text


def test_names_stand_in_their_cells_and_a_missing_lead_is_said(make_record: Make) -> None:
    record = make_record([lead for lead in STANDARD_12 if lead != "V2"])
    names = named(tracing.page(record, layout="3x4"), "lead names")
    assert "V2" not in leads_of(tracing.page(record, layout="3x4"))
    assert "<b>V2</b>  <i>not recorded</i>" in names.text
    for cell, x, y in zip(tracing.cells(record, "3x4"), names.x, names.y, strict=True):
        assert cell.start_s < x < cell.end_s
        assert abs(y - cell.row_mv) <= 1.5


def test_a_gap_stays_a_gap(make_record: Make) -> None:
    record = make_record()
    holed = record.signal.copy()
    holed[:, 100:200] = np.nan
    trace = leads_of(tracing.page(record.with_signal(holed, "gap"), layout="3x4"))["I"]
    assert np.isnan(trace.y[100:200]).all() and np.isfinite(trace.y[:100]).all()
    assert trace.connectgaps is False


def test_a_lead_without_any_sample_is_drawn_as_nothing(make_record: Make) -> None:
    record = make_record()
    empty = record.signal.copy()
    empty[3] = np.nan
    figure = tracing.page(record.with_signal(empty, "lead off"))
    assert np.isfinite(figure.layout.height) and np.isfinite(figure.layout.yaxis.range).all()


def test_zoom_is_kept_for_a_record_and_given_up_for_another_geometry(make_record: Make) -> None:
    record = make_record()
    one, grey = tracing.page(record), tracing.page(record, paper="grey", title="again")
    other = tracing.page(record, gain=20)
    assert one.layout.uirevision == record.digest
    assert one.layout.xaxis.uirevision == grey.layout.xaxis.uirevision != other.layout.xaxis.uirevision
    assert tracing.page(make_record(fs=250)).layout.uirevision != record.digest


def test_calipers_are_at_hand_and_nothing_can_be_uploaded(make_record: Make) -> None:
    layout = tracing.page(make_record()).layout
    assert {"drawline", "drawrect", "eraseshape"} <= set(layout.modebar.add)
    assert "sendChartToCloud" in layout.modebar.remove
    assert tracing.CONFIG["showSendToCloud"] is False and tracing.CONFIG["plotlyServerURL"] == ""
    assert "%{width:.3s}s" in layout.newshape.label.texttemplate
    assert "%{height:.2f} mV" in layout.newshape.label.texttemplate


@pytest.mark.parametrize("paper", theme.PAPERS)
def test_paper_colours(paper: str, make_record: Make) -> None:
    figure, look = tracing.page(make_record(), paper=paper), theme.PAPERS[paper]
    assert (figure.layout.plot_bgcolor, figure.layout.xaxis.gridcolor) == (look.background, look.major)
    assert figure.layout.yaxis.minor.gridcolor == look.minor
    assert leads_of(figure)["II"].line.color == look.trace
    assert leads_of(figure)["II"].line.width >= 1.2


def test_unknown_paper(make_record: Make) -> None:
    with pytest.raises(EcgvizError, match="Paper 'blue' is not known; choose one of pink, grey, night"):
        tracing.page(make_record(), paper="blue")


def foot_of(record: Record, **keywords: Any) -> str:
    return str(tracing.page(record, **keywords).layout.annotations[0].text).replace("<br>", " ")


def test_foot_line_tells_how_it_was_drawn(make_record: Make) -> None:
    record = replace(make_record(), provenance=Provenance(format="WFDB", band=(0.05, 150.0)))
    foot = foot_of(record, speed=50, gain=5)
    for part in ("50 mm/s", "limb and chest 5 mm/mV", "0.05–150 Hz", "500 Hz sampling", "WFDB", "ecgviz 0."):
        assert part in foot
    assert foot_of(record, footer="mine") == "mine"


@pytest.mark.parametrize(
    ("fs", "band", "filters", "narrow"),
    [
        (500, (0.05, 150), (), False),
        (500, (None, None), (), False),
        (500, (0.05, 40), (), True),
        (500, (0.5, 150), (), True),
        (500, (0.05, 150), ("0.5-150 Hz",), False),
        (500, (0.05, 150), ("0.67-150 Hz", "50 Hz notch"), False),
        (500, (0.05, 150), ("0.7-150 Hz",), True),
        (500, (None, None), ("0.5-40 Hz",), True),
        (500, (None, None), ("notch 50 Hz", "0.67-25 Hz"), True),
        (500, (None, None), ("0.05 Hz high-pass (the recording ends at 180 Hz)",), False),
        (250, (0.05, 150), (), True),
        (300, (0.05, 150), (), False),
    ],
)
def test_a_narrow_band_is_called_non_diagnostic(
    fs: float, band: tuple[float, float], filters: tuple[str, ...], narrow: bool, make_record: Make
) -> None:
    record = replace(make_record(fs=fs), provenance=Provenance(band=band, filters=filters))
    assert ("NON-DIAGNOSTIC FILTER" in foot_of(record)) is narrow
    assert all(step in foot_of(record) for step in filters)


def test_an_offset_left_out_is_printed(make_record: Make) -> None:
    record = make_record()
    moved = record.signal.copy()
    moved[6] += 4
    record = record.with_signal(moved, "offset")
    assert "drawn without offset: V1 +4.0 mV" in foot_of(record)
    told = leads_of(tracing.page(record, layout="3x4"))["V1"]
    np.testing.assert_array_equal(told.customdata, record["V1"][2500 * 2 - 2500 + 0 : 3750][: told.customdata.size])


def test_title_stands_at_the_head(make_record: Make) -> None:
    texts = [a.text for a in tracing.page(make_record(), title="67 M").layout.annotations]
    assert texts[1:] == ["67 M"]


@pytest.mark.parametrize("width", [390, 980, 1280, 1440])
def test_the_height_follows_the_width(width: int, make_record: Make) -> None:
    layout = tracing.page(make_record(), width=width).layout
    high_mm = 10 * (layout.yaxis.range[1] - layout.yaxis.range[0])
    wide_mm = 25 * (layout.xaxis.range[1] - layout.xaxis.range[0])
    inner = layout.height - layout.margin.t - layout.margin.b
    assert inner / high_mm == pytest.approx(width / wide_mm, rel=0.01)
    assert layout.margin.l == layout.margin.r == 0


@pytest.mark.parametrize(("layout", "most_kb"), [("3x4+1", 300), ("6x2", 300), ("12x1", 600)])
def test_a_page_of_ten_seconds_at_500_hz_is_small(layout: str, most_kb: int, make_record: Make) -> None:
    sent = tracing.page(make_record(), layout=layout).to_json()
    assert len(sent) / 1000 <= most_kb
    lists = [t for t in json.loads(sent)["data"] if isinstance(t.get("y"), list) and len(t["y"]) > 200]
    assert lists == []


def test_no_text_clutters_the_axes(make_record: Make) -> None:
    layout = tracing.page(make_record()).layout
    for axis in (layout.xaxis, layout.yaxis):
        assert axis.showticklabels is False and axis.title.text is None
    assert layout.shapes == () and len(layout.annotations) <= 2


def test_nothing_adds_shapes_one_by_one(request: pytest.FixtureRequest) -> None:
    slow = re.compile(r"\.add_(shape|vrect|hrect|vline|hline|annotation)\(")
    sources = sorted((request.config.rootpath / "ecgviz").rglob("*.py"))
    assert len(sources) > 10
    assert [path.name for path in sources if slow.search(path.read_text(encoding="utf-8"))] == []
