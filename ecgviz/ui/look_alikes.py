"""Look-alikes of the open record in the local library, by what the model reads, and the average heat of a finding."""

import html
from typing import Any

import numpy as np
import streamlit as st

from ecgviz.card import ModelCard
from ecgviz.datasets.source import Source
from ecgviz.explain.average_beat import AverageBeat, average_beat, mean_of
from ecgviz.explain.similar import ALIKE, Neighbour, Shelf, nearest
from ecgviz.leads import STANDARD_12
from ecgviz.plot import look_alikes as figures
from ecgviz.plot import tracing
from ecgviz.record import Record
from ecgviz.results import Attribution
from ecgviz.ui import cache, look_alikes_shelf, overread, picker, session, view
from ecgviz.ui.look_alikes_shelf import Filling
from ecgviz.ui.messages import friendly_errors

__all__ = ["panel"]

FIVE = 5
AVERAGED = 12
"""So many records make an average heat."""
_ON, _AMONG, _ASKED = "look_alikes", "look_alikes_among", "_average_asked"
_KINDS = ("12-lead", "simulated")
_CSS = """<style>
.ev-alike td, .ev-alike th { text-align: left !important; font-weight: 400 !important; opacity: 1 !important;
  vertical-align: top; }
[class*='st-key-ev-alike-'] { overflow-x: auto; }
</style>"""
_CONFIG = dict(tracing.CONFIG) | {"displayModeBar": False}


def panel(record: Record, card: ModelCard, width: int) -> None:
    """A switch; once on, the panel computes in the background and is drawn anew until it is done."""
    st.toggle(
        "Look-alikes in the library",
        key=_ON,
        persist_state="session",
        help="The five records that this model sees as most like this one. It reads the library once, in the "
        "background.",
    )
    if not st.session_state.get(_ON):
        return
    with friendly_errors():
        library = cache.open_library()
        sources = {source.key: source for source in library.sources if source.kind in _KINDS}
        key = st.columns([1, 2])[0].selectbox(
            "Among", list(sources), format_func=lambda k: sources[k].title, key=_AMONG, persist_state="session"
        )
        filling = look_alikes_shelf.filling(card.name, key, str(library.root))
        if not (filling.stopped or filling.error):
            filling.start()
        every = "2s" if filling.running else None
        st.fragment(_found, run_every=every)(record, card, filling, width)


def _found(record: Record, card: ModelCard, filling: Filling, width: int) -> None:
    with friendly_errors():
        was_running = filling.running
        _progress(filling)
        shelf = filling.shelf()
        if len(shelf.entries) < 2:
            return
        reading = _reading(card.name, record)
        own = picker.entry_of(record)
        found = nearest(shelf, reading, FIVE, leave={own} if own else ())
        _table(record, card, filling.source, shelf, found)
        _overlay(record, filling.source, found, width)
        _average(record, card, filling.source, shelf, width)
        if not was_running and st.session_state.pop("_look_alikes_ran", False):
            st.rerun()
        if was_running:
            st.session_state["_look_alikes_ran"] = True


def _progress(filling: Filling) -> None:
    whole, done = len(filling.wanted), filling.done
    sample = f", a sample of {filling.source.count:,}" if filling.source.count > whole else ""
    if filling.error:
        st.html(f"<p class='ev-doubt'>{html.escape(filling.error)}</p>")
    if done >= whole:
        skipped = f"; {filling.skipped} could not be read by this model" if filling.skipped else ""
        st.html(f"<p class='ev-note'>Among {whole - filling.skipped:,} records{sample}{skipped}.</p>")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(done / whole, f"{done:,} of {whole:,} records read{sample}; the list is of those so far")
        if filling.running:
            st.button("Stop", key="look-stop", on_click=filling.stop)
        else:
            st.button("Go on", key="look-go", on_click=filling.start)


@st.cache_data(hash_funcs=cache.BY_DIGEST, max_entries=8, scope="session", show_spinner=False)
def _reading(name: str, record: Record) -> Any:
    from ecgviz.explain.similar import eye

    with cache.CORES:
        return eye(cache.model(name))(record)[0]


def _table(record: Record, card: ModelCard, source: Source, shelf: Shelf, found: tuple[Neighbour, ...]) -> None:
    """One row a neighbour: who, how alike, what the data set says, what the model says, and what to beware of.

    What the model says of the others is left out while they wait for a reader's own findings.
    """
    own, quiet = picker.entry_of(record), overread.on()
    rows = ""
    for n, neighbour in enumerate(found, 1):
        says = source.table.loc[neighbour.entry]
        finds = ", ".join(_finds(card, shelf, neighbour.entry)) or "nothing"
        labels = ", ".join(says["labels"]) or str(says["words"])[:80]
        marks = _marks(own, neighbour, source, int(says["fold"]))
        rows += (
            f"<tr><th scope='row'>{n}. {html.escape(str(says['title']))}</th><td>{neighbour.likeness:.2f}</td>"
            f"<td>{html.escape(labels)}</td>{'' if quiet else f'<td>{html.escape(finds)}</td>'}"
            f"<td>{html.escape('; '.join(marks))}</td></tr>"
        )
    names = ("Record", "Likeness", "Data set", *(() if quiet else ("Model",)), "Beware")
    heads = "".join(f"<th scope='col'>{text}</th>" for text in names)
    st.html(
        f"{_CSS}<div style='overflow-x:auto' tabindex='0' role='region' "
        f"aria-label='Look-alikes'><table class='ev-table ev-alike'><caption>The {len(found)} records that the model "
        "reads most alike. Likeness: 1 the same, 0 no more alike than chance. The model was trained on "
        f"{html.escape(card.trained_on)}</caption>"
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )
    with st.container(horizontal=True, gap="small"):
        for n, neighbour in enumerate(found, 1):
            st.button(f"Open {n}", key=f"alike-{n}", on_click=_open, args=(source, neighbour.entry))


def _finds(card: ModelCard, shelf: Shelf, entry: str) -> list[str]:
    row = shelf.probabilities[shelf.entries.index(entry)]
    return [label.name for label, p in zip(card.labels, row, strict=True) if p >= label.threshold]


def _marks(own: str, neighbour: Neighbour, source: Source, fold: int) -> list[str]:
    """What makes a likeness less of a surprise."""
    whose = look_alikes_shelf.patients(source.key)
    marks = []
    if own in whose and whose.get(neighbour.entry) == whose[own]:
        marks.append("same patient")
    if neighbour.likeness >= ALIKE:
        marks.append("perhaps the same recording")
    if own not in whose and "simulated" not in (source.kind, own.partition("/")[0]):
        marks.append("patient not stated")
    if fold:
        marks.append(f"fold {fold}")
    return marks


def _open(source: Source, entry: str) -> None:
    """Let the sidebar stand on the neighbour."""
    simulated = source.kind == "simulated"
    st.session_state["source"] = "Gallery" if simulated else "Library"
    if not simulated:
        st.session_state["dataset"] = source.key
    st.session_state[f"entry-{source.key}"] = entry


@st.cache_data(max_entries=64, scope="session", show_spinner=False)
def _beat_of(entry: str) -> AverageBeat | None:
    record = cache.open_library().read(entry)
    return average_beat(record, cache.measurements(record).r_peaks_s)


def _overlay(record: Record, source: Source, found: tuple[Neighbour, ...], width: int) -> None:
    own = average_beat(record, cache.measurements(record).r_peaks_s)
    if own is None:
        st.html("<p class='ev-note'>No beat was found in this record to lay over theirs.</p>")
        return
    beats = [(str(source.table.loc[n.entry]["title"]), _beat_of(n.entry)) for n in found]
    lines = [_line("this record", own, own=True), *(_line(title, beat) for title, beat in beats if beat)]
    st.html(
        "<p class='ev-note'>Median beats: this record's thick, the look-alikes' thin, level with each other before "
        "the QRS; 25 mm/s and 10 mm/mV in proportion.</p>"
    )
    leads = [lead for lead in STANDARD_12 if lead in own.leads] or list(own.leads)
    _draw(
        figures.sheet(lines, leads, width=min(width, 900), paper=view.view().paper),
        "alike-beats",
        f"Median beat of this record over those of {len(lines) - 1} look-alikes",
    )


def _line(name: str, beat: AverageBeat, *, own: bool = False) -> figures.Line:
    return figures.Line(name, beat.times_s, dict(zip(beat.leads, beat.signal, strict=True)), own)


def _draw(figure: dict[str, Any], key: str, alt: str) -> None:
    with st.container(key=f"ev-{key}"):
        st.plotly_chart(figure, theme=None, width="content", key=key, config=_CONFIG, alt=alt)


def _average(record: Record, card: ModelCard, source: Source, shelf: Shelf, width: int) -> None:
    """The mean heat of records in which the model finds the same, beside this one's."""
    found_in = shelf.probabilities >= np.array([label.threshold for label in card.labels])
    offered = [name for name in overread.vocabulary(card) if found_in[:, card.label_names.index(name)].any()]
    if overread.on() or not offered:
        return
    shown = str(st.session_state.get("finding", ""))
    label = st.columns([1, 2])[0].selectbox(
        "Average heat for",
        offered,
        index=offered.index(shown) if shown in offered else 0,
        key=f"alike-label-{record.digest[:12]}-{card.name}-{shown}",
    )
    column = found_in[:, card.label_names.index(label)]
    own_entry = picker.entry_of(record)
    same = [entry for entry, found in zip(shelf.entries, column, strict=True) if found and entry != own_entry]
    method = view.heat().method
    stamp = (record.digest, card.name, label, method, source.key)
    if not same:
        st.html(f"<p class='ev-note'>The model finds {html.escape(label)} in no other of these records.</p>")
        return
    asked = min(AVERAGED, len(same))
    pressed = st.button(f"Average heat for {label} over {asked} of {len(same)} such records", key="alike-average")
    if pressed:
        st.session_state[_ASKED] = stamp
    if st.session_state.get(_ASKED) != stamp:
        return
    own = average_beat(
        record, cache.measurements(record).r_peaks_s, cache.attribution(card.name, record, label, method)
    )
    with st.spinner("Averaging the evidence"):
        mean = _class_average(card.name, label, method, tuple(same[:asked]))
    if own is None or mean is None:
        st.html("<p class='ev-note'>No beats were found to average over.</p>")
        return
    _side_by_side(own, mean, label, width)


def _side_by_side(own: AverageBeat, mean: AverageBeat, label: str, width: int) -> None:
    each = width if width <= 900 else (width - 32) // 2
    leads = [lead for lead in STANDARD_12 if lead in own.leads and lead in mean.leads]
    places = [st.container()] * 2 if width <= 900 else st.columns(2, gap="medium")
    titles = (
        f"This record: {own.beats} beats",
        f"Mean of {mean.records} records in which the model finds {label}: {mean.beats} beats",
    )
    for place, title, beat, key in zip(places, titles, (own, mean), ("own", "mean"), strict=True):
        heat = None if beat.heat is None else beat.heat[[beat.leads.index(lead) for lead in leads]]
        with place:
            st.html(f"<p class='ev-note'><b>{html.escape(title)}</b></p>")
            sheet = figures.sheet([_line(title, beat, own=True)], leads, heat, width=each, paper=view.view().paper)
            _draw(sheet, f"alike-{key}", f"Average beat with the evidence for {label}. {title}")
    st.html(
        "<p class='ev-note'>Each heat on its own scale, the darkest its strongest. Colours compare places, not "
        "amounts.</p>"
    )


@st.cache_data(max_entries=8, scope="session", show_spinner=False)
def _class_average(name: str, label: str, method: str, entries: tuple[str, ...]) -> AverageBeat | None:
    beats = []
    for entry in entries:
        record = session.flagged(cache.open_library().read(entry))
        found: Attribution = cache.attribution(name, record, label, method)
        beat = average_beat(record, cache.measurements(record).r_peaks_s, found)
        beats += [beat] if beat is not None else []
    return mean_of(beats) if beats else None
