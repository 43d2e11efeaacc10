"""The panels of the Compare page in a real browser: one zoom for all, true squares, and a line through all of them."""

import json
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from plotly.offline import get_plotlyjs

from ecgviz.leads import STANDARD_12
from ecgviz.plot import compare
from ecgviz.record import Record

pytestmark = pytest.mark.browser

AXES = """() => ['xaxis', 'yaxis', 'yaxis2', 'yaxis3'].map(name => {
  const axis = document.getElementById('figure')._fullLayout[name];
  return {px: axis._length, range: Array.from(axis.range), offset: axis._offset};
})"""


@pytest.mark.parametrize("width", [720, 1120])
def test_a_zoom_into_one_panel_shows_the_same_seconds_and_millivolts_in_all(chromium: Any, width: int) -> None:
    t = np.arange(5000) / 500
    spikes = np.exp(-((((t % 1.0) - 0.5) / 0.01) ** 2))
    record = Record(np.outer(np.linspace(0.4, 1.5, 12), spikes).astype("f4"), 500.0, STANDARD_12)
    panels = [(f"model {n}", compare.panel(record, ("II", "V1"), width=width)) for n in range(3)]
    page = chromium.new_page(viewport={"width": width, "height": 1200})
    page.set_content("<body style='margin:0'><div id='figure'></div></body>")
    page.add_script_tag(content=get_plotlyjs())
    spec = json.loads(go.Figure(compare.stack(panels, "key", "foot")).to_json())
    page.evaluate("async spec => { await Plotly.newPlot('figure', spec.data, spec.layout) }", spec)

    whole = page.evaluate(AXES)
    _squares(whole)
    middle = whole[2]["offset"] + whole[2]["px"] / 2
    page.mouse.move(200, middle - 40)
    page.mouse.down()
    page.mouse.move(500, middle + 40, steps=8)
    page.mouse.up()
    page.wait_for_function("() => document.getElementById('figure')._fullLayout.xaxis.range[0] > 0.5")
    page.wait_for_timeout(500)
    zoomed = page.evaluate(AXES)
    assert zoomed[0]["range"][1] - zoomed[0]["range"][0] < 6
    _squares(zoomed)

    page.mouse.move(300, middle)
    page.wait_for_selector(".spikeline", state="attached")
    line = page.locator("line.spikeline").first.bounding_box()
    assert line["y"] <= whole[1]["offset"] + 2
    assert line["y"] + line["height"] >= whole[3]["offset"] + whole[3]["px"] - 2
    page.close()


def _squares(axes: list[dict[str, Any]]) -> None:
    """All y axes show the same millivolts, and a millimetre is as high as it is wide."""
    x, *ys = axes
    across = x["px"] / ((x["range"][1] - x["range"][0]) * 25)
    for y in ys:
        assert y["range"] == pytest.approx(ys[0]["range"])
        assert y["px"] / ((y["range"][1] - y["range"][0]) * 10) == pytest.approx(across, rel=0.01)
