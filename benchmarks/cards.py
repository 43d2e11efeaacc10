"""The README's tables of models, from cards and reports: `python -m benchmarks.cards` writes them in their place."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ecgviz import zoo
from ecgviz.card import Figure, ModelCard
from ecgviz.zoo import beats

README = Path(__file__).resolve().parents[1] / "README.md"
BEGIN, END = "<!-- figures from the cards -->", "<!-- end of figures -->"
BEATS_BEGIN, BEATS_END = "<!-- figures of beats -->", "<!-- end of figures of beats -->"
TASKS = {
    "ptbxl_super": "Five superclasses of PTB-XL",
    "ptbxl_sub": "23 subclasses of PTB-XL",
    "ptbxl_all": "All 71 statements of PTB-XL",
    "cinc2020": "27 classes of the CinC Challenge 2020 (23 of them in PTB-XL)",
}
NAMES = ("model", "macro AUROC", "macro F1", "Challenge metric", "epochs", "parameters", "one record")
HEAD = f"| {' | '.join(NAMES)} |\n{'|---' * len(NAMES)}|"


def tables(cards: Iterable[ModelCard]) -> str:
    """A table for each task, the best macro AUROC first."""
    found = []
    every = list(cards)
    for task, words in TASKS.items():
        chosen = [card for card in every if card.task == task]
        chosen.sort(key=lambda card: -card.metrics["macro_auroc"].value)
        if chosen:
            n = re.search(r"(\d+) records", chosen[0].tested_on)
            assert n is not None
            found.append(f"**{words}**, fold 10, n = {int(n[1]):,}\n\n{HEAD}\n" + "\n".join(map(_row, chosen)))
    return "\n\n".join(found)


def beat_table(rows: Iterable[Mapping[str, Any]]) -> str:
    """Every classifier of beats on both splits, the best of the Kaggle split first."""
    found: dict[str, dict[str, Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["name"], {})[row["split"]] = row
    names = sorted(found, key=lambda name: -_macro(found[name].get("kaggle")))
    head = (
        "model",
        "Kaggle: macro-F1",
        "weighted F1",
        "accuracy",
        "DS1 to DS2: macro-F1 (N S V F)",
        "parameters",
        "seed said",
    )
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for name in names:
        kaggle, other = found[name].get("kaggle"), found[name].get("inter_patient")
        any_row = kaggle or other or {}
        cells = [_figure_of(kaggle, key) for key in ("macro_f1", "weighted_f1", "accuracy")]
        cells += [_figure_of(other, "macro_f1"), f"{any_row['parameters']:,}" if any_row["parameters"] else "-"]
        lines.append(f"| `{name}` | {' | '.join(cells)} | {any_row.get('reported') or '-'} |")
    return "\n".join(lines)


def _macro(row: Mapping[str, Any] | None) -> float:
    return float(row["metrics"]["macro_f1"]["value"]) if row else 0.0


def _figure_of(row: Mapping[str, Any] | None, key: str) -> str:
    return _shown(Figure(**row["metrics"][key])) if row else "-"


def _row(card: ModelCard) -> str:
    figures = (_shown(card.metrics.get(name)) for name in ("macro_auroc", "macro_f1", "challenge_metric"))
    epochs = card.training.get("epochs_run") or "-"
    return f"| `{card.name}` | {' | '.join(figures)} | {epochs} | {card.parameters:,} | {card.ms_per_record:.0f} ms |"


def _shown(figure: Figure | None) -> str:
    return "-" if figure is None else f"{figure.value:.3f} ({figure.low:.3f}-{figure.high:.3f})"


def main() -> None:
    """Replace what stands between each pair of marks."""
    text = README.read_text(encoding="utf-8")
    for begin, end, table in (
        (BEGIN, END, tables(zoo.cards())),
        (BEATS_BEGIN, BEATS_END, beat_table(beats.table())),
    ):
        before, _, rest = text.partition(begin)
        text = f"{before}{begin}\n\n{table}\n\n{end}{rest.partition(end)[2]}"
    README.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
