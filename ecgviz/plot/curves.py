"""How well a model tells its findings apart, drawn one curve a finding, on the same axes for every model."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from ecgviz.errors import EcgvizError
from ecgviz.plot._axes import Report, curve, guide, shares

__all__ = ["precision_recall", "reliability", "roc"]


def roc(report: Report, labels: Sequence[str] | None = None, *, frame: str = "light") -> go.Figure:
    """Sensitivity over 1 - specificity for some labels of `report.json` (all unless said otherwise), with the AUROC."""
    lines = _lines(report, labels, "roc", ("fpr", "tpr"), "auroc")
    return go.Figure([guide([0, 1], [0, 1], frame), *lines], shares("1 − specificity", "Sensitivity", frame))


def precision_recall(report: Report, labels: Sequence[str] | None = None, *, frame: str = "light") -> go.Figure:
    """Precision over sensitivity for some labels, with the area below."""
    lines = _lines(report, labels, "pr", ("recall", "precision"), "auprc")
    return go.Figure(lines, shares("Sensitivity (recall)", "Precision", frame))


def reliability(report: Report, labels: Sequence[str] | None = None, *, frame: str = "light") -> go.Figure:
    """Observed share over predicted probability; the area of a point tells how many records stand behind it."""
    points = []
    for n, (label, found) in enumerate(_chosen(report, labels).items()):
        binned = found["reliability"]
        largest = max([*binned["count"], 1])
        line = curve(n, label, binned["predicted"], binned["observed"]) | {"mode": "lines+markers"}
        line["marker"] = {"size": [5 + 15 * (count / largest) ** 0.5 for count in binned["count"]], "opacity": 0.8}
        line["customdata"] = binned["count"]
        told = "predicted %{x:.2f}, observed %{y:.2f}<br>%{customdata} records<extra>"
        line["hovertemplate"] = told + label + "</extra>"
        points.append(line)
    diagonal = guide([0, 1], [0, 1], frame)
    return go.Figure([diagonal, *points], shares("Predicted probability", "Observed share", frame))


def _lines(
    report: Report, labels: Sequence[str] | None, kind: str, axes: tuple[str, str], area: str
) -> list[dict[str, Any]]:
    chosen = _chosen(report, labels)
    areas = {row["label"]: _value(row.get(area)) for row in report.get("per_class", ())}
    return [
        curve(n, f"{label}{_figure(areas.get(label))}", *(found[kind][a] for a in axes), filled=len(chosen) == 1)
        for n, (label, found) in enumerate(chosen.items())
    ]


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
    found = number.get("value") if isinstance(number, dict) else number
    return None if found is None else float(found)


def _figure(value: float | None) -> str:
    return "" if value is None else f"  {value:.3f}"
