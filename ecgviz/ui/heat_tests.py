"""Whether the heat on the sheet can be trusted: tests on request, each a word, a number and a sentence."""

import html
from typing import Any

import streamlit as st

from ecgviz import explain
from ecgviz.errors import ModelError
from ecgviz.explain.waves import heat_by_wave
from ecgviz.record import Record
from ecgviz.results import Attribution, Check
from ecgviz.ui import cache

__all__ = ["by_wave", "known_places", "panel"]

QUICK = ("take_away", "randomisation", "stability")
_MARKS = {"passes": "✓", "doubtful": "~", "fails": "✗"}


def panel(record: Record, name: str, label: str, method: str, layer: str = "") -> None:
    """A fold with a button: three tests of this heat, done when they are asked for."""
    with st.expander("Can this heat be trusted?", icon=":material/fact_check:"):
        st.html(
            "<p class='ev-note'>Three tests of this heat in this record: is the finding gone when what the heat marks "
            "is smoothed away, does the heat depend on what the network has learned, and does it stay when the trace "
            "trembles a little?</p>"
        )
        told = known_places(_measured(name), method)
        if told:
            st.html(f"<p class='ev-note'>{html.escape(told)}</p>")
        key = f"tested-{record.digest}-{name}-{label}-{method}-{layer}"
        if st.button("Test this heat", key="test-heat") or st.session_state.get(key):
            st.session_state[key] = True
            with st.spinner("Testing"):
                checks = cache.checks(name, record, label, method, QUICK, layer)
            st.html("".join(_told(check) for check in checks))


def _measured(name: str) -> dict[str, Any] | None:
    """What the model's report says of known places; None where it does not, or where there is no report."""
    try:
        found: dict[str, Any] | None = cache.model_report(name).get("known_places")
    except ModelError:
        return None
    return found


def known_places(found: dict[str, Any] | None, method: str) -> str:
    """What LUDB's expert marks say of a method for a model, from its report; empty where it was not measured."""
    mine = (found or {}).get("methods", {}).get(method)
    if not found or not mine or not found["trivial"]:
        return ""
    best = max(found["trivial"], key=lambda name: found["trivial"][name])
    records = sum(row["n"] for row in found["rows"] if row["method"] == method)
    share, rival = 100 * mine["mass"], 100 * found["trivial"][best]
    text = (
        f"Where experts marked the finding ({found['data']}, {records} records), {explain.METHODS[method]} of this "
        f"model puts {share:.0f} % of its evidence in the right place; the best map that asks no model "
        f"({explain.BASELINES[best]}) {rival:.0f} %."
    )
    if mine["beats_trivial"]:
        return f"{text} It beats them all."
    none = not any(row["beats_trivial"] for row in found["methods"].values())
    others = "no method that was tried beats it" if none else "choose a method that beats it"
    return f"{text} It does not beat it; {others}."


def _told(check: Check) -> str:
    word = f"{_MARKS[check.verdict]} {check.verdict}"
    number = f"{check.number:.2f} {html.escape(check.unit)}"
    name = html.escape(explain.CHECKS[check.name])
    return f"<p class='ev-check'><b>{name}: {word}</b> ({number}). {html.escape(check.sentence)}</p>"


def by_wave(record: Record, found: Attribution) -> None:
    """The heat's share of each wave as a table: the same as the picture, in numbers."""
    rows = heat_by_wave(found, cache.waves(record))
    if not rows:
        return
    with st.expander("The heat in numbers", icon=":material/table:"):
        table = [
            {
                "Wave": row.wave,
                "Leads": row.lead or "all",
                "Share of the evidence, %": round(100 * row.share, 1),
                "Times chance": round(row.times_chance, 2),
            }
            for row in rows
        ]
        st.dataframe(table, hide_index=True)
