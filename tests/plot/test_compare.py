"""Panels on one time axis: one scale, one zoom, each heat on its own panel, and small enough to be sent."""

import base64
import itertools
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from ecgviz.plot import compare, tracing
from ecgviz.record import Record
from ecgviz.results import Attribution

Make = Callable[..., Any]
LEADS = ("II", "V1", "V5")


def y_axes(figure: dict[str, Any]) -> list[dict[str, Any]]:
    return [figure["layout"][name] for name in figure["layout"] if name.startswith("yaxis")]


def heats(figure: dict[str, Any]) -> list[dict[str, Any]]:
    return [trace for trace in figure["data"] if trace["type"] == "heatmap"]


def strongest(heat: dict[str, Any]) -> int:
    return int(np.frombuffer(base64.b64decode(heat["z"]["bdata"]), np.int8).max())


@pytest.fixture
def evidence(make_evidence: Make) -> Callable[..., Attribution]:
    """Evidence of `height` in the second from 3 s on, in one lead or in all."""

    def make(record: Record, height: float = 1.0, lead: str | None = None) -> Attribution:
        scores = np.zeros(record.signal.shape, np.float32)
        begin = round(3 * record.fs)
        scores[slice(None) if lead is None else record.leads.index(lead), begin : begin + round(record.fs)] = height
        return make_evidence(record, scores)

    return make


def stacked(
    record: Record, *maps: Attribution | None, leads: tuple[str, ...] = ("II", "V1"), **look: Any
) -> dict[str, Any]:
    return compare.stack(
        [(f"model {n}", compare.panel(record, leads, one, **look)) for n, one in enumerate(maps)], "k", "f"
    )


@pytest.mark.parametrize("fs", [100.0, 500.0, 1000.0])
@pytest.mark.parametrize("style", ["shade", "band"])
def test_four_panels_and_their_mean_stay_below_600_kb(fs: float, style: str, make_record: Make, evidence: Make) -> None:
    record = make_record(fs=fs)
    noisy = record.with_signal(np.random.default_rng(1).normal(size=record.signal.shape), "noise")
    found = evidence(noisy)
    found.scores[:] = np.random.default_rng(0).random(found.scores.shape)
    apart = evidence(noisy)
    apart.scores[:] = (np.arange(apart.scores.shape[1]) // (0.1 * fs)) % 2
    panels = [("a model", compare.panel(noisy, LEADS, found, style=style)) for _ in range(4)]
    panels.append(("mean", compare.panel(noisy, LEADS, found, apart, style=style)))
    size = len(go.Figure(compare.stack(panels, "k", "f")).to_json())
    assert size <= 600_000


def test_all_panels_share_time_scale_and_zoom(make_record: Make, evidence: Make) -> None:
    record = make_record()
    figure = stacked(record, evidence(record), None, evidence(record, 0.2))
    axes = y_axes(figure)
    assert len(axes) == 3
    assert len({tuple(axis["range"]) for axis in axes}) == 1
    assert [axis.get("matches") for axis in axes] == [None, "y", "y"]
    assert {trace.get("xaxis", "x") for trace in figure["data"]} == {"x"}
    assert axes[0]["scaleratio"] == 0.4
    assert figure["layout"]["xaxis"]["anchor"] == "y3"
    tops = [axis["domain"] for axis in axes]
    assert all(upper[0] > lower[1] for upper, lower in itertools.pairwise(tops))


@pytest.mark.parametrize("width", [720, 1120])
@pytest.mark.parametrize(("speed", "gain"), [(25, 10), (50, 20)])
def test_a_panel_is_as_high_as_its_millimetres(
    width: int, speed: float, gain: float, make_record: Make, evidence: Make
) -> None:
    record = make_record()
    figure = stacked(record, evidence(record), evidence(record), speed=speed, gain=gain, width=width)
    layout = figure["layout"]
    area = layout["height"] - layout["margin"]["t"] - layout["margin"]["b"]
    across = layout["xaxis"]["range"]
    px_per_mm = width / ((across[1] - across[0]) * speed)
    for axis in y_axes(figure):
        px = area * (axis["domain"][1] - axis["domain"][0])
        assert px / ((axis["range"][1] - axis["range"][0]) * gain) == pytest.approx(px_per_mm, rel=0.01)


def test_each_heat_is_on_its_own_panel_and_all_have_one_scale(make_record: Make, evidence: Make) -> None:
    record = make_record()
    figure = stacked(record, evidence(record, 1.0), None, evidence(record, 0.5))
    first, last = heats(figure)
    assert (first["yaxis"], last["yaxis"]) == ("y", "y3")
    assert all(first[key] == last[key] for key in ("colorscale", "zmin", "zmax"))
    assert strongest(first) == pytest.approx(127, abs=1)
    assert strongest(last) == pytest.approx(127 / 2, abs=1)


def test_hatching_lies_on_the_lead_and_the_seconds_that_are_apart(make_record: Make, evidence: Make) -> None:
    record = make_record(seconds=24.0)
    apart = evidence(record, 1.0, "V1")
    one = compare.panel(record, ("II", "V1"), evidence(record), apart, start_s=0.0)
    (hatch,) = [trace for trace in one.data if trace.get("name") == "apart"]
    x = [at for at in hatch["x"] if at is not None]
    y = [at for at in hatch["y"] if at is not None]
    assert (min(x), max(x)) == pytest.approx((3.0, 4.0), abs=0.002)
    (cell,) = [c for c in tracing.cells(record.pick(("II", "V1")), "rows") if c.lead == "V1"]
    assert np.mean([min(y), max(y)]) == pytest.approx(cell.row_mv)
    assert hatch["fillpattern"]["shape"] == "/"
    places = [trace.get("type") == "heatmap" or trace.get("name") for trace in one.data]
    assert places[:2] == [True, "apart"], "hatching lies over the heat and under the trace"


def test_hatching_outside_the_window_is_not_drawn(make_record: Make, evidence: Make) -> None:
    record = make_record(seconds=24.0)
    one = compare.panel(record, ("II",), evidence(record), evidence(record), start_s=12.0)
    (hatch,) = [trace for trace in one.data if trace.get("name") == "apart"]
    assert list(hatch["x"]) == []


def test_records_of_different_height_get_one_scale(make_record: Make) -> None:
    low = make_record()
    tall = low.with_signal(low.signal * 8, "taller")
    figure = compare.stack([("low", compare.panel(low, LEADS)), ("tall", compare.panel(tall, LEADS))], "k", "f")
    (one, other) = y_axes(figure)
    assert one["range"] == other["range"]
    assert one["range"][0] <= compare.panel(tall, LEADS).layout["yaxis"]["range"][0]


def test_heads_stand_above_their_panels_and_nothing_can_be_uploaded(make_record: Make) -> None:
    layout = stacked(make_record(), None, None)["layout"]
    assert [a["text"] for a in layout["annotations"]] == ["model 0", "model 1", "f"]
    assert "sendChartToCloud" in layout["modebar"]["remove"]
    json.dumps(layout["annotations"])
