"""The first steps of a digitiser: the page, its rotation and its grid, then its layout and its leads."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgviz.leads import STANDARD_12, canonical
from ecgviz.plot.layout import LAYOUTS
from ecgviz.record import Flag, Scan
from ecgviz.scans.flat import Flat, Ruling, flatten, grid_tone, rule_of
from ecgviz.scans.geometry import Hints, Step, StepName, as_matrix
from ecgviz.scans.grid import Lattice, find_lattice
from ecgviz.scans.layout import ENOUGH, Cell, Reading, Span
from ecgviz.scans.orient import View, upright
from ecgviz.scans.pulse import find_pulses
from ecgviz.scans.rows import Row, level_near
from ecgviz.scans.tone import is_inverted

__all__ = ["Plan", "Stopped", "find_flat", "find_leads", "rows_step"]

LONGEST_PX = 2000
SMALLEST_PX = 200
CLEARLY = 0.03
"""By so much the best layout's names must be seen better than another's."""
MOST_PLANS = 3
UNSEEN = 0.35
"""Layouts that score less have no name on the page: the score of a page without names."""


class Stopped(Exception):
    """A step failed; no error of a person, so it never leaves `digitise`."""

    def __init__(self, name: StepName, text: str) -> None:
        super().__init__(text)
        self.step = Step(name, False, text)


@dataclass(frozen=True, eq=False)
class Plan:
    """What is where: the page as seen, the layout, its cells with the strips, and what had to be assumed.

    doubt: why the names do not prove the layout, "" where they do; then the limb leads must prove it.
    """

    view: View
    layout: str
    cells: tuple[Cell, ...]
    reading: Reading | None
    flags: tuple[Flag, ...] = ()
    doubt: str = ""


def find_flat(scan: Scan, hints: Hints, steps: list[Step]) -> View:
    """The flat, upright page. Raises Stopped."""
    pixels, back = _sheet(scan, hints)
    _check_page(pixels)
    height, width = scan.pixels.shape[:2]
    try:
        lattice, ruling = _grid(pixels, hints)
    except Stopped as stopped:
        if stopped.step.name == "grid":
            steps.append(Step("page", True, f"Picture of {width} x {height} pixels, taken as the page itself."))
            steps.append(Step("rotation", True, "Taken as upright: without a grid nothing shows its turn."))
        raise
    flat = flatten(pixels, lattice, ruling)
    flat = replace(flat, homography=as_matrix(back @ np.asarray(flat.homography)))
    seen, proven = upright(flat, fixed=hints.rotation_deg is not None or hints.corners is not None)
    tilt = _tilt(seen.flat)
    how = f"tilted by {100 * tilt:.1f} %" if tilt > 0.005 else "seen straight on"
    steps.append(Step("page", True, f"Picture of {width} x {height} pixels; ruled paper {how}."))
    angle = _angle(seen.flat)
    proof = "" if proven else "; nothing on the page proves which way up it is, so the given way is assumed"
    turned = f"Turned by {angle:.1f}°" if abs(angle) >= 0.05 else "Upright"
    steps.append(Step("rotation", True, f"{turned}{proof}."))
    lines = "fine and heavy lines" if ruling.fine else "heavy lines only"
    x, y = ruling.px_per_mm
    steps.append(Step("grid", True, f"{x:.2f} px/mm along and {y:.2f} px/mm down the page; {lines}."))
    if not proven and seen.quarters:
        raise Stopped("rotation", "The page lies on its side and nothing says which way up it is. Turn it upright.")
    return seen


def _sheet(scan: Scan, hints: Hints) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """The picture that is searched and the homography from it to the scan: as given, cut by corners, or turned."""
    pixels = 255 - scan.pixels if is_inverted(scan.pixels) else scan.pixels
    if hints.corners is not None:
        corners = np.array(hints.corners, np.float32)
        wide = max(np.hypot(*(corners[1] - corners[0])), np.hypot(*(corners[2] - corners[3])))
        high = max(np.hypot(*(corners[3] - corners[0])), np.hypot(*(corners[2] - corners[1])))
        target = np.array([(0, 0), (wide, 0), (wide, high), (0, high)], np.float32)
        matrix = cv2.getPerspectiveTransform(corners, target)
        pixels = cv2.warpPerspective(pixels, matrix, (round(float(wide)), round(float(high))), flags=cv2.INTER_CUBIC)
        return np.asarray(pixels, np.uint8), np.linalg.inv(matrix)
    if hints.rotation_deg:
        height, width = pixels.shape[:2]
        turn = np.vstack([cv2.getRotationMatrix2D((width / 2, height / 2), -hints.rotation_deg, 1.0), (0, 0, 1)])
        ends = cv2.perspectiveTransform(np.array([[(0, 0), (width, 0), (width, height), (0, height)]], float), turn)[0]
        low, high = ends.min(axis=0), ends.max(axis=0)
        turn = np.array([[1, 0, -low[0]], [0, 1, -low[1]], [0, 0, 1]]) @ turn
        size = (round(high[0] - low[0]), round(high[1] - low[1]))
        pixels = cv2.warpPerspective(pixels, turn, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(pixels, np.uint8), np.linalg.inv(turn)
    return pixels, np.eye(3)


def _check_page(pixels: NDArray[np.uint8]) -> None:
    height, width = pixels.shape[:2]
    if min(height, width) < SMALLEST_PX:
        raise Stopped(
            "page", f"The picture is {width} x {height} pixels; a page needs 800 across or more. Scan it finer."
        )
    grey = pixels.min(axis=2)[:: max(1, height // 400), :: max(1, width // 400)].astype(np.float32)
    if np.quantile(grey, 0.995) - np.quantile(grey, 0.002) < 25:
        raise Stopped(
            "page", "The page is blank: nothing on it is darker than the paper. Check that the right side was scanned."
        )


def _grid(pixels: NDArray[np.uint8], hints: Hints) -> tuple[Lattice, Ruling]:
    height, width = pixels.shape[:2]
    shrink = max(1.0, max(height, width) / LONGEST_PX)
    small = pixels
    if shrink > 1:
        small = np.asarray(
            cv2.resize(pixels, (round(width / shrink), round(height / shrink)), interpolation=cv2.INTER_AREA)
        )
    tone = grid_tone(small)
    lattice = find_lattice(tone)
    fx, fy = small.shape[1] / width, small.shape[0] / height
    scale = np.array([[fx, 0, (fx - 1) / 2], [0, fy, (fy - 1) / 2], [0, 0, 1.0]])
    if lattice is None:
        if hints.px_per_mm is None:
            raise Stopped(*_no_grid(small))
        return _stated(width, height, hints.px_per_mm)
    ruling = rule_of(tone, lattice)
    lattice = replace(lattice, to_lines=lattice.to_lines @ scale, tiles=lattice.tiles / (fx, fy))
    ruling = replace(ruling, px_per_mm=(ruling.px_per_mm[0] / fx, ruling.px_per_mm[1] / fy))
    if hints.px_per_mm is not None:
        return _agreeing(lattice, ruling, hints.px_per_mm) or _stated(width, height, hints.px_per_mm)
    return lattice, ruling


def _no_grid(small: NDArray[np.uint8]) -> tuple[StepName, str]:
    """Which step fails without a grid: a page without one, or no page at all."""
    bright = small.min(axis=2)
    if np.mean(bright > 0.85 * np.quantile(bright, 0.95)) > 0.6:
        return "grid", (
            "No grid of ECG paper: no lines repeat in two directions at right angles. "
            "If it is an ECG without a grid, give the pixels per mm."
        )
    return "page", (
        "No ECG paper in the picture: no ruled sheet stands out from it. "
        "Photograph the whole page from above in even light, or give its corners and pixels per mm."
    )


def _stated(width: int, height: int, px_per_mm: float) -> tuple[Lattice, Ruling]:
    """The whole picture as a page of so many pixels per mm."""
    to_lines = np.diag([1 / px_per_mm, 1 / px_per_mm, 1.0])
    span = (0.0, 0.0, (width - 1) / px_per_mm, (height - 1) / px_per_mm)
    return Lattice(to_lines, np.zeros((0, 2)), 0.0, span, 1.0), Ruling(1.0, False, (px_per_mm, px_per_mm))


def _agreeing(lattice: Lattice, ruling: Ruling, px_per_mm: float) -> tuple[Lattice, Ruling] | None:
    """The lattice with the number of mm a line that the stated scale asks for, where there is one."""
    pitch = float(np.mean(ruling.px_per_mm)) * ruling.mm
    for mm in (1.0, 5.0, 2.5, 0.5, 10.0):
        if abs(pitch / mm / px_per_mm - 1) < 0.06:
            along, down = (side * ruling.mm / mm for side in ruling.px_per_mm)
            return lattice, Ruling(mm, mm <= 1, (along, down))
    return None


def _tilt(flat: Flat) -> float:
    """By how much opposite sides of the grid differ in the picture, as a share."""
    x0, y0, x1, y1 = flat.grid_box
    box = np.array([[(x0, y0), (x1, y0), (x1, y1), (x0, y1)]], float)
    a, b, c, d = cv2.perspectiveTransform(box, np.asarray(flat.homography))[0]
    sides = [float(np.hypot(*(p - q))) for p, q in ((a, b), (d, c), (a, d), (b, c))]
    return max(abs(sides[0] / sides[1] - 1), abs(sides[2] / sides[3] - 1))


def _angle(flat: Flat) -> float:
    """The page's rotation in the picture, degrees clockwise."""
    x0, y0, x1, y1 = flat.grid_box
    ends = np.array([[(x0, (y0 + y1) / 2), (x1, (y0 + y1) / 2)]], float)
    a, b = cv2.perspectiveTransform(ends, np.asarray(flat.homography))[0]
    return float(np.degrees(np.arctan2(b[1] - a[1], b[0] - a[0])))


def find_leads(seen: View, hints: Hints, steps: list[Step]) -> tuple[Plan, ...]:
    """Which lead stands where: one plan that is proven or given, or several in doubt. Raises Stopped."""
    if hints.boxes:
        return (_boxed(seen, hints, steps),)
    rows = len(seen.rows)
    if rows == 0 or seen.span is None or seen.span.width < 60 * seen.flat.px_per_mm:
        raise Stopped("layout", "The paper is ruled, but no row of trace runs across it. Give a box for each lead.")
    if hints.layout is not None and hints.layout not in LAYOUTS:
        raise Stopped("layout", f"Layout {hints.layout!r} is not known; choose one of {', '.join(LAYOUTS)}.")
    fitting = [r for r in seen.readings if hints.layout in (None, r.layout)]
    if not fitting:
        asked = f" of {hints.layout}" if hints.layout else " that is known"
        raise Stopped("layout", f"{rows} rows of trace do not make a layout{asked}. Give a box for each lead.")
    best = fitting[0]
    steps.append(rows_step(seen, best))
    rival = next((r for r in fitting if r.layout != best.layout), None)
    clear = rival is None or best.score > rival.score + CLEARLY
    if best.right >= ENOUGH and best.wrong <= 1 and clear:
        steps.append(Step("leads", True, f"{best.right} of 12 names read, each where {best.layout} has it."))
        return (_plan(seen, best),)
    if hints.layout is not None:
        steps.append(Step("leads", True, f"{best.right} of 12 names read; the layout was given."))
        flag = Flag("digitised", f"The layout {best.layout} was given, not read from the names.", level="info")
        return (_plan(seen, best, (flag,)),)
    return tuple(_plan(seen, reading, doubt=_doubt(best)) for reading in _one_each(fitting)[:MOST_PLANS])


def rows_step(seen: View, reading: Reading) -> Step:
    """What the step of the layout says of a reading."""
    rows, width = len(seen.rows), seen.span.width / seen.flat.px_per_mm if seen.span is not None else 0.0
    count, across = len({cell.row for cell in reading.cells}), len({cell.start for cell in reading.cells})
    strips = f", {rows - count} of them strips" if rows > count else ""
    return Step("layout", True, f"{rows} rows of {width:.0f} mm{strips}: {reading.layout}, {across} columns.")


def _plan(seen: View, reading: Reading, flags: tuple[Flag, ...] = (), doubt: str = "") -> Plan:
    rows = len(seen.rows)
    strips = rows - len({cell.row for cell in reading.cells})
    return Plan(seen, reading.layout, (*reading.cells, *_strips(reading, rows, strips)), reading, flags, doubt)


def _one_each(fitting: list[Reading]) -> list[Reading]:
    """The best reading of each layout."""
    first: dict[str, Reading] = {}
    for reading in fitting:
        first.setdefault(reading.layout, reading)
    return list(first.values())


def _doubt(best: Reading) -> str:
    """What the names say too little of, or something else."""
    if best.score < UNSEEN and best.wrong == 0:
        return "No lead names can be read"
    read = ", ".join(name for name in best.names if name) or "none"
    return f"The lead names do not settle the order: {best.right} of 12 fit {best.layout} (read: {read})"


def _boxed(seen: View, hints: Hints, steps: list[Step]) -> Plan:
    """The boxes that were given, as rows and shares of their span. Raises Stopped for a lead that is not known."""
    to_flat = np.linalg.inv(np.asarray(seen.flat.homography))
    placed = []
    for lead, x0, y0, x1, y1 in hints.boxes:
        if canonical(lead) not in STANDARD_12:
            raise Stopped("leads", f"{lead!r} is not one of the twelve leads; choose from {', '.join(STANDARD_12)}.")
        corners = cv2.perspectiveTransform(np.array([[(x0, y0), (x1, y0), (x1, y1), (x0, y1)]], float), to_flat)[0]
        placed.append((canonical(lead), *corners.min(axis=0), *corners.max(axis=0)))
    left, right = min(box[1] for box in placed), max(box[3] for box in placed)
    levels: list[float] = []
    cells = []
    for lead, x0, y0, x1, y1 in sorted(placed, key=lambda box: box[2] + box[4]):
        if not levels or (y0 + y1) / 2 - levels[-1] > (y1 - y0) / 3:
            levels.append((y0 + y1) / 2)
        cells.append(Cell(lead, len(levels) - 1, (x0 - left) / (right - left), (x1 - left) / (right - left)))
    rows = tuple(Row(level_near(seen.flat, y, left, right), left, right, 1.0) for y in levels)
    pulses = find_pulses(seen.flat, rows)
    steps.append(Step("layout", True, f"{len(cells)} boxes were given, on {len(rows)} rows."))
    steps.append(Step("leads", True, f"As given: {', '.join(cell.lead for cell in cells)}."))
    seen = replace(seen, rows=rows, pulses=pulses, span=Span(left, right))
    flag = Flag("digitised", "The places of the leads were given by hand.", level="info")
    return Plan(seen, hints.layout or "rows", tuple(cells), None, (flag,))


def _strips(best: Reading, rows: int, strips: int) -> tuple[Cell, ...]:
    """The rhythm strips; a name that was not read stays empty until the traces are compared."""
    first = rows - strips
    return tuple(Cell(best.strips[k] if k < len(best.strips) else "", first + k, 0.0, 1.0) for k in range(strips))
