"""The card of one model: what it is for and not for, how it was trained, and how well it did, class by class."""

import html
from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from ecgviz.card import Figure, ModelCard
from ecgviz.plot import curves
from ecgviz.ui import cache, model_seeds, model_trust
from ecgviz.ui.messages import friendly_errors
from ecgviz.ui.model_table import score
from ecgviz.ui.model_tasks import made_of, question, titles

__all__ = ["facts", "per_class", "show"]

FIRST = 5
"""So many labels have their curves drawn until others are chosen: those with the most positives."""
TOO_FEW = "too few"
_MEASURED = {"AUROC": "auroc", "AUPRC": "auprc"}
_DECIDED = {"Sensitivity": "sensitivity", "Specificity": "specificity", "Precision": "precision", "F1": "f1"}


def show(card: ModelCard, cards: Sequence[ModelCard]) -> None:
    """Words at the left, curves at the right, the findings below, and a fold for each thing that was examined."""
    st.subheader(titles(cards)[card.name], anchor=False)
    left, right = st.columns([4, 5], gap="large")
    with left:
        _words(card, cards)
    with friendly_errors():
        report = cache.model_report(card.name)
        if seed := model_seeds.line(card, report):
            left.html(f"<p class='ev-mnote'>{seed}</p>")
        with right:
            _curves(card, report)
        st.html(f"<p class='ev-note'>Each finding on {html.escape(card.tested_on)}; intervals are 95 %.</p>")
        st.dataframe(per_class(report), hide_index=True, width="stretch", key="per-class")
        model_trust.folds(card, report)


def facts(card: ModelCard, cards: Sequence[ModelCard] = ()) -> dict[str, str]:
    """The card's statements in words, what it is not for first after what it is for."""
    spec = card.input
    low, high = spec.band_hz
    taken = f"{len(spec.leads)} leads, {spec.fs:g} Hz, {low:g} to {high:g} Hz, windows of {spec.seconds:g} s"
    shared = f"the weights of {card.members[0]}, another of its heads" if len(card.members) == 1 else ""
    return {
        "Question": f"{question(card.task).short}: {question(card.task).words}".removesuffix(": "),
        "Made of": made_of(card, cards) or shared,
        "Intended use": card.intended_use,
        "Not for": card.not_for,
        "Trained on": card.trained_on,
        "Tested on": card.tested_on,
        "Thresholds": card.thresholds_from,
        "Calibration": card.calibration,
        "Input": taken + (", age and sex" if spec.demographics else ""),
        "Size": f"{card.parameters:,} parameters, {card.gflop:.2f} GFLOP and {card.ms_per_record:.0f} ms a record",
        "Licence": card.licence,
        "Weights": f"SHA-256 {card.weights_digest[:16]}…",
    }


def _words(card: ModelCard, cards: Sequence[ModelCard]) -> None:
    rows = "".join(
        f"<dt>{name}</dt><dd{' class=ev-not' if name == 'Not for' else ''}>{html.escape(text)}</dd>"
        for name, text in facts(card, cards).items()
        if text
    )
    st.html(f"<dl class='ev-facts'>{rows}</dl>")


def _curves(card: ModelCard, report: dict[str, Any]) -> None:
    frequent = sorted(report["per_class"], key=lambda row: -row["positives"])
    known = [row["label"] for row in frequent if row["label"] in report["curves"]]
    kind = st.segmented_control(
        "Curve",
        ["ROC", "Precision and recall", "Reliability"],
        default="ROC",
        required=True,
        key="curve",
        label_visibility="collapsed",
        wrap=True,
    )
    labels = st.multiselect(
        "Findings", known, default=known[:FIRST], key=f"curve-labels-{card.name}", label_visibility="collapsed"
    )
    draw = {"ROC": curves.roc, "Precision and recall": curves.precision_recall, "Reliability": curves.reliability}
    figure = draw[kind or "ROC"](report, labels or known[:FIRST], frame=st.context.theme.type or "light")
    alt = f"{kind} of {', '.join(labels)}; the numbers are in the table below"
    st.plotly_chart(figure, width="stretch", theme=None, key="curves", config={"displayModeBar": False}, alt=alt)


def _text(raw: Any) -> str:
    figure = Figure(**raw) if isinstance(raw, dict) else None if raw is None else Figure(float(raw))
    value, ends = score(figure)
    return value if ends in ("", "no interval") else f"{value} {ends}"


def per_class(report: dict[str, Any]) -> pd.DataFrame:
    """One row for each finding, most frequent first; figures as text so that they read the same everywhere.

    Where training had too few positives the decisions are said to be too few, since a sensitivity of 0 would be read
    as a measurement; the ranks behind AUROC and AUPRC stay, with their wide intervals.
    """
    rows = sorted(report["per_class"], key=lambda row: -row["positives"])
    return pd.DataFrame(
        [
            {
                "Finding": row["label"],
                "Meaning": row.get("description", ""),
                "Positives": row["positives"],
                "In training": row.get("train_positives"),
                "Threshold": f"{row['threshold']:.3f}",
            }
            | {name: _text(row.get(key)) for name, key in _MEASURED.items()}
            | {name: _text(row.get(key)) if row.get("trusted", True) else TOO_FEW for name, key in _DECIDED.items()}
            | {"Trust": "" if row.get("trusted", True) else "too few to trust"}
            for row in rows
        ]
    )
