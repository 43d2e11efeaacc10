"""`digitise`: a picture of an ECG page to a WFDB record, with what each step found."""

from pathlib import Path
from typing import Annotated, Any

import typer

from ecgviz.cli import payload
from ecgviz.errors import ReadError
from ecgviz.readers.scan import is_pdf, read_scan
from ecgviz.report import wfdb_files
from ecgviz.scans.geometry import Digitised, Hints

__all__ = ["digitise_command"]

Image = Annotated[Path, typer.Argument(metavar="IMAGE", help="The page: JPG, PNG, TIFF or PDF.")]
Out = Annotated[Path | None, typer.Option("--out", help="Write the record here, as RECORD.hea and RECORD.dat.")]
Layout = Annotated[str | None, typer.Option("--layout", help="Layout, such as 3x4+1, where the names are not read.")]
Scale = Annotated[float | None, typer.Option("--px-per-mm", help="Pixels of one mm, where the grid is not found.")]
Speed = Annotated[float | None, typer.Option("--speed", help="Paper speed in mm/s.")]
Gain = Annotated[float | None, typer.Option("--gain", help="Gain in mm/mV.")]
Turn = Annotated[float | None, typer.Option("--rotation", help="Degrees clockwise that set the page upright.")]
Corners = Annotated[
    str | None,
    typer.Option("--corners", help="Corners of the sheet in pixels, x,y four times, top left first, clockwise."),
]
Boxes = Annotated[
    list[str] | None, typer.Option("--box", help="Place of a lead in pixels: II,x0,y0,x1,y1; once for each lead.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


def digitise_command(
    image: Image,
    out: Out = None,
    layout: Layout = None,
    px_per_mm: Scale = None,
    speed: Speed = None,
    gain: Gain = None,
    rotation: Turn = None,
    corners: Corners = None,
    box: Boxes = None,
    as_json: AsJson = False,
) -> None:
    """Read the traces from a picture of an ECG page.

    Scan, screenshot, phone photo or PDF; what an option states is not looked for.
    """
    from ecgviz.scans.digitise import digitise  # OpenCV is loaded for this command only

    if not image.is_file():
        raise ReadError(f"{image} is not a file; check the path.")
    data = image.read_bytes()
    hints = Hints(_corners(corners), layout, px_per_mm, _boxes(box or []), speed, gain, rotation)
    found = digitise(read_scan(image.name, data), pdf=data if is_pdf(data) else None, hints=hints)
    if found.record is None:
        failed = found.steps[-1]
        raise ReadError(f"Step {failed.name} failed. {failed.text}")
    written = _write(found, out) if out is not None else []
    typer.echo(payload.dumps(_payload(found, written)) if as_json else _words(found, written))


def _numbers(text: str, count: int, example: str) -> list[float]:
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError:
        values = []
    if len(values) != count:
        raise ReadError(f"{text[:60]!r} is not {count} numbers with commas between; write, for instance, {example}.")
    return values


def _corners(text: str | None) -> tuple[tuple[float, float], ...] | None:
    if text is None:
        return None
    values = _numbers(text, 8, "40,30,1900,25,1910,1380,35,1390")
    return tuple(zip(values[::2], values[1::2], strict=True))


def _boxes(texts: list[str]) -> tuple[tuple[str, float, float, float, float], ...]:
    found = []
    for text in texts:
        lead, _, rest = text.partition(",")
        x0, y0, x1, y1 = _numbers(rest, 4, "II,100,200,600,320")
        found.append((lead, x0, y0, x1, y1))
    return tuple(found)


def _write(found: Digitised, out: Path) -> list[str]:
    assert found.record is not None
    stem = out.with_suffix("") if out.suffix in (".hea", ".dat") else out
    if not stem.parent.is_dir():
        raise ReadError(f"{stem.parent} is not a folder; create it or choose another place for --out.")
    paths = []
    for name, content in wfdb_files.write(found.record, stem.name).items():
        path = stem.parent / name
        path.write_bytes(content)
        paths.append(str(path))
    return paths


def _words(found: Digitised, written: list[str]) -> str:
    assert found.record is not None
    lines = [f"{step.name:12} {step.text}" for step in found.steps]
    lines.append("lead   printed  limb leads  score")
    for lead in found.quality:
        residual = "        -" if lead.residual_uv is None else f"{lead.residual_uv:6.0f} uV"
        lines.append(f"{lead.lead:5} {100 * lead.coverage:6.0f} %  {residual:>10}  {lead.score:.2f} {lead.word}")
    lines += [f"! {flag.text}" for flag in found.record.flags]
    lines += [f"written: {path}" for path in written]
    return "\n".join(lines)


def _payload(found: Digitised, written: list[str]) -> dict[str, Any]:
    assert found.record is not None
    record = found.record
    return {
        "steps": [{"name": step.name, "ok": step.ok, "text": step.text} for step in found.steps],
        "quality": [
            {
                "lead": lead.lead,
                "coverage": lead.coverage,
                "residual_uv": lead.residual_uv,
                "score": lead.score,
                "word": lead.word,
            }
            for lead in found.quality
        ],
        "record": {
            "leads": list(record.leads),
            "fs": record.fs,
            "seconds": record.seconds,
            "source": record.provenance.source,
            "flags": [flag.text for flag in record.flags],
        },
        "layout": found.geometry.layout if found.geometry else None,
        "written": written,
    }
