"""The guided reel: one scene after the other on the whole page, moved by the arrow keys; it needs no preparation."""

import html

import streamlit as st

from ecgviz.card import ModelCard
from ecgviz.errors import EcgvizError
from ecgviz.explain.waves import heat_by_wave, heat_in_words
from ecgviz.record import Record
from ecgviz.results import Attribution, Finding
from ecgviz.ui import cache, compare_style, frame, overread, paper, session, view, zoom
from ecgviz.ui.messages import friendly_errors
from ecgviz.ui.reel_scenes import SCENES, Ask, Scene, Told, caption
from ecgviz.ui.view import Heat, View

__all__ = ["show"]

_AT, _LINK = "_reel", "scene"
_CSS = """<style>
.ev-reel h2 { font-size: 1.75rem; margin: 0; padding: 0; line-height: 1.2; font-weight: 650; }
.ev-reel p { font-size: 1.12rem; line-height: 1.5; max-width: 62rem; margin: .4rem 0 .2rem; }
.ev-reel-at { font-size: .86rem; opacity: .7; font-variant-numeric: tabular-nums; }
.ev-reel-rows { display: grid; grid-template-columns: max-content 13rem max-content; gap: .25rem 1.2rem;
  align-items: center; font-variant-numeric: tabular-nums; margin: .1rem 0 .3rem; }
.ev-reel-rows .ev-cmp-bar { margin: 0; width: 13rem; }
@media (max-width: 640px) { .ev-reel h2 { font-size: 1.35rem; } .ev-reel p { font-size: 1rem; }
  .ev-reel-rows { grid-template-columns: 1fr 6rem; } .ev-reel-rows > :first-child, .ev-reel-who { grid-column: 1 / -1; }
  .ev-reel-rows .ev-cmp-bar { width: 6rem; } }
</style>"""


def show(width: int) -> None:
    """Draw the scene at which this session is; the address names it."""
    at = _at()
    scene = SCENES[at]
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
    _steps(at)
    cards = {card.name: card for card in cache.cards()}
    missing = sorted({ask.model for ask in scene.asks} - set(cards))
    with friendly_errors():
        if missing:
            _say(at, scene, f"{scene.shows} This scene asks {', '.join(missing)}, which is not installed here.")
            paper.draw(cache.sheet, record, View(), record.start_s, width, paper.title(record))
            return
        _scene(at, scene, record, cards, width)


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


def _scene(at: int, scene: Scene, record: Record, cards: dict[str, ModelCard], width: int) -> None:
    first = scene.asks[0]
    with st.spinner("The models read the ECG"):
        findings = tuple(_answer(ask, record if ask is first else session.flagged(ask.record())) for ask in scene.asks)
        found = cache.attribution(first.model, record, first.label, scene.method)
    told = _told(record, findings, found)
    for ask in scene.asks:
        overread.may_show(session.flagged(ask.record()), cards[ask.model])
    _say(at, scene, caption(scene, told))
    _rows(scene, findings)
    heat = Heat(method=scene.method)
    where = (record.start_s, width, paper.title(record), first.model, first.label, heat)
    paper.draw(cache.heat_sheet, record, _look(), *where, about=f"Evidence for {first.label} under the trace.")
    about = cards[first.model]
    st.html(
        f"<p class='ev-note'>Purple: evidence for {html.escape(first.label)}, {html.escape(found.method)}, by "
        f"{html.escape(about.title)} ({html.escape(about.name)}). Every number above was computed just now.</p>"
    )
    zoom.watch()


def _look() -> View:
    """The session's paper, without a display filter: noise is to be seen."""
    chosen = view.view()
    return View(layout=chosen.layout, rhythm=chosen.rhythm, paper=chosen.paper)


def _answer(ask: Ask, record: Record) -> Finding:
    return cache.prediction(ask.model, record)[ask.label]


def _told(record: Record, findings: tuple[Finding, ...], found: Attribution) -> Told:
    waves = cache.waves(record)
    try:
        words = heat_in_words(found, waves)
    except EcgvizError:
        words = ""
    shares = {row.wave: (row.share, row.times_chance) for row in heat_by_wave(found, waves) if row.lead is None}
    return Told(findings, words, shares, frozenset(flag.code for flag in record.flags))


def _say(at: int, scene: Scene, text: str) -> None:
    st.html(
        f"<div class='ev-reel' role='region' aria-live='polite'><h2>{html.escape(scene.title)}</h2>"
        f"<p>{html.escape(text)}</p></div>"
    )


def _rows(scene: Scene, findings: tuple[Finding, ...]) -> None:
    """Each answer as a bar beside its threshold."""
    cells = ""
    for ask, finding in zip(scene.asks, findings, strict=True):
        side = "ev-yes" if finding.positive else "ev-no"
        cells += (
            f"<span class='ev-reel-who'>{html.escape(ask.who)}</span><span class='{side}' style='display:none'></span>"
            f"<span class='ev-cmp-bar' aria-hidden='true'><span style='width:{100 * finding.probability:.1f}%'></span>"
            f"<i style='left:{100 * finding.threshold:.1f}%'></i></span>"
            f"<span><b>{html.escape(finding.label)} {finding.probability:.2f}</b> "
            f"{'above' if finding.positive else 'below'} {finding.threshold:.2f}</span>"
        )
    st.html(f"<div class='ev-reel-rows'>{cells}</div>")
