"""How far a model can be trusted: under noise, when it may abstain, and before and after calibration."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from ecgviz.plot import theme
from ecgviz.plot._axes import Report, axis, curve, guide, layout

__all__ = ["CALIBRATION", "NOISE", "calibration", "noise", "risk_coverage"]

NOISE = {"em": "electrode motion", "ma": "muscle", "bm": "baseline wander"}
CALIBRATION = {
    "ece": "Calibration error",
    "classwise_ece": "Calibration error, by class",
    "brier": "Brier score",
    "nll": "Log loss",
}
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
        told = "%{x} dB: %{y:.3f}<extra>" + name + "</extra>"
        lines.append(line | {"mode": "lines+markers", "hovertemplate": told, "error_y": _ends(own, line)})
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
    found = layout("Share of the records answered, the surest first", "Risk among them", frame, HEIGHT)
    found["xaxis"] |= {"range": [0, 1.01], "tickformat": ".0%"}
    found["yaxis"] |= {"rangemode": "tozero"}
    return go.Figure([line], found | {"showlegend": False})


def calibration(found: Mapping[str, Any], *, frame: str = "light") -> go.Figure:
    """Each measure before and after calibration with its interval, in a panel of its own from zero; less is better."""
    look = theme.FRAMES[frame]
    shown = [key for key in CALIBRATION if key in found["before"] and key in found["after"]]
    whole = layout("", "", frame, 96 * ((len(shown) + 1) // 2) + 24)
    del whole["xaxis"], whole["yaxis"]
    whole |= {"showlegend": False, "dragmode": False, "margin": {"l": 48, "r": 16, "t": 24, "b": 28}, "annotations": []}
    traces = []
    for n, key in enumerate(shown):
        last = "" if n == 0 else str(n + 1)
        across, down = _domain(n, len(shown))
        line = axis("", frame) | {"fixedrange": True, "anchor": f"y{last}", "rangemode": "tozero", "nticks": 4}
        names = {"tickvals": [0, 1], "ticktext": ["before", "after"], "range": [1.6, -0.6], "showgrid": False}
        whole[f"xaxis{last}"] = line | {"domain": across}
        whole[f"yaxis{last}"] = axis("", frame) | names | {"fixedrange": True, "anchor": f"x{last}", "domain": down}
        head = {"x": across[0], "y": down[1], "xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
        whole["annotations"].append(head | {"text": CALIBRATION[key], "showarrow": False, "font": {"size": 12}})
        traces.append(
            _two(found["before"][key], found["after"][key], look) | {"xaxis": f"x{last}", "yaxis": f"y{last}"}
        )
    return go.Figure(traces, whole)


def _domain(n: int, panels: int) -> tuple[list[float], list[float]]:
    """Place of the n-th panel in two columns, as shares of the width and the height."""
    rows = (panels + 1) // 2
    left, top = 0.54 * (n % 2), 1 - (n // 2) / rows
    return [left, left + 0.46], [top - 0.55 / rows, top - 0.12 / rows]


def _two(before: Mapping[str, Any], after: Mapping[str, Any], look: theme.Frame) -> dict[str, Any]:
    both = (before, after)
    ends = [[f["high"] - f["value"] if f.get("high") is not None else 0 for f in both]]
    ends.append([f["value"] - f["low"] if f.get("low") is not None else 0 for f in both])
    bars = {"type": "data", "symmetric": False, "array": ends[0], "arrayminus": ends[1], "thickness": 1.6, "width": 0}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [f["value"] for f in both],
        "y": [0, 1],
        "marker": {"size": 9, "color": [look.muted, look.accent]},
        "error_x": bars | {"color": theme.rgba(look.muted, 0.7)},
        "hovertemplate": "%{x:.4f}<extra></extra>",
        "cliponaxis": False,
    }
