"""What each command says to a person: aligned columns, units, and what to do about every flag."""

import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ecgviz.card import Card, Figure
from ecgviz.datasets.vocabulary import in_words
from ecgviz.record import Flag, Record
from ecgviz.results import Attribution, Finding, Prediction, Screening

__all__ = [
    "DISCLAIMER",
    "attribution",
    "cards",
    "columns",
    "evaluation",
    "flags_said",
    "page",
    "patient",
    "prediction",
    "record",
]

DISCLAIMER = "Research and education. Not a medical device. Unconfirmed: needs a physician's over-read."
_WIDTH = 100


def columns(rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> str:
    """Rows as aligned text, two spaces between columns; `right`: columns set flush right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = (
        "  ".join(
            cell.rjust(width) if i in right else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
    return "\n".join(lines)


def flags_said(flags: tuple[Flag, ...]) -> list[str]:
    """A line for each flag and what to do about it."""
    if not flags:
        return ["Flags  none found"]
    lines = ["Flags"]
    for flag in flags:
        head = f"  {flag.level}: " + (f"{flag.lead}: " if flag.lead else "")
        lines += textwrap.wrap(head + flag.text, _WIDTH, subsequent_indent="    ")
        if flag.advice:
            lines += textwrap.wrap(flag.advice, _WIDTH, initial_indent="    ", subsequent_indent="    ")
    return lines


def page(*parts: str | list[str]) -> str:
    """The parts with an empty line between them, and the disclaimer."""
    blocks = ("\n".join(part) if isinstance(part, list) else part for part in parts)
    return "\n\n".join(block for block in (*blocks, DISCLAIMER) if block)


def patient(found: Record) -> str:
    """Age and sex, each said to be unknown where it is."""
    age = "age not stated" if found.patient.age is None else f"{found.patient.age:g} years"
    sex = {"F": "female", "M": "male", None: "sex not stated"}[found.patient.sex]
    return f"{age}, {sex}"


def record(found: Record, flags: tuple[Flag, ...]) -> str:
    """Of `read`."""
    rows = [
        ("Record", found.name),
        ("Format", f"{found.provenance.format} ({found.provenance.source}; unit from {found.provenance.unit_from})"),
        ("Leads", f"{len(found.leads)}: {' '.join(found.leads)}"),
        ("Rate", f"{found.fs:g} Hz"),
        ("Length", f"{found.seconds:.2f} s ({found.samples} samples)"),
        ("Patient", patient(found)),
    ]
    if found.statements:
        rows.append(("Reference", "; ".join(in_words(found.statements))))
    notes = ["Notes", *(f"  {note}" for note in found.notes)] if found.notes else []
    return page(columns(rows), notes, flags_said(flags))


def _interval(figure: Figure | None, digits: int = 3) -> str:
    if figure is None or figure.value != figure.value:
        return "-"
    text = f"{figure.value:.{digits}f}"
    if figure.low is None or figure.high is None:
        return text
    return f"{text} ({figure.low:.{digits}f}-{figure.high:.{digits}f})"


def _headline(card: Card) -> str:
    """Macro AUROC of a model with labels beside each other, macro-F1 of one whose labels exclude each other."""
    name, words = ("macro_f1", "macro-F1") if card.exclusive else ("macro_auroc", "macro AUROC")
    return f"{words} {_interval(card.metrics.get(name))}"


def cards(found: Sequence[Card], folder: Path) -> str:
    """Of `models`."""
    if not found:
        return page(f"No model is installed in {folder}. Train one: `python -m ecgviz train --help`.")
    head = ("Name", "Task", "Architecture", "Parameters", "Labels", "Score (95 %)", "Tested on")
    rows = [
        (
            card.name,
            card.task,
            card.architecture,
            f"{card.parameters:,}",
            str(len(card.labels)),
            _headline(card),
            card.tested_on,
        )
        for card in found
    ]
    return page(columns([head, *rows], right=(3, 4)))


def _margin(finding: Finding) -> tuple[bool, float]:
    return (not finding.positive, -finding.probability)


def prediction(found: Prediction, flags: tuple[Flag, ...], card: Card, gate: Screening | None = None) -> str:
    """Of `predict`: the gate, findings at or above their threshold, then the rest, each by probability."""
    described = {label.name: label.description for label in card.labels}
    rows = [("Finding", "Probability", "Threshold", "", "Meaning")]
    for finding in sorted(found.findings, key=_margin):
        verdict = "positive" if finding.positive else ""
        doubt = "" if finding.trusted else " (few training cases; do not rely on it)"
        meaning = described.get(finding.label, "") + doubt
        rows.append((finding.label, f"{finding.probability:.3f}", f"{finding.threshold:.3f}", verdict, meaning))
    said = textwrap.fill(gate.sentence, _WIDTH) if gate else ""
    return page(f"Findings of {found.model}, {card.title}", said, columns(rows, right=(1, 2)), flags_said(flags))


def attribution(found: Attribution, said: Finding, flags: tuple[Flag, ...], out: Path | None) -> str:
    """Of `explain`: each lead's share of the evidence, and where it is strongest."""
    verdict = "positive" if said.positive else "not positive"
    head = [
        f"Evidence for {found.label} in {found.model}, by {found.method}",
        f"Probability {said.probability:.3f}, threshold {said.threshold:.3f}: {verdict}",
    ]
    notes = (
        [f"One step is {found.resolution_ms:.0f} ms and sees {found.field_ms:.0f} ms."] if found.resolution_ms else []
    )
    notes += [f"Page written to {out}."] if out else []
    return page(head, _strongest(found), notes, flags_said(flags))


def _strongest(found: Attribution) -> str:
    weight = np.abs(np.nan_to_num(found.scores.astype(np.float64)))
    total = weight.sum()
    peaks = found.start_s + weight.argmax(axis=1) / found.fs
    if total == 0:
        return "None: this method found nothing for that finding in this record."
    if found.time_only:
        return f"Strongest at {peaks[0]:.2f} s; this method does not tell leads apart."
    rows = [("Lead", "Share", "Strongest at")]
    for i in np.argsort(-weight.sum(axis=1), kind="stable"):
        rows.append((found.leads[i], f"{100 * weight[i].sum() / total:.0f} %", f"{peaks[i]:.2f} s"))
    return columns(rows, right=(1, 2))


def evaluation(found: dict[str, Any]) -> str:
    """Of `evaluate`."""
    rows = [("Metric", "Value (95 % interval)")]
    for name, raw in found["metrics"].items():
        value = raw.get("value")
        figure = None if value is None else Figure(value, raw.get("low"), raw.get("high"))
        rows.append((name.replace("_", " "), _interval(figure)))
    head = f"{found['model']} on {found['data']}, {found['split']} split, {found['n']} records"
    refused = len(found.get("refused") or ())
    return page(head, columns(rows), f"Records that could not be used: {refused}." if refused else "")
