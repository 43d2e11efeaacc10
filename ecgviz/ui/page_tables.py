"""The models of ECG pages: figures by cross-validation, what the controls show, every setting that was tried."""

import html
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from ecgviz import zoo
from ecgviz.card import Figure, ImageCard
from ecgviz.ui.beat_tables import CSS
from ecgviz.ui.model_table import score
from ecgviz.zoo import images

__all__ = ["confusion", "controls", "show"]

Report = Mapping[str, Any]
_METRICS = {"macro_f1": "Macro-F1", "balanced_accuracy": "Balanced accuracy", "accuracy": "Accuracy"}


def show() -> None:
    """A row a model, then what is known of the chosen one."""
    cards = sorted(images.cards(), key=lambda card: -card.metrics["macro_f1"].value)
    st.html(CSS)
    if not cards:
        st.info("No model of ECG pages is installed: `python -m ecgviz train-image --help`.")
        return
    st.html(_table(cards))
    st.html(f"<p class='ev-note'>{html.escape(cards[0].tested_on)}. Intervals: 95 %.</p>")
    names = {card.name: card for card in cards}
    card = names[st.selectbox("Model", list(names), format_func=lambda n: names[n].title, key="pages_model", width=420)]
    report = zoo.report(card.name)
    left, right = st.columns(2, gap="medium")
    with left:
        st.html(confusion(report))
    with right:
        for line in controls(report):
            st.html(f"<p class='ev-note'>{html.escape(line)}</p>")
        if card.seed_reported:
            told = (
                f"<b>Reported by the seed: {html.escape(card.seed_reported)}.</b> {html.escape(card.seed_comparable)}"
            )
            st.html(f"<p class='ev-note'>{told}</p>")
        st.html(f"<p class='ev-note'><b>Not for:</b> {html.escape(card.not_for)}</p>")
    if report.get("grid"):
        with st.expander("Every setting that was tried", icon=":material/grid_on:"):
            st.html(_grid(report["grid"]))


def confusion(report: Report) -> str:
    """The pooled confusion matrix as a table: a row for each true class, with its recall."""
    labels, rows = report["labels"], report["confusion"]
    heads = "".join(f"<th>{html.escape(label)}</th>" for label in labels)
    body = ""
    for n, (label, row) in enumerate(zip(labels, rows, strict=True)):
        cells = "".join(
            f"<td>{'<b>' if k == n else ''}{value}{'</b>' if k == n else ''}</td>" for k, value in enumerate(row)
        )
        body += f"<tr><td>{html.escape(label)}</td>{cells}<td>{100 * row[n] / max(1, sum(row)):.0f} %</td></tr>"
    head = f"<tr><th>Truth, down; answer, across</th>{heads}<th>Recall</th></tr>"
    says = html.escape(str(report.get("confusion_says", "")))
    table = f"<table><thead>{head}</thead><tbody>{body}</tbody></table>"
    return f"<div class='ev-beats' tabindex='0'>{table}</div><p class='ev-note'>{says}</p>"


def controls(report: Report) -> list[str]:
    """What the controls found, a sentence each; those that were not run are left out."""
    told = report.get("controls") or {}
    lines = []
    if bare := told.get("blanked"):
        whole, own = bare["learnt_on_whole_pages"], bare["learnt_on_blanked_pages"]
        lines.append(
            f"With the traces taken off the page its balanced accuracy is {_told(whole)}, that of a network which "
            f"learnt on such pages {_told(own)}; chance is {bare['chance']:.2f}."
        )
    if random := told.get("random_weights"):
        lines.append(
            f"A linear head on a network of random weights has a balanced accuracy of "
            f"{_told(random['balanced_accuracy'])}: so much of the task is coarse texture."
        )
    if twice := told.get("duplicates"):
        lines.append(
            f"On the published list of file names, split at random by name, {100 * twice['copied']['mean']:.0f} % of "
            f"the test files have a copy in training; the same network then has an accuracy of "
            f"{twice['accuracy']['mean']:.3f}."
        )
    if repeats := report.get("macro_f1_by_repeat"):
        spread = f" ± {repeats['sd']:.3f}" if repeats.get("sd") is not None else ""
        lines.append(f"Macro-F1 over repeats of the cross-validation: {repeats['mean']:.3f}{spread}.")
    return lines


def _told(figure: Mapping[str, float]) -> str:
    return f"{figure['value']:.2f} ({figure['low']:.2f}–{figure['high']:.2f})"


def _table(cards: Sequence[ImageCard]) -> str:
    heads = "".join(f"<th>{name}</th>" for name in ("Model", "Parameters", "ms a page", *_METRICS.values()))
    rows = "".join(_row(card) for card in cards)
    return (
        f"<div class='ev-beats' tabindex='0'><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(card: ImageCard) -> str:
    figures: list[Figure | None] = [card.metrics.get(key) for key in _METRICS]
    cells = "".join(f"<td><b>{value}</b><i>{ends}</i></td>" for value, ends in map(score, figures))
    size = f"<td>{card.parameters / 1e6:.1f} M</td><td>{card.ms_per_record:.0f}</td>"
    return f"<tr><td><b>{html.escape(card.title)}</b><i>{html.escape(card.name)}</i></td>{size}{cells}</tr>"


def _grid(rows: Sequence[Mapping[str, Any]]) -> str:
    """Whatever was varied and what came of it; a nested figure is its value."""
    names = list(dict.fromkeys(key for row in rows for key in row))
    heads = "".join(f"<th>{html.escape(name.replace('_', ' '))}</th>" for name in names)
    body = "".join(f"<tr>{''.join(f'<td>{_plain(row.get(name))}</td>' for name in names)}</tr>" for row in rows)
    return (
        f"<div class='ev-beats' tabindex='0'><table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        value = value.get("mean", value.get("value"))
    return "–" if value is None else f"{value:.3f}" if isinstance(value, float) else html.escape(str(value))
