"""Figures with intervals, a row each."""

from ecgviz.plot.forest import Row, forest, told

ROWS = [
    Row("women", 0.90, 0.88, 0.93, "1,066 records", head="sex"),
    Row("men", 0.92, 0.90, 0.94, head="sex"),
    Row("under 40", None, note="too few", head="age"),
    Row("over 80", 0.85, 0.70, 0.95, head="age", faded=True),
]


def test_rows_stand_below_their_headings_in_order() -> None:
    figure = forest(ROWS, "Macro AUROC")
    assert list(figure.layout.yaxis.ticktext) == [
        "<b>sex</b>  ", "women  ", "men  ", "<b>age</b>  ", "under 40  ", "over 80  ",
    ]  # fmt: skip
    assert list(figure.data[0].y) == [1, 2, 4, 5]
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]


def test_intervals_reach_from_low_to_high() -> None:
    points = forest(ROWS, "x").data[0]
    assert [v + up for v, up in zip(points.x[:2], points.error_x.array[:2], strict=True)] == [0.93, 0.94]
    assert [round(v - d, 3) for v, d in zip(points.x[:2], points.error_x.arrayminus[:2], strict=True)] == [0.88, 0.90]


def test_a_row_without_a_value_keeps_its_place_and_is_not_zero() -> None:
    figure = forest(ROWS, "x")
    assert figure.data[0].x[2] is None
    assert [note.text for note in figure.layout.annotations if note.y == 4] == ["too few"]


def test_few_records_are_drawn_open() -> None:
    assert list(forest(ROWS, "x").data[0].marker.symbol) == ["circle", "circle", "circle", "circle-open"]


def test_the_line_to_compare_with_is_named() -> None:
    figure = forest(ROWS, "x", line=0.91, line_name="all")
    (line,) = figure.layout.shapes
    assert line.x0 == line.x1 == 0.91
    assert figure.layout.annotations[-1].text == "all"
    assert not forest(ROWS, "x").layout.shapes


def test_figures_have_a_true_minus_and_no_negative_zero() -> None:
    assert told(0.9, 0.88, 0.93) == "0.900 (0.880–0.930)"
    assert told(-0.0001, -0.02, 0.01) == "0.000 (−0.020 to 0.010)"
    assert told(0.5, None, None) == "0.500"
    assert told(None, None, None) == "none"
    assert told(0.00123, 0.001, 0.0015, 4) == "0.0012 (0.0010–0.0015)"


def test_on_a_phone_names_and_figures_stand_above_their_points() -> None:
    figure = forest(ROWS, "x", narrow=True)
    assert list(figure.layout.yaxis.ticktext) == ["<b>sex</b>  ", "<b>age</b>  "]
    texts = [note.text for note in figure.layout.annotations if note.y == 1]
    assert texts == ["women", "0.900 (0.880–0.930)"]
    assert figure.layout.margin.r < forest(ROWS, "x").layout.margin.r


def test_errors_can_be_drawn_from_zero() -> None:
    assert forest(ROWS, "x", from_zero=True).layout.xaxis.rangemode == "tozero"
    assert forest([], "x").layout.height > 0
