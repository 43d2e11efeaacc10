"""Editing beats: every edit can be taken back to the very same arrays, and nothing is changed in place."""

import numpy as np
import pytest

from ecgviz.errors import EditError
from ecgviz.results import BeatPrediction, BeatSeries
from ecgviz.ui.rhythm_edit import Beat, History, rows_of, suggestions


@pytest.fixture
def start():
    times = np.cumsum(np.random.default_rng(1).uniform(0.4, 1.2, 200))
    labels = tuple(np.random.default_rng(2).choice(list("NSV"), 200).tolist())
    return BeatSeries(times, labels, "detector")


def random_edit(history, rng):
    n = len(history.series.labels)
    kind = rng.integers(4)
    if kind == 0:
        i = int(rng.integers(n - 1))
        return history.add(float(history.series.times_s[i : i + 2].mean()), "F")
    if kind == 1:
        return history.delete(int(rng.integers(n)))
    if kind == 2:
        return history.relabel({int(i): "Q" for i in rng.integers(n, size=5)})
    return history.reject([Beat(float(history.series.times_s[0]), "S")])


def same(one, other):
    return one.times_s.tobytes() == other.times_s.tobytes() and one.labels == other.labels


@pytest.mark.parametrize("seed", range(5))
def test_undo_after_many_edits_restores_the_very_same_arrays(start, seed):
    rng = np.random.default_rng(seed)
    before = start.times_s.tobytes()
    steps = [History(start)]
    while len(steps) < 60:
        edited = random_edit(steps[-1], rng)
        if edited is not steps[-1]:
            steps.append(edited)
    last = back = steps[-1]
    assert not same(last.series, start)
    for step in reversed(steps):
        assert same(back.series, step.series)
        back = back.undo()
    assert same(last.to_start().series, start)
    assert last.to_start().series.source == start.source
    again = last.to_start()
    while again.undone:
        again = again.redo()
    assert same(again.series, last.series)
    assert again.done == last.done
    assert start.times_s.tobytes() == before


def test_an_edit_after_undo_forgets_what_was_undone(start):
    history = History(start).delete(3).undo().delete(4)
    assert history.undone == ()
    assert history.redo() is history


def test_add_keeps_time_order_and_refuses_a_second_beat_at_the_same_place(start):
    middle = float(start.times_s[10:12].mean())
    history = History(start).add(middle, "V")
    assert (np.diff(history.series.times_s) > 0).all()
    assert history.series.labels[11] == "V"
    with pytest.raises(EditError, match="already"):
        history.add(middle + 0.01, "N")


def test_delete_takes_away_that_beat_alone(start):
    found = History(start).delete(7).series
    assert found.times_s.tolist() == np.delete(start.times_s, 7).tolist()
    assert found.labels == start.labels[:7] + start.labels[8:]


def test_a_class_that_a_beat_has_already_is_no_edit(start):
    history = History(start)
    assert history.relabel({3: start.labels[3]}) is history


def test_the_first_beat_of_an_empty_recording():
    history = History(BeatSeries(np.empty(0), (), "detector")).add(1.5, "N")
    assert history.series.times_s.tolist() == [1.5]
    assert history.undo().series.times_s.size == 0


def predicted(start, labels):
    order = ("N", "S", "V", "F", "Q")
    p = np.full((len(labels), 5), 0.05, dtype=np.float32)
    for row, label in zip(p, labels, strict=True):
        row[order.index(label)] = 0.8
    return BeatPrediction("m", order, start.times_s, p, "II")


def test_suggestions_are_where_model_and_beat_differ(start):
    labels = list(start.labels)
    labels[5] = "F"
    history = History(start)
    (one,) = suggestions(history, predicted(start, labels))
    assert (one.index, one.beat.label) == (5, "F")
    assert one.probability == pytest.approx(0.8)
    assert suggestions(history.relabel({5: "F"}), predicted(start, labels)) == ()


def test_a_suggestion_turned_down_stays_away_until_undo(start):
    labels = list(start.labels)
    labels[5] = "F"
    history = History(start)
    (one,) = suggestions(history, predicted(start, labels))
    turned_down = history.reject([one.beat])
    assert suggestions(turned_down, predicted(start, labels)) == ()
    assert suggestions(turned_down.undo(), predicted(start, labels)) == (one,)


def test_a_beat_added_since_has_no_suggestion(start):
    history = History(start).add(float(start.times_s[10:12].mean()), "V")
    prediction = predicted(start, start.labels)
    assert suggestions(history, prediction) == ()
    rows = rows_of(history.series, prediction)
    assert rows[11] == -1
    assert rows.tolist() == [*range(11), -1, *range(11, 200)]
