"""The two tables of beat classifiers side by side: the Kaggle split, like the seeds, and DS1 to DS2."""

import csv
import html
import io
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from ecgviz.zoo import beats

__all__ = ["as_csv", "merged", "show"]

Row = Mapping[str, Any]
SPLITS = ("kaggle", "inter_patient")
_HEADS = {
    "kaggle": "Kaggle split: beats at random, the same 48 people in training and test",
    "inter_patient": "DS1 → DS2: other people in the test",
}
_COLUMNS = {
    "kaggle": {"macro_f1": "Macro-F1", "weighted_f1": "Weighted F1", "accuracy": "Accuracy"},
    "inter_patient": {
        "macro_f1": "Macro-F1 (N S V F)",
        "macro_f1_nsv": "Macro-F1 (N S V)",
        "f1_S": "F1 of S",
        "f1_V": "F1 of V",
        "f1_F": "F1 of F",
        "accuracy": "Accuracy",
        "jk": "jk index",
    },
}
_CLASSES = ("N", "S", "V", "F", "Q")
NOTES = (
    "In the Kaggle split 96.1 % of the test beats have a neighbouring beat of the same person in training that shares "
    "raw samples with it: its figures say how well a beat of a known person is recognised, and nothing of a new one.",
    "DS1 → DS2 (de Chazal 2004) has 22 records on each side and no paced ones. Records 201 (DS1) and 202 (DS2) are one "
    "person. Nearly all F beats of DS2 are of record 213, so F1 of F is the figure of one person.",
    "e and j count as N, as the AAMI groups them. Intervals: 95 % by resampling whole records; ± is the SD over "
    "seeds. Every row has the same windows and the same trainer.",
)
CSS = """<style>
.ev-beats { overflow-x: auto; font-variant-numeric: tabular-nums; }
.ev-beats table { border-collapse: collapse; font-size: .86rem; width: 100%; }
.ev-beats th { font-weight: 500; font-size: .78rem; opacity: .72; text-align: left; padding: .2rem .55rem;
  vertical-align: bottom; }
.ev-beats td { padding: .32rem .55rem; border-top: 1px solid color-mix(in srgb, currentColor 16%, transparent);
  vertical-align: top; white-space: nowrap; }
.ev-beats td:first-child { white-space: normal; min-width: 9rem; }
.ev-beats td b { font-weight: 600; font-size: .98rem; }
.ev-beats td i { font-style: normal; display: block; font-size: .72rem; opacity: .7; }
.ev-beats .ev-edge { border-left: 2px solid color-mix(in srgb, currentColor 28%, transparent); }
</style>"""


def show() -> None:
    """Both tables, one row of each by class, and what must be known to read them."""
    rows = merged(beats.table())
    st.html(CSS)
    if not rows:
        st.info("No beat classifier has been trained yet: `python -m ecgviz train-beats --help`.")
        return
    st.html(_table(rows))
    for note in NOTES:
        st.html(f"<p class='ev-note'>{html.escape(note)}</p>")
    names = [name for name, _ in rows]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox("By class", names, format_func=title, key="beats_row", width=320)
        st.download_button("CSV", as_csv(rows), "beat-classifiers.csv", icon=":material/download:", on_click="ignore")
    st.html(_by_class(dict(rows)[name]))
    told = next((row for row in dict(rows)[name].values() if row.get("reported")), None)
    if told:
        st.html(
            f"<p class='ev-note'><b>Reported by the seed: {html.escape(told['reported'])}.</b> "
            f"{html.escape(told['why'])}</p>"
        )


def title(name: str) -> str:
    """A row's name in words: `cnn_11` is CNN 11."""
    words = {"cnn": "CNN", "lstm": "LSTM", "rnn": "RNN", "gru": "GRU", "knn": "KNN", "resnet": "1-D ResNet"}
    parts = [words.get(part, part) for part in name.split("_")]
    said = " ".join(parts).replace("CNN LSTM", "CNN-LSTM").replace("RNN LSTM", "LSTM").replace("RNN GRU", "GRU")
    return {"RNN RNN": "RNN"}.get(said, said[:1].upper() + said[1:])


def merged(rows: Sequence[Row]) -> list[tuple[str, dict[str, Row]]]:
    """(name, row by split) of each model, the best between patients first, then the best of the Kaggle split."""
    found: dict[str, dict[str, Row]] = {}
    for row in rows:
        found.setdefault(str(row["name"]), {})[str(row["split"])] = row

    def order(item: tuple[str, dict[str, Row]]) -> tuple[float, ...]:
        return tuple(-_value(item[1].get(split), "macro_f1") for split in reversed(SPLITS))

    return sorted(found.items(), key=order)


def as_csv(rows: Sequence[tuple[str, Mapping[str, Row]]]) -> str:
    """Every metric of every row: name, split, metric, value, low, high, n, seeds."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("name", "split", "metric", "value", "low", "high", "n", "seeds"))
    for name, by_split in rows:
        for split, row in by_split.items():
            for metric, figure in row["metrics"].items():
                bounds = (figure[key] for key in ("value", "low", "high"))
                writer.writerow((name, split, metric, *bounds, row["n"], row["seeds"]))
    return out.getvalue()


def _value(row: Row | None, metric: str) -> float:
    figure = row["metrics"].get(metric) if row else None
    return float(figure["value"]) if figure else 0.0


def _table(rows: Sequence[tuple[str, Mapping[str, Row]]]) -> str:
    installed = {card.name for card in beats.cards()}
    groups = "".join(f"<th class='ev-edge' colspan='{len(_COLUMNS[s])}'>{_HEADS[s]}</th>" for s in SPLITS)
    heads = "".join(_heads(split) for split in SPLITS)
    body = "".join(_row(name, by_split, name in installed) for name, by_split in rows)
    first = "<th>Model</th><th>Parameters</th><th>Reported by the seed</th>"
    head = f"<tr><th colspan='3'></th>{groups}</tr><tr>{first}{heads}</tr>"
    return f"<div class='ev-beats' tabindex='0'><table><thead>{head}</thead><tbody>{body}</tbody></table></div>"


def _heads(split: str) -> str:
    return "".join(f"<th{_edge(n)}>{html.escape(name)}</th>" for n, name in enumerate(_COLUMNS[split].values()))


def _edge(n: int) -> str:
    return " class='ev-edge'" if n == 0 else ""


def _row(name: str, by_split: Mapping[str, Row], installed: bool) -> str:
    any_row = next(iter(by_split.values()))
    weights = "weights here" if installed else "figures only"
    count = f"{any_row['parameters']:,}" if any_row["parameters"] else "–"
    cells = [f"<td><b>{html.escape(title(name))}</b><i>{weights}</i></td>", f"<td>{count}</td>"]
    cells.append(f"<td>{html.escape(str(any_row.get('reported') or '–'))}</td>")
    for split in SPLITS:
        cells += [_cell(by_split.get(split), metric, n) for n, metric in enumerate(_COLUMNS[split])]
    return f"<tr>{''.join(cells)}</tr>"


def _cell(row: Row | None, metric: str, n: int) -> str:
    figure = row["metrics"].get(metric) if row else None
    if row is None or figure is None:
        return f"<td{_edge(n)}>–</td>"
    seeds = row.get(f"{metric}_over_seeds") or {}
    told = f"({figure['low']:.3f}–{figure['high']:.3f})"
    if seeds.get("sd") is not None:
        told += f"<br>{row['seeds']} seeds: {seeds['mean']:.3f} ± {seeds['sd']:.3f}"
    return f"<td{_edge(n)}><b>{figure['value']:.3f}</b><i>{told}</i></td>"


def _by_class(by_split: Mapping[str, Row]) -> str:
    """Sensitivity, +P and F1 of each class on both splits."""
    heads = "".join(
        f"<th{_edge(k)}>{word} of {label}</th>" for label in _CLASSES for k, word in enumerate(("Se", "+P", "F1"))
    )
    body = ""
    for split in SPLITS:
        row = by_split.get(split)
        if row is None:
            continue
        cells = "".join(
            _cell(row, f"{kind}_{label}", k) for label in _CLASSES for k, kind in enumerate(("se", "ppv", "f1"))
        )
        body += f"<tr><td><b>{_HEADS[split].partition(':')[0]}</b><i>{row['n']:,} beats</i></td>{cells}</tr>"
    return (
        "<div class='ev-beats' tabindex='0'><table><thead><tr><th>Split</th>"
        f"{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )
