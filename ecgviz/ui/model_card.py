"""The card of one model: what it is for and not for, how it was trained, and how well it did, class by class."""

import html
from typing import Any

import pandas as pd
import streamlit as st

from ecgviz.card import Figure, ModelCard
from ecgviz.plot import curves
from ecgviz.ui import cache
from ecgviz.ui.messages import friendly_errors
from ecgviz.ui.model_table import METRICS, score

__all__ = ["facts", "per_class", "show"]

FIRST = 5
"""So many labels have their curves drawn until others are chosen: those with the most positives."""


def show(card: ModelCard) -> None:
    """Words at the left, curves at the right, tables below."""
    st.subheader(card.title, anchor=False)
    left, right = st.columns([4, 5], gap="large")
    with left:
        _words(card)
    with friendly_errors():
        report = cache.model_report(card.name)
        with right:
            _curves(report)
        _tables(card, report)


def facts(card: ModelCard) -> dict[str, str]:
    """The card's statements in words, what it is not for first after what it is for."""
    spec = card.input
    low, high = spec.band_hz
    taken = f"{len(spec.leads)} leads, {spec.fs:g} Hz, {low:g} to {high:g} Hz, windows of {spec.seconds:g} s"
    return {
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


def _words(card: ModelCard) -> None:
    rows = "".join(
        f"<dt>{name}</dt><dd{' class=ev-not' if name == 'Not for' else ''}>{html.escape(text)}</dd>"
        for name, text in facts(card).items()
        if text
    )
    st.html(f"<dl class='ev-facts'>{rows}</dl>")


def _curves(report: dict[str, Any]) -> None:
    frequent = sorted(report["per_class"], key=lambda row: -row["positives"])
    known = [row["label"] for row in frequent if row["label"] in report["curves"]]
    kind = st.segmented_control(
        "Curve",
        ["ROC", "Precision and recall", "Reliability", "Training"],
        default="ROC",
        required=True,
        key="curve",
        label_visibility="collapsed",
    )
    frame = st.context.theme.type or "light"
    if kind == "Training":
        figure, alt = curves.history(report, frame=frame), "Training loss and validation AUROC by epoch"
    else:
        key = f"curve-labels-{report.get('model', '')}"
        labels = st.multiselect("Findings", known, default=known[:FIRST], key=key, label_visibility="collapsed")
        draw = {"ROC": curves.roc, "Precision and recall": curves.precision_recall, "Reliability": curves.reliability}
        figure = draw[kind or "ROC"](report, labels or known[:FIRST], frame=frame)
        alt = f"{kind} of {', '.join(labels)}; the numbers are in the table below"
    st.plotly_chart(figure, width="stretch", theme=None, key="curves", config={"displayModeBar": False}, alt=alt)


def _tables(card: ModelCard, report: dict[str, Any]) -> None:
    st.html(f"<p class='ev-note'>Each finding on {html.escape(card.tested_on)}; intervals are 95 %.</p>")
    st.dataframe(per_class(report), hide_index=True, width="stretch", key="per-class")
    if card.subgroups:
        with st.expander("Subgroups", icon=":material/groups:"):
            st.dataframe(_subgroups(card), width="stretch")
    if optimistic := report.get("optimistic"):
        told = ", ".join(f"{name} {optimistic[key]:.3f}" for key, name in METRICS.items() if key in optimistic)
        with st.expander("What not to believe", icon=":material/visibility_off:"):
            st.html(
                "<p class='ev-note'>The same model with thresholds chosen on the very records it is tested on, as is "
                f"often done: {told}.</p>"
            )


def _text(raw: Any) -> str:
    figure = Figure(**raw) if isinstance(raw, dict) else None if raw is None else Figure(float(raw))
    value, ends = score(figure)
    return value if ends in ("", "no interval") else f"{value} {ends}"


def per_class(report: dict[str, Any]) -> pd.DataFrame:
    """One row for each finding, most frequent first; figures as text so that they read the same everywhere."""
    rows = sorted(report["per_class"], key=lambda row: -row["positives"])
    figures = {
        "AUROC": "auroc",
        "AUPRC": "auprc",
        "Sensitivity": "sensitivity",
        "Specificity": "specificity",
        "Precision": "precision",
        "F1": "f1",
    }
    return pd.DataFrame(
        [
            {
                "Finding": row["label"],
                "Meaning": row.get("description", ""),
                "Positives": row["positives"],
                "In training": row.get("train_positives"),
                "Threshold": f"{row['threshold']:.3f}",
            }
            | {name: _text(row.get(key)) for name, key in figures.items()}
            | {"Trust": "" if row.get("trusted", True) else "too few to trust"}
            for row in rows
        ]
    )


def _subgroups(card: ModelCard) -> pd.DataFrame:
    table = {
        group: {METRICS.get(k, k.replace("_", " ")): " ".join(score(f)).strip() for k, f in found.items()}
        for group, found in card.subgroups.items()
    }
    return pd.DataFrame(table).T
