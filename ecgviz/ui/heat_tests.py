"""Whether the heat on the sheet can be trusted: tests on request, each a word, a number and a sentence."""

import html

import streamlit as st

from ecgviz import explain
from ecgviz.explain.waves import heat_by_wave
from ecgviz.record import Record
from ecgviz.results import Attribution, Check
from ecgviz.ui import cache

__all__ = ["by_wave", "panel"]

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
        key = f"tested-{record.digest}-{name}-{label}-{method}-{layer}"
        if st.button("Test this heat", key="test-heat") or st.session_state.get(key):
            st.session_state[key] = True
            with st.spinner("Testing"):
                checks = cache.checks(name, record, label, method, QUICK, layer)
            st.html("".join(_told(check) for check in checks))


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
