"""How the trace and the heat are drawn: the choices of one compact row, kept across pages for the session."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from ecgviz import explain
from ecgviz.leads import LIMB, PRECORDIAL
from ecgviz.plot import overlay, theme, tracing
from ecgviz.record import Record
from ecgviz.signals import filters

__all__ = ["Heat", "View", "choose_heat", "choose_view", "choose_window", "heat", "view"]

WINDOW_S = 10.0
_STRIPS = ("II", "V1", "V5", "II + V1", "II + V1 + V5")
_ROWS = "rows"


@dataclass(frozen=True)
class View:
    """layout, rhythm strips, speed mm/s, gain mm/mV, display filter, mains notch in Hz or None, paper."""

    layout: str = "3x4+1"
    rhythm: str = "II"
    speed: float = 25.0
    gain: float = 10.0
    filter: str = "off"
    notch_hz: float | None = None
    paper: str = "pink"

    def on_paper(self, record: Record) -> dict[str, Any]:
        """The keywords of `plot.tracing.page`."""
        strips = tuple(lead for lead in self.rhythm.split(" + ") if lead in record.leads) or record.leads[:1]
        return {
            "layout": self.layout,
            "rhythm": strips,
            "speed": self.speed,
            "gain": self.gain,
            "paper": self.paper,
        }


@dataclass(frozen=True)
class Heat:
    """method, strength 0 to 1 of the strongest evidence, style, palette; layer: of Grad-CAM, "" for the usual one.

    seen: draw what the model was given over the trace, too.
    """

    method: str = "grad_cam"
    strength: float = theme.MAX_ALPHA
    style: str = "shade"
    palette: str = "purple"
    layer: str = ""
    seen: bool = False


def view() -> View:
    """The present choices, whether their widgets have been drawn yet or not."""
    kept = st.session_state
    plain = View()
    notch = kept.get("notch", "none")
    return View(
        kept.get("layout", plain.layout),
        kept.get("rhythm", plain.rhythm),
        kept.get("speed", plain.speed),
        kept.get("gain", plain.gain),
        kept.get("filter", next(iter(filters.DISPLAY))),
        None if notch == "none" else float(notch),
        kept.get("paper", plain.paper),
    )


def _pick(place: Any, label: str, key: str, options: Sequence[Any], shown: Any = str, **more: Any) -> None:
    place.selectbox(label, list(options), key=key, persist_state="session", format_func=shown, **more)


def choose_view(record: Record) -> None:
    """The compact row under the ECG page."""
    row = st.columns([1.7, 1.1, 1.05, 1.2, 1.45, 0.95, 1.2], gap="small")
    layouts = list(tracing.LAYOUTS)
    few = any(sum(lead in record.leads for lead in group) < 2 for group in (LIMB, PRECORDIAL))
    why = "Records without limb and chest leads are drawn as rows." if few else None
    _pick(row[0], "Layout", "layout", layouts, lambda key: tracing.LAYOUTS[key].label, disabled=few, help=why)
    plain = few or not tracing.LAYOUTS[view().layout].strips
    _pick(row[1], "Rhythm strip", "rhythm", list(_STRIPS), disabled=plain)
    _pick(row[2], "Speed", "speed", [25.0, 12.5, 50.0], lambda v: f"{v:g} mm/s")
    _pick(row[3], "Gain", "gain", [10.0, 5.0, 20.0], lambda v: f"{v:g} mm/mV")
    _pick(
        row[4],
        "Filter",
        "filter",
        list(filters.DISPLAY),
        lambda key: filters.DISPLAY[key].label,
        help="For the eye alone: models are always given the recording as it is.",
    )
    _pick(row[5], "Mains", "notch", ["none", "50", "60"], lambda v: v if v == "none" else f"{v} Hz")
    _pick(row[6], "Paper", "paper", list(theme.PAPERS), lambda key: theme.PAPERS[key].label)


def heat(layers: Sequence[str] = ()) -> Heat:
    """The present choices for the heat; layers: those of the model, the usual one first."""
    kept, plain = st.session_state, Heat()
    method = kept.get("method", plain.method)
    layer = kept.get("layer", "") if method in explain.LAYERED else ""
    return Heat(
        method,
        float(kept.get("strength", plain.strength)),
        kept.get("style", plain.style),
        kept.get("palette", plain.palette),
        layer if layer in layers[1:] else "",
        bool(kept.get("seen", plain.seen)),
    )


def choose_heat(layers: Sequence[str] = ()) -> None:
    """The compact row under the heat; layers: where in the model Grad-CAM may look, the usual one first."""
    layered = len(layers) > 1 and heat(layers).method in explain.LAYERED
    wide = [1.6, *([1.4] if layered else []), 1.3, 0.9, 2.0]
    row = st.columns(wide, gap="small", vertical_alignment="bottom")
    if layered:
        if st.session_state.get("layer") not in layers:
            st.session_state["layer"] = layers[0]
        _pick(row.pop(1), "Layer", "layer", layers, help="Where in the network Grad-CAM looks: early layers see less.")
    _pick(row[0], "Method", "method", list(explain.METHODS), lambda key: explain.METHODS[key])
    row[1].slider(
        "Strength",
        0.1,
        1.0,
        theme.MAX_ALPHA,
        0.05,
        key="strength",
        persist_state="session",
        help="Of the darkest heat.",
    )
    _pick(row[2], "Style", "style", list(overlay.STYLES), lambda key: overlay.STYLES[key].partition(":")[0])
    _pick(row[3], "Palette", "palette", list(theme.PALETTES), lambda key: theme.PALETTES[key].label)
    st.toggle(
        "What the model saw",
        key="seen",
        persist_state="session",
        help="A blue line over the trace: the recording as it was given to the model, filtered, at the model's rate.",
    )


def choose_window(record: Record) -> float:
    """Start in seconds of the stretch that is shown; a slider where the record is longer than one sheet."""
    if record.seconds <= WINDOW_S + 1:
        return record.start_s
    last = record.start_s + record.seconds - WINDOW_S
    kept = min(max(float(st.session_state.get("window_s", record.start_s)), record.start_s), last)
    start = st.slider(
        f"10 s from this second on, of {record.seconds:.0f}",
        float(record.start_s),
        float(last),
        kept,
        step=min(5.0, last - record.start_s),
        key=f"window-{record.digest[:12]}",
        format="%.0f s",
    )
    st.session_state["window_s"] = start
    return float(start)
