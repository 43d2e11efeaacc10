"""The ECG page in a real browser: true squares at every width, readable calipers and hover, no way to upload."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from plotly.offline import get_plotlyjs

from ecgviz.leads import STANDARD_12
from ecgviz.plot import overlay, scores, tracing
from ecgviz.record import Record
from ecgviz.results import Attribution, Finding, Prediction

pytestmark = pytest.mark.browser

DRAW = """async ([spec, config]) => {
  const at = document.getElementById('figure');
  Plotly.purge(at);
  await Plotly.newPlot(at, spec.data, spec.layout, config);
}"""
AXES = """() => ['xaxis', 'yaxis'].map(name => {
  const axis = document.getElementById('figure')._fullLayout[name];
  return {px: axis._length, range: axis.range, offset: axis._offset};
})"""


@pytest.fixture(scope="module")
def tab(chromium: Any) -> Iterator[Any]:
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.set_content("<body style='margin:0'><div id='figure'></div></body>")
    page.add_script_tag(content=get_plotlyjs())
    yield page
    page.close()


@pytest.fixture
def show(tab: Any) -> Callable[..., None]:
    tab.set_viewport_size({"width": 1280, "height": 900})
    tab.mouse.move(0, 899)

    def draw(figure: go.Figure, config: dict[str, Any] | None = None) -> None:
        tab.evaluate(DRAW, [json.loads(figure.to_json()), config or dict(tracing.CONFIG)])

    return draw


@pytest.fixture(scope="module")
def record() -> Record:
    t = np.arange(5000) / 500
    spikes = np.exp(-((((t % 1.0) - 0.5) / 0.01) ** 2))
    return Record(np.outer(np.linspace(0.4, 1.5, 12), spikes).astype("f4"), 500.0, STANDARD_12)


def point(tab: Any, seconds: float, mv: float) -> tuple[float, float]:
    """The pixel of a place on the sheet."""
    x, y = tab.evaluate(AXES)
    right = (seconds - x["range"][0]) / (x["range"][1] - x["range"][0])
    up = (mv - y["range"][0]) / (y["range"][1] - y["range"][0])
    return x["offset"] + right * x["px"], y["offset"] + (1 - up) * y["px"]


@pytest.mark.parametrize("width", [390, 900, 1280, 1440])
@pytest.mark.parametrize(("speed", "gain"), [(25, 10), (50, 20), (12.5, 5)])
def test_squares_are_true_and_the_paper_fills_the_width(
    width: int, speed: float, gain: float, tab: Any, show: Callable[..., None], record: Record
) -> None:
    tab.set_viewport_size({"width": width, "height": 900})
    show(tracing.page(record, speed=speed, gain=gain, width=1280))
    x, y = tab.evaluate(AXES)
    mm_across = x["px"] / ((x["range"][1] - x["range"][0]) * speed)
    mm_up = y["px"] / ((y["range"][1] - y["range"][0]) * gain)
    assert mm_across == pytest.approx(mm_up, rel=0.005)
    assert x["px"] == pytest.approx(width, abs=1)
    assert x["range"][0] <= 0 and x["range"][1] >= 10


def test_hover_tells_the_leads_own_millivolts(tab: Any, show: Callable[..., None], record: Record) -> None:
    show(tracing.page(record))
    cell = next(cell for cell in tracing.cells(record) if cell.lead == "V5")
    peak = float(record["V5"].max())
    tab.mouse.move(*point(tab, 8.5, cell.row_mv + peak))
    tab.wait_for_selector(".hovertext")
    assert tab.text_content(".hovertext").split() == ["V5", "8.500", "s", f"{peak:.3f}", "mV"]


def test_calipers_measure_in_milliseconds_and_millivolts(tab: Any, show: Callable[..., None], record: Record) -> None:
    show(tracing.page(record))
    tab.evaluate("Plotly.relayout('figure', {dragmode: 'drawline'})")
    tab.mouse.move(*point(tab, 1.0, 0.0))
    tab.mouse.down()
    tab.mouse.move(*point(tab, 1.2, 0.6))
    tab.mouse.move(*point(tab, 1.4, 1.0))
    tab.mouse.up()
    found = re.fullmatch(r"(\d+)ms\s+([\d.]+) mV", tab.text_content(".shape-label").strip())
    assert found is not None
    assert float(found[1]) == pytest.approx(400, abs=8)
    assert float(found[2]) == pytest.approx(1, abs=0.03)


@pytest.mark.parametrize("config", [None, {"displaylogo": False}], ids=["own settings", "a host's settings"])
def test_nothing_offers_to_upload_a_patient(
    config: dict[str, Any] | None, tab: Any, show: Callable[..., None], record: Record
) -> None:
    for figure in (tracing.page(record), scores.findings(Prediction("m", (Finding("MI", 0.5, 0.3),)))):
        show(figure, config)
        titles = tab.eval_on_selector_all(".modebar-btn", "all => all.map(b => b.getAttribute('data-title'))")
        assert [title for title in titles if "hare" in title or "loud" in title] == []


def test_the_heat_is_painted_under_the_trace(tab: Any, show: Callable[..., None], record: Record) -> None:
    scores_ = np.ones((12, 5000), np.float32)
    evidence = Attribution(scores_, 500.0, 0.0, STANDARD_12, "MI", "m", "Grad-CAM", resolution_ms=160.0)
    show(overlay.page(record, evidence))
    order = tab.evaluate(
        "() => { const [heat, line] = ['.heatmaplayer image', '.scatterlayer .js-line']"
        ".map(s => document.querySelector(s));"
        " return heat.compareDocumentPosition(line) & Node.DOCUMENT_POSITION_FOLLOWING; }"
    )
    assert order
