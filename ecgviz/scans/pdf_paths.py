"""What a PDF page draws, as numbers: polylines and words in points from the page's top left corner."""

import ctypes
from dataclasses import dataclass

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw
from numpy.typing import NDArray

from ecgviz.leads import STANDARD_12, canonical

__all__ = ["Drawing", "drawing"]

MOST_SEGMENTS = 400_000
DEEPEST = 4


@dataclass(frozen=True, eq=False)
class Drawing:
    """A page of width x height points: its polylines, (n, 2) each with y down, and lead names with their (x, y)."""

    width: float
    height: float
    lines: tuple[NDArray[np.float64], ...]
    names: tuple[tuple[str, float, float], ...]


def drawing(pdf: bytes) -> Drawing | None:
    """The first page; None where it cannot be opened, is turned, or draws nothing but pictures."""
    try:
        document = pdfium.PdfDocument(pdf)
    except pdfium.PdfiumError:
        return None
    try:
        page = document[0]
        if page.get_rotation() != 0:
            return None
        left, bottom, right, top = page.get_cropbox()
        corner = np.array([left, top])
        lines: list[NDArray[np.float64]] = []
        names: list[tuple[str, float, float]] = []
        words = page.get_textpage()
        count = 0
        for item in page.get_objects(max_depth=DEEPEST):
            if item.type == raw.FPDF_PAGEOBJ_PATH:
                segments = raw.FPDFPath_CountSegments(item.raw)
                count += max(segments, 0)
                if count > MOST_SEGMENTS:
                    return None
                lines += [(line - corner) * (1, -1) for line in _polylines(item, segments)]
            elif item.type == raw.FPDF_PAGEOBJ_TEXT:
                name = canonical(_text(item, words))
                if name in STANDARD_12:
                    x0, y0, _, y1 = item.get_bounds()
                    names.append((name, x0 - left, top - (y0 + y1) / 2))
        return Drawing(right - left, top - bottom, tuple(lines), tuple(names)) if lines else None
    finally:
        document.close()


def _polylines(item: pdfium.PdfObject, segments: int) -> list[NDArray[np.float64]]:
    """The strokes of one path, (n, 2) each in page units with y up; curves as their end points."""
    x, y = ctypes.c_float(), ctypes.c_float()
    found: list[list[tuple[float, float]]] = []
    for n in range(segments):
        segment = raw.FPDFPath_GetPathSegment(item.raw, n)
        if not raw.FPDFPathSegment_GetPoint(segment, x, y):
            continue
        if raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_MOVETO or not found:
            found.append([])
        found[-1].append((x.value, y.value))
    a, b, c, d, e, f = item.get_matrix().get()
    turn, shift = np.array([[a, b], [c, d]]), np.array([e, f])
    return [np.array(points) @ turn + shift for points in found if len(points) > 1]


def _text(item: pdfium.PdfObject, words: pdfium.PdfTextPage) -> str:
    """The characters of one text object; empty for long ones, which are no lead name."""
    size = raw.FPDFTextObj_GetText(item.raw, words.raw, None, 0)
    if not 2 < size <= 40:
        return ""
    room = (ctypes.c_ushort * (size // 2 + 1))()
    raw.FPDFTextObj_GetText(item.raw, words.raw, room, size)
    return bytes(room)[:size].decode("utf-16-le", errors="ignore").strip("\x00 ")
