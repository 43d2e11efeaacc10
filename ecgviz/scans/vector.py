"""A PDF that draws its ECG as lines: the traces are read as they stand, with no picture between.

The scale comes from the grid's lines, zero and gain from the calibration pulse, the leads from the names as text.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from ecgviz.leads import STANDARD_12
from ecgviz.plot.layout import GAINS, SPEEDS
from ecgviz.record import Flag, Provenance, Record, Scan
from ecgviz.scans.geometry import Digitised, LeadBox, PageGeometry, Step
from ecgviz.scans.pdf_paths import Drawing, drawing
from ecgviz.scans.quality import grade

__all__ = ["FS", "read"]

FS = 500.0
MM_PT = 72 / 25.4
LEAST_POINTS, SHORTEST_MM = 60, 20.0
Points = NDArray[np.float64]


@dataclass(frozen=True)
class _Pulse:
    x: float
    foot: float
    height: float
    width: float


def read(pdf: bytes, scan: Scan) -> Digitised | None:
    """The traces of the first page; None where it does not draw twelve named leads on a grid as lines."""
    page = drawing(pdf)
    if page is None:
        return None
    mm, fine = _pitch(page)
    if mm is None:
        return None
    traces = [line for line in page.lines if _is_trace(line, mm)]
    leads = _named(traces, page.names, mm)
    if len({lead for lead in leads if lead}) < 12:
        return None
    pulses = [pulse for line in page.lines if (pulse := _pulse(line, mm)) is not None]
    return _digitised(page, scan, mm, fine, traces, leads, pulses)


def _pitch(page: Drawing) -> tuple[float | None, bool]:
    """Points of one mm, from the evenly spaced upright lines, and whether every mm has its line."""
    xs = [line[0, 0] for line in page.lines if len(line) == 2 and abs(line[0, 0] - line[1, 0]) < 0.01]
    places = np.unique(np.round(xs, 2))
    gaps = np.diff(places)
    gaps = gaps[gaps > 0.5]
    if gaps.size < 15:
        return None, False
    step = float(np.median(gaps))
    even = gaps[np.abs(gaps / step - 1) < 0.05]
    if even.size < 0.6 * gaps.size:
        return None, False
    step = float(even.mean())
    lines = (places[-1] - places[0]) / step
    per_mm = 1.0 if lines > 100 else 5.0
    return step / per_mm, per_mm == 1.0


def _is_trace(line: Points, mm: float) -> bool:
    """A long polyline that only goes forward."""
    steps = np.diff(line[:, 0])
    return len(line) >= LEAST_POINTS and line[-1, 0] - line[0, 0] > SHORTEST_MM * mm and bool((steps > -0.02).all())


def _pulse(line: Points, mm: float) -> _Pulse | None:
    """A foot, up, along, down: four corners or more, all at right angles."""
    if not 4 <= len(line) <= 8:
        return None
    steps = np.abs(np.diff(line, axis=0))
    if not (steps.min(axis=1) < 0.02 * mm + 0.02).all():
        return None
    top, foot = float(line[:, 1].min()), float(line[:, 1].max())
    roof = line[line[:, 1] < top + 0.05 * mm, 0]
    height, width = (foot - top) / mm, float(np.ptp(roof)) / mm
    if not (3 < height < 25 and 1.5 < width < 12):
        return None
    return _Pulse(float(roof.min()), foot, height, width)


def _named(traces: list[Points], names: tuple[tuple[str, float, float], ...], mm: float) -> list[str]:
    """For each trace the name printed nearest to its beginning, each name used once; "" where none is near."""
    if not traces or not names:
        return []
    cost = np.full((len(traces), len(names)), 1e3)
    for i, trace in enumerate(traces):
        level = float(np.median(trace[:, 1]))
        for j, (_, x, y) in enumerate(names):
            across, above = (x - trace[0, 0]) / mm, (level - y) / mm
            if -16 < across < 16 and -6 < above < 22:
                cost[i, j] = abs(across - 1) + 0.7 * abs(above - 5)
    leads = [""] * len(traces)
    rows, columns = linear_sum_assignment(cost)
    for i, j in zip(rows.tolist(), columns.tolist(), strict=True):
        if cost[i, j] < 1e3:
            leads[i] = names[j][0]
    return leads


def _digitised(
    page: Drawing,
    scan: Scan,
    mm: float,
    fine: bool,
    traces: list[Points],
    leads: list[str],
    pulses: list[_Pulse],
) -> Digitised:
    gain, speed, assumed = _scales(pulses)
    kept = [(lead, trace) for lead, trace in zip(leads, traces, strict=True) if lead]
    x0 = min(float(trace[0, 0]) for _, trace in kept)
    seconds = max(float(trace[-1, 0]) - x0 for _, trace in kept) / (mm * speed)
    count = round(seconds * FS + 0.5)
    values: dict[str, NDArray[np.float32]] = {}
    coverage: dict[str, float] = {}
    boxes = []
    scale = scan.pixels.shape[1] / page.width
    for lead, trace in sorted(kept, key=lambda pair: pair[1][0, 0] - pair[1][-1, 0]):
        zero = min((p.foot for p in pulses), key=lambda y: abs(y - np.median(trace[:, 1])), default=float("nan"))
        zero = zero if np.isfinite(zero) else float(np.median(trace[:, 1]))
        start, stop = ((float(x) - x0) / (mm * speed) for x in (trace[0, 0], trace[-1, 0]))
        boxes.append(_box(lead, trace, zero, (start, stop), scale, 15 * mm))
        if lead not in values:
            values[lead] = _sampled(trace, x0, zero, mm * speed, mm * gain, count)
            coverage[lead] = 1.0
    ordered = {lead: values[lead] for lead in STANDARD_12}
    flags = (_ALWAYS, *assumed)
    record = Record(
        np.stack(list(ordered.values())),
        FS,
        tuple(ordered),
        provenance=Provenance("digitised", "PDF lines", "mV", "grid"),
        name=scan.name,
        notes=(*scan.notes, f"Read from a PDF's lines at {speed:g} mm/s and {gain:g} mm/mV.", "Resampled to 500 Hz."),
        flags=flags,
    )  # fmt: skip
    layout = _layout(boxes)
    geometry = PageGeometry(
        float(scan.pixels.shape[1]), float(scan.pixels.shape[0]), tuple(boxes), (mm * scale, mm * scale),
        speed, gain, layout,
    )  # fmt: skip
    source = "assumed" if assumed else "pulse"
    steps = (
        Step("page", True, f"A PDF that draws the ECG as lines, {page.width:.0f} x {page.height:.0f} points."),
        Step("rotation", True, "Upright, as drawn."),
        Step("grid", True, f"{mm:.3f} points/mm; {'fine and heavy lines' if fine else 'heavy lines only'}."),
        Step("layout", True, f"{layout}: {len(kept)} traces."),
        Step("leads", True, "12 of 12 names read as text."),
        Step("calibration", True, f"{gain:g} mm/mV and {speed:g} mm/s ({source}), {seconds:.2f} s."),
        Step("trace", True, f"{len(ordered)} leads read from their lines, without the picture."),
    )  # fmt: skip
    return Digitised(record, steps, geometry, grade(ordered, coverage))


_ALWAYS = Flag(
    "digitised",
    "This trace was digitised from a printed page, not recorded.",
    "Do not measure what the print cannot hold: fine notches, small amplitudes.",
)


def _scales(pulses: list[_Pulse]) -> tuple[float, float, tuple[Flag, ...]]:
    """Gain mm/mV and speed mm/s from the pulses, else the usual ones with a flag."""
    if not pulses:
        text = "Gain of 10 mm/mV and paper speed of 25 mm/s are assumed: the page draws no pulse."
        return 10.0, 25.0, (Flag("digitised", text, "Check what is printed on the page."),)
    height, width = (float(np.median([getattr(p, side) for p in pulses])) for side in ("height", "width"))
    gain = min(GAINS, key=lambda g: abs(np.log(height / g)))
    speed = min(SPEEDS, key=lambda s: abs(np.log(width / 0.2 / s)))
    return gain, speed, ()


def _sampled(
    trace: Points, x0: float, zero: float, pt_per_s: float, pt_per_mv: float, count: int
) -> NDArray[np.float32]:
    """One trace in mV on the page's time axis, NaN before and after it."""
    at, mv = (trace[:, 0] - x0) / pt_per_s, (zero - trace[:, 1]) / pt_per_mv
    times = np.arange(count) / FS
    half = 0.5 / FS
    sampled = np.interp(times, at, mv)
    outside = (times < at[0] - half) | (times > at[-1] + half)
    found: NDArray[np.float32] = np.where(outside, np.nan, sampled).astype(np.float32)
    return found


def _box(lead: str, trace: Points, zero: float, time: tuple[float, float], scale: float, half: float) -> LeadBox:
    y0, y1 = (zero - half) * scale, (zero + half) * scale
    return LeadBox(lead, float(trace[0, 0]) * scale, y0, float(trace[-1, 0]) * scale, y1, zero * scale, *time)


def _layout(boxes: list[LeadBox]) -> str:
    """The layout by how many columns the traces make and whether a lead has a strip."""
    columns = len({round(box.start_s, 1) for box in boxes})
    strips = len(boxes) > 12
    return {4: "3x4+1" if strips else "3x4", 2: "6x2", 1: "12x1"}.get(columns, "rows")
