"""What a score costs: the models of one question by size and by time."""

from collections.abc import Callable, Sequence

import streamlit as st

from ecgviz.card import ModelCard
from ecgviz.plot import scatter
from ecgviz.ui import viewport
from ecgviz.ui.model_claims import as_coded
from ecgviz.ui.model_tasks import METRICS, question, titles

__all__ = ["size_and_speed"]

_GAP_PX = 32
_COSTS: dict[str, Callable[[ModelCard], float]] = {
    "Parameters": lambda card: card.parameters,
    "Milliseconds a record, one core": lambda card: card.ms_per_record,
}


def size_and_speed(rows: Sequence[ModelCard], opened: str, cards: Sequence[ModelCard]) -> None:
    """Two charts side by side, on a phone one under the other; rows: the models of one question."""
    usual = question(rows[0].task).score
    there = [key for key in METRICS if any(key in card.metrics for card in rows)]
    metric = st.selectbox(
        "Score",
        sorted(there, key=lambda key: key != usual),
        format_func=lambda key: METRICS[key],
        key=f"models_score-{rows[0].task}",
        width=260,
    )
    names, shown = titles(cards), [card for card in rows if metric in card.metrics]
    each = (viewport.width_px() - _GAP_PX) // 2
    for place, (cost, of) in zip(st.columns(2, gap="medium"), _COSTS.items(), strict=True):
        points = [scatter.Point(names[c.name], _short(c), of(c), c.metrics[metric], c.name == opened) for c in shown]
        place.plotly_chart(
            scatter.against_score(points, cost, METRICS[metric], width=each, frame=st.context.theme.type or "light"),
            width="stretch",
            theme=None,
            key=f"cost-{cost}",
            config={"displayModeBar": False},
            alt=f"{METRICS[metric]} over {cost.lower()} of {len(points)} models; the numbers are in the table above",
        )
    st.html("<p class='ev-note'>Bars are 95 % intervals. Names stand where there is room; hover tells the others.</p>")


def _short(card: ModelCard) -> str:
    return f"{card.architecture}, as coded" if as_coded(card) else card.architecture
