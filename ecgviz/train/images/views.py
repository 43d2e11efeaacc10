"""Each page as other cameras and scanners would give it; every view goes through the `prepare` of prediction.

No view is mirrored: a trace mirrored from left to right runs backwards in time, upside down it is another axis.
"""

import hashlib
import io
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageEnhance, ImageFilter

from ecgviz.card import ImageInput
from ecgviz.datasets.pages import Page, read_page
from ecgviz.record import Scan
from ecgviz.scans.prepare import prepare

__all__ = ["altered", "prepared_views"]

TURN_DEG, SHIFT, SCALE = 1.5, 0.02, 0.06
TONE = 0.12
"""Largest change of each colour of the light, as a share."""
VERSION = 1
"""Of what is below: raised when the views change, so that none kept from before is used."""


def altered(scan: Scan, rng: np.random.Generator) -> Scan:
    """The page turned, moved, scaled, lit, blurred and compressed a little, at random."""
    image = Image.fromarray(scan.pixels)
    width, height = image.size
    angle, scale = np.deg2rad(rng.uniform(-TURN_DEG, TURN_DEG)), 1 + rng.uniform(-SCALE, SCALE)
    dx, dy = rng.uniform(-SHIFT, SHIFT, 2) * (width, height)
    cos, sin = np.cos(angle) / scale, np.sin(angle) / scale
    cx, cy = width / 2, height / 2
    matrix = (cos, sin, cx - cos * (cx + dx) - sin * (cy + dy), -sin, cos, cy + sin * (cx + dx) - cos * (cy + dy))
    edge = tuple(int(v) for v in np.median(scan.pixels[:, :4].reshape(-1, 3), axis=0))
    image = image.transform(image.size, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR, fillcolor=edge)
    image = _toned(image, rng)
    if rng.random() < 0.5:
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.2, 0.9)))
    kept = io.BytesIO()
    image.save(kept, "JPEG", quality=int(rng.integers(45, 95)))
    return Scan(np.asarray(Image.open(kept).convert("RGB")), None, scan.name, scan.format)


def _toned(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Another light, and a grid that is fainter or stronger than it was."""
    image = ImageEnhance.Color(image).enhance(rng.uniform(0.3, 1.5))
    bend, contrast = rng.uniform(0.7, 1.5), rng.uniform(0.75, 1.0)  # a bend above 1 darkens a grid more than ink
    light = rng.uniform(0.75, 1.05) * rng.uniform(1 - TONE, 1, 3)
    grey = 1 - contrast * (1 - np.linspace(0, 1, 256) ** bend)
    table = np.clip(255 * grey[None] * light[:, None], 0, 255).astype(np.uint8)
    image = image.point(table.ravel().tolist())
    speckle = rng.integers(-4, 5, (image.height, image.width, 1), dtype=np.int16)
    return Image.fromarray(np.clip(np.asarray(image) + speckle, 0, 255).astype(np.uint8))


def prepared_views(
    root: Path,
    pages: Sequence[Page],
    spec: ImageInput,
    views: int,
    runs: Path,
    say: Callable[[str], None],
    change: Callable[[Scan], Scan] | None = None,
) -> NDArray[np.uint8]:
    """(pages, 1 + views, height, width, channels) with 0 black and 255 white: each page as it is, then altered.

    channels: 1 in the view `ink`, whose colours are equal, else 3. change: done to each page before all else. Kept in
    `runs`.
    """
    kind = change.__name__ if change else ""
    key = repr((VERSION, spec, views, kind, tuple(page.file for page in pages)))
    path = runs / f"pages-{hashlib.sha256(key.encode()).hexdigest()[:12]}.npy"
    if not path.is_file():
        channels = 1 if spec.view == "ink" else 3
        found = np.zeros((len(pages), 1 + views, spec.height, spec.width, channels), np.uint8)
        for i, page in enumerate(pages):
            scan, rng = read_page(root, page), np.random.default_rng((VERSION, zlib.crc32(page.group.encode())))
            scan = change(scan) if change else scan
            for k in range(1 + views):
                x = prepare(altered(scan, rng) if k else scan, spec).x[0, :channels]
                found[i, k] = _bytes(x, spec)
            if i % 50 == 49:
                say(f"{i + 1} of {len(pages)} pages prepared")
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial.npy")
        np.save(partial, found)
        partial.replace(path)
    kept: NDArray[np.uint8] = np.load(path, mmap_mode="r", allow_pickle=False)
    return kept


def _bytes(x: NDArray[np.float32], spec: ImageInput) -> NDArray[np.uint8]:
    share = (x - spec.black) / (spec.white - spec.black)
    return np.round(share * 255).astype(np.uint8).transpose(1, 2, 0)
