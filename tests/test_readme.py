"""The README says what the cards say, and its commands and pictures exist."""

import re
from pathlib import Path

import pytest

from ecgviz import zoo
from ecgviz.card import Figure, ModelCard
from ecgviz.cli import main

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CARDS = zoo.cards()


def shown(figure: Figure) -> str:
    return f"{figure.value:.3f} ({figure.low:.3f}-{figure.high:.3f})"


@pytest.mark.parametrize("card", CARDS, ids=[card.name for card in CARDS])
def test_figures_are_those_of_the_card(card: ModelCard) -> None:
    (row,) = [line for line in README.splitlines() if line.startswith(f"| `{card.name}`")]
    assert f"{card.parameters:,}" in row
    assert shown(card.metrics["macro_auroc"]) in row
    if "challenge_metric" in card.metrics:
        assert shown(card.metrics["challenge_metric"]) in row
    assert re.search(r"n = ([\d,]+)", row).group(1).replace(",", "") in card.tested_on


def test_pictures_and_files_are_there() -> None:
    linked = re.findall(r"\]\(((?!http)[^)]+)\)", README)
    assert len(linked) >= 4
    assert [name for name in linked if not (ROOT / name).is_file()] == []


@pytest.mark.parametrize("verb", sorted(set(re.findall(r"python -m ecgviz (\w+)", README))))
def test_commands_exist(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([verb, "--help"]) == 0
    assert verb in capsys.readouterr().out
