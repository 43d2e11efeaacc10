"""The WFDB header, checked field by field before any other code trusts it.

The wfdb package has silent defaults (a gain of 0 becomes 200, an unreadable rate becomes 250 Hz); here each is an
error. Source: the WFDB header format, https://physionet.org/physiotools/wag/header-5.htm
"""

import math
import re
from dataclasses import dataclass

from ecgviz.errors import ReadError
from ecgviz.readers._common import MAX_LEADS
from ecgviz.readers._source import Source, shown

__all__ = ["FLAC_FORMATS", "FORMATS", "Header", "Segment", "SignalLine", "parse", "record_line"]

MAX_HEADER_BYTES = 2**20
MAX_SEGMENTS = 1000  # each is a file to open; more would take longer than a page may wait
FLAC_FORMATS = frozenset((508, 516, 524))
FORMATS = frozenset((8, 16, 24, 32, 61, 80, 160, 212, 310, 311)) | FLAC_FORMATS
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_RATE = re.compile(rf"(?P<rate>{_NUMBER})(?:/{_NUMBER}(?:\({_NUMBER}\))?)?")
_FORMAT = re.compile(r"(?P<fmt>\d{1,4})(?:x(?P<spf>\d{1,5}))?(?::(?P<skew>\d{1,9}))?(?:\+(?P<offset>\d{1,12}))?")
_GAIN = re.compile(rf"(?P<gain>{_NUMBER})(?:\((?P<baseline>[+-]?\d{{1,12}})\))?(?:/(?P<unit>\S+))?")
_FILE = re.compile(r"\w[\w.+\-]*")
_SEGMENT = re.compile(r"(?P<name>~|[\w\-]+)\s+(?P<samples>\d{1,12})")


@dataclass(frozen=True)
class SignalLine:
    """One signal as stored. gain: steps per unit, None where uncalibrated; unit: as written, `mV` where absent.

    initial and checksum are None where the line ends before them; file is `~` where nothing is stored.
    """

    file: str
    fmt: int
    per_frame: int
    skew: int
    offset: int
    gain: float | None
    baseline: int
    unit: str
    initial: int | None
    checksum: int | None
    name: str


@dataclass(frozen=True)
class Segment:
    """One part of a multi-segment record; the name `~` is a gap."""

    name: str
    samples: int


@dataclass(frozen=True)
class Header:
    """A checked header: frames per second and number of frames (None where absent), signals or segments."""

    fs: float | None
    frames: int | None
    signals: tuple[SignalLine, ...]
    segments: tuple[Segment, ...]
    comments: tuple[str, ...]


def record_line(head: bytes) -> list[str]:
    """The fields of the first line that is neither empty nor a comment."""
    for line in head.decode("latin-1").splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            return line.split()
    return []


def parse(source: Source) -> Header:
    """Read and check a header file. Raises ReadError, naming the line's field and its value."""
    where = shown(source.name)
    if source.size > MAX_HEADER_BYTES:
        raise ReadError(f"{where} has {source.size:,} bytes, far too many for a WFDB header; check the file.")
    data = source.data()
    if b"\0" in data:
        raise ReadError(f"{where} is not a WFDB header: it holds binary data. Choose the text file ending in .hea.")
    text = data.decode("utf-8-sig", errors="replace")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    comments = tuple(line.lstrip("#").strip() for line in lines if line.startswith("#"))
    body = [line for line in lines if not line.startswith("#")]
    if not body:
        raise ReadError(f"{where} is empty; upload the header again.")
    fields = body[0].split()
    name, _, parts = fields[0].partition("/")
    if len(fields) < 2 or not re.fullmatch(r"\d{1,6}", fields[1]) or not re.fullmatch(r"\d{0,6}", parts):
        raise ReadError(f"{where} is not a WFDB header: its first line is {shown(body[0], 60)!r}.")
    signals, segments = _body(body[1:], int(fields[1]), int(parts or 0), name, where)
    return Header(_rate(fields, where), _frames(fields, where), signals, segments, comments)


def _body(
    lines: list[str], signals: int, segments: int, name: str, where: str
) -> tuple[tuple[SignalLine, ...], tuple[Segment, ...]]:
    announced, kind = (segments, "segments") if segments else (signals, "signals")
    limit = MAX_SEGMENTS if segments else MAX_LEADS
    if not 0 < announced <= limit:
        raise ReadError(f"{where} announces {announced} {kind}; 1 to {limit} can be read.")
    if len(lines) != announced:
        raise ReadError(f"{where} announces {announced} {kind} but lists {len(lines)}; the header is damaged.")
    if segments:
        return (), tuple(_segment(line, name, where) for line in lines)
    return tuple(_signal(line, where) for line in lines), ()


def _rate(fields: list[str], where: str) -> float | None:
    if len(fields) < 3:
        return None
    match = _RATE.fullmatch(fields[2])
    rate = float(match["rate"]) if match else math.nan
    if not (math.isfinite(rate) and rate > 0):
        raise ReadError(f"{where}: the sampling rate is {shown(fields[2])!r}; correct the header, a rate is in Hz.")
    return rate


def _frames(fields: list[str], where: str) -> int | None:
    if len(fields) < 4:
        return None
    if not re.fullmatch(r"\d{1,12}", fields[3]):
        raise ReadError(f"{where}: the number of samples is {shown(fields[3])!r}; it must be a whole number.")
    return int(fields[3]) or None


def _segment(line: str, master: str, where: str) -> Segment:
    match = _SEGMENT.fullmatch(line)
    if not match:
        raise ReadError(f"{where}: the segment line {shown(line)!r} is not a plain name and a number of samples.")
    if match["name"] == master:
        raise ReadError(f"{where}: the record names itself as its segment {shown(master)}; the header is damaged.")
    return Segment(match["name"], int(match["samples"]))


def _signal(line: str, where: str) -> SignalLine:
    fields = line.split(None, 8)
    file = fields[0]
    if file != "~" and not _FILE.fullmatch(file):
        raise ReadError(f"{where}: the signal file {shown(file)!r} is not a plain file name; paths are not followed.")
    match = _FORMAT.fullmatch(fields[1]) if len(fields) > 1 else None
    if not match:
        raise ReadError(f"{where}: the signal line {shown(line)!r} has no readable storage format.")
    fmt, per_frame = int(match["fmt"]), int(match["spf"] or 1)
    if fmt not in FORMATS and file != "~":
        raise ReadError(f"{where}: the storage format {fmt} is not one of the WFDB formats; correct the header.")
    if not 0 < per_frame <= 1000:
        raise ReadError(f"{where}: {per_frame} samples per frame are not possible (1 to 1000); correct the header.")
    numbers = [_whole(fields[i], where) if len(fields) > i else None for i in range(3, 8)]
    gain, baseline, unit = _gain(fields[2] if len(fields) > 2 else "0", where)
    if baseline is None:
        baseline = numbers[1] or 0
    name = fields[8].partition("#")[0].strip() if len(fields) > 8 else ""
    skew, offset = int(match["skew"] or 0), int(match["offset"] or 0)
    return SignalLine(file, fmt, per_frame, skew, offset, gain, baseline, unit, numbers[2], numbers[3], name)


def _whole(text: str, where: str) -> int:
    if not re.fullmatch(r"[+-]?\d{1,12}", text):
        raise ReadError(f"{where}: {shown(text)!r} stands where a signal line needs a whole number.")
    return int(text)


def _gain(text: str, where: str) -> tuple[float | None, int | None, str]:
    match = _GAIN.fullmatch(text)
    gain = float(match["gain"]) if match else math.nan
    if match is None or not math.isfinite(gain) or gain < 0:
        raise ReadError(f"{where}: the gain is {shown(text)!r}; it must be a positive number of steps per mV.")
    baseline = int(match["baseline"]) if match["baseline"] else None
    return gain or None, baseline, match["unit"] or "mV"
