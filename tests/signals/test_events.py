"""Events by their definitions, on series of beats made for each."""

import numpy as np
import pytest

from ecgviz.results import BeatSeries, Event
from ecgviz.signals import events
from ecgviz.signals.rr import rr_series


def found(labels: str, rr_s: float | list[float] = 0.8, **spans: list[tuple[float, float]]) -> dict[str, list[Event]]:
    """Events by kind."""
    steps = np.full(len(labels) - 1, rr_s) if isinstance(rr_s, float) else np.array(rr_s)
    beats = BeatSeries(np.concatenate([[0.0], np.cumsum(steps)]), tuple(labels), "test")
    rr = rr_series(beats, [*spans.get("gaps", []), *spans.get("flutter", [])])
    by_kind: dict[str, list[Event]] = {}
    for event in events.find_events(beats, rr, **spans):
        by_kind.setdefault(event.kind, []).append(event)
    return by_kind


def test_a_pause_is_longer_than_two_seconds() -> None:
    assert "pause" not in found("NNNN", [0.8, 2.0, 0.8])
    (pause,) = found("NNNN", [0.8, 2.3, 0.8])["pause"]
    assert (pause.start_s, pause.end_s) == pytest.approx((0.8, 3.1))
    assert pause.text == "pause of 2.30 s" and pause.severity == "high"


@pytest.mark.parametrize("kind", ["gaps", "flutter"])
def test_neither_a_gap_nor_flutter_is_a_pause(kind: str) -> None:
    events_ = found("NNNN", [0.8, 5.0, 0.8], **{kind: [(1.5, 5.0)]})
    assert "pause" not in events_ and "longest_rr" in events_
    assert events_["longest_rr"][0].end_s - events_["longest_rr"][0].start_s == pytest.approx(0.8)
    assert len(events_["no_signal" if kind == "gaps" else "ventricular_flutter"]) == 1


@pytest.mark.parametrize(
    ("labels", "kind", "count"),
    [
        ("NVN", "couplet", 0), ("NVVN", "couplet", 1), ("NVVVN", "couplet", 0),
        ("NVVN", "ventricular_run", 0), ("NVVVN", "ventricular_run", 1), ("VVVNVVVV", "ventricular_run", 2),
        ("NSSN", "supraventricular_couplet", 1), ("NSSSN", "supraventricular_run", 1),
        ("NVNVN", "bigeminy", 0), ("NVNVNVN", "bigeminy", 1), ("VVVVV", "bigeminy", 0),
        ("NNVNNVNNV", "trigeminy", 1), ("NVNNVN", "trigeminy", 0), ("VVNVVNVVN", "trigeminy", 0),
    ],
)  # fmt: skip
def test_patterns_of_classes(labels: str, kind: str, count: int) -> None:
    assert len(found(labels).get(kind, [])) == count


@pytest.mark.parametrize(
    ("beats", "rr_s", "words"),
    [
        (5, 0.4, "5 beats, 150/min: non-sustained ventricular tachycardia"),
        (5, 0.8, "5 beats, 75/min"),
        (80, 0.4, "80 beats, 150/min: sustained ventricular tachycardia"),
    ],
)
def test_a_run_tells_its_rate_and_name(beats: int, rr_s: float, words: str) -> None:
    (run,) = found("NN" + "V" * beats + "NN", rr_s)["ventricular_run"]
    assert run.text == f"ventricular run of {words}"
    assert run.end_s - run.start_s == pytest.approx((beats - 1) * rr_s)


def test_a_gap_ends_a_run() -> None:
    events_ = found("NVVVVN", [0.5, 0.5, 9.0, 0.5, 0.5], gaps=[(2.0, 9.0)])
    assert "ventricular_run" not in events_ and len(events_["couplet"]) == 2


@pytest.mark.parametrize(("rr_s", "kind"), [(1.4, "bradycardia"), (0.5, "tachycardia")])
def test_a_slow_or_fast_rate_must_last(rr_s: float, kind: str) -> None:
    long = [0.8] * 30 + [rr_s] * 40 + [0.8] * 30
    (span,) = found("N" * 101, long)[kind]
    assert span.start_s == pytest.approx(24, abs=5 * max(rr_s, 0.8))
    assert span.end_s - span.start_s == pytest.approx(40 * rr_s, abs=10 * rr_s)
    assert kind not in found("N" * 101, [0.8] * 45 + [rr_s] * 8 + [0.8] * 47)


def test_events_are_in_time_order_of_known_kinds_and_each_kind_is_defined() -> None:
    rng = np.random.default_rng(0)
    labels = "".join(rng.choice(list("NNNSV"), 400))
    beats = BeatSeries(np.cumsum(rng.uniform(0.4, 2.4, 400)), tuple(labels), "test")
    all_ = events.find_events(beats, rr_series(beats), af=[(3.0, 60.0)], gaps=[(100.0, 101.0)])
    starts = [event.start_s for event in all_]
    assert starts == sorted(starts) and len(all_) > 50
    for event in all_:
        assert event.end_s >= event.start_s and event.text
        assert event.severity == events.KINDS[event.kind].severity
    assert all(kind.label and kind.definition.endswith(".") for kind in events.KINDS.values())


@pytest.mark.parametrize("n", [0, 1, 2])
def test_hardly_any_beats(n: int) -> None:
    beats = BeatSeries(np.arange(n) * 0.8, (None,) * n, "test")
    assert events.find_events(beats, rr_series(beats)) == ()


def test_beats_without_a_class_have_no_runs() -> None:
    beats = BeatSeries(np.arange(50) * 0.8, (None,) * 50, "test")
    kinds = {event.kind for event in events.find_events(beats, rr_series(beats))}
    assert kinds == {"longest_rr", "shortest_rr"}
