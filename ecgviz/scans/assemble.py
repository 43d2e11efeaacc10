"""The last step: every lead followed over its columns, in mV on one time axis, as a Record with its flags."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ecgviz.leads import STANDARD_12
from ecgviz.record import Flag, Provenance, Record, Scan
from ecgviz.scans.calibrate import Scaled
from ecgviz.scans.find import Stopped
from ecgviz.scans.geometry import Digitised, LeadBox, PageGeometry, Step
from ecgviz.scans.layout import Cell
from ecgviz.scans.quality import grade
from ecgviz.scans.rows import INK
from ecgviz.scans.shared import disown
from ecgviz.scans.trace import Followed, column_runs, follow, line_width, settle

__all__ = ["FS", "assemble"]

FS = 500.0
GAP_S = 0.04
"""Longer gaps in a trace stay unknown."""
LEAST_COVERAGE = 0.5
SEPARATOR_MM = 0.7
Array = NDArray[np.float64]


def assemble(scan: Scan, scaled: Scaled, steps: list[Step]) -> Digitised:
    """The record, or Stopped where too little of the traces can be followed."""
    paths = _followed(scaled)
    values = [_millivolts(scaled, cell, path) for cell, path in zip(scaled.plan.cells, paths, strict=True)]
    cells, guessed = _named_strips(scaled, values)
    merged, coverage = _merged(scaled, cells, values)
    low = [lead for lead, share in coverage.items() if share < LEAST_COVERAGE]
    if len(low) > 3:
        raise Stopped("trace", f"The traces of {', '.join(low)} could not be followed. Scan the page in finer detail.")
    quality = grade(merged, coverage)
    shares = 100 * float(np.mean(list(coverage.values())))
    steps.append(Step("trace", True, f"{len(merged)} leads followed over {shares:.0f} % of their printed time."))
    record = _record(scan, scaled, merged, (*scaled.flags, *guessed, *_poor(low)))
    return Digitised(record, tuple(steps), _geometry(scaled, cells), quality)


def _followed(scaled: Scaled) -> list[tuple[Followed, Array]]:
    """For each cell its path and the trace's y in and between its columns."""
    view = scaled.plan.view
    mm = view.flat.px_per_mm
    left, right = round(scaled.x0), round(scaled.x0 + scaled.seconds * scaled.px_per_s)
    left, right = max(left, 0), min(right, view.flat.ink.shape[1])
    columns = column_runs(view.flat.ink, left, right)
    width = line_width(columns)
    reach = 28.0 * mm
    paths = []
    for cell in scaled.plan.cells:
        a, b = _columns(scaled, cell, left, right)
        paths.append(follow(columns[a - left : b - left], a, scaled.zeros[cell.row], reach, mm))
    marks = disown(paths, width)
    marked = _separators(scaled, left, right, width)
    for mark, path in zip(marks, paths, strict=True):
        mark |= marked[path.first - left : path.first - left + mark.size]
    return [(path, settle(path, view.flat.ink, width, mark)) for path, mark in zip(paths, marks, strict=True)]


def _columns(scaled: Scaled, cell: Cell, left: int, right: int) -> tuple[int, int]:
    """First and stop column of a cell."""
    whole = scaled.seconds * scaled.px_per_s
    a, b = (round(scaled.x0 + share * whole) for share in (cell.start, cell.stop))
    return max(a, left), min(b, right)


def _separators(scaled: Scaled, left: int, right: int, width: float) -> NDArray[np.bool_]:
    """Columns left .. right in which a separator stands: an upright stroke at the same place of most rows."""
    flat, whole = scaled.plan.view.flat, scaled.seconds * scaled.px_per_s
    mm = flat.px_per_mm
    marked = np.zeros(right - left, bool)
    half = round(1.5 * mm)
    for share in {share for cell in scaled.plan.cells for share in (cell.start, cell.stop)}:
        at = round(scaled.x0 + share * whole)
        a, b = max(at - round(SEPARATOR_MM * mm), left), min(at + round(SEPARATOR_MM * mm) + 1, right)
        rows = {cell.row for cell in scaled.plan.cells if share in (cell.start, cell.stop)}
        parts = [flat.ink[max(round(scaled.zeros[row]) - half, 0) :, a:b][: 2 * half] > INK / 2 for row in rows]
        solid = np.flatnonzero(np.mean([part.mean(axis=0) > 0.9 for part in parts], axis=0) > 0.5)
        if solid.size:
            middle = float(at) if solid.size > width else a + float(solid.mean())
            marked[max(round(middle - width / 2) - left, 0) : round(middle + width / 2) + 1 - left] = True
    return marked


def _millivolts(scaled: Scaled, cell: Cell, traced: tuple[Followed, Array]) -> NDArray[np.float32]:
    """The cell's samples on the page's time axis, NaN elsewhere and in gaps."""
    path, y = traced
    count = round(scaled.seconds * FS)
    values = np.full(count, np.nan, np.float32)
    known = np.flatnonzero(np.isfinite(y))
    if known.size < 2:
        return values
    at = (path.first + known + 0.5 - scaled.x0) / scaled.px_per_s
    mv = (scaled.zeros[cell.row] - y[known]) / scaled.px_per_mv
    first, stop = round(cell.start * count), round(cell.stop * count)
    times = np.arange(first, stop) / FS
    after = np.clip(np.searchsorted(at, times), 1, known.size - 1)
    nearest = np.minimum(np.abs(times - at[after - 1]), np.abs(times - at[after]))
    filled = np.interp(times, at, mv)
    inner = (times >= at[0]) & (times <= at[-1])
    gap = np.where(inner, at[after] - at[after - 1], 2 * nearest)
    values[first:stop] = np.where(gap <= GAP_S + 1.5 / scaled.px_per_s, filled, np.nan)
    return values


def _named_strips(scaled: Scaled, values: list[NDArray[np.float32]]) -> tuple[tuple[Cell, ...], tuple[Flag, ...]]:
    """Strips named by the trace they repeat; what was read decides only where the traces do not."""
    cells, flags = list(scaled.plan.cells), []
    plain = [n for n, cell in enumerate(cells) if cell.stop - cell.start < 1]
    if not plain:
        return tuple(cells), ()
    taken: set[str] = set()
    for n, cell in enumerate(cells):
        if cell.stop - cell.start < 1:
            continue
        alike = {cells[m].lead: _alike(values[n], values[m]) for m in plain if cells[m].lead not in taken}
        best = max(alike, key=lambda lead: alike[lead])
        others = max((score for lead, score in alike.items() if lead != best), default=-1.0)
        name = best if alike[best] > 0.85 and alike[best] > others + 0.02 else cell.lead
        if not name or name in taken:
            flags.append(Flag("digitised", f"Strip {n - len(plain) + 1} could not be named; it is left out."))
            name = ""
        taken.add(name)
        cells[n] = replace(cell, lead=name)
    return tuple(cells), tuple(flags)


def _alike(strip: NDArray[np.float32], lead: NDArray[np.float32]) -> float:
    """How well a strip repeats a lead: correlation, less what differs in size."""
    both = np.isfinite(strip) & np.isfinite(lead)
    if both.sum() < 200:
        return -1.0
    a, b = (part[both] - part[both].mean() for part in (strip, lead))
    norm = float(np.sqrt(np.sum(a**2) * np.sum(b**2)))
    size = float(np.sqrt((np.sum(a**2) + 1e-9) / (np.sum(b**2) + 1e-9)))
    return float(np.sum(a * b)) / norm - 0.3 * abs(np.log(size)) if norm > 0 else -1.0


def _merged(
    scaled: Scaled, cells: tuple[Cell, ...], values: list[NDArray[np.float32]]
) -> tuple[dict[str, NDArray[np.float32]], dict[str, float]]:
    """Each lead once, a strip before the lead's own 2.5 s, and the share of its printed time that was recovered."""
    merged: dict[str, NDArray[np.float32]] = {}
    coverage: dict[str, float] = {}
    for cell, part in sorted(zip(cells, values, strict=True), key=lambda pair: pair[0].start - pair[0].stop):
        if not cell.lead:
            continue
        lead = cell.lead.lstrip("-")
        signed = -part if cell.lead.startswith("-") else part
        share = float(np.isfinite(part).sum() / max(round((cell.stop - cell.start) * part.size), 1))
        if lead in merged:
            merged[lead] = np.where(np.isfinite(merged[lead]), merged[lead], signed)
        else:
            merged[lead], coverage[lead] = signed, min(share, 1.0)
    ordered = [lead for lead in STANDARD_12 if lead in merged]
    return {lead: merged[lead] for lead in ordered}, {lead: coverage[lead] for lead in ordered}


def _poor(low: list[str]) -> tuple[Flag, ...]:
    return tuple(Flag("digitised", f"Less than half of {lead} could be followed.", lead=lead) for lead in low)


def _record(scan: Scan, scaled: Scaled, merged: dict[str, NDArray[np.float32]], flags: tuple[Flag, ...]) -> Record:
    plan = scaled.plan
    always = Flag(
        "digitised",
        "This trace was digitised from a picture, not recorded.",
        "Do not measure what the print cannot hold: fine notches, small amplitudes.",
    )
    notes = (
        f"Digitised from a page {plan.layout} at {scaled.speed:g} mm/s and {scaled.gain:g} mm/mV.",
        f"Resampled to {FS:g} Hz from {scaled.px_per_s:.0f} columns a second.",
    )
    return Record(
        np.stack(list(merged.values())),
        FS,
        tuple(merged),
        provenance=Provenance("digitised", scan.format or "picture", "mV", "grid", (None, scaled.px_per_s / 2)),
        name=scan.name,
        notes=(*scan.notes, *notes),
        flags=(always, *flags),
    )


def _geometry(scaled: Scaled, cells: tuple[Cell, ...]) -> PageGeometry:
    """What was found, as the renderer would state it."""
    flat, view = scaled.plan.view.flat, scaled.plan.view
    height, width = flat.ink.shape
    levels = [row.y for row in view.rows]
    half = float(np.median(np.diff(levels))) / 2 if len(levels) > 1 else 15 * flat.px_per_mm
    whole = scaled.seconds * scaled.px_per_s
    boxes = tuple(
        LeadBox(
            cell.lead,
            scaled.x0 + cell.start * whole,
            scaled.zeros[cell.row] - half,
            scaled.x0 + cell.stop * whole,
            scaled.zeros[cell.row] + half,
            scaled.zeros[cell.row],
            cell.start * scaled.seconds,
            cell.stop * scaled.seconds,
        )
        for cell in cells
        if cell.lead
    )
    return PageGeometry(
        float(width), float(height), boxes, (flat.px_per_mm, flat.px_per_mm), scaled.speed, scaled.gain,
        scaled.plan.layout, flat.homography, flat.grid_box, tuple(pulse.box for pulse in view.pulses),
    )  # fmt: skip
