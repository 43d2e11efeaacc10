"""A page of ECG paper drawn from a Record, with its geometry known exactly: training data and truth for a digitiser."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from ecgviz.errors import EcgvizError
from ecgviz.plot.layout import LAYOUTS, PULSE_S, Cell, Sheet, arrange
from ecgviz.record import Record, Scan
from ecgviz.scans.geometry import Box, LeadBox, PageGeometry, Points
from ecgviz.scans.render_ink import FONTS, PAPERS, Pixels, Stock, blank, draw_lines, draw_text, rule

__all__ = ["FONTS", "PAPERS", "Style", "random_style", "render"]

A4 = (297.0, 210.0)


@dataclass(frozen=True)
class Style:
    """How a page is printed; distances in mm of paper.

    layout: a key of `plot.layout.LAYOUTS`; rhythm: leads of the strips below a `+1` layout; speed mm/s; gain mm/mV;
    paper: a key of PAPERS; seconds: shown in all, None for as many as fit, at most 10; pitch: from row to row, None for
    the usual; pulse: where the calibration pulse stands; name_above: of the lead's name over its baseline; grid: every
    mm, every 5 mm only, or none; whole_page: the grid reaches to the sheet's margin, not only around the rows; phase:
    by which the grid's lines miss the baselines; portrait: a sheet higher than wide.
    """

    layout: str = "3x4+1"
    rhythm: tuple[str, ...] = ("II",)
    speed: float = 25.0
    gain: float = 10.0
    px_per_mm: float = 8.0
    paper: str = "pink"
    seconds: float | None = None
    pitch: float | None = None
    line: float = 0.28
    grid_line: float = 0.12
    grid: Literal["fine", "coarse", "none"] = "fine"
    whole_page: bool = True
    phase: tuple[float, float] = (0.0, 0.0)
    pulse: Literal["left", "right", "none"] = "left"
    separators: Literal["ticks", "lines", "none"] = "ticks"
    names: bool = True
    name_font: str = "sans bold"
    name_size: float = 2.6
    name_above: float = 8.0
    header: tuple[str, ...] = ()
    header_right: tuple[str, ...] = ()
    footer: str | None = None
    text_font: str = "sans"
    text_size: float = 2.2
    margin: float = 6.0
    portrait: bool = False


def render(record: Record, style: Style | None = None) -> tuple[Scan, PageGeometry]:
    """Print a record. The geometry tells where each lead stands, in pixels of the page, which is the picture itself.

    Raises EcgvizError for a layout, speed, gain, paper or font that is not offered.
    """
    style = style or Style()
    _check(style)
    sheet = arrange(
        record,
        style.layout,
        rhythm=style.rhythm,
        speed=style.speed,
        gain=style.gain,
        seconds=_seconds(style, record),
    )
    page = _Page(style, sheet)
    geometry = page.geometry(record)
    stock = PAPERS[style.paper]
    pixels = blank(round(geometry.width), round(geometry.height), stock.paper)
    _paper(pixels, geometry, style, stock)
    _writing(pixels, geometry, style, stock)
    width = style.line * style.px_per_mm
    draw_lines(pixels, [_pulse(box) for box in geometry.pulses], stock.ink, width)
    draw_lines(pixels, _borders(geometry, style), stock.ink, 0.7 * width)
    draw_lines(pixels, [_drawn(geometry, *pair, record) for pair in page.boxes()], stock.ink, width)
    return Scan(pixels, style.px_per_mm, record.name, "rendered page"), geometry


def _check(style: Style) -> None:
    for what, value, known in (
        ("Paper", style.paper, PAPERS),
        ("Font", style.name_font, FONTS),
        ("Font", style.text_font, FONTS),
    ):
        if value not in known:
            raise EcgvizError(f"{what} {value!r} is not known; choose one of {', '.join(known)}.")
    if not 2 <= style.px_per_mm <= 24:
        raise EcgvizError(f"{style.px_per_mm:g} pixels per mm cannot be printed; choose 2 to 24.")


def _lead_in(style: Style) -> float:
    """Paper before the first sample."""
    return 12.5 if style.pulse == "left" else 5.0


def _seconds(style: Style, record: Record) -> float:
    """As many seconds as fit on the sheet: 10 on A4 landscape at 25 mm/s."""
    if style.seconds is not None:
        return style.seconds
    paper = A4[1] if style.portrait else A4[0]
    room = paper - 2 * style.margin - _lead_in(style) - (12.5 if style.pulse == "right" else 0.0)
    return max(min(float(int(room / style.speed)), 10.0, record.seconds), min(1.0, record.seconds))


class _Page:
    """Millimetres of the sheet to pixels, and seconds and rows to millimetres."""

    def __init__(self, style: Style, sheet: Sheet) -> None:
        self.style, self.sheet = style, sheet
        self.pitch = style.pitch or sheet.pitch_mv * style.gain
        usual = A4[::-1] if style.portrait else A4
        after = 12.5 if style.pulse == "right" else 0.0
        wide = _lead_in(style) + sheet.seconds * style.speed + after
        high = sheet.rows * self.pitch + self._head() + 3 * style.text_size
        self.size = max(usual[0], wide + 2 * style.margin), max(usual[1], high + 2 * style.margin)
        self.left = 5 * round((self.size[0] - wide) / 10) + _lead_in(style)
        spare = self.size[1] - 2 * style.margin - high
        self.first = style.margin + self._head() + 0.55 * self.pitch + spare / 3

    def _head(self) -> float:
        return 1.7 * self.style.text_size * max(len(self.style.header), len(self.style.header_right))

    def x(self, at_s: float) -> float:
        return (self.left + (at_s - self.sheet.start_s) * self.style.speed) * self.style.px_per_mm

    def y(self, row: int) -> float:
        return (self.first + row * self.pitch) * self.style.px_per_mm

    def boxes(self) -> list[tuple[LeadBox, Cell]]:
        """The place of each lead that was recorded; its end is where its samples end."""
        found = []
        for cell in self.sheet.cells:
            if cell.source is None or cell.stop <= cell.first:
                continue
            middle, half = self.y(cell.row), self.pitch * self.style.px_per_mm / 2
            x0, x1 = self.x(cell.start_s), self.x(cell.end_s)
            place = (x0, middle - half, x1, middle + half, middle, cell.start_s, cell.end_s)
            found.append((LeadBox(cell.lead, *place), cell))
        return found

    def geometry(self, record: Record) -> PageGeometry:
        style, scale = self.style, self.style.px_per_mm
        width, height = (float(round(side * scale)) for side in self.size)
        boxes = tuple(box for box, _ in self.boxes())
        as_rows = LAYOUTS[style.layout].columns and len({cell.lead for cell in self.sheet.cells}) == self.sheet.rows
        plain = as_rows and tuple(box.lead for box in boxes) == record.leads and style.layout != "12x1"
        grid = None if style.grid == "none" or PAPERS[style.paper].minor is None else self._grid()
        shown = "rows" if plain else style.layout
        pulses = tuple(self._pulse_box(row) for row in range(self.sheet.rows)) if style.pulse != "none" else ()
        return PageGeometry(
            width, height, boxes, (scale, scale), style.speed, style.gain, shown, grid=grid, pulses=pulses
        )

    def _grid(self) -> Box:
        """The grid's rectangle, its first lines `phase` away from the first sample and the first baseline."""
        style = self.style
        if style.whole_page:
            bounds = style.margin, style.margin, self.size[0] - style.margin, self.size[1] - style.margin
        else:
            last = self.first + (self.sheet.rows - 1) * self.pitch
            right = self.left + self.sheet.seconds * style.speed + (12.5 if style.pulse == "right" else 0) + 2
            bounds = (
                self.left - _lead_in(style) - 2,
                self.first - 0.6 * self.pitch,
                min(right, self.size[0] - 1),
                min(last + 0.6 * self.pitch, self.size[1] - 1),
            )
        zero = self.left + style.phase[0], self.first + style.phase[1]
        x0, y0 = (origin - 5 * int((origin - low) / 5) for origin, low in zip(zero, bounds[:2], strict=True))
        x1, y1 = (low + 5 * int((high - low) / 5) for low, high in zip((x0, y0), bounds[2:], strict=True))
        scale = style.px_per_mm
        return x0 * scale, y0 * scale, x1 * scale, y1 * scale

    def _pulse_box(self, row: int) -> Box:
        """1 mV high and 0.2 s wide, 5 mm before the first or after the last sample."""
        style, wide = self.style, PULSE_S * self.style.speed
        end = self.left + self.sheet.seconds * style.speed
        rise = self.left - wide - 2.5 if style.pulse == "left" else end + 2.5
        top = self.y(row) - style.gain * style.px_per_mm
        return rise * style.px_per_mm, top, (rise + wide) * style.px_per_mm, self.y(row)


def _paper(pixels: Pixels, geometry: PageGeometry, style: Style, stock: Stock) -> None:
    if geometry.grid is not None:
        thick = max(style.grid_line * style.px_per_mm, 0.5)
        rule(pixels, stock, geometry.grid, geometry.px_per_mm, fine=style.grid == "fine", width=thick)


def _writing(pixels: Pixels, geometry: PageGeometry, style: Style, stock: Stock) -> None:
    """Lead names, the lines at the head, and the technical line at the foot."""
    mm = style.px_per_mm
    for box in geometry.boxes if style.names else ():
        at = box.x0 + 1.0 * mm, box.baseline - style.name_above * mm
        draw_text(pixels, box.lead, at, stock.ink, style.name_font, style.name_size * mm)
    size = style.text_size * mm
    for column, lines in ((style.margin, style.header), (0.62 * geometry.width / mm, style.header_right)):
        for n, line in enumerate(lines):
            at = column * mm + mm, (style.margin + 1.7 * style.text_size * (n + 0.8)) * mm
            draw_text(pixels, line, at, stock.ink, style.text_font, size)
    foot = f"{style.speed:g} mm/s   {style.gain:g} mm/mV" if style.footer is None else style.footer
    at = (style.margin + 1) * mm, geometry.height - (style.margin + 1) * mm
    draw_text(pixels, foot, at, stock.ink, style.text_font, size)


def _pulse(box: Box) -> Points:
    x0, y0, x1, y1 = box
    foot = 0.3 * (x1 - x0)
    return np.array([(x0 - foot, y1), (x0, y1), (x0, y0), (x1, y0), (x1, y1), (x1 + foot, y1)])


def _borders(geometry: PageGeometry, style: Style) -> list[Points]:
    """What stands between two leads of a row: short ticks, or a line through the row."""
    if style.separators == "none":
        return []
    first = min(box.x0 for box in geometry.boxes)
    inner = [box for box in geometry.boxes if box.x0 > first + 1]
    if style.separators == "ticks":
        half = 3 * style.px_per_mm
        return [np.array([(box.x0, box.baseline - half), (box.x0, box.baseline + half)]) for box in inner]
    return [np.array([(box.x0, box.y0), (box.x0, box.y1)]) for box in inner]


def _drawn(geometry: PageGeometry, box: LeadBox, cell: Cell, record: Record) -> Points:
    """The trace of a cell; its samples end where the box ends or the record does."""
    values = cell.values(record) - np.float32(cell.offset_mv)
    x = box.x0 + np.arange(len(values)) / record.fs * geometry.px_per_s
    return np.column_stack([x, box.baseline - values * geometry.px_per_mv])


_HEADS = (
    ("Name: ________", "ID: ________", "Sex: _   Age: __"),
    ("12-lead ECG", "Ventricular rate   72 bpm", "PR interval   160 ms", "QRS duration   92 ms", "QT/QTc   390/420 ms"),
    ("Sinus rhythm", "Normal ECG", "Unconfirmed"),
    (),
)


def random_style(rng: np.random.Generator, **fixed: object) -> Style:
    """A page as some machine might print it; `fixed` fields are kept as given."""
    speed = float(rng.choice([25, 25, 25, 50]))
    layout = str(rng.choice(["3x4+1", "3x4+1", "3x4+1", "3x4", "6x2", "12x1"]))
    strips = (("II",), ("II",), ("V1",), ("II", "V1", "V5"))[rng.integers(4)]
    size = float(rng.uniform(2.0, 3.2))
    style = Style(
        layout=layout,
        rhythm=strips,
        speed=speed,
        gain=float(rng.choice([10, 10, 10, 5, 20])),
        px_per_mm=float(rng.uniform(4, 12)),
        paper=str(rng.choice(["pink", "pink", "red", "orange", "green", "blue", "grey", "white"])),
        line=float(rng.uniform(0.2, 0.4)),
        grid_line=float(rng.uniform(0.1, 0.18)),
        grid="coarse" if rng.random() < 0.1 else "fine",
        whole_page=bool(rng.random() < 0.6),
        phase=(float(rng.uniform(0, 5)), float(rng.uniform(0, 5))) if rng.random() < 0.5 else (0.0, 0.0),
        pulse=("left", "left", "right", "none")[rng.integers(4)],
        separators=("ticks", "lines", "none")[rng.integers(3)],
        name_font=str(rng.choice(list(FONTS))),
        name_size=size,
        name_above=float(rng.uniform(5, 10)),
        header=_HEADS[rng.integers(4)],
        header_right=_HEADS[rng.integers(4)],
        text_font=str(rng.choice(list(FONTS))),
        margin=float(rng.uniform(2, 10)),
    )
    return replace(style, **fixed)  # type: ignore[arg-type]
