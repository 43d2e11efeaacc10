from pathlib import Path

import pytest

from ecgviz.codes import CINC
from ecgviz.datasets import vocabulary
from ecgviz.datasets.library import Library
from ecgviz.errors import DataError


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("SNOMED:164889003", "atrial fibrillation (SNOMED 164889003)"),
        ("SNOMED:1", "SNOMED 1"),
        ("SCP:NORM", "SCP NORM"),
        ("CINC2017:~", "too noisy to classify (CINC2017 ~)"),
        ("LUDB:Rhythm: Sinus rhythm", "Rhythm: Sinus rhythm"),
        ("plain words", "plain words"),
    ],
)
def test_in_words_without_ptbxl(statement: str, words: str) -> None:
    assert vocabulary.in_words([statement]) == (words,)


def test_every_scored_class_has_words() -> None:
    assert all(vocabulary.SNOMED[c.snomed] == c.description for c in CINC.values())
    assert all(code.isdigit() and text.strip() == text for code, text in vocabulary.SNOMED.items())


def test_every_statement_of_ptbxl_has_words(data: Path) -> None:
    meaning = vocabulary.meaning(data)
    assert len([key for key in meaning if key.startswith("SCP:")]) == 71
    assert meaning["SCP:AFIB"] == "atrial fibrillation"


def test_every_code_in_the_challenge_sample_has_words(library: Library) -> None:
    if "cinc2020" not in library.keys:
        pytest.skip(library.absent["cinc2020"])
    words = library["cinc2020"].table["words"]
    assert not words.str.contains("SNOMED").any(), words[words.str.contains("SNOMED")].to_dict()


def test_a_damaged_list_of_statements_is_named(tmp_path: Path) -> None:
    (tmp_path / "ptbxl_database.csv").touch()
    (tmp_path / "scp_statements.csv").write_text("nothing,here\n1,2\n")
    with pytest.raises(DataError, match=r"scp_statements\.csv is not PTB-XL's list"):
        vocabulary.meaning(tmp_path)
