"""How far a model can be trusted: under noise, when it may abstain, and before and after calibration."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from ecgviz.plot import theme
from ecgviz.plot._axes import Report, axis, curve, guide, layout
from ecgviz.plot.forest import told

__all__ = ["CALIBRATION", "NOISE", "WAYS", "calibration", "noise", "risk_coverage"]

NOISE = {"em": "electrode motion", "ma": "muscle", "bw": "baseline wander", "bm": "baseline wander"}
WAYS = {"before": "before", "after": "after", "temperature": "one temperature"}
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


def calibration(found: Mapping[str, Any], *, frame: str = "light") -> go.Figure:
    """Each measure for each way of calibrating, with its interval, in a panel of its own from zero; less is better."""
    look = theme.FRAMES[frame]
    ways = [key for key in WAYS if key in found]
    shown = [key for key in CALIBRATION if all(key in found[way] for way in ways)]
    panel = 46 + 20 * len(ways)
    whole = layout("", "", frame, panel * len(shown) + 8)
    whole |= {"showlegend": False, "dragmode": False, "margin": {"l": 8, "r": 146, "t": 4, "b": 4}, "annotations": []}
    traces = []
    for n, key in enumerate(shown):
        last = "" if n == 0 else str(n + 1)
        top = 1 - n / len(shown)
        place = [top - (panel - 24) / panel / len(shown), top - 20 / panel / len(shown)]
        line = axis("", frame) | {"fixedrange": True, "anchor": f"y{last}", "rangemode": "tozero", "nticks": 6}
        names = {"tickvals": list(range(len(ways))), "ticktext": [f"{WAYS[way]}  " for way in ways]}
        rows = names | {"range": [len(ways) - 0.5, -0.5], "showgrid": False, "fixedrange": True, "showline": False}
        whole[f"xaxis{last}"] = line
        whole[f"yaxis{last}"] = axis("", frame) | rows | {"anchor": f"x{last}", "domain": place}
        head = {"x": 0, "y": place[1], "xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
        whole["annotations"].append(head | {"text": f"<b>{CALIBRATION[key]}</b>", "showarrow": False})
        figures = [found[way][key] for way in ways]
        whole["annotations"] += [_beside(f, row, f"y{last}") for row, f in enumerate(figures)]
        traces.append(_ways(figures, look) | {"xaxis": f"x{last}", "yaxis": f"y{last}"})
    return go.Figure(traces, whole)


def _beside(f: Mapping[str, Any], row: int, panel: str) -> dict[str, Any]:
    where = {"x": 1, "xref": "paper", "xanchor": "left", "xshift": 8, "y": row, "yref": panel, "yanchor": "middle"}
    return where | {"text": told(f["value"], f.get("low"), f.get("high"), 4), "showarrow": False, "font": {"size": 11}}


def _ways(figures: Sequence[Mapping[str, Any]], look: theme.Frame) -> dict[str, Any]:
    up = [f["high"] - f["value"] if f.get("high") is not None else 0 for f in figures]
    down = [f["value"] - f["low"] if f.get("low") is not None else 0 for f in figures]
    bars = {"type": "data", "symmetric": False, "array": up, "arrayminus": down, "thickness": 1.6, "width": 0}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [f["value"] for f in figures],
        "y": list(range(len(figures))),
        "marker": {"size": 9, "color": [look.accent if n == 1 else look.muted for n in range(len(figures))]},
        "error_x": bars | {"color": theme.rgba(look.muted, 0.7)},
        "hovertemplate": "%{x:.4f}<extra></extra>",
        "cliponaxis": False,
    }
