"""Labelled pages of paper ECG: one file for each distinct recording, with its class and the batch of its scan.

Source: Khan and Hussain, ECG Images dataset of Cardiac Patients, Mendeley Data gwbz3fsgp8 v2, CC BY 4.0. The published
set holds many recordings twice and more under other names; `published_names` says how often.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ecgviz.errors import DataError
from ecgviz.record import Scan

__all__ = ["LABELS", "Page", "load_manifest", "published_names", "read_page", "trace_blanked"]

LABELS = {
    "abnormal_heartbeat": "abnormal heartbeat",
    "history_of_mi": "history of MI",
    "myocardial_infarction": "myocardial infarction",
    "normal": "normal",
}
"""Class in the manifest and how it is named to people, in the order of a network's outputs."""
FOLDER = "ecg-images"
COLUMNS = ("file", "label", "trace_group", "acquisition_batch")

NORMAL_STEP, HISTORY_STEP, MI_COPIES = 142, 86, 8
TRACES = (26, 103, 786, 546)
"""Left, top, right, bottom of the paper with the traces on these pages, in pixels."""


@dataclass(frozen=True)
class Page:
    """One recording: its file below the folder, its class (a key of LABELS), its group and its batch."""

    file: str
    label: str
    group: str
    batch: str


def folder(root: Path) -> Path:
    """The folder with `manifest.csv`: `root` itself or `root/ecg-images`. DataError when neither has it."""
    for path in (root, root / FOLDER):
        if (path / "manifest.csv").is_file():
            return path
    raise DataError(f"No manifest.csv in {root} or its folder {FOLDER}; give the folder with the labelled pages.")


def load_manifest(root: Path) -> tuple[Page, ...]:
    """Every page in the manifest's order. DataError for a wrong table, an unknown class or a recording listed twice."""
    path = folder(root) / "manifest.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    if not rows or any(row.get(name) in (None, "") for row in rows for name in COLUMNS):
        raise DataError(f"{path} needs a row for each page with {', '.join(COLUMNS)}.")
    pages = tuple(Page(*(row[name] for name in COLUMNS)) for row in rows)
    if unknown := sorted({page.label for page in pages} - set(LABELS)):
        raise DataError(f"{path} has the class {unknown[0][:40]!r}; it must be one of {', '.join(LABELS)}.")
    groups = [page.group for page in pages]
    if twice := sorted({group for group in groups if groups.count(group) > 1}):
        raise DataError(f"{path} lists the recording {twice[0][:40]!r} more than once; keep one file of each.")
    return pages


def read_page(root: Path, page: Page) -> Scan:
    """The picture of a page. DataError where it is absent or damaged."""
    path = folder(root) / page.file
    try:
        with Image.open(path) as image:
            pixels = np.asarray(image.convert("RGB"))
    except OSError as error:
        raise DataError(f"{path} cannot be read as a picture ({error}); fetch the data set again.") from error
    return Scan(pixels, name=page.group, format="JPEG")


def published_names(page: Page) -> int:
    """Under how many names the published set holds this recording.

    Normal(k) is also Normal(k + 142), history (k) also (k + 86), each infarction occurs eight times.
    """
    if page.label == "myocardial_infarction":
        return MI_COPIES
    return 2 if page.label in ("normal", "history_of_mi") else 1


def trace_blanked(scan: Scan) -> Scan:
    """The page with the paper that holds the traces painted in its own tone: what is left is layout and header."""
    x0, y0, x1, y1 = TRACES
    pixels: NDArray[np.uint8] = scan.pixels.copy()
    part = pixels[y0:y1, x0:x1]
    part[:] = np.median(part.reshape(-1, 3), axis=0).astype(np.uint8)
    return Scan(pixels, scan.px_per_mm, scan.name, scan.format, (*scan.notes, "trace area blanked"))
