"""Paper speed and gain, from the calibration pulse or as given, and where time and zero stand on each row."""

from dataclasses import dataclass

import numpy as np

from ecgviz.plot.layout import GAINS, SPEEDS
from ecgviz.record import Flag
from ecgviz.scans.find import Plan, Stopped
from ecgviz.scans.geometry import Hints, Step
from ecgviz.scans.layout import Span
from ecgviz.scans.orient import View
from ecgviz.scans.pulse import Pulse
from ecgviz.scans.rows import INK, Row

__all__ = ["Scaled", "calibrate"]

USUAL_SPEED, USUAL_GAIN = 25.0, 10.0
PULSE_S, PULSE_MV = 0.2, 1.0
LONGEST_S, SHORTEST_S = 10.6, 9.6
EVEN_MM, NEAR_MM = 0.3, 6.0
SNAP_S, TOUCHING_S = 0.06, 0.4
"""A page whose traces last this near to 2.5, 5 or 10 s has just that, centred on what was seen."""


@dataclass(frozen=True, eq=False)
class Scaled:
    """A plan with its scales: mm/s, mm/mV, the column x0 of time zero, seconds in all, the zero line of each row."""

    plan: Plan
    speed: float
    gain: float
    x0: float
    seconds: float
    zeros: tuple[float, ...]
    flags: tuple[Flag, ...]

    @property
    def px_per_s(self) -> float:
        """Columns of one second."""
        return self.plan.view.flat.px_per_mm * self.speed

    @property
    def px_per_mv(self) -> float:
        """Rows of one millivolt."""
        return self.plan.view.flat.px_per_mm * self.gain


def calibrate(plan: Plan, hints: Hints, steps: list[Step]) -> Scaled:
    """Speed and gain. Raises Stopped for a hint out of range."""
    pulses = plan.view.pulses
    gain, gain_from = _gain(pulses, hints)
    span = plan.view.span
    assert span is not None
    mm = plan.view.flat.px_per_mm
    speed, speed_from = _speed(pulses, span.width / mm, hints)
    flags = [
        Flag(
            "digitised",
            f"{what} of {value:g} {unit} is assumed: no pulse on the page says it.",
            f"Check the {what.lower()} printed on the page.",
        )
        for what, value, unit, source in (
            ("Gain", gain, "mm/mV", gain_from),
            ("Paper speed", speed, "mm/s", speed_from),
        )
        if source == "assumed"
    ]
    x0, seconds = _time(span, pulses, mm * speed)
    if seconds < SHORTEST_S and hints.layout is None and not hints.boxes:
        told = f"The rows found are {span.width / mm:.0f} mm long, {seconds:.1f} s at {speed:g} mm/s"
        raise Stopped(
            "layout", f"{told}; a page shows 10 s, so a part was missed. State the layout and the lead boxes."
        )
    zeros = _zeros(plan)
    height = (
        f"pulse of {np.median([p.height_mm for p in pulses]):.1f} mm on {len(pulses)} rows"
        if pulses
        else "no pulse found"
    )
    text = f"{gain:g} mm/mV ({gain_from}; {height}), {speed:g} mm/s ({speed_from}), {seconds:.2f} s."
    steps.append(Step("calibration", True, text))
    return Scaled(plan, speed, gain, x0, seconds, zeros, (*plan.flags, *flags))


def _gain(pulses: tuple[Pulse, ...], hints: Hints) -> tuple[float, str]:
    if hints.gain_mm_mv is not None:
        return _positive(hints.gain_mm_mv, "gain", "mm/mV"), "given"
    if pulses:
        height = float(np.median([pulse.height_mm for pulse in pulses])) / PULSE_MV
        near = min(GAINS, key=lambda gain: abs(np.log(height / gain)))
        if abs(height / near - 1) < 0.12:
            return near, "pulse"
    return USUAL_GAIN, "assumed"


def _speed(pulses: tuple[Pulse, ...], width_mm: float, hints: Hints) -> tuple[float, str]:
    """The pulse's width tells the speed, unless the page would then last longer than pages do."""
    if hints.speed_mm_s is not None:
        return _positive(hints.speed_mm_s, "speed", "mm/s"), "given"
    if pulses:
        wide = float(np.median([pulse.width_mm for pulse in pulses])) / PULSE_S
        near = min(SPEEDS, key=lambda speed: abs(np.log(wide / speed)))
        if abs(wide / near - 1) < 0.2 and width_mm / near < LONGEST_S:
            return near, "pulse"
    return USUAL_SPEED, "assumed"


def _positive(value: float, what: str, unit: str) -> float:
    if not (np.isfinite(value) and 1 <= value <= 200):
        raise Stopped("calibration", f"A {what} of {value:g} {unit} cannot be; give 1 to 200.")
    return float(value)


def _time(span: Span, pulses: tuple[Pulse, ...], px_per_s: float) -> tuple[float, float]:
    """The column of time zero and the seconds in all. A pulse that touches the trace is cut off at a usual length."""
    seconds = span.width / px_per_s
    for whole in (10.0, 5.0, 2.5):
        if abs(seconds - whole) < SNAP_S:
            return (span.x0 + span.x1) / 2 - whole * px_per_s / 2, whole
        if pulses and 0 < seconds - whole < TOUCHING_S:
            on_left = pulses[0].box[0] < (span.x0 + span.x1) / 2
            return span.x1 - whole * px_per_s if on_left else span.x0, whole
    return span.x0, seconds


def _zeros(plan: Plan) -> tuple[float, ...]:
    """The y of 0 mV on each row: the foot of its pulse; without one, where evenly spaced rows have it, else its ink."""
    view = plan.view
    feet = {pulse.row: _foot(plan, pulse) for pulse in view.pulses}
    spacing = None
    if len(feet) >= 2:
        rows, places = np.array(list(feet)), np.array(list(feet.values()))
        spacing = np.polynomial.Polynomial.fit(rows, places, 1)
        if np.abs(spacing(rows) - places).max() > EVEN_MM * view.flat.px_per_mm:
            spacing = None
    return tuple(
        feet[n] if n in feet else float(spacing(n)) if spacing is not None and _near(spacing(n), row, view) else row.y
        for n, row in enumerate(view.rows)
    )


def _near(y: float, row: Row, view: View) -> bool:
    return abs(y - row.y) < NEAR_MM * view.flat.px_per_mm


def _foot(plan: Plan, pulse: Pulse) -> float:
    """The y of a pulse's foot, by the ink beside its strokes where there is some."""
    flat, mm = plan.view.flat, plan.view.flat.px_per_mm
    base = pulse.box[3]
    a, b = max(round(base - 0.9 * mm), 0), round(base + 0.9 * mm) + 1
    feet = []
    for x0, x1 in (
        (pulse.box[0] - 1.6 * mm, pulse.box[0] - 0.5 * mm),
        (pulse.box[2] + 0.5 * mm, pulse.box[2] + 1.6 * mm),
    ):
        part = flat.ink[a:b, max(round(x0), 0) : round(x1) + 1]
        for column in part.T:
            strong = np.where(column > INK / 2, column, 0).astype(np.float64)
            if column.max() > INK and strong.sum() > 0:
                feet.append(a + float(np.sum(strong * np.arange(strong.size)) / strong.sum()))
    return float(np.median(feet)) if len(feet) >= 2 else base
