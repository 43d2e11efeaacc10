"""Finishing a page by hand: what a person states overrides what was looked for."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from ecgviz.errors import ReadError
from ecgviz.leads import STANDARD_12, canonical
from ecgviz.plot.layout import GAINS, LAYOUTS, SPEEDS
from ecgviz.record import Scan
from ecgviz.scans.geometry import Digitised, Hints

__all__ = ["form", "given"]

_KEY = "_hints"
_CORNERS = ("Top left", "Top right", "Bottom right", "Bottom left")
_FOUND = "as found"
_TURNS = {"as found": None, "0°": 0.0, "90° clockwise": 90.0, "180°": 180.0, "90° anticlockwise": 270.0}


def given(scan: Scan) -> Hints:
    """What was stated for this picture."""
    kept: tuple[str, Hints] | None = st.session_state.get(_KEY)
    return kept[1] if kept is not None and kept[0] == scan.digest else Hints()


def form(scan: Scan, read: Digitised) -> None:
    """The form, opened where a step failed; every field may stay as found."""
    failed = next((step for step in read.steps if not step.ok), None)
    title = f"Finish by hand: {failed.name}" if failed else "Correct by hand"
    with st.expander(title, icon=":material/edit:", expanded=failed is not None):
        st.caption("State what you can see; the rest is still looked for. Pixels count from the picture's top left.")
        with st.form(f"hints-{scan.digest[:12]}", border=False):
            stated = _fields(scan, given(scan))
            read_again = st.form_submit_button("Read again with this", type="primary", icon=":material/refresh:")
        if read_again:
            _keep(scan, _hints(scan, stated))
        if given(scan) != Hints():
            st.button("Forget what was stated", on_click=_forget, icon=":material/undo:")


def _keep(scan: Scan, hints: Hints) -> None:
    st.session_state[_KEY] = (scan.digest, hints)
    st.rerun()


def _forget() -> None:
    st.session_state.pop(_KEY, None)


def _fields(scan: Scan, before: Hints) -> dict[str, Any]:
    row = st.columns([1.5, 1, 1, 1, 1.3], gap="small")
    layouts = [_FOUND, *(key for key in LAYOUTS if key != "rows")]
    stated: dict[str, Any] = {
        "layout": row[0].selectbox(
            "Layout",
            layouts,
            index=layouts.index(before.layout) if before.layout in layouts else 0,
            format_func=lambda key: key if key == _FOUND else LAYOUTS[key].label,
        ),
        "speed": _number_of(row[1], "Speed, mm/s", SPEEDS, before.speed_mm_s),
        "gain": _number_of(row[2], "Gain, mm/mV", GAINS, before.gain_mm_mv),
        "px_per_mm": row[3].number_input("Pixels per mm", 1.0, 60.0, before.px_per_mm, 0.1, placeholder=_FOUND),
        "turn": row[4].selectbox("Turn it by", list(_TURNS), index=list(_TURNS.values()).index(before.rotation_deg)),
    }
    return stated | {"corners": _corners(scan, before), "boxes": _boxes(before, f"boxes-{scan.digest[:8]}")}


def _corners(scan: Scan, before: Hints) -> list[tuple[float | None, float | None]]:
    high, wide = (float(side) for side in scan.pixels.shape[:2])
    st.caption(f"Corners of the sheet or of the printed grid, as it stands upright: x 0 to {wide:g}, y 0 to {high:g}.")
    kept = before.corners or ((None, None),) * 4
    corners = []
    for n, place in enumerate(st.columns(4, gap="small")):
        name, key = _CORNERS[n], f"corner-{scan.digest[:8]}-{n}"
        x = place.number_input(f"{name} x", 0.0, wide, kept[n][0], 1.0, placeholder=_FOUND, key=f"{key}-x")
        y = place.number_input(f"{name} y", 0.0, high, kept[n][1], 1.0, placeholder=_FOUND, key=f"{key}-y")
        corners.append((x, y))
    return corners


def _number_of(place: Any, label: str, allowed: tuple[float, ...], before: float | None) -> float | None:
    options: list[float | None] = [None, *allowed]
    at = options.index(before) if before in options else 0
    chosen: float | None = place.selectbox(
        label, options, index=at, format_func=lambda value: _FOUND if value is None else f"{value:g}"
    )
    return chosen


def _boxes(before: Hints, key: str) -> pd.DataFrame:
    st.caption("Boxes of leads in pixels, a row each; leads without a row are looked for.")
    table = pd.DataFrame(before.boxes, columns=["lead", "left", "top", "right", "bottom"])
    table = table.astype({"lead": "object"} | dict.fromkeys(["left", "top", "right", "bottom"], "float64"))
    leads = st.column_config.SelectboxColumn("Lead", options=list(STANDARD_12))
    return st.data_editor(
        table, num_rows="dynamic", hide_index=True, column_config={"lead": leads}, height=150, key=key
    )


def _hints(scan: Scan, stated: Mapping[str, Any]) -> Hints:
    """The form as Hints. Raises ReadError for some corners without the others, or a box without an area."""
    corners = stated["corners"]
    known = [x is not None and y is not None for x, y in corners]
    if any(value is not None for pair in corners for value in pair) and not all(known):
        lacking = ", ".join(name.lower() for name, there in zip(_CORNERS, known, strict=True) if not there)
        raise ReadError(f"The corner {lacking} lacks a number; state x and y of all four, or of none.")
    boxes = []
    for row in stated["boxes"].itertuples(index=False):
        numbers = [float(value) for value in row[1:]]
        if not row[0] or pd.isna(numbers).any() or numbers[0] >= numbers[2] or numbers[1] >= numbers[3]:
            raise ReadError(f"The box of {row[0] or 'a lead'} is incomplete; state lead, left, top, right, bottom.")
        boxes.append((canonical(str(row[0])), *numbers))
    return Hints(
        corners=tuple((float(x), float(y)) for x, y in corners) if all(known) else None,
        layout=None if stated["layout"] == _FOUND else stated["layout"],
        px_per_mm=stated["px_per_mm"],
        boxes=tuple(boxes),  # type: ignore[arg-type]
        speed_mm_s=stated["speed"],
        gain_mm_mv=stated["gain"],
        rotation_deg=_TURNS[stated["turn"]],
    )
