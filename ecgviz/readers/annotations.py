"""Reference annotations of WFDB records: beats with their AAMI class, and the wave marks of LUDB."""

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, Literal

import numpy as np

from ecgviz.errors import ReadError
from ecgviz.optional import need
from ecgviz.readers._common import Given, check_rate
from ecgviz.readers._source import Source, from_path, from_upload, shown
from ecgviz.readers._wfdb_header import parse
from ecgviz.readers.wfdb_record import frame_rate
from ecgviz.results import BeatSeries

__all__ = ["AAMI", "Wave", "read_annotations", "read_waves"]

MAX_ANNOTATION_BYTES = 2**21
AAMI: dict[str, str] = {
    symbol: label
    for label, symbols in {"N": "NLRje", "S": "aJAS", "V": "VE", "F": "F", "Q": "/Qf"}.items()
    for symbol in symbols
}  # ANSI/AAMI EC57, grouping of the MIT-BIH symbols
_BEATS_WITHOUT_CLASS = frozenset("Brn?")
_WAVES: dict[str, Literal["P", "QRS", "T"]] = {"p": "P", "N": "QRS", "t": "T"}
Files = str | PathLike[str] | Mapping[str, bytes]


@dataclass(frozen=True)
class Wave:
    """One marked wave: times in seconds; a boundary that was not marked is None."""

    kind: Literal["P", "QRS", "T"]
    on_s: float | None
    peak_s: float
    off_s: float | None


def read_annotations(files: Files, extension: str = "atr", *, fs: float | None = None) -> BeatSeries:
    """The beats of an annotation file in time order; a beat outside the AAMI classes has the label None.

    files: the record's path (header or stem) or an upload. fs: Hz, only where no header lies beside the file.
    Raises ReadError where the file is absent or damaged.
    """
    samples, symbols, rate = _marks(files, extension, fs)
    beats = [i for i, symbol in enumerate(symbols) if symbol in AAMI or symbol in _BEATS_WITHOUT_CLASS]
    labels = tuple(AAMI.get(symbols[i]) for i in beats)
    return BeatSeries(samples[beats] / rate, labels, f"reference annotations (.{extension})")


def read_waves(files: Files, extension: str, *, fs: float | None = None) -> tuple[Wave, ...]:
    """P, QRS and T waves of one lead as LUDB marks them, `(` onset, peak, `)` offset; the extension is the lead.

    files and fs as in `read_annotations`. Source: Kalyakulina et al., IEEE Access 2020.
    """
    samples, symbols, rate = _marks(files, extension, fs)
    seconds = samples / rate
    waves = []
    for i, symbol in enumerate(symbols):
        if symbol in _WAVES:
            on = float(seconds[i - 1]) if i > 0 and symbols[i - 1] == "(" else None
            off = float(seconds[i + 1]) if i + 1 < len(symbols) and symbols[i + 1] == ")" else None
            waves.append(Wave(_WAVES[symbol], on, float(seconds[i]), off))
    return tuple(waves)


def _marks(files: Files, extension: str, fs: float | None) -> tuple[np.ndarray[Any, Any], list[str], float]:
    """Sample numbers, symbols and the rate in Hz that the numbers count."""
    if not re.fullmatch(r"\w{1,12}", extension):
        raise ReadError(f"The annotation extension {shown(extension)!r} is not a plain suffix such as atr.")
    marks, header = _find(files, extension)
    frames = None
    if header is not None:
        head = parse(header)
        rate, frames = frame_rate(head, header, Given(fs=fs)), head.frames
    elif fs is not None:
        rate = check_rate(fs, "given")
    else:
        raise ReadError(f"{shown(marks.name)} needs its header {marks.stem}.hea for the sampling rate; choose both.")
    where = shown(marks.name)
    if not 2 <= marks.size <= MAX_ANNOTATION_BYTES:
        raise ReadError(f"{where} has {marks.size:,} bytes, which no annotation file has; check the file.")
    wfdb = need("wfdb")
    with tempfile.TemporaryDirectory(prefix="ecgviz-") as folder:
        Path(folder, "r.atr").write_bytes(marks.data())
        try:
            found = wfdb.rdann(str(Path(folder, "r")), "atr")
        except Exception as error:  # wfdb raises whatever its arrays raise
            raise ReadError(f"{where} cannot be decoded as WFDB annotations; the file is damaged.") from error
    samples = np.asarray(found.sample, dtype=np.int64)
    if samples.size and ((np.diff(samples) < 0).any() or samples[0] < 0):
        raise ReadError(f"{where} has annotations out of time order; the file is damaged.")
    if samples.size and frames is not None and samples[-1] > frames:
        raise ReadError(f"{where} has annotations after the end of the recording; it belongs to another one.")
    return samples, [str(symbol) for symbol in found.symbol], rate


def _find(files: Files, extension: str) -> tuple[Source, Source | None]:
    """The annotation file and the header, if there is one."""
    if isinstance(files, Mapping):
        sources = from_upload(files)
        marks = [source for name, source in sources.items() if name.endswith(f".{extension}")]
        headers = [source for name, source in sources.items() if name.lower().endswith(".hea")]
        if len(marks) != 1 or len(headers) > 1:
            raise ReadError(f"{len(marks)} files end in .{extension}; upload one such file with its header.")
        return marks[0], headers[0] if headers else None
    path = Path(files)
    stem = path.name.removesuffix(".hea").removesuffix(f".{extension}")
    marks_path = path.with_name(f"{stem}.{extension}")
    if not marks_path.is_file():
        raise ReadError(f"{shown(marks_path.name)} does not exist; give the path of the record.")
    header = path.with_name(f"{stem}.hea")
    return from_path(marks_path), from_path(header) if header.is_file() else None
