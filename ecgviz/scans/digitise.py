"""A picture of an ECG page as a Record: each step says what it found, or why it stopped and what to do.

    page -> rotation -> grid -> layout -> leads -> calibration -> trace

Hints override what a step would look for.
"""

from dataclasses import replace

from ecgviz.record import Flag, Scan
from ecgviz.scans import vector
from ecgviz.scans.assemble import assemble
from ecgviz.scans.calibrate import calibrate
from ecgviz.scans.find import Plan, Stopped, find_flat, find_leads, rows_step
from ecgviz.scans.geometry import Digitised, Hints, Step
from ecgviz.scans.quality import limbs_agree

__all__ = ["digitise"]


def digitise(scan: Scan, *, pdf: bytes | None = None, hints: Hints | None = None) -> Digitised:
    """The recording on a page, in mV, NaN where nothing was printed.

    pdf: the file the scan came from, where it is a PDF: its lines are read as they stand, without the picture.
    Never raises for a page that cannot be read: `record` is None and the last step says why.
    """
    hints = hints or Hints()
    if pdf is not None and hints == Hints():
        drawn = vector.read(pdf, scan)
        if drawn is not None:
            return drawn
    steps: list[Step] = []
    try:
        seen = find_flat(scan, hints, steps)
        plans = find_leads(seen, hints, steps)
        if not plans[0].doubt:
            return assemble(scan, calibrate(plans[0], hints, steps), steps)
        return _proven(scan, plans, hints, steps)
    except Stopped as stopped:
        return Digitised(None, (*steps, stopped.step))


def _proven(scan: Scan, plans: tuple[Plan, ...], hints: Hints, steps: list[Step]) -> Digitised:
    """The one plan in which the limb leads are each other's sums. Raises Stopped where none or several are."""
    found = []
    for plan in plans:
        text = f"{plan.doubt}; the limb leads are each other's sums only as {plan.layout} has them."
        flag = Flag("digitised", text, "Check the leads against the page.")
        layout = steps[-1] if plan.reading is None else rows_step(plan.view, plan.reading)
        tried = [*steps[:-1], layout, Step("leads", True, text)]
        try:
            read = assemble(scan, calibrate(replace(plan, flags=(*plan.flags, flag)), hints, tried), tried)
        except Stopped:
            continue
        if read.record is not None and limbs_agree({lead: read.record[lead] for lead in read.record.leads}):
            found.append(read)
    if len(found) == 1:
        return found[0]
    tried_as = ", ".join(plan.layout for plan in plans)
    raise Stopped("leads", f"{plans[0].doubt}, and the limb leads do not agree as {tried_as}. Give the layout.")
