"""How far a model can be trusted: under noise, and when it may abstain."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from ecgviz.plot import theme
from ecgviz.plot._axes import Report, curve, guide, layout

__all__ = ["NOISE", "noise", "risk_coverage"]

NOISE = {"em": "electrode motion", "ma": "muscle", "bw": "baseline wander", "bm": "baseline wander"}
HEIGHT = 320


def noise(robustness: Report, title: str, *, frame: str = "light") -> go.Figure:
    """The score over the signal-to-noise ratio, a line for each kind of noise; dotted, the clean one."""
    rows, clean = robustness["noise"], robustness["clean"]["value"]
    kinds = list(dict.fromkeys(row["kind"] for row in rows))
    lines = []
    for n, kind in enumerate(kinds):
        own = sorted((row for row in rows if row["kind"] == kind), key=lambda row: float(row["snr_db"]))
        name = NOISE.get(kind, kind)
        line = curve(n, name, [row["snr_db"] for row in own], [row["value"] for row in own])
        hover = "%{x} dB: %{y:.3f}<extra>" + name + "</extra>"
        lines.append(line | {"mode": "lines+markers", "hovertemplate": hover, "error_y": _ends(own, line)})
    found = layout("Signal-to-noise ratio, dB", title, frame, HEIGHT)
    steps = sorted({float(row["snr_db"]) for row in rows})
    # the worst at the right, as the trace gets worse from left to right
    found["xaxis"] |= {"tickvals": steps, "autorange": "reversed"}
    return go.Figure([guide([steps[0], steps[-1]], [clean, clean], frame), *lines], found)


def _ends(rows: Sequence[Mapping[str, Any]], line: Mapping[str, Any]) -> dict[str, Any]:
    known = all(row.get("low") is not None and row.get("high") is not None for row in rows)
    up = [row["high"] - row["value"] if known else 0 for row in rows]
    down = [row["value"] - row["low"] if known else 0 for row in rows]
    colour = theme.rgba(line["line"]["color"], 0.5)
    shape = {"type": "data", "symmetric": False, "thickness": 1, "width": 0, "color": colour}
    return shape | {"array": up, "arrayminus": down}


def risk_coverage(selective: Report, *, frame: str = "light") -> go.Figure:
    """The share of wrong answers that is left over the share of records that are answered, the surest first."""
    line = curve(0, "risk", selective["coverage"], selective["risk"], filled=True)
    line |= {"hovertemplate": "of the surest %{x:.0%}: risk %{y:.3f}<extra></extra>"}
    risk = f"Risk ({selective['risk_is']})" if "risk_is" in selective else "Risk"
    found = layout("Share of the records answered, the surest first", risk, frame, HEIGHT)
    found["xaxis"] |= {"range": [0, 1.01], "tickformat": ".0%"}
    found["yaxis"] |= {"rangemode": "tozero"}
    return go.Figure([line], found | {"showlegend": False})
