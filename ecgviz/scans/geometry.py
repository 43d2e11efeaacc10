"""Where things stand on a page and in its picture, and what a digitiser says about each step of finding them.

A page is flat and upright, in pixels from its top left corner; its homography leads to the picture, which may be
turned, tilted or scaled. The renderer states this geometry, the digitiser finds it.
"""

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ecgviz.record import Record

__all__ = [
    "STEPS",
    "Box",
    "Digitised",
    "Hints",
    "LeadBox",
    "LeadQuality",
    "PageGeometry",
    "Points",
    "Step",
    "StepName",
    "as_matrix",
]

Points = NDArray[np.float64]
"""(n, 2) x and y in pixels."""
Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 in pixels: left, top, right, bottom."""
Matrix = tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]
IDENTITY: Matrix = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))

StepName = Literal["page", "rotation", "grid", "layout", "leads", "calibration", "trace"]
STEPS: tuple[StepName, ...] = ("page", "rotation", "grid", "layout", "leads", "calibration", "trace")


@dataclass(frozen=True)
class LeadBox:
    """The place of one stretch of one lead on the flat page, in its pixels.

    x0 is the time start_s and x1 the time end_s; baseline is the y of 0 mV; y0 and y1 bound the lead's row, which a
    tall complex may leave.
    """

    lead: str
    x0: float
    y0: float
    x1: float
    y1: float
    baseline: float
    start_s: float
    end_s: float

    @property
    def box(self) -> Box:
        """The rectangle alone."""
        return self.x0, self.y0, self.x1, self.y1


@dataclass(frozen=True)
class PageGeometry:
    """A flat page of width x height pixels and the way to its picture.

    px_per_mm: along x and along y; speed in mm/s; gain in mm/mV; layout: a key of `plot.layout.LAYOUTS`; homography:
    3 x 3, from page pixels to picture pixels; grid: the printed grid; pulses: the calibration pulses.
    """

    width: float
    height: float
    boxes: tuple[LeadBox, ...]
    px_per_mm: tuple[float, float]
    speed: float
    gain: float
    layout: str
    homography: Matrix = IDENTITY
    grid: Box | None = None
    pulses: tuple[Box, ...] = ()

    @property
    def px_per_s(self) -> float:
        """Page pixels of one second."""
        return self.px_per_mm[0] * self.speed

    @property
    def px_per_mv(self) -> float:
        """Page pixels of one millivolt."""
        return self.px_per_mm[1] * self.gain

    def moved(self, matrix: NDArray[np.floating[Any]]) -> "PageGeometry":
        """The same page in a picture that was moved by this 3 x 3 matrix, from old picture pixels to new ones."""
        return replace(self, homography=as_matrix(np.asarray(matrix, np.float64) @ np.asarray(self.homography)))

    def to_picture(self, points: NDArray[np.floating[Any]]) -> Points:
        """Page pixels (n, 2) as picture pixels."""
        return _projected(np.asarray(self.homography), points)

    def to_page(self, points: NDArray[np.floating[Any]]) -> Points:
        """Picture pixels (n, 2) as page pixels."""
        return _projected(np.linalg.inv(np.asarray(self.homography)), points)

    def corners(self, box: Box | None = None) -> Points:
        """The four corners of a box of the page (the page itself where None) in the picture, (4, 2), clockwise."""
        x0, y0, x1, y1 = (0.0, 0.0, self.width, self.height) if box is None else box
        return self.to_picture(np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)]))

    def trace(self, box: LeadBox, record: Record) -> Points:
        """The samples of a record that lie in this box as page pixels, (n, 2); NaN where nothing is known."""
        times = record.times
        inside = (times >= box.start_s - 1e-9) & (times < box.end_s - 1e-9)
        x = box.x0 + (times[inside] - box.start_s) * self.px_per_s
        sign = -1.0 if box.lead.startswith("-") else 1.0
        values = sign * record[box.lead.removeprefix("-")][inside]
        return np.column_stack([x, box.baseline - values * self.px_per_mv])


def as_matrix(array: NDArray[np.floating[Any]]) -> Matrix:
    """A 3 x 3 array as a homography whose last entry is 1."""
    a, b, c = ((float(row[0]), float(row[1]), float(row[2])) for row in array / array[2, 2])
    return a, b, c


def _projected(matrix: NDArray[np.float64], points: NDArray[np.floating[Any]]) -> Points:
    whole = np.column_stack([np.asarray(points, np.float64), np.ones(len(points))]) @ matrix.T
    flat: Points = whole[:, :2] / whole[:, 2:]
    return flat


@dataclass(frozen=True)
class Hints:
    """What a person states because it was not found, or was found wrongly; None and () leave it to be found.

    corners: of the sheet, or of the printed grid, in picture pixels, top left of the upright page first, clockwise;
    boxes: (lead, x0, y0, x1, y1) in picture pixels; rotation_deg: by which the picture is turned clockwise to stand
    upright; px_per_mm of the picture; speed mm/s; gain mm/mV.
    """

    corners: tuple[tuple[float, float], ...] | None = None
    layout: str | None = None
    px_per_mm: float | None = None
    boxes: tuple[tuple[str, float, float, float, float], ...] = ()
    speed_mm_s: float | None = None
    gain_mm_mv: float | None = None
    rotation_deg: float | None = None


@dataclass(frozen=True)
class Step:
    """One step of reading a page: what was found, or why not, in words."""

    name: StepName
    ok: bool
    text: str


@dataclass(frozen=True)
class LeadQuality:
    """How far one digitised lead can be trusted.

    coverage: share of the printed time that was recovered; residual_uv: RMS of the limb-lead identities, None where
    none applies; score 0 to 1; word: what that means.
    """

    lead: str
    coverage: float
    residual_uv: float | None
    score: float
    word: str


@dataclass(frozen=True, eq=False)
class Digitised:
    """What was read from a page: the record, None where a step failed; each step in order; where it was found."""

    record: Record | None
    steps: tuple[Step, ...]
    geometry: PageGeometry | None = None
    quality: tuple[LeadQuality, ...] = ()
