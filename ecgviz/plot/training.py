"""How a training went: loss and validation scores after each epoch."""

import math
from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go

from ecgviz.errors import EcgvizError
from ecgviz.plot._axes import Report, curve, layout

__all__ = ["loss", "validation"]

HEIGHT = 300


def loss(report: Report, *, frame: str = "light") -> go.Figure:
    """Mean training loss of each epoch, with the learning rate at its end to read beside it."""
    rows = _rows(report)
    line = curve(0, "training loss", [row["epoch"] for row in rows], [row["train_loss"] for row in rows])
    rates = [f", learning rate {row['lr']:.1e}" if "lr" in row else "" for row in rows]
    line |= {"customdata": rates, "hovertemplate": "epoch %{x}: %{y:.4f}%{customdata}<extra></extra>"}
    return go.Figure([line], layout("Epoch", "Training loss", frame, HEIGHT))


def validation(report: Report, names: Mapping[str, str] | None = None, *, frame: str = "light") -> go.Figure:
    """Macro AUROC on the validation part by epoch: the mean that chose the checkpoint, and each task of the network.

    names: of the tasks, in words.
    """
    rows = _rows(report)
    tasks = [k for k in rows[-1] if k.startswith("val_") and k != "val_macro_auroc"]
    shown = ["val_macro_auroc", *tasks] if len(tasks) != 1 else ["val_macro_auroc"]
    lines = []
    for n, key in enumerate(shown):
        task = key.removeprefix("val_")
        name = "mean of the tasks" if n == 0 else (names or {}).get(task, task)
        line = curve(n, name, [row["epoch"] for row in rows], [row.get(key, math.nan) for row in rows])
        lines.append(line | {"hovertemplate": "epoch %{x}: %{y:.4f}<extra>" + name + "</extra>"})
    found = layout("Epoch", "Validation macro AUROC", frame, HEIGHT)
    found["showlegend"] = len(lines) > 1
    return go.Figure([*lines, _best(rows)], found)


def _best(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The epoch whose weights were kept."""
    top = max(rows, key=lambda row: float(row["val_macro_auroc"]))
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "kept",
        "x": [top["epoch"]],
        "y": [top["val_macro_auroc"]],
        "marker": {"size": 10, "symbol": "circle-open", "line": {"width": 2}, "color": "#4477aa"},
        "hovertemplate": "kept: epoch %{x}, %{y:.4f}<extra></extra>",
    }


def _rows(report: Report) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = report.get("history") or []
    if not rows:
        raise EcgvizError(
            f"The report of {report.get('model', 'this model')} has no history; train it again to get one."
        )
    return rows
