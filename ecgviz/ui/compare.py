"""The Compare page: what several models, methods or two records show for one finding, side by side on one time axis."""

import html
from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ecgviz.errors import EcgvizError
from ecgviz.plot import theme
from ecgviz.record import Record
from ecgviz.results import Prediction
from ecgviz.ui import (
    cache,
    compare_choice,
    compare_controls,
    compare_link,
    compare_sheet,
    compare_tables,
    overread,
    picker,
    view,
    zoom,
)
from ecgviz.ui.compare_choice import Subject
from ecgviz.ui.compare_labels import Row, rows
from ecgviz.ui.messages import friendly_errors
from ecgviz.ui.model_tasks import question

__all__ = ["workbench"]


@st.fragment
def workbench(record: Record, width: int) -> None:
    """A fragment: a choice draws only this part of the page anew, and computes only what is new."""
    compare_link.whole_page()
    with friendly_errors():
        cards = cache.cards()
        compare_controls.choose_members(cards)
        _hold(record)
        subjects = compare_choice.subjects(record, cards)
        finding, aside = st.columns([5, 1], vertical_alignment="bottom")
        key = ""
        unread = [s for s in subjects if not overread.may_show(s.record, s.card)]
        if unread:
            _read_first(unread[0])
        elif len(subjects) > 1:
            key = _compare(subjects, width, finding)
        else:
            _too_few()
        with aside:
            compare_link.panel(record, cards, key)


def _read_first(subject: Subject) -> None:
    name, asked = html.escape(subject.record.name), html.escape(question(subject.card.task).short)
    st.html(
        f"<p class='ev-sentence'>Read first is on, and you have not yet read <b>{name}</b> for this question: "
        f"<b>{asked}</b>. Keep your own findings on the Explain page, with a model of that question; then compare.</p>"
    )
    if st.button("Read it on the Explain page", icon=":material/frame_inspect:"):
        st.switch_page("pages/explain.py")


def _kind() -> str:
    return str(st.session_state[compare_choice.KIND])


def _hold(record: Record) -> None:
    """Put a record aside, to open another beside it."""
    if _kind() != "records":
        return
    kept = compare_choice.held()
    with st.container(horizontal=True, vertical_alignment="center"):
        names = ("none" if kept is None else html.escape(kept.name)), html.escape(record.name)
        st.html("<p class='ev-note'>Held: <b>{}</b>. Open: <b>{}</b>.</p>".format(*names), width="content")
        st.button(
            "Hold the open record",
            key="compare-hold",
            icon=":material/keep:",
            help="It stays on this page; then open another in the sidebar or with the arrow keys.",
            on_click=lambda: compare_choice.hold(record, picker.entry_of(record)),
        )


def _too_few() -> None:
    told = {
        "models": "Choose at least two models above.",
        "methods": "Choose at least two methods above.",
        "records": "Hold the open record; then open another one in the sidebar.",
    }
    st.html(f"<p class='ev-sentence'>{told[_kind()]}</p>")
    if _kind() == "models" and len(cache.cards()) < 2:
        st.html("<p class='ev-note'>Only one model is installed; compare its methods, or two records.</p>")


def _compare(subjects: Sequence[Subject], width: int, place: DeltaGenerator) -> str:
    """The table and the panels; place: where the finding is chosen. Returns the key of the zoom."""
    with st.spinner("The models read the ECG"):
        predictions = [_predicted(subject) for subject in subjects]
    found = rows([p for p, _ in predictions], [s.card for s in subjects])
    names = [s.name for s in subjects]
    for subject, (_, reason) in zip(subjects, predictions, strict=True):
        if reason:
            st.html(f"<p class='ev-note'><b>{html.escape(subject.name)}</b>: {html.escape(reason)}</p>")
    with place:
        row = compare_controls.choose_finding(found)
    if row is None:
        return ""
    if _kind() != "methods":
        st.html(f"<p class='ev-sentence'>{html.escape(compare_tables.counted(found, _kind()))}</p>")
        compare_tables.probabilities(found, names, row, tasks=len({s.card.task for s in subjects}))
        compare_tables.in_words([r for r in found if r.disagrees or r.positive or r is row], names)
    key = _evidence(subjects, row, width)
    compare_tables.costs([s.card for s in subjects])
    return key


def _predicted(subject: Subject) -> tuple[Prediction | None, str]:
    """A model's findings, or why it has none: one model's trouble leaves the others as they are."""
    try:
        return cache.prediction(subject.card.name, subject.record), ""
    except EcgvizError as error:
        return None, str(error)


def _evidence(subjects: Sequence[Subject], row: Row, width: int) -> str:
    first = subjects[0].record
    by_record = _kind() == "records"
    st.subheader(f"Evidence for {row.description}", anchor=False)
    heat = view.heat()
    st.html(_key(heat))
    start_s = compare_choice.window(first)
    leads = compare_choice.leads(subjects)
    sheet = compare_sheet.Sheet(view.view(), heat, leads, start_s, width)
    shown = compare_sheet.draw(subjects, row, sheet, mean=not by_record)
    compare_controls.choose_look(subjects)
    zoom.watch()
    compare_tables.where(subjects, shown)
    if by_record:
        st.html("<p class='ev-note'>Two records have no mean map: their beats lie at different times.</p>")
    else:
        compare_tables.alike(subjects, shown.maps)
    return shown.key


def _key(heat: view.Heat) -> str:
    """What colour and hatching mean, in one line."""
    palette, purple = theme.PALETTES[heat.palette], theme.PAPERS["pink"].purple
    supports = palette.positive or purple
    steps = [theme.rgba(palette.weak or supports, 0), theme.rgba(supports, heat.strength)]
    if palette.signed:
        steps = [theme.rgba(purple, heat.strength), theme.rgba(purple, 0), *steps]
    ends = "From −1, against, to 1, for" if palette.signed else "From 0 to 1"
    return (
        f"<div class='ev-cmp-key'><span><i style='background:linear-gradient(90deg,{','.join(steps)}),#fffaf7'></i>"
        f"{ends}: the same scale for all panels, 1 the strongest step of each map in its whole record. Colours "
        "compare places, not amounts.</span></div>"
    )
