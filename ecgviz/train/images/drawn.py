"""Records drawn as the ink of a page, for a network to learn what an ECG looks like before it sees real pages.

The layout is 3 x 4 with a rhythm strip, as printed at 25 mm/s and 10 mm/mV; what is drawn is what the view `ink` of
`scans.prepare` leaves of a page: strokes, lead names, column lines, calibration pulses; no paper and no grid.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

__all__ = ["COLUMNS", "draw"]

COLUMNS = (("I", "II", "III"), ("aVR", "aVL", "aVF"), ("V1", "V2", "V3"), ("V4", "V5", "V6"))
SIZE = (740, 468)  # pixels of the part with the traces on a page 800 wide, margins of `trace_area` included
PX_PER_S, PX_PER_MV = 71.2, 28.5
LEFT, TOP, ROW = 14.0, 70.0, 109.7  # start of the traces, first baseline, from row to row
FONT = ImageFont.load_default(size=9)


def draw(signal: NDArray[np.floating], fs: float, size: tuple[int, int], rng: np.random.Generator) -> NDArray[np.uint8]:
    """(12, samples) mV of 10 s in the standard order as a picture (height, width) of ink 0 on paper 255.

    size: (width, height). Place, scale, gain, turn and width of the stroke vary as between scanners.
    """
    sx, sy = rng.uniform(0.96, 1.04), rng.uniform(0.94, 1.06)
    x0, y0 = LEFT + rng.uniform(-8, 8), TOP + rng.uniform(-12, 12)
    gain = PX_PER_MV * sy * rng.uniform(0.94, 1.06)
    thick = int(rng.integers(1, 3))
    canvas = Image.new("L", SIZE, 255)
    pen = ImageDraw.Draw(canvas)
    step, part = PX_PER_S * sx / fs, round(2.5 * fs)
    rows = [y0 + k * ROW * sy for k in range(4)]

    def line(values: NDArray[np.floating], x: float, y: float) -> None:
        across = x + np.arange(len(values)) * step
        pen.line(np.column_stack([across, y - values * gain]).ravel().tolist(), fill=0, width=thick)

    bars = rng.random() < 0.7
    for c in range(4):
        x = x0 + c * part * step
        for r in range(3):
            line(signal[3 * c + r, c * part : (c + 1) * part], x, rows[r])
            pen.text((x + 1, rows[r] - 12), COLUMNS[c][r], fill=0, font=FONT)
        if c and bars:
            pen.line([x, rows[0] - 15, x, rows[2] + 15], fill=0, width=1)
    strip = int(rng.integers(1, 3))
    line(signal[strip, : 4 * part], x0, rows[3])
    pen.text((x0 + 1, rows[3] - 12), COLUMNS[0][strip], fill=0, font=FONT)
    for y in rows:
        pen.line([x0 - 14, y, x0 - 14, y - gain, x0 - 8, y - gain, x0 - 8, y], fill=0, width=1)
    turned = canvas.rotate(rng.normal(0, 0.5), Image.Resampling.BILINEAR, fillcolor=255)
    return np.asarray(turned.resize(size, Image.Resampling.BOX))
