"""Any two models of one question against each other, on the same patients."""

import html
from collections.abc import Sequence

import streamlit as st

from ecgviz import zoo
from ecgviz.card import ModelCard
from ecgviz.evaluate import paired
from ecgviz.evaluate.paired import Difference
from ecgviz.plot.forest import Row, forest
from ecgviz.ui import viewport
from ecgviz.ui.model_tasks import METRICS, titles

__all__ = ["compare"]


def compare(rows: Sequence[ModelCard], opened: str, cards: Sequence[ModelCard]) -> None:
    """Choose two of `rows`, the opened one first to begin with, and see their paired difference."""
    if len(rows) < 2:
        st.html("<p class='ev-note'>This question has one model only; a second is needed to compare.</p>")
        return
    names = titles(cards)
    order = [card.name for card in rows]
    others = [name for name in order if name != opened]
    left, right = st.columns(2, gap="medium")
    task = rows[0].task
    first = left.selectbox(
        "First", order, index=order.index(opened), format_func=names.__getitem__, key=f"pair-first-{task}-{opened}"
    )
    rest = [name for name in order if name != first]
    second = right.selectbox(
        "Second",
        rest,
        index=rest.index(others[0]) if others[0] in rest else 0,
        format_func=names.__getitem__,
        key=f"pair-second-{task}-{first}",
    )
    digests = {card.name: card.weights_digest for card in rows}
    with st.spinner("Drawing patients again and again"):
        found, missing = _difference(first, second, digests[first], digests[second])
    if missing:
        listed = " and ".join(names[name] for name in missing)
        st.html(
            f"<p class='ev-note'>No answers to the test records are kept for {html.escape(listed)}, so a paired "
            "difference cannot be computed. The intervals in the table are of each model alone: where they overlap, "
            "the models may still differ.</p>"
        )
        return
    _tell(found, names[first], names[second])


# keyed by the weights too: a model that is trained anew keeps its name
@st.cache_data(max_entries=32, show_spinner=False)
def _difference(
    first: str, second: str, _of_first: str, _of_second: str
) -> tuple[dict[str, Difference], tuple[str, ...]]:
    """The differences by metric, or the models whose answers are not kept."""
    answers = {name: zoo.answers(name) for name in (first, second)}
    one, other = answers[first], answers[second]
    if one is None or other is None:
        return {}, tuple(name for name, found in answers.items() if found is None)
    return paired.compare(one, other), ()


def _tell(found: dict[str, Difference], first: str, second: str) -> None:
    for key, d in found.items():
        st.html(
            f"<p class='ev-pair'>{_sentence(METRICS.get(key, key), d, html.escape(first), html.escape(second))}</p>"
        )
    rows = [
        Row(METRICS.get(key, key), d.value, d.low, d.high, f"{d.one:.3f} against {d.other:.3f}")
        for key, d in found.items()
    ]
    st.plotly_chart(
        forest(
            rows,
            "First less second",
            line=0.0,
            line_name="no difference",
            narrow=viewport.narrow(),
            frame=st.context.theme.type or "light",
        ),
        width="stretch",
        theme=None,
        key="pair-forest",
        config={"displayModeBar": False},
        alt="Differences with their intervals; the numbers are in the sentences above",
    )
    st.html(
        f"<p class='ev-note'>{paired.REPEATS} draws of the test patients with replacement, the same for both models; p "
        "is two-sided and for this pair alone: whoever looks at many pairs will meet small ones by chance.</p>"
    )


def _sentence(metric: str, d: Difference, first: str, second: str) -> str:
    p = f"p < {1 / paired.REPEATS * 2:.3f}" if d.p <= 2 / paired.REPEATS else f"p = {d.p:.3f}"
    change = f"difference {d.value:+.3f} ({d.low:+.3f} to {d.high:+.3f})".replace("-", "−")
    figures = f"{d.one:.3f} against {d.other:.3f}, {change}, {p}"
    if d.low > 0 or d.high < 0:
        better = first if d.value > 0 else second
        return f"<b>{metric}: {better} is better</b>; {figures}."
    return f"<b>{metric}: not told apart</b>; {figures}."
