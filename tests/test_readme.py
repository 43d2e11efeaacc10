"""The README says what the cards say, and its commands and pictures exist."""

import re
from pathlib import Path

import pytest

from benchmarks.cards import beat_table, tables
from ecgviz import zoo
from ecgviz.cli import main
from ecgviz.zoo import beats

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CARDS = zoo.cards()


def test_figures_are_those_of_the_cards() -> None:
    """`python -m benchmarks.cards` writes them."""
    assert tables(CARDS) in README
    assert beat_table(beats.table()) in README


def test_pictures_and_files_are_there() -> None:
    linked = re.findall(r"\]\(((?!http)[^)]+)\)", README)
    assert len(linked) >= 4
    assert [name for name in linked if not (ROOT / name).is_file()] == []


@pytest.mark.parametrize("verb", sorted(set(re.findall(r"python -m ecgviz ([\w-]+)", README))))
def test_commands_exist(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([verb, "--help"]) == 0
    assert verb in capsys.readouterr().out
