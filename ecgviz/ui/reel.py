"""The guided reel: one scene after the other on the whole page, moved by the arrow keys; it needs no preparation."""

import html

import streamlit as st

from ecgviz.card import ModelCard
from ecgviz.explain.waves import heat_by_wave, heat_in_words
from ecgviz.record import Record
from ecgviz.results import Attribution, Finding
from ecgviz.ui import cache, compare_style, frame, overread, paper, session, view, zoom
from ecgviz.ui.messages import friendly_errors
from ecgviz.ui.reel_scenes import SCENES, Scene, Told, caption, scenes
from ecgviz.ui.view import Heat, View

__all__ = ["show"]

SHARE = (1.0, 2.5)
GAP_PX = 32
_AT, _LINK = "_reel", "scene"
_CSS = """<style>
.ev-reel h2 { font-size: 1.6rem; margin: 0; padding: 0; line-height: 1.2; font-weight: 650; }
.ev-reel p { font-size: 1.1rem; line-height: 1.5; margin: .6rem 0 .2rem; }
.ev-reel-at { font-size: .86rem; opacity: .7; font-variant-numeric: tabular-nums; }
.ev-reel-rows { display: grid; grid-template-columns: 1fr max-content; gap: .1rem 1rem;
  font-variant-numeric: tabular-nums; margin: .1rem 0 .3rem; }
.ev-reel-rows .ev-cmp-bar { margin: 0 0 .7rem; max-width: none; grid-column: 1 / -1; }
.ev-reel-rows .ev-cmp-bar.ev-yes > span { background: #8d4fa0; }
</style>"""


def show(width: int) -> None:
    """Draw the scene at which this session is; the address names it."""
    at = _at()
    scene = scenes(cache.open_library())[at]
    st.html(compare_style.CSS + _CSS)
    if overread.on():
        overread.switch()
        st.html(
            "<p class='ev-sentence'>Read first is on, and the reel tells every answer. Switch it off in the sidebar "
            "to see the reel.</p>"
        )
        return
    record = session.flagged(scene.asks[0].record())
    frame.head(record)
    left, right = st.columns(SHARE, gap="medium")
    beside = width if width <= 700 else round((width - GAP_PX) * SHARE[1] / sum(SHARE))
    with left:
        _steps(at)
    cards = {card.name: card for card in cache.cards()}
    missing = sorted({ask.model for ask in scene.asks} - set(cards))
    with friendly_errors():
        if missing:
            with left:
                _say(scene, f"{scene.shows} This scene asks {', '.join(missing)}, which is not installed here.")
            with right:
                paper.draw(cache.sheet, record, View(), record.start_s, beside, paper.title(record))
            return
        with left:
            found = _words(scene, record, cards)
        with right:
            _sheet(scene, record, found, beside)


def _at() -> int:
    """The present scene: that of the session, else the one the address names."""
    keys = [scene.key for scene in SCENES]
    if _AT not in st.session_state:
        asked = st.query_params.get(_LINK, "")
        st.session_state[_AT] = keys.index(asked) if asked in keys else 0
    at = int(st.session_state[_AT])
    st.query_params[_LINK] = keys[at]
    return at


def _steps(at: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="ev-reel-steps"):
        for name, icon, key, to in (
            ("Previous", ":material/chevron_left:", "Left", at - 1),
            ("Next", ":material/chevron_right:", "Right", at + 1),
        ):
            st.button(
                name,
                icon=icon,
                shortcut=key,
                key=f"reel-{name.lower()}",
                disabled=not 0 <= to < len(SCENES),
                on_click=_go,
                args=(to,),
            )
        st.html(f"<span class='ev-reel-at'>{at + 1} of {len(SCENES)}</span>", width="content")


def _go(to: int) -> None:
    st.session_state[_AT] = to


def _words(scene: Scene, record: Record, cards: dict[str, ModelCard]) -> Attribution:
    """The caption and the answers behind it; returns the evidence for the first."""
    first = scene.asks[0]
    asked = [record, *(session.flagged(ask.record()) for ask in scene.asks[1:])]
    with st.spinner("The models read the ECG"):
        findings = tuple(
            cache.prediction(ask.model, own)[ask.label] for ask, own in zip(scene.asks, asked, strict=True)
        )
        found = cache.attribution(first.model, record, first.label, scene.method)
    for ask, own in zip(scene.asks, asked, strict=True):
        overread.may_show(own, cards[ask.model])
    _say(scene, caption(scene, _told(record, findings, found)))
    _rows(scene, findings)
    about = cards[first.model]
    st.html(
        f"<p class='ev-note'>Purple: evidence for {html.escape(first.label)}, {html.escape(found.method)}, by "
        f"{html.escape(about.title)} ({html.escape(about.name)}). Every number was computed just now.</p>"
    )
    return found


def _sheet(scene: Scene, record: Record, found: Attribution, width: int) -> None:
    where = (record.start_s, width, paper.title(record), scene.asks[0].model, found.label, Heat(method=scene.method))
    paper.draw(cache.heat_sheet, record, _look(), *where, about=f"Evidence for {found.label} under the trace.")
    zoom.watch()


def _look() -> View:
    """The session's paper, without a display filter: noise is to be seen."""
    chosen = view.view()
    return View(layout=chosen.layout, rhythm=chosen.rhythm, paper=chosen.paper)


def _told(record: Record, findings: tuple[Finding, ...], found: Attribution) -> Told:
    waves = cache.waves(record)
    shares = {row.wave: (row.share, row.times_chance) for row in heat_by_wave(found, waves) if row.lead is None}
    return Told(findings, heat_in_words(found, waves), shares, frozenset(flag.code for flag in record.flags))


def _say(scene: Scene, text: str) -> None:
    st.html(
        f"<div class='ev-reel' role='region' aria-live='polite'><h2>{html.escape(scene.title)}</h2>"
        f"<p>{html.escape(text)}</p></div>"
    )


def _rows(scene: Scene, findings: tuple[Finding, ...]) -> None:
    """Each answer as a bar beside its threshold."""
    cells = ""
    for ask, finding in zip(scene.asks, findings, strict=True):
        place, side = ("ev-yes", "above") if finding.positive else ("ev-no", "below")
        cells += (
            f"<span>{html.escape(ask.who)}</span>"
            f"<span><b>{html.escape(finding.label)} {finding.probability:.2f}</b> {side} {finding.threshold:.2f}</span>"
            f"<span class='ev-cmp-bar {place}' aria-hidden='true'>"
            f"<span style='width:{100 * finding.probability:.1f}%'></span>"
            f"<i style='left:{100 * finding.threshold:.1f}%'></i></span>"
        )
    st.html(f"<div class='ev-reel-rows'>{cells}</div>")
