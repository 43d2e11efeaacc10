"""The sheet of average beats, tested as data: true proportion, level before the QRS, heat at its own lead and time."""

import numpy as np
import pytest

from ecgviz.leads import STANDARD_12
from ecgviz.plot.look_alikes import Line, sheet

T = np.arange(-0.3, 0.5001, 0.005)


def line(name: str, offset: float = 0.0, *, own: bool = False) -> Line:
    beat = np.exp(-((T / 0.02) ** 2))
    return Line(name, T, {lead: offset + (n + 1) / 6 * beat for n, lead in enumerate(STANDARD_12)}, own)


def test_a_millimetre_is_as_high_as_it_is_wide() -> None:
    layout = sheet([line("a", own=True), line("b")], STANDARD_12, width=900)["layout"]
    (x0, x1), (y0, y1) = layout["xaxis"]["range"], layout["yaxis"]["range"]
    across = (layout["width"] - 16) / ((x1 - x0) * 25)
    down = (layout["height"] - layout["margin"]["t"] - layout["margin"]["b"]) / ((y1 - y0) * 10)
    assert across == pytest.approx(down, rel=0.01)


def test_beats_are_level_before_the_qrs_and_the_own_one_is_on_top() -> None:
    data = [t for t in sheet([line("a", own=True), line("b", 0.7)], STANDARD_12)["data"] if t.get("mode") == "lines"]
    assert [t["name"] for t in data] == ["b", "a"]
    np.testing.assert_allclose(data[0]["y"], data[1]["y"], atol=1e-5)
    assert data[1]["line"]["width"] > 1.5 * data[0]["line"]["width"]


def test_heat_lies_under_its_own_lead_and_time() -> None:
    heat = np.zeros((12, T.size))
    heat[STANDARD_12.index("V2"), np.abs(T - 0.2) < 0.011] = 0.5
    figure = sheet([line("a", own=True)], STANDARD_12, heat)
    found = next(t for t in figure["data"] if t["type"] == "heatmap")
    row, column = np.unravel_index(int(found["z"].argmax()), found["z"].shape)
    low, high = found["y"][row], found["y"][row + 1]
    names = next(t for t in figure["data"] if t.get("mode") == "text")
    at = names["text"].index("<b>V2</b>")
    assert low < names["y"][at] < high
    assert found["x0"] + found["dx"] * column == pytest.approx(names["x"][at] - T[0] + 0.2, abs=0.02)
    assert found["z"].max() == 127
    assert (found["z"] > 0).sum() <= 4


def test_a_record_without_some_leads_is_drawn_with_those_it_has() -> None:
    few = Line("few", T, {"II": np.zeros(T.size)})
    data = sheet([line("a", own=True), few], ["II", "V1"])["data"]
    assert len(data[0]["x"]) == T.size + 1
