"""Train the small network that reads printed lead names, on words drawn here: no page and no recording is used.

    python benchmarks/lead_name_reader.py --steps 1500 --out ecgviz/scans/lead_names.npz

Each example is a patch of a page at 4 px/mm: names in the fonts of Matplotlib and the system, other words, traces
across them, separators, pulses, remains of a grid, blur and noise. The network is a stack of 3 x 3 convolutions; its
weights are stored as float16 arrays that `ecgviz.scans.names` runs with NumPy.
"""

import argparse
from pathlib import Path

import cv2
import matplotlib.font_manager
import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont
from torch import nn
from torch.nn import functional

NAMES = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")
HEIGHT, WIDTH, STRIDE = 96, 192, 4
OVER = 3
CHANNELS = (8, 16, 32, 32, 32)
DILATIONS = (1, 1, 1, 2, 2)
POOLED = (True, True, False, False, False)
UNLIKE = ("cm", "stix", "dejavusansdisplay", "dejavuserifdisplay", "lastresort")
HELD_OUT = (
    "DejaVuSerif",
    "DejaVuSansMono-Bold",
    "LiberationMono-Italic",
    "LiberationSansNarrow-Bold",
    "LiberationSans-Bold",
)


def fonts(held_out: bool) -> list[str]:
    """Font files with plain Latin letters; a few faces are kept for validation."""
    found = sorted(matplotlib.font_manager.findSystemFonts(fontext="ttf"))
    found += sorted(str(path) for path in Path(matplotlib.get_data_path(), "fonts", "ttf").glob("*.ttf"))
    names = [path for path in found if not Path(path).stem.lower().startswith(UNLIKE)]
    return [path for path in names if (Path(path).stem in HELD_OUT) == held_out]


def spelling(name: str, rng: np.random.Generator) -> str:
    """A name as machines print it."""
    shown = name.upper() if rng.random() < 0.25 else name
    if name.startswith("V") and rng.random() < 0.05:
        shown = "C" + name[1:]
    return shown


def other_word(rng: np.random.Generator) -> str:
    """A word that is no lead name."""
    letters = "abcdefghiklmnoprstuvyABCDEFGHKLMNOPRSTUY0123456789.:-/%"
    fixed = ("25 mm/s", "10 mm/mV", "0.05-150 Hz", "40 Hz", "bpm", "QRS", "PR 160", "V", "aV", "1", "2", "V7", "ms")
    if rng.random() < 0.35:
        return str(rng.choice(fixed))
    return "".join(rng.choice(list(letters), int(rng.integers(1, 9))))


def trace(rng: np.random.Generator) -> np.ndarray:
    """A curve like an ECG over the patch, (OVER * WIDTH,) in supersampled pixels."""
    x = np.arange(OVER * WIDTH)
    y = np.full(x.size, rng.uniform(0, HEIGHT * OVER)) + np.cumsum(rng.normal(0, 0.15, x.size))
    start = rng.uniform(-100, 200)
    height = rng.normal(0, 1) * 100
    for beat in np.arange(start, x.size, rng.uniform(150, 300)):
        y += height * np.exp(-((x - beat) ** 2) / (2 * rng.uniform(3, 9) ** 2))
        y -= 0.3 * height * np.exp(-((x - beat - 14) ** 2) / (2 * 6**2))
        y += rng.normal(0, 20) * np.exp(-((x - beat - 75) ** 2) / (2 * 20**2))
    return y


def lines(draw: ImageDraw.ImageDraw, rng: np.random.Generator) -> None:
    """Traces, separators and pulses."""
    for _ in range(rng.integers(0, 4)):
        width = int(rng.integers(3, 9))
        y = trace(rng)
        draw.line(list(zip(range(y.size), y.tolist(), strict=True)), fill=255, width=width)
    for _ in range(rng.integers(0, 3)):
        x = rng.uniform(0, WIDTH * OVER)
        y, long = rng.uniform(-100, HEIGHT * OVER), rng.choice([20, 40, 60, 120, 400])
        draw.line([(x, y), (x, y + long)], fill=255, width=int(rng.integers(2, 8)))
    if rng.random() < 0.15:
        x, y = rng.uniform(0, WIDTH * OVER), rng.uniform(0, HEIGHT * OVER)
        high, wide, foot = 40 * OVER, 20 * OVER, 8 * OVER
        corners = [(x - foot, y), (x, y), (x, y - high), (x + wide, y - high), (x + wide, y), (x + wide + foot, y)]
        draw.line(corners, fill=255, width=int(rng.integers(3, 8)))


def word(
    draw: ImageDraw.ImageDraw, rng: np.random.Generator, text: str, face: str, cap_px: float
) -> tuple[float, float]:
    """Draw a word with capitals of cap_px pixels; returns its centre in patch pixels."""
    font = ImageFont.truetype(face, round(cap_px * OVER / 0.72))
    x, y = rng.uniform(4, WIDTH - 40) * OVER, rng.uniform(4, HEIGHT - 24) * OVER
    x0, y0, x1, y1 = draw.textbbox((x, y), text, font=font)
    draw.text((x, y), text, fill=255, font=font)
    return (x0 + x1) / 2 / OVER, (y0 + y1) / 2 / OVER


def patch(rng: np.random.Generator, faces: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Darkness (HEIGHT, WIDTH) 0..1 and target (HEIGHT / STRIDE, WIDTH / STRIDE): 0 none, 1..12 a name, -1 ignored."""
    canvas = Image.new("L", (WIDTH * OVER, HEIGHT * OVER))
    draw = ImageDraw.Draw(canvas)
    if rng.random() < 0.85:
        lines(draw, rng)
    for _ in range(rng.integers(0, 3)):
        word(draw, rng, other_word(rng), str(rng.choice(faces)), rng.uniform(5, 16))
    placed: list[tuple[float, float, int]] = []
    for _ in range(rng.integers(2, 8)):
        which = int(rng.integers(0, 12))
        before = canvas.copy()
        x, y = word(draw, rng, spelling(NAMES[which], rng), str(rng.choice(faces)), rng.uniform(7, 14))
        if any(abs(x - px) < 50 and abs(y - py) < 20 for px, py, _ in placed):
            canvas.paste(before)
            continue
        placed.append((x, y, which))
    dark = cv2.resize(np.asarray(canvas, np.float32) / 255, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    return soiled(dark, rng), target(placed)


def soiled(dark: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """With what is left of a grid, low resolution, blur and noise."""
    if rng.random() < 0.5:
        strength, pitch, phase = rng.uniform(0, 0.45), rng.choice([4, 20]), rng.integers(0, 20, 2)
        dark = dark.copy()
        dark[phase[0] % pitch :: pitch] = np.maximum(dark[phase[0] % pitch :: pitch], strength)
        dark[:, phase[1] % pitch :: pitch] = np.maximum(dark[:, phase[1] % pitch :: pitch], strength)
    if rng.random() < 0.5:
        share = rng.uniform(0.55, 1)
        small = cv2.resize(dark, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
        dark = cv2.resize(small, (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR)
    if rng.random() < 0.7:
        dark = cv2.GaussianBlur(dark, (0, 0), rng.uniform(0.3, 1.1))
    dark = dark * rng.uniform(0.5, 1.3) + rng.normal(0, rng.uniform(0, 0.06), dark.shape)
    return np.clip(dark, 0, 1).astype(np.float32)


def target(placed: list[tuple[float, float, int]]) -> np.ndarray:
    """The class of each cell: the name whose centre lies within 3 px; a margin around it is ignored."""
    cells = np.zeros((HEIGHT // STRIDE, WIDTH // STRIDE), np.int64)
    cy, cx = ((np.indices(cells.shape) + 0.5) * STRIDE).astype(np.float64)
    for x, y, which in placed:
        far = np.maximum(abs(cx - x), abs(cy - y))
        cells[far < 8] = -1
        cells[far < 3.5] = which + 1
    return cells


class Reader(nn.Module):
    """Convolutions at a quarter of the patch's resolution; 13 logits per cell."""

    def __init__(self) -> None:
        super().__init__()
        widths = (1, *CHANNELS)
        self.convs = nn.ModuleList(
            nn.Conv2d(a, b, 3, padding=d, dilation=d)
            for a, b, d in zip(widths[:-1], widths[1:], DILATIONS, strict=True)
        )
        self.last = nn.Conv2d(CHANNELS[-1], 13, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:  # x: (n, 1, HEIGHT, WIDTH)
        for conv, pooled in zip(self.convs, POOLED, strict=True):
            x = functional.relu(conv(x))
            x = functional.max_pool2d(x, 2) if pooled else x
        return self.last(x)  # (n, 13, HEIGHT / 4, WIDTH / 4)


def batch(rng: np.random.Generator, faces: list[str], n: int) -> tuple[torch.Tensor, torch.Tensor]:
    """n patches and targets."""
    made = [patch(rng, faces) for _ in range(n)]
    return torch.from_numpy(np.stack([x for x, _ in made])[:, None]), torch.from_numpy(np.stack([y for _, y in made]))


def measure(net: Reader, rng: np.random.Generator) -> str:
    """Share of names read rightly and false names per patch, in fonts that were not trained on."""
    x, y = batch(rng, fonts(held_out=True), 128)
    with torch.no_grad():
        best = net(x).softmax(1)
    said = best.argmax(1)
    named = y > 0
    right = (said[named] == y[named]).float().mean().item()
    false = ((said > 0) & (y == 0)).float().sum().item() / len(x)
    return f"cells of names read rightly {right:.3f}, cells wrongly named per patch {false:.2f} (held-out fonts)"


def main() -> None:
    """Train, measure and store."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="weights to go on from")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(given.seed)
    rng = np.random.default_rng(given.seed)
    net, faces = Reader(), fonts(held_out=False)
    print(len(faces), "fonts to train on,", len(fonts(held_out=True)), "held out")
    if given.start is not None:
        restore(net, given.start)
    optimiser = torch.optim.AdamW(net.parameters(), lr=3e-3, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, total_steps=given.steps)
    weight = torch.ones(13)
    weight[0] = 0.1
    for step in range(given.steps):
        x, y = batch(rng, faces, 32)
        loss = functional.cross_entropy(net(x), y, weight=weight, ignore_index=-1)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        if step % 200 == 199:
            print(step + 1, f"loss {loss.item():.4f}", measure(net, rng), flush=True)
            store(net, given.out)
    store(net, given.out)


def store(net: Reader, out: Path) -> None:
    """Weights and biases as float16, in order."""
    layers = [*net.convs, net.last]
    arrays = {f"w{i}": layer.weight.detach().numpy().astype(np.float16) for i, layer in enumerate(layers)}
    arrays |= {f"b{i}": layer.bias.detach().numpy().astype(np.float16) for i, layer in enumerate(layers)}
    np.savez(out, **arrays)


def restore(net: Reader, path: Path) -> None:
    """Weights and biases as `store` wrote them."""
    with np.load(path, allow_pickle=False) as stored, torch.no_grad():
        for i, layer in enumerate([*net.convs, net.last]):
            layer.weight.copy_(torch.from_numpy(stored[f"w{i}"].astype(np.float32)))
            layer.bias.copy_(torch.from_numpy(stored[f"b{i}"].astype(np.float32)))


if __name__ == "__main__":
    main()
