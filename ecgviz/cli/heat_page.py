"""One HTML file that stands alone: the ECG page with the heat, its caption and the disclaimer."""

import html
import os
import tempfile
from pathlib import Path

from ecgviz import __version__
from ecgviz.cli.words import DISCLAIMER, patient
from ecgviz.errors import EcgvizError
from ecgviz.plot import overlay, tracing
from ecgviz.record import Flag, Record
from ecgviz.results import Attribution, Finding

__all__ = ["check", "replace", "write"]

_FRAME = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>body{{font:16px/1.5 system-ui,sans-serif;margin:24px auto;max-width:1280px;padding:0 16px;color:#111}}
h1{{font-size:20px;font-weight:600;margin:0 0 4px}}p{{margin:0 0 12px}}footer,small{{color:#555}}</style></head>
<body><h1>{title}</h1><p>{head}</p>{figure}
<p><small>{caption}</small></p>{flags}<p><small>{notes}</small></p>
<footer>{disclaimer} Heat shows where a model found evidence, not why the heart behaves so. ecgviz {version}</footer>
</body></html>
"""


def check(path: Path) -> None:
    """Say before any work that a file cannot be written. Raises EcgvizError."""
    if path.is_dir():
        raise EcgvizError(f"--out {path} is a folder; name a file, such as heat.html.")
    if not path.parent.is_dir():
        raise EcgvizError(f"--out {path}: the folder {path.parent} does not exist; make it first.")


def write(path: Path, record: Record, found: Attribution, said: Finding, flags: tuple[Flag, ...]) -> None:
    """Write the page beside its place and move it there, so that a file is whole or not there. Raises EcgvizError.

    said: the model's finding that the heat explains; flags: all that the reader of the page must know.
    """
    figure = overlay.page(record, found)
    verdict = "positive" if said.positive else "not positive"
    head = (
        f"{patient(record)}, {record.seconds:g} s. {found.model}: probability {said.probability:.3f}, "
        f"threshold {said.threshold:.3f}, {verdict}."
    )
    text = _FRAME.format(
        title=html.escape(f"Evidence for {found.label}: {record.name}"),
        head=html.escape(head),
        caption=html.escape(overlay.caption(found)),
        figure=figure.to_html(full_html=False, include_plotlyjs=True, config=dict(tracing.CONFIG)),
        flags="".join(f"<p>{html.escape(f'{flag.level}: {flag.text} {flag.advice}')}</p>" for flag in flags),
        notes=html.escape(" · ".join((*record.notes, *found.notes))),
        disclaimer=html.escape(DISCLAIMER),
        version=html.escape(__version__),
    )
    replace(path, text.encode())


def replace(path: Path, data: bytes) -> None:
    """Write a file whole or not at all. Raises EcgvizError."""
    try:
        _replace(path, data)
    except OSError as error:
        raise EcgvizError(f"--out {path} cannot be written ({error.strerror}); choose another place.") from error


def _replace(path: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}-", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        mask = os.umask(0)
        os.umask(mask)
        part.chmod(0o666 & ~mask)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
