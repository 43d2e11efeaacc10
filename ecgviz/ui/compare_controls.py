"""What is compared with what, and how it is drawn: the choices of the Compare page, kept for the session."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from ecgviz import explain
from ecgviz.card import ModelCard
from ecgviz.errors import RecordError
from ecgviz.plot import overlay, theme
from ecgviz.plot.compare import MOST_LEADS
from ecgviz.record import Record
from ecgviz.ui import model_picker, view
from ecgviz.ui.compare_labels import Row
from ecgviz.ui.compare_state import KINDS, MOST, Comparison
from ecgviz.ui.model_tasks import question, ranked, tasks, titles

__all__ = [
    "FINDING",
    "Subject",
    "choose_finding",
    "choose_kind",
    "choose_look",
    "choose_members",
    "chosen",
    "held",
    "held_entry",
    "hold",
    "leads",
    "put",
    "put_look",
    "subjects",
]

FINDING = "compare-finding"
_KIND, _MODELS, _METHODS, _LEADS, _HELD = "compare-kind", "compare-models", "compare-methods", "compare-leads", "_held"
_USUAL_LEADS = ("II", "V1")
_USUAL_METHODS = ("grad_cam", "integrated_gradients")


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


def choose_kind() -> str:
    """Models, methods or records; returns the key."""
    st.session_state.setdefault(_KIND, next(iter(KINDS)))
    st.segmented_control(
        "Compare",
        list(KINDS),
        format_func=KINDS.__getitem__,
        key=_KIND,
        required=True,
        persist_state="session",
        label_visibility="collapsed",
    )
    return str(st.session_state[_KIND])


def choose_members(cards: Sequence[ModelCard]) -> None:
    """The models or the methods side by side: a place for each, so that one is changed without the others."""
    if st.session_state[_KIND] == "models":
        _places("Model", _MODELS, _offered(cards), _named(cards), _usual_models(cards))
    elif st.session_state[_KIND] == "methods":
        _places("Method", _METHODS, list(explain.METHODS), explain.METHODS, _USUAL_METHODS)


def _places(what: str, key: str, offered: Sequence[str], named: dict[str, str], usual: Sequence[str]) -> None:
    kept = [one for one in st.session_state.get(key, usual) if one in offered]
    places = [f"{key}-{n}" for n in range(MOST)]

    def changed() -> None:
        st.session_state[key] = [one for one in map(st.session_state.get, places) if one]

    for n, (column, place) in enumerate(zip(st.columns(MOST, gap="small"), places, strict=True)):
        own = kept[n] if n < len(kept) else ""
        free = [one for one in offered if one == own or one not in kept]
        st.session_state[place] = own
        column.selectbox(
            f"{what} {n + 1}",
            free if n < 2 and own else ["", *free],
            format_func=lambda one: named.get(one, "none"),
            key=place,
            on_change=changed,
        )


def _offered(cards: Sequence[ModelCard]) -> list[str]:
    return [card.name for task in tasks(cards) for card in ranked(cards, task)]


def _named(cards: Sequence[ModelCard]) -> dict[str, str]:
    named = titles(cards)
    several = len(tasks(cards)) > 1
    return {c.name: named[c.name] + (f" · {question(c.task).short}" if several else "") for c in cards}


def _usual_models(cards: Sequence[ModelCard]) -> list[str]:
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


def choose_finding(rows: Sequence[Row]) -> Row | None:
    """The finding whose evidence is shown, the first one until another is chosen."""
    if not rows:
        return None
    by_key = {row.keys[0]: row for row in rows}
    wanted = st.session_state.get(FINDING)
    # a label keeps its row when another model comes first and gives the row its name
    st.session_state[FINDING] = next((row.keys[0] for row in rows if wanted in row.keys), rows[0].keys[0])

    def told(key: str) -> str:
        row = by_key[key]
        return f"{row.name}: {row.description}{' (differ)' if row.disagrees else ''}"

    st.selectbox("Evidence for", list(by_key), format_func=told, key=FINDING, persist_state="session")
    return by_key[st.session_state[FINDING]]


def leads(compared: Sequence[Subject]) -> tuple[str, ...]:
    """The rows of every panel: the chosen leads, or so few that all panels can be seen at once."""
    offered = _leads_of_all(compared)
    usual = _USUAL_LEADS[: 2 if len(compared) <= 2 else 1]
    kept = [lead for lead in st.session_state.get(_LEADS) or usual if lead in offered]
    return tuple(sorted(kept, key=offered.index)) or tuple(offered[:1])


def _leads_of_all(compared: Sequence[Subject]) -> list[str]:
    found = [lead for lead in compared[0].record.leads if all(lead in s.record.leads for s in compared)]
    if not found:
        raise RecordError("The two records have no lead in common; hold another record.")
    return found


def choose_look(compared: Sequence[Subject]) -> None:
    """The compact row under the panels: leads, method unless methods are compared, strength, style and palette."""
    with_method = st.session_state[_KIND] != "methods"
    shares = [1.5, 1.5, 1.1, 0.8, 1.5] if with_method else [1.5, 1.1, 0.8, 1.5]
    row = st.columns(shares, gap="small", vertical_alignment="bottom")
    _choose_leads(row[0], compared)
    if with_method:
        _pick(row[1], "Method", "method", list(explain.METHODS), explain.METHODS)
    st.session_state.setdefault("strength", theme.MAX_ALPHA)
    row[-3].slider("Strength", 0.1, 1.0, step=0.05, key="strength", persist_state="session")
    _pick(row[-2], "Style", "style", list(overlay.STYLES), {k: v.partition(":")[0] for k, v in overlay.STYLES.items()})
    _pick(row[-1], "Palette", "palette", list(theme.PALETTES), {k: p.label for k, p in theme.PALETTES.items()})


def _choose_leads(place: Any, compared: Sequence[Subject]) -> None:
    key = f"{_LEADS}-rows"

    def changed() -> None:
        st.session_state[_LEADS] = st.session_state[key]

    st.session_state[key] = list(leads(compared))
    place.multiselect(
        f"Leads, up to {MOST_LEADS}",
        _leads_of_all(compared),
        max_selections=MOST_LEADS,
        key=key,
        on_change=changed,
    )


def _pick(place: Any, label: str, key: str, options: list[str], named: dict[str, str]) -> None:
    place.selectbox(label, options, format_func=named.__getitem__, key=key, persist_state="session")


def chosen(record: Record, cards: Sequence[ModelCard]) -> Comparison:
    """The present choices as they go into a link or a file."""
    kept, drawn, heat = st.session_state, view.view(), view.heat()
    kind = kept.get(_KIND, next(iter(KINDS)))
    one = (model_picker.current(cards).name,)
    models = tuple(kept.get(_MODELS, _usual_models(cards))) if kind == "models" else one
    methods = tuple(kept.get(_METHODS, _USUAL_METHODS)) if kind == "methods" else (heat.method,)
    return Comparison(
        kind=kind,
        models=models,
        methods=methods,
        finding=kept.get(FINDING, ""),
        leads=tuple(lead for lead in kept.get(_LEADS) or () if lead in record.leads),
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
    models = [name for name in wanted.models if name in installed]
    kept[_KIND] = wanted.kind
    if wanted.kind == "models" and models:
        kept[_MODELS] = models
    elif models:
        model_picker.select(installed[models[0]])
    if wanted.kind == "methods":
        kept[_METHODS] = list(wanted.methods)
    elif wanted.methods:
        kept["method"] = wanted.methods[0]
    kept[FINDING] = wanted.finding
    if wanted.leads:
        kept[_LEADS] = list(wanted.leads)
    return [name for name in wanted.models if name not in installed]


def put_look(wanted: Comparison) -> None:
    """Make paper, heat and window those of a comparison, before their controls are drawn."""
    for key in ("speed", "gain", "filter", "notch", "paper", "strength", "style", "palette"):
        st.session_state[key] = getattr(wanted, key)
    if wanted.start_s is not None:
        st.session_state["window_s"] = wanted.start_s
