"""The findings of one model for one record: those above their thresholds first, the rest in a fold; one is chosen."""

from dataclasses import replace
from typing import Any

import streamlit as st

from ecgviz.card import ModelCard
from ecgviz.codes import EQUIVALENT
from ecgviz.plot import scores
from ecgviz.results import Finding, Prediction

__all__ = ["chosen", "once", "panel", "words_for"]

FEW = 6
"""Up to so many findings need no fold."""
_KEY = "finding"


def once(prediction: Prediction) -> Prediction:
    """The prediction with classes that are scored as one shown under one name."""
    there = {finding.label for finding in prediction.findings}
    kept = tuple(f for f in prediction.findings if EQUIVALENT.get(f.label) not in there)
    return replace(prediction, findings=kept)


def words_for(label: str, card: ModelCard) -> str:
    """A label's description, with the other name where the model knows the finding by two."""
    other = [one for one, kept in EQUIVALENT.items() if kept == label and one in card.label_names]
    described = next((spec.description for spec in card.labels if spec.name == label), label)
    return f"{described} (also {other[0]})" if other else described


def chosen(prediction: Prediction) -> Finding:
    """The finding whose evidence is shown: the best supported one until another is clicked or selected."""
    ranked = scores.ranked(once(prediction))
    if st.session_state.get(_KEY) not in [finding.label for finding in ranked]:
        st.session_state[_KEY] = ranked[0].label
    return next(f for f in ranked if f.label == st.session_state[_KEY])


def panel(prediction: Prediction, card: ModelCard) -> None:
    """Draw the findings to choose from: a list by name, and bars that can be clicked."""
    ranked = scores.ranked(once(prediction))
    st.selectbox(
        "Evidence for",
        [finding.label for finding in ranked],
        format_func=lambda label: f"{label}: {words_for(label, card)}",
        key=_KEY,
        persist_state="session",
    )
    selected = st.session_state[_KEY]
    few = len(ranked) <= FEW
    above = [f for f in ranked if few or f.positive or f.label == selected]
    rest = [f for f in ranked if f not in above]
    positives = sum(f.positive for f in ranked)
    counted = "No finding reaches" if not positives else f"{positives} of {len(ranked)} findings reach"
    st.html(f"<p class='ev-note'>{counted} the threshold, the tick on each bar.</p>")
    _bars(prediction, above, selected, "above")
    # a switch, not a fold: a closed fold would still be sent and painted
    if rest and st.toggle(f"Show {len(rest)} below their thresholds", key="finding_rest", persist_state="session"):
        _bars(prediction, rest, selected, "rest")


def _bars(prediction: Prediction, rows: list[Finding], selected: str, where: str) -> None:
    """Bars that can be clicked. The key holds the selection, so that a click is always news to the browser."""
    part = replace(prediction, findings=tuple(rows))
    figure = scores.findings(part, selected=selected, frame=st.context.theme.type or "light")
    figure.update_traces(unselected={"marker": {"opacity": 1}})
    key = f"bars-{where}-{selected}"

    def clicked() -> None:
        points = st.session_state[key]["selection"]["points"]
        label = _label_of(points[0], part) if points else None
        if label:
            st.session_state[_KEY] = label

    told = "; ".join(f"{f.label} {f.probability:.2f}, threshold {f.threshold:.2f}" for f in rows)
    st.plotly_chart(
        figure,
        width="stretch",
        theme=None,
        key=key,
        on_select=clicked,
        selection_mode="points",
        config={"displayModeBar": False},
        alt=f"Findings: {told}",
    )


def _label_of(point: dict[str, Any], part: Prediction) -> str | None:
    row = point.get("point_index", point.get("point_number"))
    ranked = scores.ranked(part)
    return ranked[row].label if isinstance(row, int) and 0 <= row < len(ranked) else None
