"""Zoom and calipers that outlive a change of the figure.

Streamlit gives a Plotly chart another identity whenever anything in it changes, with or without a key (1.67:
`key_as_main_identity=False`), so the browser throws the plot away, and the zoom and the drawn calipers with it;
`uirevision` cannot help. A watcher in the browser therefore reports both, and the next different figure starts with
them. A report by itself changes nothing on the screen: the figure stays as it was sent.
"""

from collections.abc import Hashable, Sequence
from typing import Any

import streamlit as st

__all__ = ["MOST_CALIPERS", "kept", "part", "watch"]

MOST_CALIPERS = 50
_WATCHER, _REPORT, _SENT = "zoom-watcher", "_zoom", "_sheet_sent"

_JS = """
export default function ({ setStateValue }) {
  let plot = null, timer = 0;
  const near = (a, b) => Math.abs(a[0] - b[0]) + Math.abs(a[1] - b[1]) < 1e-6 * Math.abs(b[1] - b[0]);
  const tell = () => {
    const full = plot && plot._fullLayout;
    if (!full) return;
    const sheet = plot.layout.xaxis.autorangeoptions;
    const whole = !sheet || near(full.xaxis.range, [sheet.clipmin, sheet.clipmax]);
    setStateValue("view", {
      key: full.xaxis.uirevision,
      x: whole ? null : Array.from(full.xaxis.range),
      y: whole ? null : Array.from(full.yaxis.range),
      calipers: (plot.layout.shapes || []).map(({ type, x0, x1, y0, y1 }) => ({ type, x0, x1, y0, y1 })),
    });
  };
  const moved = change => {
    if (!Object.keys(change).some(key => /^(xaxis|yaxis|shapes)/.test(key))) return;
    clearTimeout(timer);
    timer = setTimeout(tell, 120);
  };
  const look = setInterval(() => {
    const found = document.querySelector(".st-key-ev-paper .js-plotly-plot");
    if (!found || found === plot || !found.on || !found._fullLayout) return;
    plot = found;
    plot.on("plotly_relayout", moved);
  }, 250);
  return () => { clearInterval(look); clearTimeout(timer); };
}
"""


def watch() -> None:
    """Put the invisible watcher beside the sheet, inside the fragment that draws it."""
    watcher = st.components.v2.component("ecgviz_zoom", js=_JS)
    watcher(key=_WATCHER, height=0, on_view_change=lambda: None)


def part(key: str) -> tuple[float, ...]:
    """Where the reader has zoomed to in the figure that was sent last, if `key` is that of its axes.

    First and last second, lowest and highest mV; empty for the whole sheet.
    """
    report = st.session_state.get(_REPORT) or {}
    seen = report if report.get("key") == key else st.session_state.get(_SENT, (None, {}))[1]
    x, y = _span(seen.get("x")), _span(seen.get("y"))
    return (*x, *y) if x and y else ()


def kept(figure: dict[str, Any], stamp: Hashable, begin: Sequence[float] = ()) -> dict[str, Any]:
    """The figure with the zoom and the calipers of its record.

    stamp: all that the figure depends on; while it is the same, the figure is sent exactly as it was sent before.
    begin: another zoom to start with, as from `part`.
    """
    layout = figure["layout"]
    key = layout["xaxis"]["uirevision"]
    told = getattr(st.session_state.get(_WATCHER), "view", None)
    if isinstance(told, dict):
        st.session_state[_REPORT] = told
    report = st.session_state.get(_REPORT) or {}
    before, sent = st.session_state.get(_SENT, (None, {}))
    if before != stamp or begin:
        sent = report if report.get("key") == key else {}
        sent = {"x": list(begin[:2]), "y": list(begin[2:])} if begin else sent
        st.session_state[_SENT] = (stamp, sent)
    for axis in ("xaxis", "yaxis"):
        low, high = layout[axis]["range"]
        # double click and the button return to the whole sheet, whatever range the figure started with
        layout[axis]["autorangeoptions"] = {"clipmin": low, "clipmax": high, "include": [low, high]}
        part = _span(sent.get(axis[0]))
        if part:
            layout[axis]["range"] = part
    layout["modebar"]["remove"] = ["select2d", "lasso2d", "resetScale2d"]
    drawn = [_caliper(raw, layout["newshape"]) for raw in list(sent.get("calipers") or ())[:MOST_CALIPERS]]
    layout["shapes"] = [shape for shape in drawn if shape]
    return figure


def _caliper(raw: Any, style: dict[str, Any]) -> dict[str, Any] | None:
    """A drawn caliper as it was, if its report is one."""
    if not isinstance(raw, dict) or raw.get("type") not in ("line", "rect"):
        return None
    ends = {end: raw.get(end) for end in ("x0", "x1", "y0", "y1")}
    if not all(isinstance(end, int | float) for end in ends.values()):
        return None
    look: dict[str, Any] = {key: style[key] for key in ("line", "fillcolor", "label") if key in style}
    return {"type": raw["type"], "editable": True, **ends, **look}


def _span(raw: Any) -> list[float] | None:
    """A reported range, if it is one."""
    if isinstance(raw, list) and len(raw) == 2 and all(isinstance(end, int | float) for end in raw) and raw[0] < raw[1]:
        return [float(end) for end in raw]
    return None
