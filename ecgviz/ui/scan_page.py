"""The Paper page: the picture with what was found, the ECG that was read from it, and what can be done with both."""

import html
from functools import partial
from typing import Any

import streamlit as st

from ecgviz.errors import ModelError
from ecgviz.plot import tracing
from ecgviz.plot.layout import LAYOUTS
from ecgviz.record import Record
from ecgviz.scans.geometry import Digitised, LeadQuality, PageGeometry
from ecgviz.ui import print_row, scan_cache, scan_findings, scan_hints, scan_steps, session
from ecgviz.ui.scan_source import Opened
from ecgviz.ui.view import View

__all__ = ["reading"]

SHARE = (1.0, 1.2)
GAP_PX = 32
_BANNER = "Digitised, not recorded: amplitudes and times are those of the picture. Every export says so."


def reading(opened: Opened, width: int) -> None:
    """The whole page below the choice of a picture."""
    hints = scan_hints.given(opened.scan)
    with st.spinner("Reading the page"):
        read = scan_cache.reading(opened.scan, opened.pdf, hints)
    scan_steps.line(read)
    both = width if width <= 700 else width - GAP_PX
    left, right = st.columns(SHARE, gap="medium")
    with left:
        _picture(opened, read, both)
    with right:
        if read.record is None:
            _stopped(read)
        else:
            _record(read.record, read.geometry, round(both * SHARE[1] / sum(SHARE)))
    scan_hints.form(opened.scan, read)
    left, right = st.columns(SHARE[::-1], gap="large")
    with left:
        if read.quality:
            _quality(read.quality)
    with right:
        scan_findings.panel(opened.scan, read.geometry)


def _picture(opened: Opened, read: Digitised, width: int) -> None:
    """The picture as it was given; the trace over it can be taken away to see what is below."""
    high, wide = opened.scan.pixels.shape[:2]
    place = round(width * SHARE[0] / sum(SHARE))
    height = min(round(place * high / wide), 640)
    traced = st.session_state.get("page_traced", True)
    where = (opened.scan, opened.pdf, scan_hints.given(opened.scan), traced, height)
    try:
        figure = scan_cache.figure(*where, scan_findings.seen(opened.scan))
    except ModelError:  # the panel below says why there is no evidence; the picture stays
        figure = scan_cache.figure(*where)
    notes = "; ".join(opened.scan.notes)
    with st.container(key="ev-page"):
        st.plotly_chart(
            figure,
            width="stretch",
            theme=None,
            key="page_figure",
            config=dict(tracing.CONFIG) | {"scrollZoom": True},
            alt=f"The picture {opened.scan.name}, {wide} x {high} pixels, with {_told(read)}",
        )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.toggle("Trace over the picture", value=True, key="page_traced", disabled=read.record is None)
        st.caption(f"{opened.scan.format}, {wide} x {high} pixels{f'; {notes}' if notes else ''}")


def _told(read: Digitised) -> str:
    if read.geometry is None:
        return "nothing found on it"
    return f"the boxes of {len(read.geometry.boxes)} leads" + (" and the trace" if read.record is not None else "")


def _stopped(read: Digitised) -> None:
    failed = next((step for step in read.steps if not step.ok), None)
    if failed is None:
        st.error("The page was not read. State what you can see below.", icon=":material/error:")
        return
    st.html(
        f"<div class='ev-stopped'><h4>The page could not be read</h4><p><b>{failed.name.capitalize()}:</b> "
        f"{html.escape(failed.text)}</p><p class='ev-note'>Give a better picture, or state below what you can see.</p>"
        "</div>"
    )


def _record(record: Record, place: PageGeometry | None, width: int) -> None:
    """The digitised ECG on clean paper, and the ways on from here."""
    layout, strips = _layout(record, place)
    speed, gain = (place.speed, place.gain) if place is not None else (25.0, 10.0)
    look: dict[str, Any] = {"layout": layout, "rhythm": strips}
    look |= {"speed": speed} if speed in tracing.SPEEDS else {}
    look |= {"gain": gain} if gain in tracing.GAINS else {}
    with st.container(key="ev-sheet"):
        st.plotly_chart(
            tracing.page(record, **look, width=max(width, 560)),
            width="stretch",
            theme=None,
            key="page_record",
            config=dict(tracing.CONFIG),
            alt=f"The digitised ECG: {', '.join(record.leads)}",
        )
    st.html(f"<p class='ev-note'><b>{_BANNER}</b></p>")
    with st.container(horizontal=True, gap="small"):
        if st.button(
            "Open on the Record page",
            icon=":material/ecg:",
            type="primary",
            on_click=partial(session.open_digitised, record),
        ):
            st.switch_page("pages/record.py")
        print_row.buttons(record, _view(look), key="page")


def _layout(record: Record, place: PageGeometry | None) -> tuple[str, tuple[str, ...]]:
    """The page's own layout and strips, as far as they can be drawn."""
    if place is None or place.layout not in LAYOUTS or not place.boxes:
        return "3x4+1", ("II",) if "II" in record.leads else record.leads[:1]
    shortest = min(box.end_s - box.start_s for box in place.boxes)
    strips = [box.lead for box in place.boxes if box.end_s - box.start_s > 1.5 * shortest]
    known = tuple(dict.fromkeys(lead for lead in strips if lead in record.leads))[:3]
    return place.layout, known or record.leads[:1]


def _view(look: dict[str, Any]) -> View:
    rhythm = " + ".join(look["rhythm"])
    return View(layout=look["layout"], rhythm=rhythm, speed=look.get("speed", 25.0), gain=look.get("gain", 10.0))


def _quality(quality: tuple[LeadQuality, ...]) -> None:
    """How far each lead can be trusted; the misfit is that of the limb leads' own identities."""
    st.subheader("How well each lead was read", anchor=False)
    rows = "".join(
        f"<tr><th scope='row'>{html.escape(lead.lead)}</th><td>{100 * lead.coverage:.0f}</td><td>%</td>"
        f"<td>{'–' if lead.residual_uv is None else f'{lead.residual_uv:.0f} µV'}</td>"
        f"<td>{lead.score:.2f}</td><td>{html.escape(lead.word)}</td></tr>"
        for lead in quality
    )
    head = "<tr><th>Lead</th><td>read</td><td></td><td>misfit</td><td>score</td><td></td></tr>"
    about = "Read: share of the printed time. Misfit: how far the limb leads miss Einthoven's and Goldberger's laws."
    st.html(f"<table class='ev-table'><caption>{about}</caption>{head}{rows}</table>")
