"""Reference annotations of WFDB records: beats with their AAMI class, rhythms, and the wave marks of LUDB."""

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ecgviz.errors import ReadError
from ecgviz.optional import need
from ecgviz.readers._common import Given, check_rate
from ecgviz.readers._source import Source, from_path, from_upload, shown
from ecgviz.readers._wfdb_header import parse
from ecgviz.readers.wfdb_record import frame_rate
from ecgviz.results import BeatSeries

__all__ = ["AAMI", "RhythmSpan", "Wave", "read_annotations", "read_marks", "read_rhythm", "read_waves"]

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


class RhythmSpan(NamedTuple):
    """A stretch of one rhythm in seconds; name as in the file without its bracket: `AFIB`, `AFL`, `N`, `VT`, ..."""

    start_s: float
    end_s: float
    name: str


class _Marks(NamedTuple):
    """All annotations of a file: sample numbers, symbols and notes, the rate in Hz that the numbers count.

    end_s: that of the recording, None where no header states it.
    """

    samples: np.ndarray[Any, Any]
    symbols: list[str]
    notes: list[str]
    rate: float
    end_s: float | None


def read_annotations(files: Files, extension: str = "atr", *, fs: float | None = None) -> BeatSeries:
    """The beats of an annotation file in time order; a beat outside the AAMI classes has the label None.

    files: the record's path (header or stem) or an upload. fs: Hz, only where neither the file nor a header beside it
    states the rate.
    Raises ReadError where the file is absent or damaged.
    """
    marks = _marks(files, extension, fs)
    beats = [i for i, symbol in enumerate(marks.symbols) if symbol in AAMI or symbol in _BEATS_WITHOUT_CLASS]
    labels = tuple(AAMI.get(marks.symbols[i]) for i in beats)
    return BeatSeries(marks.samples[beats] / marks.rate, labels, f"reference annotations (.{extension})")


def read_rhythm(files: Files, extension: str = "atr", *, fs: float | None = None) -> tuple[RhythmSpan, ...]:
    """The rhythms of an annotation file in time order, each until the next begins; empty where none is marked.

    The last one lasts until the end of the recording, or until the last annotation where no header states the end.
    Before the first mark the rhythm is not known. files, fs and errors as in `read_annotations`.
    """
    marks = _marks(files, extension, fs)
    begins = [i for i, note in enumerate(marks.notes) if marks.symbols[i] == "+" and note.startswith("(")]
    if not begins:
        return ()
    seconds = (marks.samples / marks.rate).tolist()
    ends = [*(seconds[i] for i in begins[1:]), seconds[-1] if marks.end_s is None else marks.end_s]
    return tuple(
        RhythmSpan(seconds[i], end, shown(marks.notes[i][1:]))
        for i, end in zip(begins, ends, strict=True)
        if end > seconds[i]
    )


def read_marks(
    files: Files, extension: str = "atr", *, fs: float | None = None
) -> tuple[NDArray[np.int64], tuple[str | None, ...]]:
    """Every annotation in time order: sample numbers, (marks,), and AAMI classes, None for all that is no beat of one.

    files, fs and errors as in `read_annotations`.
    """
    samples, symbols, *_ = _marks(files, extension, fs)
    return samples, tuple(AAMI.get(symbol) for symbol in symbols)


def read_waves(files: Files, extension: str, *, fs: float | None = None) -> tuple[Wave, ...]:
    """P, QRS and T waves of one lead as LUDB marks them, `(` onset, peak, `)` offset; the extension is the lead.

    files and fs as in `read_annotations`. Source: Kalyakulina et al., IEEE Access 2020.
    """
    marks = _marks(files, extension, fs)
    symbols, seconds = marks.symbols, marks.samples / marks.rate
    waves = []
    for i, symbol in enumerate(symbols):
        if symbol in _WAVES:
            on = float(seconds[i - 1]) if i > 0 and symbols[i - 1] == "(" else None
            off = float(seconds[i + 1]) if i + 1 < len(symbols) and symbols[i + 1] == ")" else None
            waves.append(Wave(_WAVES[symbol], on, float(seconds[i]), off))
    return tuple(waves)


def _marks(files: Files, extension: str, fs: float | None) -> _Marks:
    if not re.fullmatch(r"\w{1,12}", extension):
        raise ReadError(f"The annotation extension {shown(extension)!r} is not a plain suffix such as atr.")
    file, header = _find(files, extension)
    samples, symbols, notes, stated = _decoded(file)
    rate, end_s = stated, None
    if header is not None:
        head = parse(header)
        frames_hz = frame_rate(head, header, Given(fs=fs))
        rate = stated or frames_hz
        end_s = None if head.frames is None else head.frames / frames_hz
    elif stated is None and fs is not None:
        rate = check_rate(fs, "given")
    if rate is None:
        raise ReadError(f"{shown(file.name)} needs its header {file.stem}.hea for the sampling rate; choose both.")
    if samples.size and ((np.diff(samples) < 0).any() or samples[0] < 0):
        raise ReadError(f"{shown(file.name)} has annotations out of time order; the file is damaged.")
    if samples.size and end_s is not None and samples[-1] > end_s * rate + 0.5:
        raise ReadError(
            f"{shown(file.name)} has annotations after the end of the recording; it belongs to another one."
        )
    return _Marks(samples, symbols, notes, rate, end_s)


def _decoded(file: Source) -> tuple[np.ndarray[Any, Any], list[str], list[str], float | None]:
    """Sample numbers, symbols, notes and the rate if the file states it; by the wfdb package, which wants a path."""
    where = shown(file.name)
    if not 2 <= file.size <= MAX_ANNOTATION_BYTES:
        raise ReadError(f"{where} has {file.size:,} bytes, which no annotation file has; check the file.")
    wfdb = need("wfdb")
    with tempfile.TemporaryDirectory(prefix="ecgviz-") as folder:
        Path(folder, "r.atr").write_bytes(file.data())
        try:
            found = wfdb.rdann(str(Path(folder, "r")), "atr")
        except Exception as error:  # wfdb raises whatever its arrays raise
            raise ReadError(f"{where} cannot be decoded as WFDB annotations; the file is damaged.") from error
    samples = np.asarray(found.sample, dtype=np.int64)
    stated = None if found.fs is None else check_rate(float(found.fs), f"in {where}")
    return (
        samples,
        [str(symbol) for symbol in found.symbol],
        [str(note).strip("\0 ") for note in found.aux_note],
        stated,
    )


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
