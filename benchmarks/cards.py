"""The README's tables of models, made from their cards: `python -m benchmarks.cards` writes them in their place."""

import re
from collections.abc import Iterable
from pathlib import Path

from ecgviz import zoo
from ecgviz.card import Figure, ModelCard

README = Path(__file__).resolve().parents[1] / "README.md"
BEGIN, END = "<!-- figures from the cards -->", "<!-- end of figures -->"
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


def _row(card: ModelCard) -> str:
    figures = (_shown(card.metrics.get(name)) for name in ("macro_auroc", "macro_f1", "challenge_metric"))
    epochs = card.training.get("epochs_run") or "-"
    return f"| `{card.name}` | {' | '.join(figures)} | {epochs} | {card.parameters:,} | {card.ms_per_record:.0f} ms |"


def _shown(figure: Figure | None) -> str:
    return "-" if figure is None else f"{figure.value:.3f} ({figure.low:.3f}-{figure.high:.3f})"


def main() -> None:
    """Replace what stands between the two marks."""
    text = README.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    README.write_text(f"{before}{BEGIN}\n\n{tables(zoo.cards())}\n\n{END}{rest.partition(END)[2]}", encoding="utf-8")


if __name__ == "__main__":
    main()
