"""The tables and sentences of the Compare page: probabilities, how alike the maps are, and what the models cost."""

import html
from collections.abc import Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from ecgviz.card import ModelCard
from ecgviz.explain.waves import heat_in_words
from ecgviz.results import Attribution, Finding
from ecgviz.ui import cache
from ecgviz.ui.compare_choice import Subject
from ecgviz.ui.compare_labels import RULE, Row, sentence
from ecgviz.ui.compare_maps import APART
from ecgviz.ui.compare_sheet import Evidence
from ecgviz.ui.model_tasks import METRICS, question

__all__ = ["alike", "costs", "counted", "in_words", "probabilities", "where"]

_ALL = "compare-all"


def counted(rows: Sequence[Row], kind: str) -> str:
    """On how many of the findings that they share the models disagree, or the two records differ."""
    shared = [row for row in rows if len(row.known) > 1]
    apart = sum(row.disagrees for row in shared)
    if kind == "records":
        return f"The two records differ in {apart} of {len(shared)} findings."
    if not shared:
        return "The models have no finding in common."
    if len(shared) == 1:
        return f"The models {'disagree' if apart else 'agree'} on the one finding that at least two were trained for."
    told = f"disagree on {apart} of" if apart else "agree on all"
    return f"The models {told} the {len(shared)} findings that at least two were trained for."


def probabilities(rows: Sequence[Row], names: Sequence[str], selected: Row, *, tasks: int) -> None:
    """Each finding with every model's probability and threshold, disagreements first; tasks: how many are compared."""
    first = [row for row in rows if row.disagrees or row.positive or row is selected]
    rest = len(rows) - len(first)
    st.html(_said(first, names, selected))
    if rest and st.toggle(f"Show {rest} below every threshold", key=_ALL, persist_state="session"):
        st.html(_said([row for row in rows if row not in first], names, selected))
    if tasks > 1:
        st.html(f"<p class='ev-note'>{html.escape(RULE)}</p>")


def _said(rows: Sequence[Row], names: Sequence[str], selected: Row) -> str:
    caption = "Probability of each finding beside its own threshold, the tick on the bar"
    return _table(["Finding", *names], [_line(row) for row in rows], caption, on=[row is selected for row in rows])


def _table(
    heads: Sequence[str], lines: Sequence[str], caption: str, *, small: bool = False, on: Sequence[bool] = ()
) -> str:
    """A table that scrolls in its own frame, by keyboard too; lines: the cells of each row; on: the rows in colour."""
    wide = f" style='width:{76 / max(1, len(heads) - 1):.0f}%'"
    head = "".join(
        f"<th scope='col'{wide if n and on else ''}>{html.escape(name)}</th>" if name else "<td></td>"
        for n, name in enumerate(heads)
    )
    marked = [*on, *(False for _ in lines[len(on) :])]
    body = "".join(
        f"<tr class='ev-cmp-on'>{line}</tr>" if mark else f"<tr>{line}</tr>"
        for line, mark in zip(lines, marked, strict=True)
    )
    kind = "ev-cmp ev-cmp-small" if small else "ev-cmp"
    rows = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    table = f"<table class='{kind}'><caption><span>{caption}</span></caption>{rows}</table>"
    return f"<div class='ev-cmp-frame' role='region' tabindex='0' aria-label=\"{caption}\">{table}</div>"


def _line(row: Row) -> str:
    chip = " <span class='ev-cmp-chip'>differ</span>" if row.disagrees else ""
    first = f"<b>{html.escape(row.name)}</b>{chip}<br><span>{html.escape(row.description)}</span>"
    cells = "".join(f"<td>{_cell(finding)}</td>" for finding in row.findings)
    return f"<th scope='row'>{first}</th>{cells}"


def _cell(finding: Finding | None) -> str:
    if finding is None:
        return "<i>not trained</i>"
    side, place = ("above", "ev-yes") if finding.positive else ("below", "ev-no")
    few = "" if finding.trusted else "<br><i>too few in training</i>"
    bar = (
        f"<span class='ev-cmp-bar' aria-hidden='true'><span style='width:{100 * finding.probability:.1f}%'></span>"
        f"<i style='left:{100 * finding.threshold:.1f}%'></i></span>"
    )
    return f"<span class='{place}'><b>{finding.probability:.2f}</b> {side} {finding.threshold:.2f}</span>{bar}{few}"


def where(subjects: Sequence[Subject], shown: Evidence) -> None:
    """In which wave and which leads each map lies, and how far apart the maps are."""
    lines = []
    for subject, found, reason in zip(subjects, shown.maps, shown.reasons, strict=True):
        said = f"{reason}." if found is None or reason else heat_in_words(found, cache.waves(subject.record))
        lines.append(f"<li><b>{html.escape(subject.name)}</b>: {html.escape(said)}</li>")
    if shown.together:
        mean = heat_in_words(shown.together.mean, cache.waves(subjects[0].record))
        share = f"{100 * shown.together.share_apart:.0f} %"
        lines.append(
            f"<li><b>Mean of the {shown.together.n} maps</b>: {html.escape(mean)} In {share} of the record they "
            f"differ by {'half' if APART == 0.5 else f'{APART:g}'} of the scale or more.</li>"
        )
    st.html(f"<ul class='ev-list'>{''.join(lines)}</ul>")


def alike(subjects: Sequence[Subject], maps: Sequence[Attribution | None]) -> None:
    """Rank correlation of every pair of maps."""
    pairs = [(s, m) for s, m in zip(subjects, maps, strict=True) if m is not None and m.scores.any()]
    if len(pairs) < 2:
        return
    from ecgviz.explain.proof import agreement

    found = agreement.matrix([m for _, m in pairs])
    names = [s.name for s, _ in pairs]
    lines = [
        f"<th scope='row'>{html.escape(name)}</th>{''.join(_correlation(found, i, j) for j in range(len(names) - 1))}"
        for i, name in enumerate(names)
        if i
    ]
    st.html(_table(["", *names[:-1]], lines, "How alike the maps are: Spearman's rank correlation", small=True))
    st.html(f"<p class='ev-note'>{_basis([m for _, m in pairs])}</p>")


def _correlation(found: NDArray[np.float64], i: int, j: int) -> str:
    return f"<td>{found[i, j]:.2f}</td>".replace("-", "−") if j < i else "<td></td>"


def _basis(maps: Sequence[Attribution]) -> str:
    mixed = any(one.time_only for one in maps)
    how = "over time, as not every method tells leads apart" if mixed else "lead by lead"
    return (
        f"Of the evidence for the finding, in steps of 50 ms, {how}: 1 where two maps rank all places alike, 0 where "
        "they have nothing to do with each other. Alike does not mean right."
    )


def costs(cards: Sequence[ModelCard]) -> None:
    """Time, size, input and tested quality of each model, one a row."""
    heads = ("Model", "Question", "Time", "Parameters", "Input", "Tested")
    lines = [_cost(card) for card in {card.name: card for card in cards}.values()]
    st.html(_table(heads, lines, "Time for one record on one core, size, input, and score on its test records"))


def _cost(card: ModelCard) -> str:
    spec, asked = card.input, question(card.task)
    low, high = spec.band_hz
    person = ", age and sex" if spec.demographics else ""
    given = f"{len(spec.leads)} leads, {spec.fs:g} Hz, {low:g} to {high:g} Hz, {spec.seconds:g} s{person}"
    figure = card.metrics.get(asked.score)
    ends = f" ({figure.low:.3f} to {figure.high:.3f})" if figure and figure.low is not None and figure.high else ""
    tested = f"{METRICS.get(asked.score, asked.score)} {figure.value:.3f}{ends}" if figure else "not reported"
    size = f"{card.parameters:,}".replace(",", "\u202f")
    cells = (asked.short, f"{card.ms_per_record:.1f} ms", size, given, tested)
    texts = "".join(f"<td>{html.escape(text)}</td>" for text in cells)
    return f"<th scope='row'>{html.escape(card.title)}<br><span>{html.escape(card.name)}</span></th>{texts}"


def in_words(rows: Sequence[Row], names: Sequence[str]) -> None:
    """The comparison as sentences, one a finding."""
    with st.expander("The comparison in words", icon=":material/notes:"):
        lines = "".join(f"<li>{html.escape(sentence(row, names))}</li>" for row in rows)
        st.html(f"<ul class='ev-list'>{lines}</ul>")
