"""The manifest of labelled pages."""

import csv
import os
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ecgviz.datasets.pages import LABELS, Page, load_manifest, published_names, read_page, trace_blanked
from ecgviz.errors import DataError
from ecgviz.record import Scan

DATA = os.environ.get("ECGVIZ_DATA")
ROW = {"file": "normal/a.png", "label": "normal", "trace_group": "a", "acquisition_batch": "2020"}


def written(folder: Path, *rows: dict[str, str]) -> Path:
    with (folder / "manifest.csv").open("w", newline="") as file:
        table = csv.DictWriter(file, list(ROW))
        table.writeheader()
        table.writerows(rows)
    return folder


def test_a_page_is_read(tmp_path: Path) -> None:
    (tmp_path / "normal").mkdir()
    Image.new("L", (20, 10), 7).save(tmp_path / "normal/a.png")
    (page,) = load_manifest(written(tmp_path, ROW))
    scan = read_page(tmp_path, page)
    assert page == Page("normal/a.png", "normal", "a", "2020")
    assert scan.pixels.shape == (10, 20, 3) and scan.name == "a"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "needs a row for each page"),
        ([ROW | {"label": "cat"}], "class 'cat'"),
        ([ROW, ROW], "recording 'a' more than once"),
        ([ROW | {"trace_group": ""}], "needs a row for each page"),
    ],
)
def test_a_wrong_manifest_is_refused(tmp_path: Path, rows: list[dict[str, str]], message: str) -> None:
    with pytest.raises(DataError, match=message):
        load_manifest(written(tmp_path, *rows))


def test_absent_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"No manifest\.csv"):
        load_manifest(tmp_path)
    with pytest.raises(DataError, match="cannot be read as a picture"):
        read_page(written(tmp_path, ROW), Page("normal/a.png", "normal", "a", "2020"))


def test_blanking_leaves_the_frame_and_no_trace() -> None:
    pixels = np.full((568, 800, 3), 230, np.uint8)
    pixels[300, 30:780] = 0
    pixels[20, 200:600] = 0
    found = trace_blanked(Scan(pixels)).pixels
    assert found[103:546, 26:786].min() == 230
    assert np.array_equal(found[:103], pixels[:103])


@pytest.mark.skipif(not DATA, reason="needs ECGVIZ_DATA")
def test_the_published_names_are_counted_again() -> None:
    assert DATA is not None
    pages = load_manifest(Path(DATA))
    assert Counter(page.label for page in pages) == dict(zip(LABELS, (202, 72, 24, 120), strict=True))
    names = Counter[str]()
    for page in pages:
        names[page.label] += published_names(page)
    assert names["myocardial_infarction"] == 8 * 24 and names["normal"] == 240 and names["history_of_mi"] == 144
