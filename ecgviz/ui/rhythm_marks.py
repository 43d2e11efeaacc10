"""Clicks into the pictures of the Rhythm page, and the marks of the chosen moment and window on them.

Streamlit reports a click only on a marker and replaces a chart whenever anything in it changes, its zoom included. So a
component in the browser listens for clicks anywhere in both pictures and lays the marks over them itself: choosing
another beat leaves the pictures as they are.
"""

from collections.abc import Callable
from typing import Any

import streamlit as st

from ecgviz.ui.rhythm_place import Place

__all__ = ["DETAIL", "KEY", "OVERVIEW", "watch"]

OVERVIEW, DETAIL, KEY = "ev-overview", "ev-detail", "rhythm-clicks"
_SLIP_PX = 5

_JS = """
export default function ({ data, parentElement, setTriggerValue }) {
  if (parentElement.stopMarks) parentElement.stopMarks();
  const marks = { ...data };
  const names = { overview: "ev-overview", detail: "ev-detail" };
  const plot = name => {
    const found = document.querySelector(`.st-key-${names[name]} .js-plotly-plot`);
    return found && found._fullLayout && found._fullLayout.xaxis && found._fullLayout.xaxis._length ? found : null;
  };
  const lay = (at, kind, left, width, top, height, inside) => {
    let mark = at.querySelector(`:scope > .ev-mark-${kind}`);
    if (!mark) {
      mark = document.createElement("div");
      mark.className = `ev-mark ev-mark-${kind}`;
      at.appendChild(mark);
    }
    const place = `left:${left}px;width:${width}px;top:${top}px;height:${height}px`;
    const style = `${place};display:${inside ? "block" : "none"}`;
    if (mark.getAttribute("style") !== style) mark.setAttribute("style", style);
  };
  const draw = () => {
    for (const name in names) {
      const found = plot(name);
      if (!found) continue;
      const { xaxis, _size } = found._fullLayout;
      const px = second => xaxis._offset + Math.max(0, Math.min(xaxis._length, xaxis.d2p(second)));
      const shown = second => second >= Math.min(...xaxis.range) && second <= Math.max(...xaxis.range);
      const host = found.querySelector(".svg-container") || found;
      if (name === "overview") {
        const left = px(marks.start), right = px(marks.stop), wide = Math.max(right - left, 6);
        lay(host, "window", (left + right - wide) / 2, wide, _size.t, _size.h, true);
      }
      lay(host, "moment", px(marks.at) - 0.75, 1.5, _size.t, _size.h, shown(marks.at));
    }
  };
  let down = null;
  const begin = event => {
    down = null;
    for (const name in names) {
      const found = plot(name);
      if (found && found.contains(event.target) && !event.target.closest(".modebar") && event.button === 0)
        down = { name, x: event.clientX, y: event.clientY };
    }
  };
  const end = event => {
    if (!down) return;
    const { name, x, y } = down;
    down = null;
    const found = plot(name);
    if (!found || Math.hypot(event.clientX - x, event.clientY - y) > SLIP) return;
    const { xaxis, _size } = found._fullLayout, box = found.getBoundingClientRect();
    const px = event.clientX - box.left - xaxis._offset, py = event.clientY - box.top - _size.t;
    if (px < 0 || px > xaxis._length || py < 0 || py > _size.h) return;
    marks.at = xaxis.p2d(px);
    if (name === "overview") {
      const wide = marks.stop - marks.start;
      marks.start = marks.at - wide / 2;
      marks.stop = marks.at + wide / 2;
    }
    draw();
    setTriggerValue("click", { picture: name, at: xaxis.p2d(px) });
  };
  document.addEventListener("pointerdown", begin, true);
  document.addEventListener("pointerup", end, true);
  draw();
  const timer = setInterval(draw, 80);
  parentElement.stopMarks = () => {
    clearInterval(timer);
    document.removeEventListener("pointerdown", begin, true);
    document.removeEventListener("pointerup", end, true);
    parentElement.stopMarks = null;
  };
  return parentElement.stopMarks;
}
"""


def watch(place: Place, clicked: Callable[[str, float], None]) -> None:
    """Put the invisible listener beside the pictures, inside the fragment that draws them.

    clicked: told the picture (`overview` or `detail`) and the second on the record's axis.
    """

    def told() -> None:
        found: Any = getattr(st.session_state.get(KEY), "click", None)
        if isinstance(found, dict) and isinstance(found.get("at"), int | float):
            clicked(str(found.get("picture")), float(found["at"]))

    listener = st.components.v2.component("ecgviz_rhythm_clicks", js=_JS.replace("SLIP", str(_SLIP_PX)))
    data = {"at": place.at_s, "start": place.start_s, "stop": place.stop_s}
    listener(key=KEY, data=data, height=0, on_click_change=told)
