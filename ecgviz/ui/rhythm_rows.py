"""A list of beats that follows the chosen one, wherever it was chosen, and keeps the keyboard while it does.

Streamlit's own table forgets focus and scroll whenever its content changes, so this one is drawn in the browser.
"""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

__all__ = ["choose"]

_CSS = """
.list { overflow-y: auto; border: 1px solid color-mix(in srgb, currentColor 18%, transparent); border-radius: 6px;
  font-size: .84rem; font-variant-numeric: tabular-nums; outline-offset: 1px; }
.list:focus-visible { outline: 2px solid var(--st-primary-color); }
.row { display: grid; grid-template-columns: var(--columns); gap: .5rem; padding: .13rem .6rem; cursor: pointer;
  border-bottom: 1px solid color-mix(in srgb, currentColor 9%, transparent); }
.row span:nth-child(2) { text-align: right; }
.row:hover { background: color-mix(in srgb, currentColor 6%, transparent); }
.row.on { background: color-mix(in srgb, var(--st-primary-color) 20%, transparent); font-weight: 600; }
.row.doubt span:last-child { text-decoration: underline; text-underline-offset: 3px; font-weight: 600; }
.head { position: sticky; top: 0; cursor: default; font-size: .78rem; background: var(--st-background-color); }
.head span { opacity: .7; }
.none { padding: .5rem .6rem; opacity: .7; }
"""

_JS = """
export default function ({ data, parentElement, setTriggerValue }) {
  let list = parentElement.querySelector(".list");
  if (!list) {
    list = document.createElement("div");
    list.className = "list";
    list.tabIndex = 0;
    list.setAttribute("role", "listbox");
    parentElement.appendChild(list);
    list.addEventListener("click", event => {
      const row = event.target.closest("[role=option]");
      if (row) list.choose(Number(row.dataset.row));
    });
    list.addEventListener("keydown", event => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step || event.shiftKey) return;
      event.preventDefault();
      event.stopPropagation();
      list.choose(Math.max(0, Math.min(list.count - 1, (list.at === null ? -1 : list.at) + step)));
    });
  }
  const mark = at => {
    list.at = at;
    for (const row of list.querySelectorAll("[role=option]")) {
      const on = Number(row.dataset.row) === at;
      row.classList.toggle("on", on);
      row.setAttribute("aria-selected", on);
      if (on) {
        const top = row.offsetTop - list.offsetTop, head = list.firstChild.offsetHeight;
        if (top - head < list.scrollTop) list.scrollTop = top - head;
        if (top + row.offsetHeight > list.scrollTop + list.clientHeight)
          list.scrollTop = top + row.offsetHeight - list.clientHeight;
      }
    }
  };
  list.choose = row => { mark(row); setTriggerValue("row", { stamp: data.stamp, row }); };
  const content = JSON.stringify([data.head, data.rows]);
  if (list.content !== content) {
    list.content = content;
    list.count = data.rows.length;
    list.style.setProperty("--columns", data.columns);
    list.style.height = `${data.height}px`;
    list.setAttribute("aria-label", data.label);
    list.replaceChildren();
    const line = (cells, name) => {
      const row = document.createElement("div");
      row.className = name;
      for (const cell of cells) row.appendChild(document.createElement("span")).textContent = cell;
      list.appendChild(row);
      return row;
    };
    line(data.head, "row head");
    data.rows.forEach((cells, n) => {
      const row = line(cells, data.doubts.includes(n) ? "row doubt" : "row");
      row.setAttribute("role", "option");
      row.dataset.row = n;
    });
    if (!data.rows.length) line([data.empty], "none");
  }
  mark(data.at);
}
"""


def choose(
    key: str,
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    at: int | None,
    chosen: Callable[[int], None],
    *,
    stamp: str,
    columns: str,
    height: int,
    label: str,
    doubts: Sequence[int] = (),
    empty: str = "none",
) -> None:
    """Draw rows of text, `at` the chosen one; `chosen` is told the number of a row that is clicked or stepped to.

    stamp: what the rows are of: a click that belongs to other rows is ignored; columns: widths as in CSS; label: for a
    reader who does not see; doubts: rows whose last cell differs from what it should agree with.
    """

    def told() -> None:
        found: Any = getattr(st.session_state.get(key), "row", None)
        if isinstance(found, dict) and found.get("stamp") == stamp and isinstance(found.get("row"), int):
            chosen(found["row"])

    draw = st.components.v2.component("ecgviz_rhythm_rows", js=_JS, css=_CSS)
    data = {"head": list(head), "rows": [list(row) for row in rows], "at": at, "stamp": stamp, "columns": columns}
    data |= {"height": height, "label": label, "doubts": list(doubts), "empty": empty}
    draw(key=key, data=data, height=height + 4, on_row_change=told)
