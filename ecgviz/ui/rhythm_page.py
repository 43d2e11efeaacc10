"""The Rhythm page: a recording at a glance, ten seconds of it on paper, its beats and events, and what they come to."""

import html
from copy import deepcopy
from typing import Any

import streamlit as st

from ecgviz.plot import rhythm, rhythm_detail, tracing
from ecgviz.record import Record
from ecgviz.results import BeatSeries
from ecgviz.ui import (
    rhythm_desk,
    rhythm_lists,
    rhythm_marks,
    rhythm_models,
    rhythm_open,
    rhythm_panels,
    rhythm_tools,
    rhythm_words,
    view,
    zoom,
)
from ecgviz.ui.messages import friendly_errors
from ecgviz.ui.rhythm_desk import Desk
from ecgviz.ui.rhythm_edit import rows_of
from ecgviz.ui.rhythm_study import Study, agreement, study

__all__ = ["workbench"]

_LIST_PX, _OVERVIEW_PX = 304, 196
_OVERVIEW = dict(tracing.CONFIG) | {"displayModeBar": False}
_DETAIL = dict(tracing.CONFIG) | {"doubleClick": "autosize"}


@st.fragment
def workbench(record: Record, reference: BeatSeries | None, width: int) -> None:
    """A fragment: a click draws only this part of the page anew."""
    with friendly_errors():
        cards = rhythm_models.cards()
        origin, model, leads = rhythm_open.choose(record, reference, cards)
        desk = rhythm_open.desk_of(record, origin, model, reference)
        found = desk.once("study", (desk.series,), lambda: study(desk.series, desk.gaps, desk.flutter))
        rhythm_words.notes(record, desk, bool(cards))
        rhythm_words.line(desk, found)
        _overview(record, desk, found, leads[0])
        rhythm_tools.moves(record, desk, found)
        wide = width >= 900
        left, right = st.columns([width - _LIST_PX, _LIST_PX], gap="small") if wide else (st.container(),) * 2
        with left:
            _detail(record, desk, leads, width - _LIST_PX - 16 if wide else width)
            rhythm_tools.edits(record, desk, leads[0])
            if reference is not None:
                same = desk.once("agreement", (desk.series,), lambda: agreement(desk.series, reference))
                st.html(f"<p class='ev-note'>{html.escape(same.words)}</p>")
        with right:
            rhythm_lists.events(desk, found)
            rhythm_lists.beats(desk)
        rhythm_panels.show(record, desk, found, leads[0], frame_name())
        rhythm_marks.watch(desk.place, _clicked)


def _clicked(picture: str, at_s: float) -> None:
    rhythm_desk.current().click(at_s, overview=picture == "overview")


def frame_name() -> str:
    """The frame whose colours fit the page's theme."""
    return "dark" if st.context.theme.type == "dark" else "light"


def _overview(record: Record, desk: Desk, found: Study, lead: str) -> None:
    """One lead from end to end. The marks of window and moment are laid over it, so it is sent once."""
    frame = frame_name()
    whole = (record.start_s, record.start_s + record.seconds)

    def make() -> dict[str, Any]:
        figure: dict[str, Any] = rhythm.overview(record, lead, whole, found.events, desk.series, frame=frame).to_dict()
        figure["layout"] |= {"shapes": [], "clickmode": "none", "height": _OVERVIEW_PX}
        figure["data"] = [t for t in figure["data"] if t.get("name") not in ("places", "window shown")]
        return figure

    figure = desk.once("overview", (found, lead, frame), make)
    alt = desk.once(
        "overview-alt", (found, lead), lambda: rhythm.overview_alt(record, lead, whole, found.events, desk.series)
    )
    with st.container(key=rhythm_marks.OVERVIEW):
        st.plotly_chart(figure, width="stretch", theme=None, key="rhythm-overview", config=_OVERVIEW, alt=alt)


def _detail(record: Record, desk: Desk, leads: tuple[str, ...], width: int) -> None:
    """The window on ECG paper; choosing another beat in it leaves it as it is, with its zoom."""
    place, series, prediction, look = desk.place, desk.series, desk.prediction, view.view()
    suggested = probabilities = None
    if prediction is not None and desk.trouble == "":
        suggested, probabilities = desk.once("answers", (series, prediction), lambda: _answers(series, prediction))

    def make() -> dict[str, Any]:
        figure: dict[str, Any] = rhythm_detail.detail(
            record,
            leads,
            place.start_s,
            series,
            seconds=place.span_s,
            suggested=suggested,
            probabilities=probabilities,
            gain=look.gain,
            paper=look.paper,
            width=width,
        ).to_dict()
        figure["layout"]["clickmode"] = "none"
        return figure

    key = (series, prediction, leads, place.start_s, place.span_s, width, look)
    figure = desk.once("detail", key, make)
    window = f"rhythm {record.digest} {leads} {place.start_s:.3f} {place.span_s:g} {width} {look.gain:g}"
    alt = rhythm_detail.detail_alt(leads, place.start_s, series, seconds=place.span_s, suggested=suggested)
    with st.container(key=rhythm_marks.DETAIL), st.container(key="ev-paper"):
        sheet = zoom.kept(_named(figure, window), ("rhythm", *key))
        st.plotly_chart(sheet, width="stretch", theme=None, key="rhythm-detail", config=_DETAIL, alt=alt)
    zoom.watch()


def _named(figure: dict[str, Any], window: str) -> dict[str, Any]:
    """A copy whose zoom belongs to this window alone."""
    layout = deepcopy(figure["layout"])
    for part in (layout, layout["xaxis"], layout["yaxis"]):
        part["uirevision"] = window
    return figure | {"layout": layout}


def _answers(series: BeatSeries, prediction: Any) -> tuple[tuple[str | None, ...], Any]:
    """The model's class and its probability for each beat of the series."""
    rows, best = rows_of(series, prediction), prediction.best
    labels = tuple(best[row] if row >= 0 else None for row in rows)
    return labels, prediction.probabilities.max(axis=1)[rows] if len(best) else rows
