"""What the charts beside the paper have in common: axes, a line, a guide, and the look of both frames."""

from collections.abc import Mapping, Sequence
from typing import Any

from ecgviz.plot import theme

__all__ = ["Report", "axis", "curve", "guide", "layout", "shares"]

Report = Mapping[str, Any]
_DASHES = ("solid", "dash", "dot", "dashdot", "longdash")


def curve(n: int, name: str, x: Sequence[float], y: Sequence[float], *, filled: bool = False) -> dict[str, Any]:
    """The n-th line of a chart, in a colour and dash of its own; filled: down to zero."""
    colour, dash = theme.SERIES[n % len(theme.SERIES)], _DASHES[n // len(theme.SERIES) % len(_DASHES)]
    line = {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": list(x),
        "y": list(y),
        "line": {"color": colour, "width": 2, "dash": dash},
        "hovertemplate": "%{x:.3f}, %{y:.3f}<extra>" + name + "</extra>",
    }
    return line | ({"fill": "tozeroy", "fillcolor": theme.rgba(colour, 0.08)} if filled else {})


def guide(x: Sequence[float], y: Sequence[float], frame: str) -> dict[str, Any]:
    """A dotted line to compare with, out of the legend."""
    line = {"color": theme.FRAMES[frame].muted, "width": 1, "dash": "dot"}
    return {
        "type": "scatter",
        "mode": "lines",
        "x": list(x),
        "y": list(y),
        "line": line,
        "hoverinfo": "skip",
        "showlegend": False,
    }


def axis(title: str, frame: str) -> dict[str, Any]:
    """An axis with its title."""
    look = theme.FRAMES[frame]
    return {
        "title": {"text": title, "font": {"size": 13}},
        "gridcolor": look.rule,
        "linecolor": look.rule,
        "showline": True,
        "zeroline": False,
        "automargin": True,
    }


def layout(x: str, y: str, frame: str, height: int = 420) -> dict[str, Any]:
    """The layout of a chart with these axis titles; height in px."""
    look = theme.FRAMES[frame]
    return {
        "template": {},
        "height": height,
        "margin": {"l": 56, "r": 16, "t": 16, "b": 48},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": theme.SANS, "size": 12, "color": look.text},
        "hoverlabel": {"font": {"family": theme.SANS}},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": {"size": 12}},
        "modebar": {"remove": [*theme.UPLOADS, "select2d", "lasso2d", "autoscale"], "bgcolor": "rgba(0,0,0,0)"},
        "xaxis": axis(x, frame),
        "yaxis": axis(y, frame),
    }


def shares(x: str, y: str, frame: str) -> dict[str, Any]:
    """A layout with axes from 0 to 1 of one scale, so that the diagonal is one."""
    found = layout(x, y, frame)
    share = {"range": [-0.01, 1.01], "dtick": 0.2, "constrain": "domain"}
    found["xaxis"] |= share
    found["yaxis"] |= share | {"scaleanchor": "x", "scaleratio": 1}
    return found
