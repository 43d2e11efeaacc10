"""Pictures of ECG pages: PNG, JPEG, TIFF, BMP, WebP, and the first page of a PDF.

What a file costs is known from its header, so a picture too large is refused before any of it is decoded. A PDF is
drawn by another process (`_pdf_page`) with its own limits.
"""

import io
import json
import math
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecgviz.errors import ReadError
from ecgviz.readers import _pdf_page
from ecgviz.readers._source import shown
from ecgviz.record import Scan

__all__ = ["LABEL", "MAX_BYTES", "MAX_PIXELS", "SUFFIXES", "is_pdf", "read_scan"]

LABEL = "picture of a page"
SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp", ".pdf")
MAX_BYTES = 64 * 2**20
MAX_PIXELS = 40_000_000
KEPT_PIXELS = 20_000_000  # A4 at 450 dots per inch; a finer picture is reduced by a whole factor
LEAST_SIDE = 100
PDF_PX_PER_MM = 10.0
PDF_SECONDS = 20.0
TRUSTED_DPI = (100.0, 1300.0)  # cameras and screens state 72 or 96 whatever the paper measures
_FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "WEBP")

_STRANGERS: tuple[tuple[bytes, str], ...] = (
    (b"GIF8", "is a GIF, which has too few colours and may move; save the page as PNG"),
    (b"\x00\x00\x01\x00", "is an icon; choose the picture of the whole page"),
    (b"PK\x03\x04", "is a zip archive or an office document; save the page as PDF or PNG"),
    (b"\xd0\xcf\x11\xe0", "is an office document; save the page as PDF or PNG"),
    (b"8BPS", "is a Photoshop file; save the page as PNG"),
    (b"%!PS", "is PostScript; save the page as PDF"),
    (b"\x7fELF", "is a program"),
    (b"MZ", "is a program"),
)


def is_pdf(data: bytes) -> bool:
    """Whether this is a PDF, which may hold the trace as lines; some writers put a few bytes before its mark."""
    return b"%PDF-" in data[:1024]


def read_scan(name: str, data: bytes) -> Scan:
    """The picture in a file, upright as its camera says, on white; known by content, not by name.

    px_per_mm is set where a PDF or a scanner's resolution states it. Raises ReadError for what is no picture, damaged,
    locked, too large or too small.
    """
    where = shown(name)
    if not data:
        raise ReadError(f"{where} is empty (0 bytes); upload it again.")
    if len(data) > MAX_BYTES:
        raise ReadError(
            f"{where} has {len(data) / 2**20:.0f} MB; at most {MAX_BYTES >> 20} MB are read. Save it smaller."
        )
    if is_pdf(data):
        return _from_pdf(where, data)
    return _from_picture(where, data)


def _from_picture(where: str, data: bytes) -> Scan:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of each doubtful tag; what matters is raised or refused below
        picture = _opened(where, data)
        _check_size(where, *picture.size)
        try:
            return _decoded(where, picture)
        except Exception as error:  # a decoder raises whatever damage makes it raise
            raise ReadError(f"{where} is a damaged or cut off {picture.format} picture; upload it again.") from error


def _opened(where: str, data: bytes) -> Any:
    """The picture with only its header read."""
    from PIL import Image

    try:
        return Image.open(io.BytesIO(data), formats=_FORMATS)
    except Image.DecompressionBombError as error:
        raise ReadError(f"{where} has more than {MAX_PIXELS // 10**6} megapixels; save it smaller.") from error
    except Exception as error:
        raise ReadError(f"{where} {_stranger(data)}.") from error


def _check_size(where: str, wide: int, high: int) -> None:
    if wide * high > MAX_PIXELS:
        raise ReadError(
            f"{where} has {wide} x {high} pixels ({wide * high / 1e6:.0f} megapixels); at most "
            f"{MAX_PIXELS // 10**6} megapixels are read. Save it smaller."
        )
    if min(wide, high) < LEAST_SIDE:
        raise ReadError(
            f"{where} has {wide} x {high} pixels; a page needs at least {LEAST_SIDE} on each side. Scan it larger."
        )


def _decoded(where: str, picture: Any) -> Scan:
    notes: list[str] = []
    if picture.format == "TIFF" and _has_more(picture):
        notes.append("the first page of several was read")
    stated, size = _px_per_mm(picture.info.get("dpi")), picture.size
    turn = _TURNS.get(int(picture.getexif().get(_ORIENTATION, 1)))
    if size[0] * size[1] > KEPT_PIXELS:
        picture.draft("RGB", (size[0] // 2, size[1] // 2))  # a JPEG is decoded at half its side at once
    pixels = _pixels(picture)
    if turn is not None:
        pixels = turn(pixels)
    scale = max(pixels.shape[:2]) / max(size)
    if scale < 1:
        notes.append(f"reduced from {size[0]} x {size[1]} pixels")
    kind = picture.format or "picture"
    return Scan(pixels, None if stated is None else stated * scale, _name(where), kind, tuple(notes))


_ORIENTATION = 0x0112
_TURNS: dict[int, Callable[[NDArray[np.uint8]], NDArray[np.uint8]]] = {
    2: np.fliplr,
    3: lambda pixels: np.rot90(pixels, 2),
    4: np.flipud,
    5: lambda pixels: np.rot90(pixels[::-1], -1),
    6: lambda pixels: np.rot90(pixels, -1),
    7: lambda pixels: np.rot90(pixels[::-1], 1),
    8: lambda pixels: np.rot90(pixels, 1),
}


def _pixels(picture: Any) -> NDArray[np.uint8]:
    """The picture in RGB, (height, width, 3), reduced to KEPT_PIXELS, band by band: few copies exist at once."""
    wide, high = picture.size
    factor = math.ceil(math.sqrt(wide * high / KEPT_PIXELS))
    if picture.mode in ("I", "F"):  # their range is that of the whole picture
        return _reduced(_rgb(picture), factor)
    rows = 512 * factor
    bands = [picture.crop((0, top, wide, min(top + rows, high))) for top in range(0, high, rows)]
    return np.concatenate([_reduced(_rgb(band), factor) for band in bands])


def _rgb(picture: Any) -> NDArray[np.uint8]:
    """Any mode as RGB on white; 16-bit grey by its high byte, other wide numbers over their own range."""
    from PIL import Image

    if picture.mode.startswith("I;16"):
        grey = (np.asarray(picture, np.uint16) >> 8).astype(np.uint8)
        return np.repeat(grey[:, :, None], 3, axis=2)
    if picture.mode in ("I", "F"):
        wide = np.nan_to_num(np.asarray(picture, np.float64))
        span = float(np.ptp(wide)) or 1.0
        return np.repeat(((wide - wide.min()) / span * 255).astype(np.uint8)[:, :, None], 3, axis=2)
    if picture.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in picture.info:
        clear = picture.convert("RGBA")
        picture = Image.new("RGB", clear.size, "white")
        picture.paste(clear, mask=clear.getchannel("A"))
    return np.asarray(picture.convert("RGB"), np.uint8)


def _reduced(pixels: NDArray[np.uint8], factor: int) -> NDArray[np.uint8]:
    from PIL import Image

    return pixels if factor == 1 else np.asarray(Image.fromarray(pixels).reduce(factor), np.uint8)


def _px_per_mm(dpi: Any) -> float | None:
    """What a scanner states, None where nothing is stated, the axes differ or the number is a camera's default."""
    try:
        x, y = float(dpi[0]), float(dpi[1])
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        return None
    low, high = TRUSTED_DPI
    return x / 25.4 if low <= x <= high and abs(x - y) <= 0.01 * x else None


def _has_more(picture: Any) -> bool:
    try:
        picture.seek(1)
    except EOFError:
        return False
    finally:
        picture.seek(0)
    return True


def _from_pdf(where: str, data: bytes) -> Scan:
    facts, pixels = _drawn_pdf(where, data)
    if "error" in facts:
        said = {
            "password": "is locked by a password; save it again without one",
            "empty": "is a PDF without a page; print the ECG to PDF again",
            "size": "is a PDF whose page has no size; print the ECG to PDF again",
        }.get(facts["error"], "is a damaged or cut off PDF; save it again")
        raise ReadError(f"{where} {said}.")
    high, wide = int(facts["height"]), int(facts["width"])
    _check_size(where, wide, high)
    notes = (f"page 1 of {facts['pages']} was read",) if facts["pages"] > 1 else ()
    page = np.frombuffer(pixels, np.uint8).reshape(high, wide, 3)
    return Scan(page, float(facts["px_per_mm"]), _name(where), "PDF", notes)


def _drawn_pdf(where: str, data: bytes) -> tuple[dict[str, Any], bytes]:
    """What `_pdf_page` answers. Raises ReadError where it died or took too long."""
    order = [sys.executable, "-P", str(Path(_pdf_page.__file__)), str(KEPT_PIXELS), str(PDF_PX_PER_MM)]
    try:
        done = subprocess.run(order, input=data, capture_output=True, timeout=PDF_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise ReadError(
            f"{where} took more than {PDF_SECONDS:.0f} s to draw; save the page as PNG and upload that."
        ) from error
    head, _, pixels = done.stdout.partition(b"\n")
    if done.returncode or not head:
        raise ReadError(f"{where} is a PDF that cannot be drawn; save the page as PNG and upload that.")
    facts: dict[str, Any] = json.loads(head)
    return facts, pixels


def _name(where: str) -> str:
    return Path(where).stem[:60] or "page"


def _stranger(data: bytes) -> str:
    """What it is instead, and what to do."""
    for magic, text in _STRANGERS:
        if data.startswith(magic):
            return text
    if data[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif"):
        return "is a HEIC or AVIF photo, which cannot be read; export it as JPEG"
    if data[128:132] == b"DICM":
        return "is a DICOM file; open it on the Record page"
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:400].lower()
    if b"<svg" in start:
        return "is an SVG drawing; save it as PDF or PNG"
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<")):
        return "is an HTML or XML file, not a picture; save the page as PDF or PNG"
    known = data.startswith((b"\x89PNG", b"\xff\xd8\xff", b"II*\0", b"MM\0*", b"BM", b"RIFF"))
    if known:
        return "is a damaged or cut off picture; upload it again"
    return "is no picture that can be read; choose PNG, JPEG, TIFF, BMP, WebP or PDF"
