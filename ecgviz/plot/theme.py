"""Every colour, paper and typeface of the pictures, in one place.

Colours were chosen so that evidence stays apart from both grid lines for readers with normal vision, deuteranopia and
protanopia (`difference`, held by a test at full opacity); red on pink does not, and is offered only because the
original tool used it.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "FRAMES",
    "MAX_ALPHA",
    "MONO",
    "PALETTES",
    "PAPERS",
    "SANS",
    "SERIES",
    "UPLOADS",
    "Frame",
    "Palette",
    "Paper",
    "blend",
    "difference",
    "rgb",
    "rgba",
    "seen_as",
]

# Helvetica, Arial and Liberation Sans set all figures to one width, so numbers stand in columns without CSS.
SANS = "Helvetica Neue, Helvetica, Arial, Liberation Sans, sans-serif"
MONO = "Liberation Mono, DejaVu Sans Mono, Menlo, Consolas, monospace"
MAX_ALPHA = 0.55

# Plotly draws a button that uploads the chart to a cloud. No figure of a patient may offer that.
UPLOADS = ("sendChartToCloud", "sendDataToCloud")

Vision = Literal["normal", "deuteranopia", "protanopia"]


@dataclass(frozen=True)
class Paper:
    """The sheet an ECG is printed on: label for a menu, then colours as hex; `purple` is its evidence hue and
    `caliper` the colour of what a reader draws on it."""

    label: str
    background: str
    minor: str
    major: str
    trace: str
    text: str
    muted: str
    purple: str = "#762a83"
    caliper: str = "#0b4f8a"


@dataclass(frozen=True)
class Palette:
    """How evidence is coloured; a `positive` of None stands for the paper's own purple.

    weak: the colour that evidence fades to, itself unless said otherwise; signed: evidence against is drawn too.
    """

    label: str
    positive: str | None
    weak: str | None = None
    signed: bool = False
    colour_safe: bool = True


@dataclass(frozen=True)
class Frame:
    """Colours of the charts beside the paper, for the light and the dark frame."""

    text: str
    muted: str
    rule: str
    track: str
    bar: str
    accent: str
    alert: str


PAPERS: dict[str, Paper] = {
    "pink": Paper("Pink paper", "#fffaf7", "#f6dcd6", "#e8a0a0", "#111111", "#3a3133", "#7d6467"),
    "grey": Paper("Grey paper", "#ffffff", "#e8e8e8", "#c2c2c2", "#111111", "#333333", "#6b6b6b"),
    "night": Paper(
        "Night paper", "#12161c", "#1e2522", "#35423c", "#f2f5f7", "#c9d1d9", "#8b97a3", "#d08ae8", "#7cc4ff"
    ),
}

PALETTES: dict[str, Palette] = {
    "purple": Palette("Purple: evidence for", None),
    "signed": Palette("Orange for, purple against", "#ff7f0e", signed=True),
    "white_red": Palette("White to red, as in the original tool", "#d62728", weak="#ffffff", colour_safe=False),
}

FRAMES: dict[str, Frame] = {
    "light": Frame("#1f2328", "#636c76", "#d8dee4", "#eef1f4", "#8c99a6", "#762a83", "#b3261e"),
    "dark": Frame("#e6edf3", "#9aa5b1", "#343b44", "#232a33", "#718096", "#b98ac4", "#f2938c"),
}

# Paul Tol's "bright" scheme without its yellow and grey: told apart under every common colour vision.
SERIES = ("#4477aa", "#ee6677", "#228833", "#aa3377", "#66ccee", "#ccbb44")

# Machado, Oliveira & Fernandes 2009, severity 1.0, applied to linear RGB.
_VISION: dict[Vision, NDArray[np.float64]] = {
    "normal": np.eye(3),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
}
# IEC 61966-2-1: linear sRGB to CIE XYZ under D65.
_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)


def rgb(colour: str) -> NDArray[np.float64]:
    """A hex colour as (3,) in 0..1."""
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255


def rgba(colour: str, alpha: float) -> str:
    """A hex colour with an opacity 0..1, as CSS."""
    red, green, blue = (round(255 * part) for part in rgb(colour))
    return f"rgba({red},{green},{blue},{alpha:.3g})"


def blend(colour: str, alpha: float, under: str) -> str:
    """The hex colour seen when `colour` with opacity 0..1 lies over `under`."""
    mixed = alpha * rgb(colour) + (1 - alpha) * rgb(under)
    return "#" + "".join(f"{round(255 * part):02x}" for part in mixed)


def seen_as(colour: str, vision: Vision = "normal") -> NDArray[np.float64]:
    """CIE L*a*b* (D65), (3,), of a hex colour as a reader with that colour vision sees it (Machado 2009)."""
    encoded = rgb(colour)
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    relative = _XYZ @ np.clip(_VISION[vision] @ linear, 0, 1) / _XYZ.sum(axis=1)
    f = np.where(relative > (6 / 29) ** 3, np.cbrt(relative), relative / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def difference(one: str, other: str, vision: Vision = "normal") -> float:
    """CIE76 colour difference of two hex colours; above 20 they are plainly apart."""
    return float(np.linalg.norm(seen_as(one, vision) - seen_as(other, vision)))
