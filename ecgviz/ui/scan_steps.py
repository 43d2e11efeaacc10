"""What each step of reading a page found, as a line of ticks; the one that failed in red, with its reason."""

import html

import streamlit as st

from ecgviz.scans.geometry import STEPS, Digitised, Step

__all__ = ["CSS", "line"]

CSS = """<style>
.ev-steps { display: grid; grid-template-columns: repeat(7, 1fr); gap: .3rem .8rem; margin: 0; padding: 0 !important;
  list-style: none; font-variant-numeric: tabular-nums; }
.ev-steps li { margin: 0; padding-top: .3rem; font-size: .8rem; line-height: 1.3; border-top: 3px solid #2e7d4f; }
.ev-steps li b { display: block; font-size: .9rem; }
.ev-steps li span { opacity: .78; }
.ev-steps li.ev-bad { border-top-color: #c93a31; grid-column: span 2;
  color: color-mix(in srgb, #d6453d 72%, currentColor); }
.ev-steps li.ev-bad span { opacity: 1; }
.ev-steps li.ev-wait { border-top: 3px dotted color-mix(in srgb, currentColor 30%, transparent); opacity: .6; }
.st-key-ev-page, .st-key-ev-page .js-plotly-plot { border-radius: 4px; overflow: hidden; }
.st-key-ev-sheet { overflow-x: auto; border-radius: 4px; }
.st-key-ev-sheet > * { min-width: 560px; }
.ev-stopped { border-left: 4px solid #c93a31; padding: .4rem 1rem; }
.ev-stopped h4 { margin: 0 0 .3rem; padding: 0; }
.ev-stopped p { margin: .2rem 0; }
@media (max-width: 900px) { .ev-steps { grid-template-columns: 1fr; gap: .4rem; } }
</style>"""
_TITLES = {
    "page": "Page",
    "rotation": "Rotation",
    "grid": "Grid",
    "layout": "Layout",
    "leads": "Leads",
    "calibration": "Calibration",
    "trace": "Trace",
}


def line(read: Digitised) -> None:
    """Every step in its order, those that were not reached too."""
    by_name = {step.name: step for step in read.steps}
    items = "".join(_item(name, by_name.get(name)) for name in STEPS)
    st.html(f"{CSS}<ol class='ev-steps' aria-label='Steps of reading the page'>{items}</ol>")


def _item(name: str, step: Step | None) -> str:
    title = _TITLES[name]
    if step is None:
        return f"<li class='ev-wait'><b>– {title}</b><span>not reached</span></li>"
    mark, kind = ("✓", "ev-ok") if step.ok else ("✗", "ev-bad")
    told = "found" if step.ok else "not found"
    return (
        f"<li class='{kind}'><b><i aria-label='{told}'>{mark}</i> {title}</b><span>{html.escape(step.text)}</span></li>"
    )
