"""What a reader of a long recording wants to be led to: pauses, runs, couplets, fast and slow spans, AF."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ecgviz.results import BeatSeries, Event, RRSeries, Severity
from ecgviz.signals.rr import ARTEFACT, GAP, RATE_INTERVALS, heart_rate

__all__ = ["KINDS", "Kind", "find_events"]

Spans = Sequence[tuple[float, float]]

PAUSE_S = 2.0
RUN_BEATS = 3
ALTERNATIONS = 3
SLOW_BPM, FAST_BPM, RATE_SPAN_S = 50.0, 100.0, 15.0
VT_BPM, SUSTAINED_S = 100.0, 30.0


@dataclass(frozen=True)
class Kind:
    """A kind of event: its name, what exactly it is, and how urgent a look is."""

    label: str
    definition: str
    severity: Severity


KINDS: dict[str, Kind] = {
    "ventricular_run": Kind(
        "Ventricular run",
        f"At least {RUN_BEATS} V beats in a row; its rate is that of the intervals inside it. Above {VT_BPM:g} a "
        f"minute it is called a ventricular tachycardia, sustained from {SUSTAINED_S:g} s on.",
        "high",
    ),
    "ventricular_flutter": Kind(
        "Ventricular flutter or fibrillation",
        "Large waves without QRS complexes; no beats are marked there.",
        "high",
    ),
    "pause": Kind("Pause", f"An RR interval above {PAUSE_S:g} s with a signal throughout, and no flutter.", "high"),
    "af": Kind("Atrial fibrillation", "See the definition of AF.", "high"),
    "no_signal": Kind(
        "No signal",
        "At least 1 s in which every lead is constant or unrecorded: a loose electrode, or asystole.",
        "high",
    ),
    "supraventricular_run": Kind("Supraventricular run", f"At least {RUN_BEATS} S beats in a row.", "medium"),
    "couplet": Kind("Ventricular couplet", "Exactly two V beats in a row.", "medium"),
    "bigeminy": Kind(
        "Ventricular bigeminy", f"Every second beat is V, at least {ALTERNATIONS} times in a row.", "medium"
    ),
    "trigeminy": Kind(
        "Ventricular trigeminy", f"Every third beat is V, at least {ALTERNATIONS} times in a row.", "medium"
    ),
    "bradycardia": Kind(
        "Slow rate",
        f"Heart rate (mean of {RATE_INTERVALS} intervals) below {SLOW_BPM:g} a minute for {RATE_SPAN_S:g} s or more.",
        "medium",
    ),
    "tachycardia": Kind(
        "Fast rate",
        f"Heart rate (mean of {RATE_INTERVALS} intervals) above {FAST_BPM:g} a minute for {RATE_SPAN_S:g} s or more.",
        "medium",
    ),
    "supraventricular_couplet": Kind("Supraventricular couplet", "Exactly two S beats in a row.", "low"),
    "longest_rr": Kind("Longest RR", "The longest RR interval outside gaps and artefacts.", "low"),
    "shortest_rr": Kind("Shortest RR", "The shortest RR interval outside gaps and artefacts.", "low"),
}
"""Every kind of event, in the order in which a page explains them."""


def find_events(
    beats: BeatSeries, rr: RRSeries, *, gaps: Spans = (), flutter: Spans = (), af: Spans = ()
) -> tuple[Event, ...]:
    """All events, sorted by time; see KINDS.

    rr: of the same beats, made with both gaps and flutter, so that neither is called a pause; gaps: spans without
    signal (`rr.silent`); flutter: of the ventricles (`beats.flutter`); af: episodes of atrial fibrillation. Runs,
    couplets and alternations need beats with a class; a gap ends them.
    """
    found = [*_spans(gaps, flutter, af), *_pauses(rr), *_extremes(rr), *_rates(rr)]
    codes = np.array([label or "-" for label in beats.labels], dtype="<U1")
    for first, stop in _unbroken(codes.size, rr):
        found += _runs(beats.times_s[first:stop], codes[first:stop])
        found += _alternations(beats.times_s[first:stop], codes[first:stop])
    return tuple(sorted(found, key=lambda event: (event.start_s, event.end_s, event.kind)))


def _event(kind: str, start_s: float, end_s: float, text: str) -> Event:
    return Event(kind, float(start_s), float(end_s), text, KINDS[kind].severity)


def _spans(gaps: Spans, flutter: Spans, af: Spans) -> Iterator[Event]:
    for start, end in gaps:
        yield _event("no_signal", start, end, f"no signal for {_long(end - start)}")
    for start, end in flutter:
        yield _event("ventricular_flutter", start, end, f"ventricular flutter for {_long(end - start)}")
    for start, end in af:
        yield _event("af", start, end, f"atrial fibrillation for {_long(end - start)}")


def _long(seconds: float) -> str:
    """A duration as a reader says it."""
    whole = round(seconds)
    if whole < 60:
        return f"{seconds:.1f} s"
    hours, minutes = whole // 3600, whole % 3600 // 60
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {whole % 60:02d} s"


def _pauses(rr: RRSeries) -> Iterator[Event]:
    for k in np.flatnonzero(rr.rr_s > PAUSE_S):
        if rr.left_out[k] != GAP:
            yield _event("pause", rr.end_s[k] - rr.rr_s[k], rr.end_s[k], f"pause of {rr.rr_s[k]:.2f} s")


def _extremes(rr: RRSeries) -> Iterator[Event]:
    clear = np.flatnonzero([why not in (GAP, ARTEFACT) for why in rr.left_out])
    if clear.size < 2:
        return
    for kind, k in (("longest_rr", clear[rr.rr_s[clear].argmax()]), ("shortest_rr", clear[rr.rr_s[clear].argmin()])):
        words = f"{KINDS[kind].label.lower().replace('rr', 'RR')}: {1000 * rr.rr_s[k]:.0f} ms"
        yield _event(kind, rr.end_s[k] - rr.rr_s[k], rr.end_s[k], words)


def _rates(rr: RRSeries) -> Iterator[Event]:
    """Spans in which the rate is slow or fast for long enough."""
    rate = heart_rate(rr)
    for kind, hit in (("bradycardia", rate < SLOW_BPM), ("tachycardia", rate > FAST_BPM)):
        for first, stop in _stretches(hit):
            start, end = rr.end_s[first] - rr.rr_s[first], rr.end_s[stop - 1]
            if end - start >= RATE_SPAN_S:
                low, high = rate[first:stop].min(), rate[first:stop].max()
                span = f"{low:.0f}" if round(low) == round(high) else f"{low:.0f} to {high:.0f}"
                yield _event(kind, start, end, f"rate {span}/min for {_long(end - start)}")


def _stretches(hit: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and stop of every stretch of True."""
    edges = np.flatnonzero(np.diff(np.pad(hit.astype(np.int8), 1)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _unbroken(beats: int, rr: RRSeries) -> list[tuple[int, int]]:
    """Beats [first, stop) between gaps."""
    whole = np.array([why != GAP for why in rr.left_out], dtype=bool)
    return [(first, stop + 1) for first, stop in _stretches(whole)] if beats > 1 else []


def _runs(times_s: NDArray[np.float64], codes: NDArray[np.str_]) -> Iterator[Event]:
    for label, word, run, pair in (
        ("V", "ventricular", "ventricular_run", "couplet"),
        ("S", "supraventricular", "supraventricular_run", "supraventricular_couplet"),
    ):
        for first, stop in _stretches(codes == label):
            start, end, n = times_s[first], times_s[stop - 1], stop - first
            if n == 2:
                yield _event(pair, start, end, f"{word} couplet, {1000 * (end - start):.0f} ms apart")
            elif n >= RUN_BEATS:
                yield _event(run, start, end, _run_text(word, n, float(end - start)))


def _run_text(word: str, beats: int, seconds: float) -> str:
    rate = 60 * (beats - 1) / seconds
    text = f"{word} run of {beats} beats, {rate:.0f}/min"
    if word == "ventricular" and rate > VT_BPM:
        text += f": {'sustained' if seconds >= SUSTAINED_S else 'non-sustained'} ventricular tachycardia"
    return text


def _alternations(times_s: NDArray[np.float64], codes: NDArray[np.str_]) -> Iterator[Event]:
    """Bigeminy and trigeminy: V, then one or two other beats, over and over."""
    ventricular = np.flatnonzero(codes == "V")
    for kind, period in (("bigeminy", 2), ("trigeminy", 3)):
        for first, stop in _stretches(np.diff(ventricular) == period):
            n = stop - first + 1
            if n >= ALTERNATIONS:
                start, end = times_s[ventricular[first]], times_s[ventricular[stop]]
                yield _event(kind, start, end, f"ventricular {kind}, {n} V beats")
