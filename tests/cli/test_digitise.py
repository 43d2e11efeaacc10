"""`digitise`: refusals end with 2 and one line that names the step."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ecgviz.cli import main


def test_a_blank_page_names_its_step(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Image.fromarray(np.full((600, 800, 3), 250, np.uint8)).save(tmp_path / "blank.png")
    assert main(["digitise", str(tmp_path / "blank.png")]) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: Step page failed.")
    assert said.count("\n") == 1


def test_a_wrong_box_says_how_to_write_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Image.fromarray(np.full((600, 800, 3), 250, np.uint8)).save(tmp_path / "blank.png")
    assert main(["digitise", str(tmp_path / "blank.png"), "--box", "II,1,2"]) == 2
    assert "II,100,200,600,320" in capsys.readouterr().err


def test_a_missing_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["digitise", "nowhere.png"]) == 2
    assert "nowhere.png" in capsys.readouterr().err
