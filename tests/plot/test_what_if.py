"""Before and after a change, as figures."""

import numpy as np

from ecgviz.plot import what_if
from ecgviz.results import Attribution, Finding


def test_each_finding_has_its_threshold_its_ring_and_its_disc() -> None:
    before = [Finding("LBBB", 0.9, 0.4), Finding("AF", 0.1, 0.3)]
    after = [Finding("LBBB", 0.3, 0.4), Finding("AF", 0.1, 0.3)]
    figure = what_if.probabilities(before, after, "LBBB", "dark")
    rows = {trace.name: list(trace.x) for trace in figure.data if trace.name}
    assert rows == {"threshold": [0.4, 0.3], "before": [0.9, 0.1], "changed": [0.3, 0.1]}
    assert list(figure.layout.yaxis.ticktext) == ["<b>LBBB</b>", "AF"]


def test_heats_lie_on_their_own_seconds() -> None:
    scores = np.zeros((2, 300), np.float32)
    scores[:, 100] = 0.5
    one = Attribution(scores, 100.0, 0.0, ("I", "II"), "AF", "m", "Grad-CAM")
    two = Attribution(scores, 100.0, 0.4, ("I", "II"), "AF", "m", "Grad-CAM")
    first, second = what_if.heats(one, two, "light").data
    assert (first.x0, second.x0) == (0.0, 0.4)
    assert first.dx == 0.01
    assert max(first.y) == 1
