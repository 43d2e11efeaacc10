"""A digitised page held against the page as it was printed: which leads stand elsewhere, and how the traces differ."""

import numpy as np

from ecgviz.plot.layout import arrange
from ecgviz.record import Record
from ecgviz.scans.geometry import LeadBox, PageGeometry

NEAR_MM = 12.0
LEAST = 100


def misplaced(found: PageGeometry, truth: PageGeometry) -> list[str]:
    """Leads that are printed but not found where they stand, or found where another stands.

    A strip that was left out is no fault where its lead is found in its own column.
    """
    near = NEAR_MM * truth.px_per_mm[0] * _scale(truth)
    seen = [(box.lead, found.to_picture(_corner(box))) for box in found.boxes]
    names = {
        n: [lead for lead, at in seen if np.hypot(*(at - truth.to_picture(_corner(box)))[0]) < near]
        for n, box in enumerate(truth.boxes)
    }
    whole = {box.lead for n, box in enumerate(truth.boxes) if box.lead in names[n]}
    return [
        box.lead
        for n, box in enumerate(truth.boxes)
        if box.lead not in names[n] and (names[n] or box.lead not in whole)
    ]


def _corner(box: LeadBox) -> np.ndarray:
    return np.array([(box.x0, box.baseline)])


def _scale(truth: PageGeometry) -> float:
    return float(np.sqrt(abs(np.linalg.det(np.asarray(truth.homography)[:2, :2]))))


def compare(found: Record, record: Record, truth: PageGeometry | None) -> list[tuple[str, float, float]]:
    """For each lead: its name, Pearson and RMSE in microvolts over the time that was printed and is known.

    An electrode offset that is left out of the print is left out of the truth. truth: None for a PDF of ours, whose
    leads are compared wherever they are known.
    """
    offsets = {cell.source: cell.sign * cell.offset_mv for cell in arrange(record).cells}
    figures = {}
    spans = {b.lead.lstrip("-"): (b.start_s, b.end_s) for b in sorted(truth.boxes, key=_long)} if truth else {}
    for lead in found.leads:
        start, end = spans.get(lead, (0.0, record.seconds))
        times = found.times
        inside = (times >= start) & (times < end) & np.isfinite(found[lead])
        true = np.interp(times[inside], record.times, record[lead]) - offsets.get(lead, 0.0)
        if inside.sum() > LEAST and np.std(true) > 0:
            got = found[lead][inside]
            figures[lead] = float(np.corrcoef(got, true)[0, 1]), 1000 * float(np.sqrt(np.mean((got - true) ** 2)))
    return [(lead, *pair) for lead, pair in figures.items()]


def _long(box: LeadBox) -> float:
    return box.end_s - box.start_s
