"""A picture of an ECG page as a Record: each step says what it found, or why it stopped and what to do.

    page -> rotation -> grid -> layout -> leads -> calibration -> trace

Hints override what a step would look for.
"""

from ecgviz.record import Scan
from ecgviz.scans import vector
from ecgviz.scans.assemble import assemble
from ecgviz.scans.calibrate import calibrate
from ecgviz.scans.find import Stopped, find_flat, find_leads
from ecgviz.scans.geometry import Digitised, Hints, Step

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
        plan = find_leads(seen, hints, steps)
        scaled = calibrate(plan, hints, steps)
        return assemble(scan, scaled, steps)
    except Stopped as stopped:
        return Digitised(None, (*steps, stopped.step))
