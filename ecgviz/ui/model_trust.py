"""What was examined about one model besides its scores, a fold each; what its report does not hold has no fold."""

import html
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from ecgviz.card import ModelCard
from ecgviz.plot import training, trust
from ecgviz.plot.forest import Row, forest
from ecgviz.ui import viewport
from ecgviz.ui.model_tasks import METRICS, TASKS, question

__all__ = ["folds"]

Report = Mapping[str, Any]
_MEASURES = {
    "ece": "Calibration error",
    "classwise_ece": "Calibration error, mean of the findings",
    "brier": "Brier score",
    "nll": "Log loss",
}
_WAYS = {"before": "before", "after": "after, as shipped", "temperature": "one temperature"}
_FEWEST, _SMALL = 10, 50
"""Records of a hospital: under the first its figure is not shown, under the second it is drawn open."""
_NAMES = {task: asked.short for task, asked in TASKS.items()}
_WORDS = METRICS | {"ece": "calibration error", "fnr": "missed findings", "mean_set_size": "findings in a set"}


@dataclass(frozen=True)
class _Fold:
    title: str
    icon: str
    needs: tuple[str, ...]
    draw: Callable[[ModelCard, Report], None]


def folds(card: ModelCard, report: Report) -> None:
    """Each fold is drawn when it is opened, and stays open when another model is chosen."""
    for key, fold in _FOLDS.items():
        if any(report.get(name) for name in fold.needs):
            with st.expander(fold.title, icon=f":material/{fold.icon}:", key=f"fold-{key}", on_change="rerun") as part:
                if part.open:
                    fold.draw(card, report)


def _say(text: str) -> None:
    st.html(f"<p class='ev-note'>{html.escape(text)}</p>")


def _chart(figure: go.Figure, key: str, alt: str) -> None:
    config = {"displayModeBar": False}
    st.plotly_chart(figure, width="stretch", theme=None, key=f"trust-{key}", config=config, alt=alt)


def _forest(
    rows: Iterable[Row], title: str, key: str, line: tuple[float | None, str] = (None, ""), **look: Any
) -> None:
    listed, narrow = list(rows), viewport.narrow()
    figure = forest(listed, title, line=line[0], line_name=line[1], narrow=narrow, frame=_frame(), **look)
    _chart(figure, key, "; ".join(f"{row.name} {row.value:.3f}" for row in listed if row.value is not None))


def _frame() -> str:
    return st.context.theme.type or "light"


def _row(name: str, figure: Mapping[str, Any] | None, **more: Any) -> Row:
    ends = figure or {}
    return Row(name, ends.get("value"), ends.get("low"), ends.get("high"), **more)


def _n(found: Mapping[str, Any]) -> str:
    n = found.get("n")
    n = n.get("value") if isinstance(n, Mapping) else n
    return f"{int(n):,} records" if n is not None else ""


def _value(report: Report, metric: str) -> float | None:
    found: float | None = (report.get("metrics", {}).get(metric) or {}).get("value")
    return found


def _calibration(_: ModelCard, report: Report) -> None:
    other = " One temperature for all findings is the simpler way, for comparison." * (
        "temperature" in report["calibration"]
    )
    _say(f"How far a probability lies from the share that is observed, on the test records; less is better.{other}")
    for measure, title in _MEASURES.items():
        rows = [_row(words, report["calibration"].get(way, {}).get(measure)) for way, words in _WAYS.items()]
        known = [row for row in rows if row.value is not None]
        if known:
            _forest(known, title, f"calibration-{measure}", from_zero=True, digits=4)


def _conformal(_: ModelCard, report: Report) -> None:
    found = report["conformal"]
    alpha = found["alpha"]
    _say(
        f"Instead of each finding's own threshold, one threshold of {found['threshold']:.3f} for all, chosen on "
        f"validation so that on average at most {alpha:.0%} of a record's true findings are missed. The promise holds "
        "for patients like those of validation; below is what happened on the test records and in each group."
    )
    groups = found.get("subgroups", {})
    for metric, title, line in (
        ("fnr", "Share of true findings missed", (alpha, f"promised: {alpha:g}")),
        ("mean_set_size", "Findings in a set, mean", ((found.get("mean_set_size") or {}).get("value"), "all")),
    ):
        rows = [_row("all", found.get(metric))]
        rows += [_row(name, group.get(metric), note=_n(group)) for name, group in groups.items()]
        _forest(rows, title, f"conformal-{metric}", line)
    if empty := found.get("empty_share"):
        _say(f"Records without any finding in their set: {empty['value']:.1%}.")


def _selective(_: ModelCard, report: Report) -> None:
    found = report["selective"]
    _say(
        "If the model answers only the records that it is surest of, how often is it wrong on those? A curve that "
        f"falls to the left means that its doubt is worth something. Area below the curve: {found['aurc']:.3f}."
    )
    _chart(trust.risk_coverage(found, frame=_frame()), "selective", "Risk over the share of records answered")


def _subgroups(card: ModelCard, report: Report) -> None:
    if groups := report.get("subgroups"):
        few = [int(found["classes"]["value"]) for found in groups.values() if "classes" in found]
        _say(
            "Women and men, and bands of age. Averaged over the findings with at least 10 positives and 10 negatives "
            "in every group of a kind, so that groups can be compared with one another"
            + (f"; these are {min(few)} to {max(few)} of the {len(card.labels)}." if few else ".")
        )
        own = [_row(name, found.get("macro_auroc"), note=_n(found)) for name, found in groups.items()]
        _forest(own, METRICS["macro_auroc"], "subgroups")
    if found := report.get("subgroup_calibration"):
        for metric, title in (("sensitivity", "Sensitivity at the common thresholds"), ("ece", "Calibration error")):
            own = [_row(name, row[metric], note=_n(row)) for name, row in found.items() if row.get(metric)]
            if own:
                _forest(own, title, f"subgroup-{metric}")
    if rows := report.get("subgroup_differences"):
        _differences(rows)


def _differences(rows: list[Mapping[str, Any]]) -> None:
    _say(
        "Differences between groups; p is corrected for their number (Holm). An interval that leaves zero out while p "
        "is above 0.05 is no finding."
    )
    for metric in dict.fromkeys(row["metric"] for row in rows):
        own = [
            _row(
                f"{row['of']} less {row['against']}, p {row['p_holm']:.2f}".replace("age ", ""),
                row,
                note=f"p {row['p']:.3f} uncorrected",
            )
            for row in rows
            if row["metric"] == metric
        ]
        _forest(own, f"Difference, {_WORDS.get(metric, metric)}", f"difference-{metric}", (0.0, "none"))


def _robustness(_: ModelCard, report: Report) -> None:
    found = report["robustness"]
    clean, metric = found["clean"]["value"], METRICS.get(found["metric"], found["metric"])
    _say(f"{metric} when the same {found['n']:,} records ({found['split']}) are spoilt on purpose.")
    for note in [*found.get("notes", ()), *filter(None, [found.get("noise_omitted")])]:
        _say(note)
    rows = [_row(row["condition"], row, head=str(row["group"]).capitalize()) for row in found.get("rows", ())]
    if rows:
        _forest(rows, metric, "robustness", (clean, f"untouched: {clean:.3f}"))
    if found.get("noise"):
        _say(
            "Real noise added to every record; at 0 dB it is as strong as the ECG. The dotted line is the clean score."
        )
        _chart(trust.noise(found, metric, frame=_frame()), "noise", f"{metric} over the signal-to-noise ratio")


def _external(card: ModelCard, report: Report) -> None:
    found = report["external"]
    key = question(card.task).score if question(card.task).score in found["metrics"] else "macro_auroc"
    _say(f"{found['data']}: hospitals that the training knew nothing of, at the same thresholds.")
    for metric in dict.fromkeys((key, "macro_auroc")):
        if metric not in found["metrics"]:
            continue
        rows = [_row("all sources", found["metrics"][metric], note=_n(found))]
        for name, source in (found.get("sources") or {}).items():
            few = source["n"] < _FEWEST
            found_there = None if few else source.get("metrics", source).get(metric)
            more = {"note": "too few to tell"} if few else {}
            rows.append(_row(f"{name}, n = {source['n']}", found_there, faded=source["n"] < _SMALL, **more))
        here = _value(report, metric)
        line = (here, "" if here is None else f"own test fold: {here:.3f}")
        _forest(rows, METRICS.get(metric, metric), f"external-{metric}", line)


def _tasks(_: ModelCard, report: Report) -> None:
    _say("The same outputs scored as the smaller tasks of the PTB-XL benchmark, on the records that each of them uses.")
    rows = []
    for task, found in report["tasks"].items():
        told = f"{question(task).short}, n = {found['n']:,}"
        rows.append(_row(told, found["metrics"].get("macro_auroc"), note=f"{found.get('classes', '')} classes"))
    _forest(rows, METRICS["macro_auroc"], "tasks")


def _training(card: ModelCard, report: Report) -> None:
    rows = report["history"]
    seconds = sum(float(row.get("seconds", 0)) for row in rows)
    told = f"{len(rows)} epochs" + (f", {seconds / 60:.0f} minutes" if seconds else "")
    setting = {k: card.training[k] for k in ("lr", "batch", "seed", "crop_s") if k in card.training}
    names = {"lr": "highest learning rate", "batch": "records a step", "seed": "seed", "crop_s": "seconds a crop"}
    _say("; ".join([told, *(f"{names[k]} {v:g}" for k, v in setting.items())]) + ".")
    left, right = st.columns(2, gap="medium")
    with left:
        _chart(training.loss(report, frame=_frame()), "loss", "Training loss by epoch")
    with right:
        _chart(training.validation(report, _NAMES, frame=_frame()), "validation", "Validation macro AUROC by epoch")


def _audit(_: ModelCard, report: Report) -> None:
    rows = "".join(
        f"<tr><td>{'passed' if row['passed'] else 'failed'}</td><th>{html.escape(str(row['what']))}</th>"
        f"<td>{html.escape(str(row['found']))}</td></tr>"
        for row in report["audit"]["checked"]
    )
    st.html(f"<table class='ev-table'>{rows}</table>")


def _optimistic(_: ModelCard, report: Report) -> None:
    found = report["optimistic"].get("metrics", report["optimistic"])
    told = ", ".join(f"{name} {found[key]:.3f}" for key, name in METRICS.items() if key in found)
    _say(
        "The same model with thresholds chosen on the very records it is tested on, as is often done. Nobody should "
        f"quote these: {told}."
    )


_FOLDS: dict[str, _Fold] = {
    "calibration": _Fold("Calibration, before and after", "balance", ("calibration",), _calibration),
    "conformal": _Fold("Sets that promise not to miss", "rule", ("conformal",), _conformal),
    "selective": _Fold("When it may abstain", "pan_tool", ("selective",), _selective),
    "subgroups": _Fold(
        "Women, men, ages", "groups", ("subgroups", "subgroup_calibration", "subgroup_differences"), _subgroups
    ),
    "robustness": _Fold("Missing leads, swaps, noise", "electrical_services", ("robustness",), _robustness),
    "external": _Fold("Other hospitals", "domain", ("external",), _external),
    "tasks": _Fold("Smaller tasks of the benchmark", "checklist", ("tasks",), _tasks),
    "training": _Fold("Training", "show_chart", ("history",), _training),
    "audit": _Fold("Audit of the splits", "fact_check", ("audit",), _audit),
    "optimistic": _Fold("What not to believe", "visibility_off", ("optimistic",), _optimistic),
}
