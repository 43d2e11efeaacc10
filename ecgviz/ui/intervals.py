"""Rate, intervals and axes in words: the head line of a printout and the panel with units and formulas."""

import html

import streamlit as st

from ecgviz.results import Measurements

__all__ = ["head_line", "panel"]

_SHORT = {"Fridericia": "F", "Bazett": "B", "Framingham": "Fr", "Hodges": "H"}
_FORMULA = {
    "Fridericia": "QT / RR<sup>1/3</sup>",
    "Bazett": "QT / RR<sup>1/2</sup>",
    "Framingham": "QT + 154 (1 − RR)",
    "Hodges": "QT + 1.75 (HR − 60)",
}


def _whole(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f}".replace("-", "−")


def head_line(found: Measurements) -> str:
    """The line at the head of a printout; a dash stands for what could not be measured."""
    corrected = dict(found.qtc_ms)
    first = next(iter(corrected), "Fridericia")
    others = ", ".join(f"{_SHORT.get(name, name)} {_whole(ms)}" for name, ms in corrected.items() if name != first)
    axes = "/".join(_whole(axis) for axis in (found.p_axis_deg, found.qrs_axis_deg, found.t_axis_deg))
    parts = [
        f"HR <b>{_whole(found.rate_bpm)}</b>/min",
        f"PR <b>{_whole(found.pr_ms)}</b>",
        f"QRS <b>{_whole(found.qrs_ms)}</b>",
        f"QT <b>{_whole(found.qt_ms)}</b>",
        f"QTc{_SHORT.get(first, '')} <b>{_whole(corrected.get(first))}</b>{f' ({others})' if others else ''} ms",
        f"P/QRS/T axis <b>{axes}</b>°",
    ]
    return "    ".join(parts)


def panel(found: Measurements) -> None:
    """Every measured value with its unit; QTc in four formulas, each with its name."""
    rows = [
        ("Heart rate", found.rate_bpm, "/min", "mean of all RR"),
        ("PR", found.pr_ms, "ms", ""),
        ("QRS", found.qrs_ms, "ms", ""),
        ("QT", found.qt_ms, "ms", ""),
        *((f"QTc {name}", ms, "ms", _FORMULA.get(name, "")) for name, ms in found.qtc_ms.items()),
        ("P axis", found.p_axis_deg, "°", "frontal plane"),
        ("QRS axis", found.qrs_axis_deg, "°", "frontal plane"),
        ("T axis", found.t_axis_deg, "°", "frontal plane"),
    ]
    cells = "".join(
        f"<tr><th scope='row'>{name}</th><td>{_whole(value)}</td><td>{unit if value is not None else ''}</td>"
        f"<td>{note if value is not None else 'could not be measured'}</td></tr>"
        for name, value, unit, note in rows
    )
    st.html(f"<table class='ev-table'><caption>Computed from the unfiltered record</caption>{cells}</table>")
    for flag in found.flags:
        st.html(f"<p class='ev-note'>{html.escape(flag.text)} {html.escape(flag.advice)}</p>")
