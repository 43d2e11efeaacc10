"""Pictures of pages: every kind as the same pixels, limits before decoding, and one line for what is no picture."""

import io
import struct
import time
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import Image

from ecgviz.errors import EcgvizError, ReadError
from ecgviz.readers.scan import MAX_PIXELS, is_pdf, read_scan

PICTURE = Image.fromarray(np.random.default_rng(0).integers(0, 255, (150, 240, 3), np.uint8))


def coded(picture: Image.Image, kind: str, **how: Any) -> bytes:
    into = io.BytesIO()
    picture.save(into, kind, **how)
    return into.getvalue()


def png_bomb(wide: int, high: int) -> bytes:
    """A white PNG of any size in a few kB."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(b"\0" * (1 + wide // 8)) for _ in range(high)) + packer.flush()
    head = struct.pack(">IIBBBBB", wide, high, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def pdf(pages: int = 2) -> bytes:
    sheets = [Image.new("RGB", (297 * 4, 210 * 4), tone) for tone in ("red", "blue")][:pages]
    return coded(sheets[0], "PDF", save_all=True, append_images=sheets[1:], resolution=25.4 * 4)


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP"])
def test_lossless_kinds_give_their_pixels(kind: str) -> None:
    scan = read_scan("page.txt", coded(PICTURE, kind))
    assert np.array_equal(scan.pixels, np.asarray(PICTURE))
    assert (scan.name, scan.format) == ("page", kind)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_lossy_kinds_give_nearly_their_pixels(kind: str) -> None:
    flat = Image.new("RGB", (200, 120), (200, 120, 40))
    assert np.abs(read_scan("p", coded(flat, kind)).pixels - np.array((200.0, 120, 40))).max() < 8


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_camera_s_orientation_is_followed(orientation: int) -> None:
    from PIL import ImageOps

    exif = Image.Exif()
    exif[0x0112] = orientation
    data = coded(PICTURE, "PNG", exif=exif)
    upright = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))))
    assert np.array_equal(read_scan("p", data).pixels, upright)


def test_a_scanner_s_resolution_is_taken_and_a_screen_s_is_not() -> None:
    assert read_scan("p", coded(PICTURE, "PNG", dpi=(300, 300))).px_per_mm == pytest.approx(300 / 25.4, rel=1e-3)
    assert read_scan("p", coded(PICTURE, "PNG", dpi=(72, 72))).px_per_mm is None
    assert read_scan("p", coded(PICTURE, "PNG", dpi=(300, 150))).px_per_mm is None
    assert read_scan("p", coded(PICTURE, "PNG")).px_per_mm is None


def test_clear_parts_are_white() -> None:
    clear = Image.new("RGBA", (120, 120), (255, 0, 0, 0))
    clear.paste((10, 20, 30, 255), (0, 0, 60, 120))
    scan = read_scan("p", coded(clear, "PNG"))
    assert scan.pixels[5, 100].tolist() == [255, 255, 255]
    assert scan.pixels[5, 5].tolist() == [10, 20, 30]


def test_deep_grey_is_scaled_not_cut() -> None:
    deep = Image.fromarray(np.linspace(0, 65535, 120 * 120).reshape(120, 120).astype(np.uint16))
    for kind in ("PNG", "TIFF"):
        row = read_scan("p", coded(deep, kind)).pixels[:, 0, 0].astype(int)
        assert (row[0], row[-1]) == (0, 253) and (np.diff(row) >= 0).all()


def test_bilevel_and_palette_are_read() -> None:
    for mode in ("1", "L", "P", "CMYK"):
        kind = "JPEG" if mode == "CMYK" else "PNG"
        assert read_scan("p", coded(PICTURE.convert(mode), kind)).pixels.shape == (150, 240, 3)


def test_a_bomb_is_refused_at_once() -> None:
    bomb = png_bomb(10_000, 10_000)
    assert len(bomb) < 20_000
    began = time.perf_counter()
    with pytest.raises(ReadError, match=r"bomb.png has 10000 x 10000 pixels \(100 megapixels\); at most 40"):
        read_scan("bomb.png", bomb)
    assert time.perf_counter() - began < 0.2


def test_a_larger_bomb_is_refused_too() -> None:
    with pytest.raises(ReadError, match=r"has more than 40 megapixels"):
        read_scan("bomb.png", png_bomb(40_000, 20_000))


def test_a_fine_scan_is_reduced_and_says_so() -> None:
    big = Image.new("RGB", (6000, 4000), (9, 99, 199))
    assert MAX_PIXELS > 6000 * 4000
    for kind in ("PNG", "JPEG"):
        scan = read_scan("p", coded(big, kind, dpi=(600, 600)))
        assert scan.pixels.shape == (2000, 3000, 3)
        assert scan.notes == ("reduced from 6000 x 4000 pixels",)
        assert scan.px_per_mm == pytest.approx(300 / 25.4, rel=1e-3)
        assert np.abs(scan.pixels[0, 0] - np.array((9.0, 99, 199))).max() <= 3


def test_first_page_of_a_pdf_in_millimetres() -> None:
    data = pdf()
    scan = read_scan("ecg.pdf", data)
    assert is_pdf(data) and scan.format == "PDF"
    assert scan.pixels.shape[:2] == pytest.approx((2100, 2970), abs=1)
    assert scan.px_per_mm == pytest.approx(10)
    assert scan.notes == ("page 1 of 2 was read",)
    assert scan.pixels[1000, 1000].tolist() == pytest.approx([254, 0, 0], abs=2)


@pytest.mark.parametrize(
    "name,data,said",
    [
        ("a.png", b"", "is empty"),
        ("a.png", coded(PICTURE, "PNG")[:900], "damaged or cut off"),
        ("a.jpg", coded(PICTURE, "JPEG")[:1500], "damaged or cut off"),
        ("a.png", b"\x89PNG\r\n\x1a\n", "damaged or cut off"),
        ("a.png", coded(Image.new("L", (30, 900)), "PNG"), "30 x 900 pixels; a page needs at least 100"),
        ("a.gif", coded(PICTURE, "GIF", save_all=True, append_images=[PICTURE]), "is a GIF"),
        ("a.svg", b"<?xml version='1.0'?><svg xmlns='x'><path d='M0 0'/></svg>", "is an SVG drawing"),
        ("a.png", b"<!DOCTYPE html><html><script>alert(1)</script></html>", "is an HTML or XML file"),
        ("a.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "is a HEIC or AVIF photo"),
        ("a.docx", b"PK\x03\x04rest", "is a zip archive or an office document"),
        ("a.dcm", b"\0" * 128 + b"DICMrest", "is a DICOM file; open it on the Record page"),
        ("a.bin", b"what is this", "is no picture that can be read"),
        ("a.pdf", b"%PDF-1.7\n", "is a damaged or cut off PDF"),
        ("a.pdf", pdf()[:700], "is a damaged or cut off PDF"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(name: str, data: bytes, said: str) -> None:
    with pytest.raises(ReadError, match=said) as raised:
        read_scan(name, data)
    assert "\n" not in str(raised.value) and str(raised.value).startswith(name)


def test_a_locked_pdf_is_named_as_such() -> None:
    # RC4, 40 bit, standard security handler with a user password nobody told
    locked = pdf(1).replace(
        b"trailer\n<<",
        b"trailer\n<</Encrypt<</Filter/Standard/V 1/R 2/O("
        + b"a" * 32
        + b")/U("
        + b"b" * 32
        + b")/P -4>>/ID[(abcdabcdabcdabcd)(abcdabcdabcdabcd)]",
    )
    with pytest.raises(ReadError, match="is locked by a password"):
        read_scan("a.pdf", locked)


def test_a_page_of_any_size_costs_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    huge = coded(Image.new("L", (300, 200)), "PDF", resolution=0.05)
    scan = read_scan("huge.pdf", huge)
    assert scan.pixels.shape[0] * scan.pixels.shape[1] < 21_000_000
    assert scan.px_per_mm is not None and scan.px_per_mm < 1


def test_a_dead_reader_of_pdf_costs_only_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ecgviz.readers.scan._pdf_page.__file__", "/nowhere.py")
    with pytest.raises(ReadError, match="is a PDF that cannot be drawn; save the page as PNG"):
        read_scan("a.pdf", pdf())


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "BMP", "WEBP", "PDF"])
def test_mutants_raise_nothing_untyped(kind: str) -> None:
    rng, good = np.random.default_rng(4), np.frombuffer(coded(PICTURE, kind), np.uint8)
    for _ in range(6 if kind == "PDF" else 120):
        bad = good.copy()
        at = rng.integers(0, min(len(bad), rng.choice([60, len(bad)])), rng.integers(1, 12))
        bad[at] = rng.integers(0, 256, len(at))
        try:
            read_scan("mutant", bad[: rng.integers(20, len(bad) + 1)].tobytes())
        except EcgvizError as error:
            assert "\n" not in str(error)
