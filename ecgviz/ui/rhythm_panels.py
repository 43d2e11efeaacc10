"""Below the trace, one at a time: the chosen beat with its evidence, the classes, the intervals, HRV."""

import html
from collections.abc import Callable
from typing import Any

import streamlit as st

from ecgviz.plot import rhythm_beats, rhythm_rr, tracing
from ecgviz.record import Record
from ecgviz.signals import hrv, mean_beat
from ecgviz.ui import rhythm_beat, rhythm_desk
from ecgviz.ui.rhythm_desk import Desk
from ecgviz.ui.rhythm_study import Study

__all__ = ["PANELS", "show"]

_KEY = "rhythm-panel"


def show(record: Record, desk: Desk, found: Study, lead: str, frame: str) -> None:
    """The chosen panel; only that one is computed."""
    st.session_state.setdefault(_KEY, next(iter(PANELS)))
    chosen = st.segmented_control(
        "Panel", list(PANELS), key=_KEY, required=True, persist_state="session", label_visibility="collapsed"
    )
    with st.container(key="ev-panel", height=430, border=False):
        PANELS[chosen or next(iter(PANELS))](record, desk, found, lead, frame)


def _chart(name: str, figure: dict[str, Any], alt: str, *, seconds: bool = False) -> None:
    """A picture whose points are places to go to. seconds: a point's customdata is a moment, else a beat's number."""

    def go() -> None:
        state = st.session_state.get(f"rhythm-{name}")
        points = state["selection"]["points"] if state else []
        if points and points[0].get("customdata") is not None:
            value = points[0]["customdata"]
            rhythm_desk.current().jump(value[0] if isinstance(value, list) else value, seconds=seconds)

    st.plotly_chart(
        figure,
        width="stretch",
        theme=None,
        key=f"rhythm-{name}",
        config=dict(tracing.CONFIG) | {"displayModeBar": False},
        on_select=go,
        selection_mode="points",
        alt=alt,
    )


def _figure(make: Callable[[], Any]) -> Callable[[], dict[str, Any]]:
    def made() -> dict[str, Any]:
        found: dict[str, Any] = make().to_dict()
        return found

    return made


def _beat(record: Record, desk: Desk, found: Study, lead: str, frame: str) -> None:
    rhythm_beat.show(record, desk)


def _classes(record: Record, desk: Desk, found: Study, lead: str, frame: str) -> None:
    means = desk.once("means", (desk.series, lead), lambda: mean_beat.mean_beats(record, lead, desk.series))
    if not means:
        _nothing("No beat has a class yet. Choose a model, or give beats a class by hand.")
        return
    figure = desk.once("mean-figure", (means, frame), _figure(lambda: rhythm_beats.mean_beats(means, frame=frame)))
    _chart("means", figure, rhythm_beats.mean_beats_alt(means))
    st.html(f"<p class='ev-caption'>Lead {html.escape(lead)}. {html.escape(mean_beat.DEFINITION)}</p>")
    samples = desk.once("samples", (means, frame), _figure(lambda: rhythm_beats.examples(means, frame=frame)))
    _chart("samples", samples, rhythm_beats.examples_alt(means), seconds=True)
    st.html("<p class='ev-caption'>Samples of each class, evenly spread over the recording; a click goes there.</p>")


def _tachogram(record: Record, desk: Desk, found: Study, lead: str, frame: str) -> None:
    if not found.rr.rr_s.size:
        _nothing("A tachogram needs at least two beats.")
        return
    figure = desk.once("tachogram", (found, frame), _figure(lambda: rhythm_rr.tachogram(found.rr, frame=frame)))
    _chart("tachogram", figure, rhythm_rr.tachogram_alt(found.rr))
    st.html(
        "<p class='ev-caption'>Each RR interval at the beat that ends it; hollow where it is no NN interval. "
        "A click on a point goes there.</p>"
    )


def _trend(record: Record, desk: Desk, found: Study, lead: str, frame: str) -> None:
    if not found.rr.rr_s.size:
        _nothing("A trend of the heart rate needs at least two beats.")
        return
    make = _figure(lambda: rhythm_rr.trend(found.rr, found.rate, found.events, frame=frame))
    _chart("trend", desk.once("trend", (found, frame), make), rhythm_rr.trend_alt(found.rate, found.events))


def _poincare(record: Record, desk: Desk, found: Study, lead: str, frame: str) -> None:
    if found.rr.rr_s.size < 2:
        _nothing("A Poincaré plot needs at least three beats.")
        return
    values = found.hrv.values
    make = _figure(lambda: rhythm_rr.poincare(found.rr, values, frame=frame))
    _chart("poincare", desk.once("poincare", (found, frame), make), rhythm_rr.poincare_alt(found.rr, values))
    st.html(
        "<p class='ev-caption'>Each RR interval against the one before. A click on a point goes to the beat; the "
        "ellipse is SD1 by SD2 of the NN intervals.</p>"
    )


def _variability(record: Record, desk: Desk, found: Study, lead: str, frame: str) -> None:
    rows = "".join(
        f"<tr><th>{name}</th><td>{_value(found.hrv, key)}</td><td>{unit}</td>"
        f"<td>{html.escape(_said(found.hrv, key))}</td></tr>"
        for key, (name, unit, _) in hrv.DEFINITIONS.items()
    )
    used = (
        f"{found.hrv.intervals:,} NN intervals, {found.hrv.share:.0%} of all, outside AF; LF and HF from "
        f"{found.hrv.segments} segments. Task Force of ESC and NASPE, Circulation 1996;93:1043-65."
    )
    st.html(f"<table class='ev-table'><caption>{used}</caption>{rows}</table>")


def _value(found: hrv.HRV, key: str) -> str:
    value = found.values.get(key)
    return "–" if value is None else f"{value:.2f}" if key == "lf_hf" else f"{value:,.0f}"


def _said(found: hrv.HRV, key: str) -> str:
    words = hrv.DEFINITIONS[key][2]
    return f"{words}; {found.missing[key]}" if key in found.missing else words


def _nothing(text: str) -> None:
    st.html(f"<p class='ev-note'>{html.escape(text)}</p>")


PANELS: dict[str, Callable[[Record, Desk, Study, str, str], None]] = {
    "Chosen beat": _beat,
    "Classes": _classes,
    "RR intervals": _tachogram,
    "Heart rate": _trend,
    "Poincaré": _poincare,
    "Variability": _variability,
}
