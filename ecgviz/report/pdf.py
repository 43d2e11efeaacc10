"""The printed ECG: one A4 landscape page in true millimetres, vector throughout, that names no person."""

import io
import textwrap
import threading
from typing import Any

import matplotlib as mpl
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.figure import Figure

from ecgviz import __version__
from ecgviz.plot import theme, tracing
from ecgviz.plot.layout import SPEEDS, Sheet, arrange
from ecgviz.record import Record
from ecgviz.report import _printed
from ecgviz.report._printed import GRID, SHEET_MM, TRACE_MM, write
from ecgviz.results import Measurements, Prediction

__all__ = ["DIGITISED", "DISCLAIMER", "UNCONFIRMED", "page"]

UNCONFIRMED = "UNCONFIRMED - requires physician over-read"
DISCLAIMER = (
    "Research and education prototype. Not a medical device; not for diagnosis, monitoring or treatment decisions. "
    "Output is unconfirmed and must be over-read by a qualified clinician."
)
DIGITISED = "DIGITISED, NOT RECORDED - traced from a picture of paper; amplitudes and times are those of the picture"
FINDINGS = 6
_MAX_FLAGS = 4
_ONE_AT_A_TIME = threading.Lock()  # Matplotlib keeps fonts and settings for the whole process


def page(
    record: Record,
    *,
    layout: str = "3x4+1",
    rhythm: tuple[str, ...] = ("II",),
    speed: float = 25,
    gain: float = 10,
    paper: str = "pink",
    start_s: float | None = None,
    measured: Measurements | None = None,
    prediction: Prediction | None = None,
    thresholds_from: str = "",
    shown_through: str = "",
) -> bytes:
    """Print a record: 1 s is `speed` mm and 1 mV is `gain` mm on paper at 100 %.

    As many seconds as 250 mm hold are printed, from start_s on. The record's name is left out, because it may be a
    person's; age and sex are printed. measured: for the line of intervals; prediction: findings with their
    thresholds, and where those come from; shown_through: the display filter, in words.
    Raises EcgvizError for a layout, speed, gain or paper that is not offered.
    """
    seconds = TRACE_MM / speed if speed in SPEEDS else None
    where: dict[str, Any] = {"rhythm": rhythm, "speed": speed, "gain": gain, "start_s": start_s}
    sheet = arrange(record, layout, seconds=None if seconds is None else min(seconds, 10.0), **where)
    look = theme.PAPERS.get(paper, theme.PAPERS["pink"])
    with _ONE_AT_A_TIME:
        # Type 42 embeds the outlines as TrueType, so text can be searched and copied.
        mpl.rcParams["pdf.fonttype"], mpl.rcParams["pdf.compression"] = 42, 9
        figure = Figure(figsize=(SHEET_MM[0] / 25.4, SHEET_MM[1] / 25.4), facecolor="white")
        _head(figure, record, measured, prediction, thresholds_from)
        _printed.draw_grid(figure, look)
        _printed.draw_leads(figure, record, sheet, look)
        _foot(figure, record, sheet, shown_through)
        into = io.BytesIO()
        about = {"Title": "ECG", "Creator": f"ecgviz {__version__}", "Subject": UNCONFIRMED, "CreationDate": None}
        FigureCanvasPdf(figure).print_pdf(into, metadata=about)
    return into.getvalue()


def _head(
    figure: Figure, record: Record, measured: Measurements | None, prediction: Prediction | None, source: str
) -> None:
    left = GRID[0]
    write(figure, "   ".join((*_person(record), record.provenance.source)), (left, 10), 9.5, weight="bold")
    write(figure, UNCONFIRMED, (left + GRID[2], 10), 9.5, weight="bold", ha="right")
    if measured is not None:
        write(figure, _intervals(measured), (left, 15.5), 8.5)
    if flags := _flags(record):
        write(figure, flags, (left, 20.5), 7.5)
    if record.provenance.source == "digitised":
        write(figure, DIGITISED, (left, 26.5), 8.5, weight="bold", color="#a3160b")
    if prediction is not None:
        for n, line in enumerate(_findings(prediction, source)):
            write(figure, line, (left + GRID[2], 14.5 + 3.6 * n), 7, ha="right")


def _person(record: Record) -> tuple[str, ...]:
    age, sex = record.patient.age, record.patient.sex
    years = "age not stated" if age is None else f"{age:.0f} y" if age <= 89 else "over 89 y"
    return (
        years,
        {"F": "female", "M": "male", None: "sex not stated"}[sex],
        f"{len(record.leads)} leads",
        f"{record.fs:g} Hz",
    )


def _intervals(found: Measurements) -> str:
    def said(value: float | None) -> str:
        return "–" if value is None else f"{value:.0f}"

    corrected = [f"QTc {name} {said(ms)}" for name, ms in list(found.qtc_ms.items())[:2]]
    axes = "/".join(said(axis) for axis in (found.p_axis_deg, found.qrs_axis_deg, found.t_axis_deg))
    parts = [f"HR {said(found.rate_bpm)}/min", f"PR {said(found.pr_ms)} ms", f"QRS {said(found.qrs_ms)} ms"]
    return "    ".join([*parts, f"QT {said(found.qt_ms)} ms", *corrected, f"P/QRS/T axis {axes}°"])


def _flags(record: Record) -> str:
    """The worst of what is doubtful, by its code alone: a flag's words may quote the file."""
    doubts = [flag for flag in record.flags if flag.level != "info" and flag.code != "digitised"]
    told = [f"{flag.code.replace('_', ' ')}{f' {flag.lead}' if flag.lead else ''}" for flag in doubts]
    more = f" and {len(told) - _MAX_FLAGS} more" if len(told) > _MAX_FLAGS else ""
    return f"Check: {', '.join(told[:_MAX_FLAGS])}{more}" if told else ""


def _findings(prediction: Prediction, source: str) -> list[str]:
    """Findings above their threshold first; at most FINDINGS lines in all, the model's among them."""
    ranked = sorted(prediction.findings, key=lambda f: (not f.positive, -f.probability))
    told = [
        f"{f.label}  {f.probability:.2f} {'≥' if f.positive else '<'} threshold {f.threshold:.2f}"
        for f in ranked[: FINDINGS - 2]
    ]
    rest = len(ranked) - len(told)
    hint = f" ({rest} others not printed)" if rest else ""
    where = textwrap.shorten(f"model {prediction.model}; thresholds from {source}", 90) if source else ""
    return [*told, (where or f"model {prediction.model}") + hint]


def _foot(figure: Figure, record: Record, sheet: Sheet, shown_through: str) -> None:
    left, below = GRID[0], GRID[1] + GRID[3] + 4.5
    line = tracing.foot_line(record, sheet.speed, sheet.gain)
    extra = [shown_through and f"shown through {shown_through}", _printed.offsets(sheet.cells)]
    for n, text in enumerate(textwrap.wrap("   ".join([line, *filter(None, extra)]), 175, max_lines=2)):
        write(figure, text, (left, below + 4 * n), 7.5)
    write(figure, f"{DISCLAIMER}  Print at 100 %.", (left, below + 9), 6.5, color="#444444")
