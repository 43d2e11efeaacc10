"""A clean page as a scanner, a phone or a drawer full of coffee would leave it, its geometry moved along exactly."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgviz.errors import EcgvizError
from ecgviz.record import Scan
from ecgviz.scans.geometry import PageGeometry

__all__ = ["PRESETS", "Damage", "degrade"]

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Damage:
    """The most of each fault; how much of it a page has is drawn for each seed.

    rotation_deg to either side; perspective: by which share of its width a corner moves; quarters: turns by 90 degrees
    clockwise, exactly; scale of the picture's side; blur in mm of paper; noise in grey levels; jpeg: quality, exactly,
    None for no compression; shadow and light: share of the brightness that is lost; folds, stains, strokes of a pen:
    how many; moire: amplitude as a share; table: the page lies on something darker, else on white.
    """

    rotation_deg: float = 0.0
    perspective: float = 0.0
    quarters: int = 0
    scale: float = 1.0
    blur: float = 0.0
    noise: float = 0.0
    jpeg: int | None = None
    shadow: float = 0.0
    light: float = 0.0
    folds: int = 0
    stains: int = 0
    strokes: int = 0
    moire: float = 0.0
    table: bool = False


PRESETS: dict[str, Damage] = {
    "light": Damage(rotation_deg=1.5, blur=0.05, noise=2, jpeg=80, light=0.08),
    "moderate": Damage(10, 0.04, blur=0.08, noise=4, jpeg=40, shadow=0.35, light=0.15, table=True),
    "heavy": Damage(
        15, 0.09, 0, 0.6, 0.14, 8, 25, shadow=0.5, light=0.3, folds=2, stains=2, strokes=3, moire=0.04, table=True
    ),
}


def degrade(
    scan: Scan, geometry: PageGeometry, damage: Damage | str = "moderate", *, seed: int = 0
) -> tuple[Scan, PageGeometry]:
    """Damage a page. `damage` may name one of PRESETS; the same seed gives the same picture.

    Returns the picture and the geometry, whose homography leads from the flat page to it.
    Raises EcgvizError for an unknown preset.
    """
    if isinstance(damage, str):
        if damage not in PRESETS:
            raise EcgvizError(f"Damage {damage!r} is not known; choose one of {', '.join(PRESETS)}.")
        damage = PRESETS[damage]
    rng = np.random.default_rng(seed)
    mm = (scan.px_per_mm or geometry.px_per_mm[0]) * damage.scale
    pixels = _on_paper(scan.pixels, damage, rng)
    matrix, size = _pose(pixels.shape[1], pixels.shape[0], damage, rng)
    if not np.allclose(matrix, np.eye(3)):
        pixels = _laid(pixels, matrix, size, damage, rng)
    field = _lighting(pixels.shape[0], pixels.shape[1], damage, rng)
    pixels = _seen(pixels, field, damage, mm, rng)
    note = f"degraded with seed {seed}"
    kept = mm if damage.perspective == 0 else None
    return replace(scan, pixels=pixels, px_per_mm=kept, notes=(*scan.notes, note)), geometry.moved(matrix)


def _on_paper(pixels: Pixels, damage: Damage, rng: np.random.Generator) -> Pixels:
    """What happened to the sheet itself: pen strokes, stains and folds."""
    page = pixels.copy()
    for _ in range(damage.strokes):
        _stroke(page, rng)
    for _ in range(damage.stains):
        _stain(page, rng)
    for _ in range(damage.folds):
        _fold(page, rng)
    return page


def _stroke(page: Pixels, rng: np.random.Generator) -> None:
    """A pen's stroke: a smooth random line, a few mm high and some cm long."""
    side = page.shape[1]
    steps = np.cumsum(rng.normal((1.2, 0), (0.6, 2.0), (rng.integers(12, 40), 2)), axis=0) * side / 300
    line = cv2.GaussianBlur(steps, (1, 5), 0) + rng.uniform((0.05, 0.05), (0.8, 0.95)) * page.shape[1::-1]
    colour = ((24, 32, 120), (30, 30, 34), (150, 24, 30))[rng.integers(3)]
    points = np.rint(line * 16).astype(np.int32)
    cv2.polylines(page, [points], False, colour, max(1, round(side / 700)), cv2.LINE_AA, 4)


def _stain(page: Pixels, rng: np.random.Generator) -> None:
    """A brown ring or blot that multiplies what is below it."""
    high, wide = page.shape[:2]
    small = np.zeros((high // 4 + 1, wide // 4 + 1), np.float32)
    middle = rng.uniform((0.1, 0.1), (0.9, 0.9)) * small.shape[::-1]
    axes = rng.uniform(0.03, 0.11, 2) * small.shape[1]
    at, size = (int(middle[0]), int(middle[1])), (int(axes[0]), int(axes[1]))
    thick = -1 if rng.random() < 0.5 else max(2, int(0.15 * axes.min()))
    cv2.ellipse(small, at, size, float(rng.uniform(0, 180)), 0, 360, (1.0,), thick)
    small = cv2.GaussianBlur(small, (0, 0), 0.006 * small.shape[1] + 1)
    depth = rng.uniform(0.15, 0.35) * np.array([0.35, 0.65, 1.0], np.float32)
    share = cv2.resize(small, (wide, high))[:, :, None]
    page[:] = np.rint(page * (1 - share * depth)).astype(np.uint8)


def _fold(page: Pixels, rng: np.random.Generator) -> None:
    """A crease from edge to edge: a thin dark line, one side lighter and the other darker towards it."""
    high, wide = page.shape[:2]
    upright = bool(rng.random() < 0.5)
    ends = rng.uniform(0.2, 0.8, 2) * (wide if upright else high)
    ends[1] = ends[0] + rng.uniform(-0.05, 0.05) * high
    y, x = np.mgrid[0:high, 0:wide].astype(np.float32)
    along, across = (y / high, x) if upright else (x / wide, y)
    off = across - np.float32(ends[0]) - np.float32(ends[1] - ends[0]) * along
    scale = np.float32(0.02 * wide)
    tone = 1 + 0.10 * np.sign(off) * np.exp(-np.abs(off) / scale) - 0.25 * np.exp(-((off / (0.0008 * wide)) ** 2))
    page[:] = np.clip(page * tone[:, :, None], 0, 255).astype(np.uint8)


def _pose(
    wide: int, high: int, damage: Damage, rng: np.random.Generator
) -> tuple[NDArray[np.float64], tuple[int, int]]:
    """From the page's pixels to the picture's, and the picture's width and height."""
    corners = np.array([(0, 0), (wide, 0), (wide, high), (0, high)], np.float64) - 0.5
    angle = np.deg2rad(rng.uniform(-1, 1) * damage.rotation_deg + 90 * (damage.quarters % 4))
    moved = corners + rng.uniform(-1, 1, (4, 2)) * damage.perspective * wide
    moved = moved @ np.array([(np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle))]) * damage.scale
    turned = damage.rotation_deg or damage.perspective
    margin = (0.04 if turned else 0.0) * wide * damage.scale
    moved += margin - moved.min(axis=0) - 0.5
    size = np.rint(moved.max(axis=0) + margin + 0.5).astype(int)
    matrix: NDArray[np.float64] = cv2.getPerspectiveTransform(corners.astype(np.float32), moved.astype(np.float32))
    return matrix, (int(size[0]), int(size[1]))


def _laid(
    pixels: Pixels, matrix: NDArray[np.float64], size: tuple[int, int], damage: Damage, rng: np.random.Generator
) -> Pixels:
    """The sheet on a white lid or on a table, in its new pose."""
    if damage.table:
        tone = rng.uniform(40, 150) + rng.normal(0, 12, 3)
        under = np.clip(tone + rng.normal(0, 4, (size[1] // 4 + 1, size[0] // 4 + 1, 1)), 0, 255).astype(np.uint8)
        below = cv2.resize(under, size)
    else:
        below = np.full((size[1], size[0], 3), 252, np.uint8)
    way = cv2.INTER_AREA if damage.scale < 1 else cv2.INTER_LINEAR
    if damage.scale < 1:
        pixels = cv2.GaussianBlur(pixels, (0, 0), 0.35 / damage.scale)
    found: Pixels = cv2.warpPerspective(pixels, matrix, size, below, way, cv2.BORDER_TRANSPARENT)
    return found


def _lighting(high: int, wide: int, damage: Damage, rng: np.random.Generator) -> NDArray[np.float32]:
    """How much light reaches each pixel, (high, wide): a slope, a darker rim and one soft shadow."""
    y, x = np.mgrid[0 : 1 : high // 8 * 1j, 0 : 1 : wide // 8 * 1j]
    field = np.ones(x.shape)
    if damage.light:
        angle, loss = rng.uniform(0, 2 * np.pi), rng.uniform(0.5, 1) * damage.light
        field -= loss * (0.5 + 0.7 * ((x - 0.5) * np.cos(angle) + (y - 0.5) * np.sin(angle)))
        field -= 0.5 * loss * ((x - 0.5) ** 2 + (y - 0.5) ** 2)
    if damage.shadow:
        angle, where = rng.uniform(0, 2 * np.pi), rng.uniform(-0.25, 0.25)
        edge = ((x - 0.5) * np.cos(angle) + (y - 0.5) * np.sin(angle) - where) / rng.uniform(0.01, 0.06)
        field *= 1 - rng.uniform(0.5, 1) * damage.shadow / (1 + np.exp(-np.clip(edge, -30, 30)))
    if damage.moire:
        return _moire(cv2.resize(field.astype(np.float32), (wide, high)), damage, rng)
    found: NDArray[np.float32] = cv2.resize(field.astype(np.float32), (wide, high))
    return found


def _moire(field: NDArray[np.float32], damage: Damage, rng: np.random.Generator) -> NDArray[np.float32]:
    """The bands of a photographed screen: two gratings that bend slightly."""
    high, wide = field.shape
    y, x = np.mgrid[0:high, 0:wide].astype(np.float32)
    for _ in range(2):
        angle, pitch = rng.uniform(0, np.pi), rng.uniform(4, 14)
        along = x * np.float32(np.cos(angle)) + y * np.float32(np.sin(angle))
        bend = 3 * np.sin(along * np.float32(2 * np.pi / wide)).astype(np.float32)
        field = field * (1 + np.float32(damage.moire / 2) * np.sin((along + bend) * np.float32(2 * np.pi / pitch)))
    return field


def _seen(pixels: Pixels, field: NDArray[np.float32], damage: Damage, mm: float, rng: np.random.Generator) -> Pixels:
    """What the camera makes of it: blur, light, noise and compression."""
    if damage.blur * mm > 0.2:
        pixels = cv2.GaussianBlur(pixels, (0, 0), max(0.2, rng.uniform(0.5, 1) * damage.blur * mm))
    seen = pixels.astype(np.float32)
    if damage.light or damage.shadow or damage.moire:
        seen *= field[:, :, None]
    if damage.noise:
        grain = rng.standard_normal(pixels.shape[:2], dtype=np.float32)
        seen += np.float32(damage.noise * rng.uniform(0.5, 1)) * grain[:, :, None]
    found: Pixels = np.clip(np.rint(seen), 0, 255).astype(np.uint8)
    return found if damage.jpeg is None else _compressed(found, damage.jpeg)


def _compressed(pixels: Pixels, quality: int) -> Pixels:
    _, coded = cv2.imencode(".jpg", pixels[:, :, ::-1], (cv2.IMWRITE_JPEG_QUALITY, quality))
    read = np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)
    return np.ascontiguousarray(read[:, :, ::-1])
