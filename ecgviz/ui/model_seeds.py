"""Reported by the seed, reproduced as coded, and under an honest split: side by side for every system of the seeds."""

import html
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from ecgviz import zoo
from ecgviz.card import Figure, ModelCard
from ecgviz.errors import EcgvizError
from ecgviz.ui.model_claims import CLAIMS, COMMON, Claim, coded_model, honest_model
from ecgviz.ui.model_tasks import METRICS

__all__ = ["line", "table"]

_COLUMNS = ("System", "Reported by the seed", "Reproduced as coded", "Honest split", "Measured as", "Why they differ")


def table(cards: Sequence[ModelCard]) -> None:
    """A row for each system of the seeds."""
    st.html(f"<p class='ev-note'>{COMMON}</p>")
    head = "".join(f"<div>{name}</div>" for name in _COLUMNS)
    rows = "".join(_row(claim, cards) for claim in CLAIMS)
    st.html(f"<div class='ev-claims'><div class='ev-claim ev-mhead'>{head}</div>{rows}</div>")


def line(card: ModelCard, report: Mapping[str, Any] | None = None) -> str:
    """One model's own comparison as HTML; empty where no seed is concerned."""
    told = (report or {}).get("seed") or {}
    reported = str(told.get("reported", card.seed_reported))
    if not reported:
        return ""
    parts = [f"<b>Reported by the seed: {html.escape(reported)}.</b>"]
    for name, key in (("As coded", "as_coded"), ("Honest split", "honest")):
        if key in told:
            parts.append(f"<b>{name}: {_told(told[key], 1.0) or 'not run'}.</b>")
    return " ".join([*parts, html.escape(str(told.get("why", card.seed_comparable)))])


def _row(claim: Claim, cards: Sequence[ModelCard]) -> str:
    honest, coded = honest_model(claim, cards), coded_model(claim, cards)
    told = _own(honest.name) if honest else {}
    none = "not run" if claim.architecture else "no model here yet"
    cells = (
        f"<b>{html.escape(claim.system)}</b><br>{claim.seed}",
        f"<b>{html.escape(str(told.get('reported', claim.reported)))}</b>",
        _told(told.get("as_coded"), 1.0) or _figures(claim, coded) or none,
        _told(told.get("honest"), 1.0) or _figures(claim, honest) or none,
        html.escape(claim.measured),
        html.escape(str(told.get("why", claim.why))),
    )
    classes = ("", "", "", "", "", " class='ev-why'")
    named = zip(_COLUMNS, cells, classes, strict=True)
    row = "".join(f"<div data-name='{name}'{style}>{text}</div>" for name, text, style in named)
    return f"<div class='ev-claim'>{row}</div>"


@st.cache_data(ttl=30, max_entries=64, show_spinner=False)
def _own(name: str) -> dict[str, Any]:
    """What a model's report says of its seed."""
    try:
        found: dict[str, Any] = zoo.report(name).get("seed") or {}
    except EcgvizError:
        return {}
    return found


def _figures(claim: Claim, card: ModelCard | None) -> str:
    """The metrics of a card that answer to a claim, on the seed's own scale."""
    if card is None:
        return ""
    found = [(key, card.metrics[key]) for key in claim.metrics if key in card.metrics]
    named = len(claim.metrics) > 1
    return "<br>".join(
        (f"{METRICS.get(key, key)} " if named else "") + _told(figure, claim.factor) for key, figure in found
    )


def _told(raw: Any, factor: float) -> str:
    """A figure with its interval in words; raw: a Figure, one from JSON, a number, a text or None."""
    if raw is None:
        return ""
    if isinstance(raw, str):
        return html.escape(raw)
    figure = raw if isinstance(raw, Figure) else Figure(**raw) if isinstance(raw, dict) else Figure(float(raw))
    if figure.value is None:
        return ""
    digits = 1 if factor > 1 else 3
    ends = [end for end in (figure.low, figure.high) if end is not None]
    told = f"<b>{factor * figure.value:.{digits}f}</b>"
    return told + (f" <i>({factor * ends[0]:.{digits}f}–{factor * ends[1]:.{digits}f})</i>" if len(ends) == 2 else "")
