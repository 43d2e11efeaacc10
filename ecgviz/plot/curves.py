"""How well a model did, drawn from its report: one curve per finding on axes that are the same for every model."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from ecgviz.card import ModelCard
from ecgviz.errors import EcgvizError
from ecgviz.plot import theme

__all__ = ["history", "precision_recall", "reliability", "roc", "size_against_score"]

Report = Mapping[str, Any]


def roc(report: Report, labels: Sequence[str] | None = None, *, frame: str = "light") -> go.Figure:
    """Sensitivity over 1 - specificity for some labels of `report.json` (all unless said otherwise), with the AUROC."""
    chosen = _chosen(report, labels)
    areas = {row["label"]: _value(row.get("auroc")) for row in report.get("per_class", ())}
    lines = [
        _curve(
            n, f"{label}{_figure(areas.get(label))}", curve["roc"]["fpr"], curve["roc"]["tpr"], alone=len(chosen) == 1
        )
        for n, (label, curve) in enumerate(chosen.items())
    ]
    chance = _guide([0, 1], [0, 1], frame)
    return go.Figure([chance, *lines], _square("1 − specificity", "Sensitivity", frame))


def precision_recall(report: Report, labels: Sequence[str] | None = None, *, frame: str = "light") -> go.Figure:
    """Precision over sensitivity for some labels, with the area below."""
    chosen = _chosen(report, labels)
    areas = {row["label"]: _value(row.get("auprc")) for row in report.get("per_class", ())}
    lines = [
        _curve(
            n,
            f"{label}{_figure(areas.get(label))}",
            curve["pr"]["recall"],
            curve["pr"]["precision"],
            alone=len(chosen) == 1,
        )
        for n, (label, curve) in enumerate(chosen.items())
    ]
    return go.Figure(lines, _square("Sensitivity (recall)", "Precision", frame))


def reliability(report: Report, labels: Sequence[str] | None = None, *, frame: str = "light") -> go.Figure:
    """Observed share over predicted probability; the area of a point tells how many records stand behind it."""
    points = []
    for n, (label, curve) in enumerate(_chosen(report, labels).items()):
        binned = curve["reliability"]
        largest = max([*binned["count"], 1])
        line = _curve(n, label, binned["predicted"], binned["observed"], alone=False) | {"mode": "lines+markers"}
        line["marker"] = {"size": [5 + 15 * (count / largest) ** 0.5 for count in binned["count"]], "opacity": 0.8}
        line["customdata"] = binned["count"]
        line["hovertemplate"] = (
            "predicted %{x:.2f}, observed %{y:.2f}<br>%{customdata} records<extra>" + label + "</extra>"
        )
        points.append(line)
    return go.Figure(
        [_guide([0, 1], [0, 1], frame), *points], _square("Predicted probability", "Observed share", frame)
    )


def history(report: Report, *, frame: str = "light") -> go.Figure:
    """Training loss (left axis) and macro AUROC on the validation part (right axis) after each epoch."""
    epochs = report.get("history") or []
    if not epochs:
        raise EcgvizError(
            f"The report of {report.get('model', 'this model')} has no history; train it again to get one."
        )
    x = [row["epoch"] for row in epochs]
    loss = _curve(0, "training loss", x, [row["train_loss"] for row in epochs], alone=False)
    score = _curve(1, "validation macro AUROC", x, [row["val_macro_auroc"] for row in epochs], alone=False)
    for line, shown in ((loss, "%{y:.4f}"), (score, "%{y:.3f}")):
        line["hovertemplate"] = f"epoch %{{x}}: {shown}<extra></extra>"
    look = theme.FRAMES[frame]
    layout = _layout("Epoch", "Training loss", look)
    layout["yaxis2"] = _axis("Validation macro AUROC", look) | {
        "overlaying": "y",
        "side": "right",
        "showgrid": False,
        "tickmode": "auto",
        "nticks": 6,
        "tickformat": ".2f",
    }
    return go.Figure([loss, score | {"yaxis": "y2"}], layout)


def size_against_score(cards: Sequence[ModelCard], metric: str = "macro_auroc", *, frame: str = "light") -> go.Figure:
    """Each model's score with its 95 % interval over its number of parameters (logarithmic)."""
    shown = [card for card in cards if metric in card.metrics]
    scores = [card.metrics[metric] for card in shown]
    points = {
        "type": "scatter",
        "mode": "markers+text",
        "x": [card.parameters for card in shown],
        "y": [score.value for score in scores],
        "text": [card.title for card in shown],
        "textposition": "top center",
        "customdata": [card.ms_per_record for card in shown],
        "hovertemplate": "<b>%{text}</b><br>%{x:,} parameters, %{y:.3f}, %{customdata:.0f} ms<extra></extra>",
        "marker": {"size": 11, "color": theme.FRAMES[frame].accent},
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": [(score.high or score.value) - score.value for score in scores],
            "arrayminus": [score.value - (score.low or score.value) for score in scores],
            "thickness": 1.2,
        },
        "cliponaxis": False,
    }
    layout = _layout("Parameters", metric.replace("_", " "), theme.FRAMES[frame])
    layout["xaxis"] |= {"type": "log"}
    return go.Figure([points], layout)


def _chosen(report: Report, labels: Sequence[str] | None) -> dict[str, Any]:
    """The report's curves of these labels; a label without a positive case in the test part has none."""
    curves = report.get("curves", {})
    wanted = list(curves) if labels is None else list(labels)
    if not [label for label in wanted if label in curves]:
        asked, known = ", ".join(wanted) or "any finding", ", ".join(curves) or "none"
        model = report.get("model", "this model")
        raise EcgvizError(f"The report of {model} has no curve for {asked}; it has {known}.")
    return {label: curves[label] for label in wanted if label in curves}


def _value(number: Any) -> float | None:
    found = number.get("value") if isinstance(number, Mapping) else number
    return None if found is None else float(found)


def _figure(value: float | None) -> str:
    return "" if value is None else f"  {value:.3f}"


def _curve(n: int, name: str, x: Sequence[float], y: Sequence[float], *, alone: bool) -> dict[str, Any]:
    colour, dash = (
        theme.SERIES[n % len(theme.SERIES)],
        ("solid", "dash", "dot", "dashdot", "longdash")[n // len(theme.SERIES) % 5],
    )
    filled = {"fill": "tozeroy", "fillcolor": theme.rgba(colour, 0.08)} if alone else {}
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": list(x),
        "y": list(y),
        "line": {"color": colour, "width": 2, "dash": dash},
        "hovertemplate": "%{x:.3f}, %{y:.3f}<extra>" + name + "</extra>",
    } | filled


def _guide(x: Sequence[float], y: Sequence[float], frame: str) -> dict[str, Any]:
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


def _axis(title: str, look: theme.Frame) -> dict[str, Any]:
    return {
        "title": {"text": title, "font": {"size": 13}},
        "gridcolor": look.rule,
        "linecolor": look.rule,
        "showline": True,
        "zeroline": False,
        "automargin": True,
    }


def _layout(x: str, y: str, look: theme.Frame) -> dict[str, Any]:
    return {
        "template": {},
        "height": 420,
        "margin": {"l": 56, "r": 16, "t": 16, "b": 48},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": theme.SANS, "size": 12, "color": look.text},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": {"size": 12}},
        "modebar": {"remove": [*theme.UPLOADS, "select2d", "lasso2d", "autoscale"], "bgcolor": "rgba(0,0,0,0)"},
        "xaxis": _axis(x, look),
        "yaxis": _axis(y, look),
    }


def _square(x: str, y: str, frame: str) -> dict[str, Any]:
    """Axes from 0 to 1 with one scale, so that the diagonal is one."""
    layout = _layout(x, y, theme.FRAMES[frame])
    share = {"range": [-0.01, 1.01], "dtick": 0.2, "constrain": "domain"}
    layout["xaxis"] |= share
    layout["yaxis"] |= share | {"scaleanchor": "x", "scaleratio": 1}
    return layout
