"""What the commands do where the model is one of pages, `adapt-image` and `train-image`."""

import html
import inspect
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import typer
from numpy.typing import NDArray
from PIL import Image

from ecgviz import zoo
from ecgviz.card import ImageCard
from ecgviz.cli import heat_page, payload, words
from ecgviz.cli.training import AS_JSON, OUT, option, options_of
from ecgviz.errors import ReadError
from ecgviz.explain import images as evidence
from ecgviz.plot import scan as picture
from ecgviz.plot import tracing
from ecgviz.readers.scan import read_scan
from ecgviz.record import Scan
from ecgviz.results import Heat, Prediction
from ecgviz.train.images import AdaptConfig, PageConfig, adapt, run
from ecgviz.zoo import images

__all__ = ["explained", "open_page", "predicted", "adapt_image", "train_image"]

Answer = str | dict[str, Any]
HEAT_COLOUR, HEAT_ALPHA = (214, 39, 40), 0.6


def open_page(files: list[Path]) -> Scan:
    """The one picture given. Raises ReadError."""
    if len(files) != 1:
        raise ReadError(f"A model of pages looks at one picture; {len(files)} files are given.")
    if not files[0].is_file():
        raise ReadError(f"{files[0]} does not exist; check the path.")
    return read_scan(files[0].name, files[0].read_bytes())


def predicted(card: ImageCard, files: list[Path], as_json: bool) -> Answer:
    """The answer to a page, as words or JSON."""
    found = images.predict(images.load(card.name), open_page(files))
    if as_json:
        best = max(found.findings, key=lambda finding: finding.probability)
        return payload.prediction(found, found.flags) | {"answer": best.label}
    return words.page(f"{card.title}: {card.name}", _table(found), words.flags_said(found.flags))


def _table(found: Prediction) -> str:
    """Classes by probability; the first is the answer."""
    order = sorted(found.findings, key=lambda finding: -finding.probability)
    rows = [
        (f.label, f"{f.probability:.3f}", "answer" if f is order[0] else "", "" if f.trusted else "few training cases")
        for f in order
    ]
    return words.columns([("Class", "Probability", "", ""), *rows], right=(1,))


def explained(card: ImageCard, files: list[Path], label: str, method: str, out: Path | None, as_json: bool) -> Answer:
    """The evidence for a class on a page; `out` gets the page with the heat, as PNG or as HTML."""
    if out is not None:
        heat_page.check(out)
    scan = open_page(files)
    model = images.load(card.name)
    found = evidence.explain(model, scan, label, method)
    rows = evidence.shares(found)
    sentence = evidence.said(rows, label)
    said = images.predict(model, scan)
    if out is not None:
        _write(out, scan, found, sentence)
    if as_json:
        return {
            "model": card.name,
            "label": label,
            "method": method,
            "probability": round(said[label].probability, 5),
            "grid": list(found.grid),
            "area": [round(v, 1) for v in found.area],
            "shares": [
                {"place": row.place, "heat": round(row.heat, 4), "pixels": round(row.pixels, 4)} for row in rows
            ],
            "sentence": sentence,
            "flags": payload.flags_of(said.flags),
        }
    head = (
        f"Evidence for {label} in {card.name}, by {evidence.METHODS[method]}; probability {said[label].probability:.3f}"
    )
    table = words.columns(
        [("Place", "Evidence", "Page"), *((r.place, f"{r.heat:.0%}", f"{r.pixels:.0%}") for r in rows)], right=(1, 2)
    )
    written = f"Page written to {out}." if out else ""
    return words.page(head, sentence, table, written, words.flags_said(said.flags))


def _write(out: Path, scan: Scan, heat: Heat, sentence: str) -> None:
    """The page under its heat: PNG by its suffix, else HTML that stands alone. Raises EcgvizError."""
    shown = np.maximum(heat.scores, 0)
    if out.suffix.lower() == ".png":
        heat_page.replace(out, _png(scan.pixels, shown))
        return
    figure = picture.page(scan.pixels, heat=shown)
    body = figure.to_html(full_html=False, include_plotlyjs=True, config=dict(tracing.CONFIG))
    title = html.escape(f"Evidence for {heat.label}: {scan.name}")
    text = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><h1>{title}</h1>{body}'
        f"<p>{html.escape(sentence)}</p><p>{html.escape(' · '.join(heat.notes))}</p>"
        f"<footer>{html.escape(words.DISCLAIMER)}</footer></html>"
    )
    heat_page.replace(out, text.encode())


def _png(pixels: NDArray[np.uint8], shown: NDArray[np.float32]) -> bytes:
    """The picture with the heat in red over it."""
    alpha = (HEAT_ALPHA * shown)[..., None]
    mixed = (1 - alpha) * pixels + alpha * np.array(HEAT_COLOUR)
    kept = io.BytesIO()
    Image.fromarray(mixed.round().astype(np.uint8)).save(kept, "PNG")
    return kept.getvalue()


def train_image(**given: Any) -> None:
    """Train a classifier of ECG pages.

    Cross-validates by recording, tests the controls, trains on all pages and writes the folder of the model.
    """
    out = given.pop(OUT) or zoo.models_folder()
    as_json = given.pop(AS_JSON)
    say: Callable[[str], None] = (lambda line: None) if as_json else typer.echo
    folder = run(PageConfig(**given), out, say)
    typer.echo(payload.dumps({"folder": str(folder)}) if as_json else f"Written to {folder}.")


train_image.__signature__ = inspect.Signature(options_of(PageConfig))  # type: ignore[attr-defined]


def adapt_image(out: Path, **given: Any) -> None:
    """Teach a network of pages to read ECG on drawings of PTB-XL, as a start for `train-image`."""
    as_json = given.pop(AS_JSON)
    say: Callable[[str], None] = (lambda line: None) if as_json else typer.echo
    path = adapt(AdaptConfig(**given), out, say)
    typer.echo(payload.dumps({"start": str(path)}) if as_json else f"Written to {path}.")


adapt_image.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
    [
        option(OUT, Path, inspect.Parameter.empty, "file that gets the weights, such as start.safetensors"),
        *(of for of in options_of(AdaptConfig) if of.name != OUT),
    ]
)
