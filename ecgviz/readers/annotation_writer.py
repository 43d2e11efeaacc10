"""Beats as files that re-read identically: a WFDB annotation file and a table as CSV.

Source of the bit layout: https://physionet.org/physiotools/wag/annot-5.htm
"""

import csv
import io
import re

import numpy as np
from numpy.typing import NDArray

from ecgviz.errors import EcgvizError, ReadError
from ecgviz.readers._common import check_rate
from ecgviz.readers._source import shown
from ecgviz.results import BeatSeries

__all__ = ["SYMBOLS", "from_csv", "to_csv", "write_annotations"]

SYMBOLS: dict[str | None, str] = {"N": "N", "S": "A", "V": "V", "F": "F", "Q": "Q", None: "?"}
_CODES: dict[str | None, int] = {"N": 1, "S": 8, "V": 5, "F": 6, "Q": 13, None: 30}
_SKIP, _NOTE, _AUX = 59, 22, 63
_LONGEST_STEP = 1023
_HEADING = ("time_s", "sample", "class")


def write_annotations(series: BeatSeries, fs: float, stem: str) -> dict[str, bytes]:
    """One WFDB annotation file, {stem.atr: content}, that states its own rate and so needs no header.

    fs: Hz, that of the recording. The classes N, S, V, F, Q become the symbols N, A, V, F, Q; a beat without class
    becomes `?` (not classified). The finer MIT-BIH symbols (L, R, /, ...) cannot be restored from a class.
    Raises EcgvizError for an unknown class, and for times that do not increase, are negative or fall on one sample.
    """
    samples = _samples(series, fs)
    unknown = sorted({str(label) for label in series.labels if label not in _CODES})
    if unknown:
        raise EcgvizError(f"{shown(', '.join(unknown))} is no AAMI class; give N, S, V, F, Q or none to each beat.")
    codes = np.array([_CODES[label] for label in series.labels], dtype=np.int64)
    name = re.sub(r"[^A-Za-z0-9_-]", "_", stem) or "beats"
    return {f"{name}.atr": _rate_note(fs) + _encoded(samples, codes) + b"\0\0"}


def to_csv(series: BeatSeries, fs: float) -> str:
    """The beats as text with the columns time_s, sample, class; an empty class is a beat without one. fs in Hz."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(_HEADING)
    for time, sample, label in zip(series.times_s.tolist(), _samples(series, fs).tolist(), series.labels, strict=True):
        table.writerow((repr(time), sample, label or ""))
    return out.getvalue()


def from_csv(text: str) -> BeatSeries:
    """The beats of `to_csv`. Raises ReadError for another table."""
    rows = list(csv.reader(io.StringIO(text)))
    if not rows or tuple(rows[0]) != _HEADING:
        raise ReadError(f"The table of beats must begin with {','.join(_HEADING)}; export it again.")
    try:
        times = np.array([float(time) for time, _, _ in rows[1:]], dtype=np.float64)
    except ValueError as error:
        raise ReadError("A row of the table of beats is not a time, a sample and a class; export it again.") from error
    if not np.isfinite(times).all() or (np.diff(times) < 0).any():
        raise ReadError("The times in the table of beats do not increase; export it again.")
    if unknown := sorted({row[2] for row in rows[1:]} - set("NSVFQ") - {""}):
        raise ReadError(f"{shown(', '.join(unknown))} is no AAMI class; give N, S, V, F, Q or nothing.")
    return BeatSeries(times, tuple(row[2] or None for row in rows[1:]), "table of beats (CSV)")


def _samples(series: BeatSeries, fs: float) -> NDArray[np.int64]:
    """The sample number of each beat."""
    check_rate(fs, "given")
    if len(series.labels) != series.times_s.size:
        raise EcgvizError(f"{series.times_s.size} beats have {len(series.labels)} classes; give each beat one or none.")
    if not np.isfinite(series.times_s).all() or (series.times_s < 0).any():
        raise EcgvizError("A beat lies before the first sample or has no time; remove it.")
    samples = np.rint(series.times_s * fs).astype(np.int64)
    if (np.diff(samples) <= 0).any():
        at = float(series.times_s[int(np.argmax(np.diff(samples) <= 0))])
        raise EcgvizError(f"Two beats at {at:.3f} s are on one sample or out of order; remove one of them.")
    return samples


def _rate_note(fs: float) -> bytes:
    """A note at sample 0 from which the WFDB library takes the rate."""
    text = f"## time resolution: {fs:.10g}".encode("ascii")
    return _words(_NOTE << 10, _AUX << 10 | len(text)) + text + b"\0" * (len(text) % 2)


def _words(*values: int) -> bytes:
    return np.array(values, dtype="<u2").tobytes()


def _encoded(samples: NDArray[np.int64], codes: NDArray[np.int64]) -> bytes:
    """Type in 6 bits, step from the beat before in 10; a longer step stands before it in two words, high word first."""
    steps = np.diff(samples, prepend=0)
    out = []
    for step, code in zip(steps.tolist(), codes.tolist(), strict=True):
        if step > _LONGEST_STEP:
            out += [_SKIP << 10, step >> 16, step & 0xFFFF]
            step = 0
        out.append(code << 10 | step)
    return _words(*out)
