"""Score over cost, with names where there is room."""

import math

import pytest

from ecgviz.card import Figure
from ecgviz.plot.scatter import Point, against_score

POINTS = [
    Point("The small one", "small", 474_000, Figure(0.92, 0.91, 0.93), chosen=True),
    Point("The large one", "large", 9_000_000, Figure(0.90)),
]


def test_points_have_their_intervals_on_a_logarithmic_axis() -> None:
    figure = against_score(POINTS, "Parameters", "AUROC")
    marks = figure.data[0]
    assert list(marks.x) == [474_000, 9_000_000]
    assert list(marks.error_y.array) == pytest.approx([0.01, 0])
    assert list(marks.error_y.arrayminus) == pytest.approx([0.01, 0])
    assert figure.layout.xaxis.type == "log"
    low, high = figure.layout.xaxis.range
    assert low < math.log10(474_000) and high > math.log10(9_000_000)
    assert figure.layout.yaxis.range[0] < 0.90 and figure.layout.yaxis.range[1] > 0.93


def test_the_chosen_one_stands_out() -> None:
    colours = against_score(POINTS, "Parameters", "AUROC").data[0].marker.color
    assert colours[0] != colours[1]


def test_names_stand_at_their_points() -> None:
    notes = {note.text: note for note in against_score(POINTS, "x", "y").layout.annotations}
    assert set(notes) == {"small", "large"}
    assert (notes["small"].x, notes["small"].y) == (math.log10(474_000), 0.92)


def test_names_that_would_collide_are_left_to_the_hover() -> None:
    crowd = [
        Point(f"network {n}", f"a network with a long name {n}", 1e6 * (1 + n / 1000), Figure(0.9 + n / 10_000))
        for n in range(9)
    ]
    figure = against_score(crowd, "x", "y", width=380)
    assert 0 < len(figure.layout.annotations) < 9
    assert [row[0] for row in figure.data[0].customdata] == [point.name for point in crowd]


def test_no_two_names_overlap() -> None:
    points = [
        Point(f"network {n}", f"network {n}", 10 ** (4 + (7 * n % 17) / 6), Figure(0.8 + (5 * n % 17) / 100))
        for n in range(17)
    ]
    figure = against_score(points, "x", "y", width=560)
    spans = figure.layout.xaxis.range, figure.layout.yaxis.range
    boxes = []
    for note in figure.layout.annotations:
        x = (note.x - spans[0][0]) / (spans[0][1] - spans[0][0]) * (560 - 62 - 24) + (note.xshift or 0)
        y = (spans[1][1] - note.y) / (spans[1][1] - spans[1][0]) * (380 - 20 - 48) - (note.yshift or 0)
        wide = 6.3 * len(note.text)
        left = x - {"left": 0, "center": wide / 2, "right": wide}[note.xanchor]
        top = y - {"top": 0, "middle": 7, "bottom": 14}[note.yanchor]
        boxes.append((left, top, left + wide, top + 14))
    assert len(boxes) > 5
    for n, a in enumerate(boxes):
        for b in boxes[:n]:
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


def test_one_model_or_none_is_no_error() -> None:
    assert len(against_score(POINTS[:1], "x", "y").data[0].x) == 1
    assert len(against_score([], "x", "y").data[0].x) == 0
