"""The figure of the Compare page: one panel after the other as its evidence is ready, then the mean of the maps.

Every panel is kept by what it depends on, so that another model computes its own panel and no other.
"""

import html
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from ecgviz.errors import EcgvizError
from ecgviz.plot import compare, scores, tracing
from ecgviz.plot.compare import Panel
from ecgviz.record import Record
from ecgviz.results import Attribution, Finding
from ecgviz.ui import cache, zoom
from ecgviz.ui.compare_choice import Subject
from ecgviz.ui.compare_labels import Row
from ecgviz.ui.compare_maps import Consensus, consensus
from ecgviz.ui.view import Heat, View

__all__ = ["BEGIN", "Evidence", "Sheet", "draw"]

_CONFIG = dict(tracing.CONFIG) | {"doubleClick": "autosize"}
_SOON_S = 0.4
"""A figure that is not complete is sent at most this often: each is drawn anew by the browser."""


@dataclass(frozen=True)
class Sheet:
    """How all panels are drawn: view, heat, leads, first second and width in pixels."""

    view: View
    heat: Heat
    leads: tuple[str, ...]
    start_s: float
    width: int


@dataclass(frozen=True, eq=False)
class Evidence:
    """What became of each panel, in order: its map, or None with the reason; the mean of the maps; key of the zoom."""

    maps: tuple[Attribution | None, ...]
    reasons: tuple[str, ...]
    together: Consensus | None
    key: str


BEGIN = "_compare_zoom"
"""Of the session's state: the zoom that the next figure begins with."""


@st.cache_data(hash_funcs=cache.BY_DIGEST, max_entries=16, scope="session", show_spinner=False)
def _panel(record: Record, sheet: Sheet, name: str, label: str) -> Panel:
    """One record with the evidence of one model; without a label, the trace alone."""
    found = cache.attribution(name, record, label, sheet.heat.method) if label else None
    return compare.panel(cache.shown(record, sheet.view), sheet.leads, found, **_look(sheet))


@st.cache_data(hash_funcs=cache.BY_DIGEST, max_entries=8, scope="session", show_spinner=False)
def _mean_panel(record: Record, sheet: Sheet, asked: tuple[tuple[str, str, str], ...], label: str) -> Panel | None:
    """The mean of the maps of (model, label, method), hatched where they are far apart."""
    together = _together(record, asked, label)
    if together is None:
        return None
    return compare.panel(cache.shown(record, sheet.view), sheet.leads, together.mean, together.apart, **_look(sheet))


@st.cache_data(hash_funcs=cache.BY_DIGEST, max_entries=8, scope="session", show_spinner=False)
def _together(record: Record, asked: tuple[tuple[str, str, str], ...], label: str) -> Consensus | None:
    maps = [cache.attribution(name, record, own, method) for name, own, method in asked]
    return consensus([one for one in maps if one.scores.any()], label)


def _look(sheet: Sheet) -> dict[str, Any]:
    look = {"strength": sheet.heat.strength, "style": sheet.heat.style, "palette": sheet.heat.palette}
    paper = {"speed": sheet.view.speed, "gain": sheet.view.gain, "paper": sheet.view.paper}
    return look | paper | {"start_s": sheet.start_s, "width": sheet.width}


def draw(subjects: Sequence[Subject], row: Row, sheet: Sheet, *, mean: bool) -> Evidence:
    """Draw the panels as they become ready and return what they show; mean: with the mean of the maps below them."""
    begun = time.monotonic()
    maps: list[Attribution | None] = []
    reasons: list[str] = []
    panels = [(_head(s, f, "…"), _plain(s, sheet)) for s, f in zip(subjects, row.findings, strict=True)]
    with st.container(key="ev-paper"):
        place = st.empty()
    for n, (subject, finding) in enumerate(zip(subjects, row.findings, strict=True)):
        with st.spinner(f"Looking for the evidence, {n + 1} of {len(subjects)}"):
            found, reason, panels[n] = _found(subject, finding, sheet)
        maps.append(found)
        reasons.append(reason)
        if n + 1 < len(subjects) and time.monotonic() - begun > _SOON_S:
            begun = time.monotonic()
            # a key of its own: the browser must not put the next figure into a plot of another height
            whole = _whole(panels, subjects, sheet)
            place.plotly_chart(whole, width="stretch", theme=None, key=f"compare-{n}", config=_CONFIG)
    asked = tuple(
        (s.card.name, f.label, s.method) for s, f, m in zip(subjects, row.findings, maps, strict=True) if f and m
    )
    together = _together(subjects[0].record, asked, row.name) if mean else None
    if together is not None:
        last = _mean_panel(subjects[0].record, sheet, asked, row.name)
        panels += [(_mean_head(together, row), last)] if last else []
    begin = st.session_state.pop(BEGIN, ())
    figure = zoom.kept(_whole(panels, subjects, sheet), _stamp(subjects, row, sheet, mean=mean), begin)
    place.plotly_chart(
        _all_axes(figure), width="stretch", theme=None, key="compare", config=_CONFIG, alt=_alt(subjects, row)
    )
    return Evidence(tuple(maps), tuple(reasons), together, _key(subjects, sheet))


def _plain(subject: Subject, sheet: Sheet) -> Panel:
    found: Panel = _panel(subject.record, sheet, "", "")
    return found


def _found(
    subject: Subject, finding: Finding | None, sheet: Sheet
) -> tuple[Attribution | None, str, tuple[str, Panel]]:
    """The map of one panel, or why there is none; and its head line with its picture."""
    own = replace(sheet, heat=replace(sheet.heat, method=subject.method))
    if finding is None:
        reason = "not trained for this finding"
        return None, reason, (_head(subject, None, reason), _plain(subject, sheet))
    try:
        found = cache.attribution(subject.card.name, subject.record, finding.label, subject.method)
        picture = _panel(subject.record, own, subject.card.name, finding.label)
    except EcgvizError as error:
        return None, str(error), (_head(subject, finding, str(error)), _plain(subject, sheet))
    empty = "" if found.scores.any() else "no evidence for it anywhere in this record"
    return found, empty, (_head(subject, finding, empty), picture)


def _head(subject: Subject, finding: Finding | None, note: str) -> str:
    """The line above a panel."""
    title = subject.title if len(subject.title) <= 60 else f"{subject.title[:59]}…"
    name = html.escape(f"{title} · {subject.detail}" if subject.detail else title)
    told = ""
    if finding:
        place = scores.word(finding).replace("threshold", f"its threshold of {finding.threshold:.2f}")
        told = f"   {html.escape(finding.label)} <b>{finding.probability:.2f}</b>, {place}"
    room = 90 if finding else 120
    short = note if len(note) <= room else f"{note[: room - 1]}…"
    return f"<b>{name}</b>{told}" + (f"   <i>{html.escape(short)}</i>" if short else "")


def _mean_head(together: Consensus, row: Row) -> str:
    return (
        f"<b>Mean of the {together.n} maps</b>   {html.escape(row.name)}; hatched: they differ by half of the scale "
        "or more"
    )


def _whole(panels: Sequence[tuple[str, Panel]], subjects: Sequence[Subject], sheet: Sheet) -> dict[str, Any]:
    feet = dict.fromkeys(_foot(subject.record, sheet.view) for subject in subjects)
    return compare.stack(panels, _key(subjects, sheet), "<br>".join(feet))


def _key(subjects: Sequence[Subject], sheet: Sheet) -> str:
    """What the zoom belongs to: records, leads, scale and window, whatever model is asked."""
    digests = "|".join(dict.fromkeys(subject.record.digest for subject in subjects))
    return f"compare|{digests}|{','.join(sheet.leads)}|{sheet.view.speed}|{sheet.view.gain}|{sheet.start_s}"


def _foot(record: Record, view: View) -> str:
    foot = tracing.foot_line(cache.shown(record, view), view.speed, view.gain)
    return f"{foot}   drawn at {compare.FINEST_HZ:g} Hz or less" if record.fs > compare.FINEST_HZ else foot


def _stamp(subjects: Sequence[Subject], row: Row, sheet: Sheet, *, mean: bool) -> tuple[Any, ...]:
    """All that the figure depends on."""
    each = tuple((s.name, s.record.digest, s.card.name, s.card.weights_digest, s.method) for s in subjects)
    return "compare", each, row.keys, row.findings, sheet, mean


def _all_axes(figure: dict[str, Any]) -> dict[str, Any]:
    """The kept zoom on the axes of all panels."""
    layout = figure["layout"]
    part = {key: layout["yaxis"][key] for key in ("range", "autorangeoptions")}
    for name in layout:
        if name.startswith("yaxis"):
            layout[name] |= part
    return figure


def _alt(subjects: Sequence[Subject], row: Row) -> str:
    names = "; ".join(s.name for s in subjects)
    return f"Evidence for {row.name} under the same trace in {len(subjects)} panels: {names}. In words below."
