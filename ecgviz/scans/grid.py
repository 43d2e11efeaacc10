"""The grid of ECG paper as a lattice: where its lines run, anywhere in a picture, turned and tilted as it may be.

Each tile of the picture has a local spectrum whose two peaks at right angles are the two sets of lines. Counting lines
from tile to tile gives each tile centre its place on the paper, and one homography fits them all.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import fft

from ecgviz.scans.bend import Bend, find_bend
from ecgviz.scans.tone import Tone

__all__ = ["Lattice", "find_lattice"]

SEEDS = 6
FLAT_TO_BENT = (0.2, 0.7, 2.0)
"""Lines by which tiles may miss one plane: a sheet that bends is taken as flat first, then put straight."""
ENOUGH = 0.8
"""Share of the tiles that a bend must explain."""
LEAST_LINES = 6
LEAST_TILES = 8
# A tile's peak must stand out from its own spectrum; texture of cloth, fur or text rarely reaches half of this.
CLEAR = 6.0
Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Lattice:
    """Lines counted over a picture.

    to_lines: 3 x 3, from picture pixels to line counts (u, v), one line a unit; tiles: (n, 2) centres where the grid
    was seen; spread: RMS misfit in lines; span: (u0, v0, u1, v1) over the tiles; bend: of a sheet that is not flat.
    """

    to_lines: Array
    tiles: Array
    spread: float
    span: tuple[float, float, float, float]
    share: float
    bend: Bend | None = None


@dataclass(eq=False)
class _Tiles:
    """Spectra of overlapping square tiles: centres (n, 2), power (n, side, side // 2 + 1), and the tiles themselves."""

    side: int
    centres: Array
    power: NDArray[np.float32]
    cut: NDArray[np.float32]
    index: dict[tuple[int, int], int]
    level: NDArray[np.float32]


def find_lattice(tone: Tone) -> Lattice | None:
    """The grid in a picture of darkness, or None where no lines repeat in two directions."""
    tiles = _tiles(tone)
    if tiles is None:
        return None
    best: Lattice | None = None
    for seed in _seeds(tiles):
        grown = _grow(tiles, *seed)
        found = _fit(tiles, grown) if len(grown) >= LEAST_TILES else None
        if found is not None and (best is None or len(found.tiles) > len(best.tiles)):
            best = found
        if best is not None and best.share > 0.5:
            break
    return best


def _tiles(tone: Tone) -> _Tiles | None:
    height, width = tone.shape
    side = 256 if max(height, width) > 1300 else 128
    if min(height, width) < side:
        return None
    step = side // 2
    rows, columns = range(0, height - side + 1, step), range(0, width - side + 1, step)
    window = np.hanning(side + 2)[1:-1].astype(np.float32)
    taper = window[:, None] * window
    cut = np.stack([tone[y : y + side, x : x + side] for y in rows for x in columns])
    # Ink is far darker than the grid: bounded, it cannot drown the lines.
    cut = np.minimum(cut, 2.5 * np.quantile(cut, 0.75, axis=(1, 2), keepdims=True) + 0.02)
    cut = (cut - cut.mean(axis=(1, 2), keepdims=True)) * taper
    power = np.abs(fft.rfft2(cut)) ** 2
    centres = np.array([(x + (side - 1) / 2, y + (side - 1) / 2) for y in rows for x in columns])
    level = np.median(power, axis=(1, 2)).astype(np.float32) + 1e-12
    places = [(j, i) for j in range(len(rows)) for i in range(len(columns))]
    return _Tiles(side, centres, power.astype(np.float32), cut, {place: n for n, place in enumerate(places)}, level)


def _frequencies(side: int) -> tuple[Array, Array]:
    fy = fft.fftfreq(side)[:, None] * np.ones(side // 2 + 1)
    fx = fft.rfftfreq(side)[None, :] * np.ones((side, 1))
    return fx, fy


def _seeds(tiles: _Tiles) -> list[tuple[int, Array, Array]]:
    """The tiles with the clearest pair of perpendicular peaks: (tile, f1, f2), clearest first."""
    fx, fy = _frequencies(tiles.side)
    radius = np.hypot(fx, fy)
    allowed = (radius > 5 / tiles.side) & (radius < 0.46)
    found = []
    for n in range(len(tiles.centres)):
        power = np.where(allowed, tiles.power[n], 0)
        level = tiles.level[n]
        first = np.unravel_index(np.argmax(power), power.shape)
        if not allowed[first]:
            continue  # a tile without any texture
        direction = np.array([fx[first], fy[first]]) / radius[first]
        along = np.abs(fx * direction[0] + fy * direction[1]) / np.maximum(radius, 1e-9)
        close = (np.abs(radius / radius[first] - 1) < 0.2) & (along < 0.25) & allowed
        if not close.any():
            continue
        second = np.unravel_index(np.argmax(np.where(close, power, 0)), power.shape)
        clear = float(np.log(min(power[first], power[second]) / level + 1e-9))
        if clear > CLEAR - 2:
            one, two = (_peak(tiles, n, np.array([fx[p], fy[p]]), 1.5) for p in (first, second))
            if one is not None and two is not None:
                found.append((clear, n, one, two))
    found.sort(key=lambda item: -item[0])
    return [(n, *_ordered(one, two)) for _, n, one, two in found[:SEEDS]]


def _ordered(one: Array, two: Array) -> tuple[Array, Array]:
    """As (u, v): u runs more along x, and v turns from u as y turns from x."""
    u, v = (one, two) if abs(one[0]) > abs(one[1]) else (two, one)
    u = u if u[0] > 0 else -u
    return u, (v if v[1] > 0 else -v)


def _peak(tiles: _Tiles, n: int, near: Array, reach_bins: float) -> Array | None:
    """The local frequency (2,) in cycles per pixel of the highest peak within reach_bins, to a fraction of a bin."""
    side, power = tiles.side, tiles.power[n]
    sign = 1.0 if near[0] >= 0 else -1.0
    centre = sign * near * side
    r = int(np.ceil(reach_bins))
    ix, iy = round(float(centre[0])), round(float(centre[1]))
    xs = np.arange(max(ix - r, 0), min(ix + r, side // 2) + 1)
    ys = np.arange(iy - r, iy + r + 1)
    if xs.size == 0:
        return None
    patch = power[np.ix_(ys % side, xs)]
    j, i = np.unravel_index(np.argmax(patch), patch.shape)
    x, y = int(xs[i]), int(ys[j])
    level = float(tiles.level[n])
    if np.log(patch[j, i] / level + 1e-9) < CLEAR - 3:
        return None
    dx, dy = _vertex(power, x, y, side)
    return np.array([x + dx, y + dy]) * sign / side


def _vertex(power: NDArray[np.float32], x: int, y: int, side: int) -> tuple[float, float]:
    """Offsets of the parabola's top through the log power around a bin."""

    def top(a: float, b: float, c: float) -> float:
        bend = a - 2 * b + c
        return float(np.clip(0.5 * (a - c) / bend, -0.5, 0.5)) if bend < 0 else 0.0

    def log(px: int, py: int) -> float:
        if px < 0:
            px, py = -px, -py
        return float(np.log(power[py % side, min(px, side // 2)] + 1e-12))

    here = log(x, y)
    return top(log(x - 1, y), here, log(x + 1, y)), top(log(x, y - 1), here, log(x, y + 1))


def _phase(tiles: _Tiles, n: int, f: Array) -> float:
    """Lines from the tile's centre to a line, in [0, 1): where the wave of frequency f stands."""
    at = np.arange(tiles.side) - (tiles.side - 1) / 2
    wave = np.exp(-2j * np.pi * f[1] * at)[:, None] * np.exp(-2j * np.pi * f[0] * at)
    return float(np.angle(np.sum(tiles.cut[n] * wave)) / (2 * np.pi))


def _grow(tiles: _Tiles, seed: int, u: Array, v: Array) -> dict[int, tuple[Array, Array]]:
    """Counts (u, v) and frequencies of each tile reached from the seed: {tile: ((2,) counts, (2, 2) frequencies)}."""
    place = {n: key for key, n in tiles.index.items()}
    known = {seed: (np.array([_phase(tiles, seed, u), _phase(tiles, seed, v)]), np.stack([u, v]))}
    queue = [seed]
    while queue:
        here = queue.pop(0)
        counts, rates = known[here]
        j, i = place[here]
        for key in ((j, i + 1), (j, i - 1), (j + 1, i), (j - 1, i)):
            n = tiles.index.get(key)
            if n is None or n in known:
                continue
            step = tiles.centres[n] - tiles.centres[here]
            found = [_peak(tiles, n, rate, 0.06 * np.hypot(*rate) * tiles.side + 1) for rate in rates]
            if found[0] is None or found[1] is None:
                continue
            there = np.stack([found[0], found[1]])
            guess = counts + ((rates + there) / 2) @ step
            phases = np.array([_phase(tiles, n, f) for f in there])
            whole = phases + np.round(guess - phases)
            if np.abs(whole - guess).max() < 0.3:
                known[n] = (whole, there)
                queue.append(n)
    return known


def _fit(tiles: _Tiles, grown: dict[int, tuple[Array, Array]]) -> Lattice | None:
    order = list(grown)
    centres, counts = tiles.centres[order], np.stack([grown[n][0] for n in order])
    for within in FLAT_TO_BENT:
        matrix, used = cv2.findHomography(centres, counts, cv2.RANSAC, within, maxIters=4000)
        if matrix is None:
            return None
        inside = used.ravel().astype(bool)
        if inside.sum() >= max(LEAST_TILES, 0.5 * len(order)):
            break
    else:
        return None
    if np.linalg.matrix_rank(np.cov(centres[inside].T), tol=1.0) < 2:
        return None
    flat = _projected(matrix, centres)
    bend = find_bend(flat, counts)
    straight = flat if bend is None else flat + bend.at(flat)
    if bend is not None:
        better = np.abs(straight - counts).max(axis=1) < FLAT_TO_BENT[1] / 2
        if better.sum() >= max(inside.sum(), ENOUGH * len(order)):
            inside = better
        else:
            bend, straight = None, flat
    if bend is None and within > FLAT_TO_BENT[0]:
        return None
    misfit = straight[inside] - counts[inside]
    low, high = counts[inside].min(axis=0), counts[inside].max(axis=0)
    if (high - low).min() < LEAST_LINES:
        return None
    return Lattice(
        matrix,
        centres[inside],
        float(np.sqrt(np.mean(misfit**2))),
        (float(low[0]), float(low[1]), float(high[0]), float(high[1])),
        float(inside.sum() / len(tiles.centres)),
        bend,
    )


def _projected(matrix: Array, points: NDArray[np.floating[Any]]) -> Array:
    return np.asarray(cv2.perspectiveTransform(np.asarray(points, np.float64)[None], matrix)[0])
