"""What is compared with what: the choices of the Compare page in the session's state, and the panels they lead to."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from ecgviz import explain
from ecgviz.card import ModelCard
from ecgviz.errors import RecordError
from ecgviz.record import Record
from ecgviz.ui import model_picker, view
from ecgviz.ui.compare_state import KINDS, Comparison
from ecgviz.ui.model_tasks import question, ranked, tasks, titles

__all__ = [
    "FINDING",
    "KIND",
    "LEADS",
    "METHODS",
    "MODELS",
    "USUAL_METHODS",
    "Subject",
    "chosen",
    "held",
    "held_entry",
    "hold",
    "leads",
    "leads_of_all",
    "put",
    "put_look",
    "subjects",
    "usual_models",
    "window",
]

KIND, MODELS, METHODS = "compare-kind", "compare-models", "compare-methods"
FINDING, LEADS = "compare-finding", "compare-leads"
_HELD, _START = "_held", "_compare_start"
_USUAL_LEADS = ("II", "V1")
USUAL_METHODS = ("grad_cam", "integrated_gradients")
"""A quick one, and one that tells leads apart."""


@dataclass(frozen=True, eq=False)
class Subject:
    """What one panel shows: a record, a model, a method; title and detail: what it is called on the page."""

    title: str
    record: Record
    card: ModelCard
    method: str
    detail: str = ""

    @property
    def name(self) -> str:
        """Title and detail in one."""
        return f"{self.title} · {self.detail}" if self.detail else self.title


def usual_models(cards: Sequence[ModelCard]) -> list[str]:
    """The model of the Explain page and the best other one, of the same question where there is one."""
    first = model_picker.current(cards)
    others = [*ranked(cards, first.task), *(c for task in tasks(cards) for c in ranked(cards, task))]
    return [first.name, *[card.name for card in others if card.name != first.name][:1]]


def subjects(record: Record, cards: Sequence[ModelCard]) -> list[Subject]:
    """The panels in their order."""
    kept = chosen(record, cards)
    by_name = {card.name: card for card in cards}
    models = [by_name[name] for name in kept.models if name in by_name]
    if kept.kind == "models":
        named, several = titles(cards), len({card.task for card in models}) > 1
        details = [question(card.task).short if several else "" for card in models]
        return [
            Subject(named[card.name], record, card, kept.methods[0], detail)
            for card, detail in zip(models, details, strict=True)
        ]
    if kept.kind == "methods":
        return [Subject(explain.METHODS[method], record, models[0], method) for method in kept.methods]
    # both begin at 0, so that they share the time axis
    pair = [replace(r, start_s=0.0) if r.start_s else r for r in (record, held()) if r is not None]
    same = len({r.name for r in pair}) < len(pair)
    details = [f"{'held' if n else 'open'}" if same else "" for n in range(len(pair))]
    return [Subject(r.name, r, models[0], kept.methods[0], detail) for r, detail in zip(pair, details, strict=True)]


def held() -> Record | None:
    """The record that was put aside to be compared with the open one."""
    found: Record | None = st.session_state.get(_HELD, (None, ""))[0]
    return found


def held_entry() -> str:
    """Its identifier in the library, empty for a person's own file."""
    return str(st.session_state.get(_HELD, (None, ""))[1])


def hold(record: Record, entry: str) -> None:
    """Put a record aside."""
    st.session_state[_HELD] = (record, entry)


def leads(compared: Sequence[Subject]) -> tuple[str, ...]:
    """The rows of every panel: the chosen leads, or so few that all panels can be seen at once."""
    offered = leads_of_all(compared)
    kept = [lead for lead in _wanted_leads(len(compared)) if lead in offered]
    return tuple(sorted(kept, key=offered.index)) or tuple(offered[:1])


def _wanted_leads(panels: int) -> Sequence[str]:
    found: Sequence[str] = st.session_state.get(LEADS) or _USUAL_LEADS[: 2 if panels <= 2 else 1]
    return found


def leads_of_all(compared: Sequence[Subject]) -> list[str]:
    """The leads that every record has. Raises RecordError where there is none."""
    found = [lead for lead in compared[0].record.leads if all(lead in s.record.leads for s in compared)]
    if not found:
        raise RecordError("The two records have no lead in common; hold another record.")
    return found


def chosen(record: Record, cards: Sequence[ModelCard]) -> Comparison:
    """The present choices as they go into a link or a file."""
    kept, drawn, heat = st.session_state, view.view(), view.heat()
    kind = kept.get(KIND, next(iter(KINDS)))
    one = (model_picker.current(cards).name,)
    models = tuple(kept.get(MODELS, usual_models(cards))) if kind == "models" else one
    methods = tuple(kept.get(METHODS, USUAL_METHODS)) if kind == "methods" else (heat.method,)
    return Comparison(
        kind=kind,
        models=models,
        methods=methods,
        finding=kept.get(FINDING, ""),
        leads=tuple(lead for lead in _wanted_leads(max(len(models), len(methods))) if lead in record.leads),
        speed=drawn.speed,
        gain=drawn.gain,
        filter=drawn.filter,
        notch=kept.get("notch", "none"),
        paper=drawn.paper,
        strength=heat.strength,
        style=heat.style,
        palette=heat.palette,
        start_s=kept.get("window_s"),
    )


def put(wanted: Comparison, cards: Sequence[ModelCard]) -> list[str]:
    """Make these the choices, before their controls are drawn; returns the names of models that are not installed."""
    installed = {card.name: card for card in cards}
    kept = st.session_state
    models = [name for name in dict.fromkeys(wanted.models) if name in installed]
    kept[KIND] = wanted.kind
    if wanted.kind == "models" and models:
        kept[MODELS] = models
    elif models:
        model_picker.select(installed[models[0]])
    if wanted.kind == "methods":
        kept[METHODS] = list(dict.fromkeys(wanted.methods))
    elif wanted.methods:
        kept["method"] = wanted.methods[0]
    kept[FINDING] = wanted.finding
    if wanted.leads:
        kept[LEADS] = list(wanted.leads)
    return [name for name in wanted.models if name not in installed]


def put_look(wanted: Comparison) -> None:
    """Make paper, heat and window those of a comparison, before their controls are drawn."""
    for key in ("speed", "gain", "filter", "notch", "paper", "strength", "style", "palette"):
        st.session_state[key] = getattr(wanted, key)
    st.session_state[_START] = wanted.start_s


def window(record: Record) -> float:
    """The first second that is drawn, chosen where the record is longer than one sheet."""
    asked = st.session_state.pop(_START, None)
    if asked is not None:
        # opening a record begins its window anew, so the one of a session waits until here
        st.session_state["window_s"] = asked
        st.session_state.pop(f"window-{record.digest[:12]}", None)
    return view.choose_window(record)
