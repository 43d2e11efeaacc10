"""Figures of beats and rhythm as data: extremes, size, marks, clicks and words."""

import base64
import inspect
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from ecgviz.errors import RecordError
from ecgviz.plot import _rhythm, rhythm, rhythm_beats, rhythm_detail, rhythm_heat, rhythm_rr, theme
from ecgviz.record import Record
from ecgviz.results import Attribution, BeatSeries, Event, MeanBeat, RRSeries

FS = 250.0
KINDS = tuple(rhythm.EVENT_SYMBOLS)


def long_record(seconds: float, leads: int = 1, fs: float = FS) -> Record:
    rng = np.random.default_rng(0)
    signal = rng.standard_normal((leads, round(seconds * fs)), dtype=np.float32) / 5
    signal[:, :: round(0.8 * fs)] += 1
    return Record(signal, fs, ("II", "V1", "V5")[:leads], start_s=2.0)


def beats_of(record: Record, rr_s: float = 0.8) -> BeatSeries:
    times = np.arange(record.start_s + 0.4, record.start_s + record.seconds, rr_s)
    return BeatSeries(times, tuple("NNSNVNNFNQ"[k % 10] for k in range(times.size)), "test")


def many_events(record: Record, n: int) -> list[Event]:
    at = np.linspace(record.start_s, record.start_s + record.seconds - 40, n)
    kinds = [*KINDS, "af"]
    return [
        Event(kinds[k % len(kinds)], float(s), float(s) + 31, f"event number {k} at its place")
        for k, s in enumerate(at)
    ]


def series(n: int = 200, labels: str = "NNNV") -> RRSeries:
    rr = np.random.default_rng(0).uniform(0.6, 1.0, n)
    return RRSeries(np.cumsum(rr), rr, tuple(labels[k % len(labels)] for k in range(n)), ("", "", "", "x") * (n // 4))


def named(figure: go.Figure, name: str) -> Any:
    return next(trace for trace in figure.data if trace.name == name)


def mean(label: str = "N", n: int = 10) -> MeanBeat:
    at = np.arange(-62, 113) / FS
    wave = np.exp(-((at / 0.02) ** 2)).astype(np.float32)
    return MeanBeat(label, "II", 500, n, at, wave, 0.1 * wave, np.tile(wave, (n, 1)), np.arange(n) * 3.0)


def array(values: Any) -> np.ndarray:
    """The values of a trace, also where they are packed."""
    if not isinstance(values, dict):
        return np.asarray(values)
    flat = np.frombuffer(base64.b64decode(values["bdata"]), np.dtype(values["dtype"]))
    shape = values.get("shape")
    return flat.reshape([int(n) for n in shape.split(",")]) if shape else flat


def kilobytes(figure: go.Figure) -> float:
    return len(figure.to_json()) / 1000


@pytest.mark.parametrize("samples", [1, 7, 1199, 1200, 1201, 54_321])
def test_every_extreme_survives(samples: int) -> None:
    signal = np.random.default_rng(samples).standard_normal(samples).astype(np.float32)
    signal[samples // 3 : samples // 3 + 2] = np.nan
    values, width = _rhythm.extremes(signal, 1200)
    assert values.size <= 2400
    for k in range(0, values.size, 2):
        part = signal[k // 2 * width : (k // 2 + 1) * width]
        if np.isfinite(part).any():
            assert sorted(values[k : k + 2]) == [np.nanmin(part), np.nanmax(part)]
        else:
            assert np.isnan(values[k : k + 2]).all()


def test_a_single_tall_sample_is_drawn_where_it_is() -> None:
    record = long_record(1800)
    signal = record.signal.copy()
    signal[0, 123_456] = 2.5
    figure = rhythm.overview(record.with_signal(signal, "spike"), "II", (2, 12), [], beats_of(record))
    line = named(figure, "II")
    drawn = line.x0 + line.dx * int(np.nanargmax(line.y))
    assert np.nanmax(line.y) == pytest.approx(2.5)
    assert drawn == pytest.approx(record.times[123_456], abs=2 * line.dx)


@pytest.mark.parametrize(("seconds", "rr_s", "events"), [(1800, 0.6, 400), (86_400, 0.7, 6000)])
def test_the_overview_is_at_most_100_kb(seconds: float, rr_s: float, events: int) -> None:
    record = long_record(seconds)
    made = many_events(record, events)
    figure = rhythm.overview(record, "II", (10, 20), made, beats_of(record, rr_s))
    assert kilobytes(figure) <= 100
    shown = named(figure, "events")
    assert 0 < len(shown.x) <= 200 and set(shown.marker.symbol) == set(rhythm.EVENT_SYMBOLS.values())


def test_the_overview_shows_window_events_and_classes_each_with_a_shape_of_its_own() -> None:
    record = long_record(60)
    beats = beats_of(record)
    figure = rhythm.overview(record, "II", (20.0, 30.0), many_events(record, 13), beats)
    (shade,) = figure.layout.shapes
    assert (shade.x0, shade.x1) == (20.0, 30.0)
    symbols = {}
    for label in "SVFQ":
        trace = named(figure, f"{label} {_rhythm.CLASSES[label].name}")
        own = [k for k, own in enumerate(beats.labels) if own == label]
        assert list(trace.customdata) == own
        assert trace.x == pytest.approx(beats.times_s[own])
        symbols[label] = trace.marker.symbol
    assert len(set(symbols.values())) == 4
    assert list(figure.layout.yaxis.ticktext)[:6] == list(rhythm.LANES)
    assert len(set(rhythm.EVENT_SYMBOLS.values())) == len(rhythm.EVENT_SYMBOLS)


def test_a_click_anywhere_in_the_overview_hits_a_marker() -> None:
    record = long_record(1800)
    figure = rhythm.overview(record, "II", (2, 12), [], beats_of(record))
    places = named(figure, "places")
    assert places.mode == "markers" and places.opacity == 0 and places.hoverinfo != "skip"
    x, y = np.unique(places.x), np.unique(places.y)
    low, high = figure.layout.yaxis.range
    px = figure.layout.height / (high - low)
    assert np.diff(x).max() * 1300 / record.seconds <= places.marker.size / 2
    assert np.diff(y).max() * px <= 2 * places.marker.size / 2 + 2
    assert x[0] == pytest.approx(2.0) and x[-1] == pytest.approx(1802.0)


def test_close_af_episodes_become_one_bar_but_none_is_lost() -> None:
    record = long_record(1800)
    episodes = [Event("af", 100.0, 140.0, "af"), Event("af", 141.0, 200.0, "af"), Event("af", 900.0, 940.0, "af")]
    bars = named(rhythm.overview(record, "II", (2, 12), episodes, beats_of(record)), "atrial fibrillation")
    assert bars.x[~np.isnan(bars.x)].tolist() == [100, 200, 900, 940]


@pytest.mark.parametrize("filling", [np.nan, 0.0])
def test_an_overview_of_nothing(filling: float) -> None:
    record = Record(np.full((1, 2500), filling, np.float32), FS, ("II",))
    figure = rhythm.overview(record, "II", (0, 10), [], BeatSeries(np.empty(0), (), "none"))
    assert np.isfinite(figure.layout.yaxis.range).all()
    with pytest.raises(RecordError, match="V9"):
        rhythm.overview(record, "V9", (0, 10), [], BeatSeries(np.empty(0), (), "none"))


@pytest.mark.parametrize(
    ("point", "beat", "second"),
    [({"x": 3.5, "customdata": 7}, 7, 3.5), ({"x": 3.5, "customdata": [7]}, 7, 3.5), ({"x": 3.5}, None, 3.5)],
)
def test_a_clicked_point_is_a_beat_or_a_place(point: dict[str, Any], beat: int | None, second: float) -> None:
    assert rhythm.clicked(point) == (beat, second)


def test_the_detail_marks_each_beat_in_the_window_with_letter_and_shape() -> None:
    record = long_record(60, leads=2)
    beats = beats_of(record)
    figure = rhythm_detail.detail(record, ("II", "V1"), 20.0, beats)
    shown = [k for k, t in enumerate(beats.times_s) if 20 <= t <= 30]
    found: dict[int, tuple[str, str]] = {}
    for trace in (t for t in figure.data if (t.name or "").startswith("beats ")):
        for k, x, text in zip(trace.customdata, trace.x, trace.text, strict=True):
            assert x == pytest.approx(beats.times_s[k])
            found[int(k)] = (text, trace.marker.symbol)
    assert sorted(found) == shown
    for k, (text, symbol) in found.items():
        assert text == f"<b>{beats.labels[k]}</b>" and symbol == _rhythm.mark(beats.labels[k]).symbol


def test_another_suggestion_is_hollow_with_a_question_mark_and_the_same_one_is_not_shown() -> None:
    record = long_record(60)
    beats = BeatSeries(np.array([21.0, 22.0, 23.0]), ("N", "N", None), "test")
    figure = rhythm_detail.detail(
        record, ("II",), 20.0, beats, suggested=("N", "V", "S"), probabilities=np.array([0.9, 0.8, 0.7])
    )
    hollow = named(figure, "suggestions")
    assert hollow.x.tolist() == [22.0, 23.0] and list(hollow.marker.symbol) == ["square-open", "triangle-up-open"]
    assert list(named(figure, "beats N").text) == ["<b>N</b>", "<b>N</b>→V?"]
    assert "V 0.80" in named(figure, "beats N").hovertext[1]


def test_the_detail_answers_to_clicks_on_the_trace_and_shows_the_chosen_beat() -> None:
    record = long_record(60, leads=2)
    beats = beats_of(record)
    figure = rhythm_detail.detail(record, ("II", "V1"), 20.0, beats, selected=25)
    places = named(figure, "places")
    assert places.opacity == 0 and places.customdata is None
    assert np.diff(places.x[: len(places.x) // 2]).max() <= 0.021
    lines = [t for t in figure.data if t.mode == "lines"]
    assert lines and all(t.hoverinfo == "skip" for t in lines)
    (column,) = figure.layout.shapes
    assert (column.x0 + column.x1) / 2 == pytest.approx(beats.times_s[25])


def test_the_lane_of_marks_lies_above_every_trace() -> None:
    record = long_record(60, leads=2)
    figure = rhythm_detail.detail(record, ("II", "V1"), 20.0, beats_of(record))
    marks = named(figure, "beats N")
    high = figure.layout.yaxis.range[1]
    assert marks.y.max() < high
    assert marks.y.min() > max(float(np.nanmax(array(named(figure, lead).y))) for lead in ("II", "V1"))


def test_the_detail_of_a_day_touches_only_its_window_and_stays_in_the_record() -> None:
    record = long_record(7200)
    figure = rhythm_detail.detail(record, ("II",), 9_999.0, beats_of(record))
    line = named(figure, "II")
    assert line.x0 == pytest.approx(7192.0) and array(line.y).size == 2500
    assert kilobytes(figure) < 60
    assert kilobytes(rhythm_detail.detail(long_record(60, fs=2000.0), ("II",), 9.0, beats_of(record))) < 100


def test_heat_lies_under_the_trace_of_the_detail() -> None:
    record = long_record(60)
    heat = Attribution(np.ones((1, 200), np.float32), 100.0, 25.0, ("II",), "V", "m", "Grad-CAM", resolution_ms=10)
    figure = rhythm_detail.detail(record, ("II",), 20.0, beats_of(record), heat=heat)
    assert figure.data[0].type == "heatmap"
    columns = figure.data[0].x0 + figure.data[0].dx * np.flatnonzero(array(figure.data[0].z).any(axis=0))
    assert columns.min() == pytest.approx(25, abs=0.05) and columns.max() == pytest.approx(27, abs=0.05)


def test_the_tachogram_marks_class_by_shape_and_what_is_no_nn_by_a_hollow_one() -> None:
    rr = series()
    figure = rhythm_rr.tachogram(rr, (3.0, 13.0))
    by_name = {t.name: t for t in figure.data}
    assert by_name["N normal"].marker.symbol == "circle"
    assert by_name["V ventricular, not NN"].marker.symbol == "square-open"
    assert sum(len(t.x) for t in figure.data) == 200
    first = by_name["N normal"]
    assert first.y == pytest.approx(1000 * rr.rr_s[first.customdata - 1])


@pytest.mark.parametrize("draw", [rhythm_rr.tachogram, rhythm_rr.poincare])
def test_a_day_of_intervals_is_thinned_but_keeps_its_extremes(draw: Callable[[RRSeries], go.Figure]) -> None:
    rr = series(100_000)
    rr.rr_s[[5000, 70_001]] = 0.31, 1.55
    figure = draw(rr)
    assert kilobytes(figure) < 300
    drawn = np.concatenate([t.y for t in figure.data if t.mode == "markers"])
    assert drawn.min() == pytest.approx(310) and drawn.max() == pytest.approx(1550)


def test_the_poincare_ellipse_spans_sd1_and_sd2_around_the_mean() -> None:
    values = {"mean_nn_ms": 800.0, "sd1_ms": 20.0, "sd2_ms": 60.0}
    ellipse = rhythm_rr.poincare(series(), values).data[-1]
    along = (ellipse.x + ellipse.y - 1600) / np.sqrt(2)
    across = (ellipse.y - ellipse.x) / np.sqrt(2)
    assert along.max() == pytest.approx(60, abs=0.2) and across.max() == pytest.approx(20, abs=0.2)
    assert len(rhythm_rr.poincare(series()).data) == len(rhythm_rr.poincare(series(), values).data) - 1


def test_the_trend_breaks_at_a_gap() -> None:
    rate = np.full(200, 75.0)
    rate[100] = np.nan
    line = rhythm_rr.trend(series(), rate, [Event("af", 3.0, 50.0, "af")]).data[0]
    assert np.isnan(line.y[100]) and not line.connectgaps
    assert "75 to 75/min" in rhythm_rr.trend_alt(rate)


def test_mean_beats_have_a_panel_each_on_one_scale() -> None:
    figure = rhythm_beats.mean_beats([mean("N"), mean("V"), mean("S")], columns=2)
    assert len({t.xaxis for t in figure.data}) == 3
    ranges = {tuple(figure.layout[f"yaxis{n}"].range) for n in ("", "2", "3")}
    assert len(ranges) == 1
    band, line = figure.data[:2]
    assert band.y[: line.y.size] == pytest.approx(mean().mean + mean().sd)
    assert [a.text.split("<br>")[1] for a in figure.layout.annotations] == ["500 beats, mean of 10"] * 3


def test_samples_lie_side_by_side_and_tell_their_second() -> None:
    figure = rhythm_beats.examples([mean("N"), mean("V", n=4)])
    handles = named(figure, "samples of V")
    assert handles.customdata.tolist() == [0, 3, 6, 9] and handles.opacity == 0
    assert np.diff(handles.x) == pytest.approx(0.8)
    assert kilobytes(rhythm_beats.examples([mean(label) for label in "NSVFQ"])) < 100


def heat_figure(**more: Any) -> go.Figure:
    window = np.sin(np.arange(100) / 9)
    heat = np.exp(-(((np.arange(100) - 40) / 6) ** 2)) - np.exp(-(((np.arange(100) - 80) / 6) ** 2))
    return rhythm_heat.beat_with_heat(window, 100.0, heat, np.arange(100) < 70, start_s=-0.25, **more)


def test_padding_has_no_heat_is_hatched_and_its_trace_is_not_drawn() -> None:
    figure = heat_figure()
    z = np.asarray(named(figure, "evidence").z)[0]
    assert z[40] == 127 and not z[70:].any() and (z >= 0).all()
    padding = named(figure, "padding")
    assert padding.fillpattern.shape == "/" and np.nanmin(padding.x) == pytest.approx(0.445)
    assert np.isnan(named(figure, "beat").y[70:]).all()
    assert not [t for t in heat_figure().data if t.name == "beat" and t.x0 != -0.25]


def test_signed_heat_is_drawn_in_two_colours_and_two_bands() -> None:
    window, heat = np.zeros(100), np.sin(np.arange(100) / 9)
    figure = rhythm_heat.beat_with_heat(window, 100.0, heat, signed=True)
    assert np.asarray(named(figure, "evidence").z).min() < 0
    bands = [t for t in figure.data if t.name == "strength of evidence"]
    assert len(bands) == 2 and len({t.fillcolor for t in bands}) == 2
    assert not [t for t in figure.data if t.name == "padding"]


@pytest.mark.parametrize("heat", [np.zeros(50), np.full(50, np.nan)])
def test_a_beat_without_evidence_is_drawn_plainly(heat: np.ndarray) -> None:
    figure = rhythm_heat.beat_with_heat(np.zeros(50), 100.0, heat)
    assert not np.asarray(named(figure, "evidence").z).any()
    assert "no evidence" in rhythm_heat.beat_with_heat_alt(heat, 100.0)


def test_words_for_each_figure() -> None:
    record = long_record(60)
    beats = beats_of(record)
    told = rhythm.overview_alt(record, "II", (20, 30), many_events(record, 13), beats)
    assert "Lead II" in told and "0:20 to 0:30" in told and "pause 1" in told
    told = rhythm_detail.detail_alt(("II",), 20.0, beats, suggested=["V"] * len(beats.labels))
    assert "10 s of II" in told and "suggests another class for 11" in told
    assert "shortest" in rhythm_rr.tachogram_alt(series())
    assert "199 pairs" in rhythm_rr.poincare_alt(series(), {"sd1_ms": 20.0, "sd2_ms": 50.0})
    assert "N normal: 500 beats" in rhythm_beats.mean_beats_alt([mean()])
    assert "strongest +0.15 s" in rhythm_heat.beat_with_heat_alt(np.eye(100)[40], 100.0, start_s=-0.25)


@pytest.mark.parametrize("frame", theme.FRAMES)
def test_every_chart_takes_the_colours_of_its_frame(frame: str) -> None:
    record, rr = long_record(60), series()
    charts = [
        rhythm.overview(record, "II", (2, 12), [], beats_of(record), frame=frame),
        rhythm_rr.tachogram(rr, frame=frame),
        rhythm_rr.trend(rr, np.full(200, 70.0), frame=frame),
        rhythm_rr.poincare(rr, frame=frame),
        rhythm_beats.mean_beats([mean()], frame=frame),
        rhythm_beats.examples([mean()], frame=frame),
    ]
    assert all(chart.layout.font.color == theme.FRAMES[frame].text for chart in charts)
    assert all(json.loads(chart.to_json())["layout"]["paper_bgcolor"] == "rgba(0,0,0,0)" for chart in charts)


@pytest.mark.parametrize("draw", [rhythm_rr.tachogram, rhythm_rr.poincare])
def test_no_intervals_at_all(draw: Callable[[RRSeries], go.Figure]) -> None:
    draw(RRSeries(np.empty(0), np.empty(0), (), ()))
    rhythm_rr.trend(RRSeries(np.empty(0), np.empty(0), (), ()), np.empty(0))


@pytest.mark.parametrize(
    "clock", [(59.96, 1, "1:00.0"), (3599.6, 0, "1:00:00"), (75.0, 0, "1:15"), (5.25, 1, "0:05.2")]
)
def test_the_clock_carries(clock: tuple[float, int, str]) -> None:
    assert _rhythm.clock(*clock[:2]) == clock[2]


def test_classes_differ_in_shape_and_no_shape_is_added_in_a_loop() -> None:
    assert len({style.symbol for style in _rhythm.CLASSES.values()}) == len(_rhythm.CLASSES)
    for module in (rhythm, rhythm_beats, rhythm_detail, rhythm_heat, rhythm_rr):
        assert "add_shape" not in inspect.getsource(module)
