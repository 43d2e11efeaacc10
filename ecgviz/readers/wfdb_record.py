"""WFDB records: a .hea header with its signal files, in one piece or in segments (PhysioNet, CinC Challenges, PTB-XL).

Named so that it does not shadow the wfdb package. Source: https://physionet.org/physiotools/wag/header-5.htm
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ecgviz.errors import ReadError
from ecgviz.readers._assemble import Channel, to_record
from ecgviz.readers._common import (
    MAX_EXPANDED,
    Given,
    Sex,
    agreed_rate,
    check_size,
    lead_name,
    parse_age,
    parse_origin,
    parse_sex,
    patient_of,
)
from ecgviz.readers._source import Source, shown
from ecgviz.readers._wfdb_header import Header, SignalLine, parse, record_line
from ecgviz.readers._wfdb_signals import decode, keep_voltages
from ecgviz.record import Flag, Provenance, Record

__all__ = ["LABEL", "SUFFIXES", "choose", "frame_rate", "read", "sniff"]

LABEL = "WFDB (PhysioNet)"
SUFFIXES = (".hea", ".dat", ".mat")

_DX = re.compile(r"\s*Dx\s*:\s*(?P<codes>.*)", re.IGNORECASE)
_AGE = re.compile(r"<?\bage\b>?\s*[:=]\s*(?P<age>[^\s,;]*)", re.IGNORECASE)
_SEX = re.compile(r"<?\b(?:sex|gender)\b>?\s*[:=]\s*(?P<sex>\w*)", re.IGNORECASE)
_MITDB = re.compile(r"(?P<age>\d{1,3}|-1|\?)\s+(?P<sex>[MF?])\b")  # MIT-BIH: the first comment is `69 M 1085 1629 x1`


@dataclass(frozen=True, eq=False)
class _Piece:
    """The voltages of one segment, or of the whole record: header lines and samples in mV."""

    lines: tuple[SignalLine, ...]
    mv: tuple[NDArray[np.float32], ...]
    frames: int


def sniff(name: str, head: bytes) -> float:
    """0 to 1: how surely this is a WFDB header, by its first lines; a name in .hea is a hint for a damaged one."""
    if b"\0" not in head and _looks_like_header(head):
        return 0.9
    return 0.6 if name.lower().endswith(".hea") else 0.0


def _looks_like_header(head: bytes) -> bool:
    fields = record_line(head)
    if len(fields) < 2 or not re.fullmatch(r"[\w\-]+(/\d+)?", fields[0]) or not fields[1].isdigit():
        return False
    if "/" in fields[0]:
        return True
    lines = [line.split() for line in head.decode("latin-1").splitlines() if line.strip() and line[0] != "#"]
    return len(lines) > 1 and len(lines[1]) >= 2 and re.fullmatch(r"\d{1,3}([x:+]\d+)*", lines[1][1]) is not None


def read(source: Source, given: Given) -> Record:
    """Read a WFDB record in mV. `#Dx:` codes become statements; names, dates and free comments are left behind.

    Raises ReadError for every contradiction between header and files, NeedsInputError for an absent rate, gain or
    lead name. Flags: checksum_mismatch, length_mismatch, left_out and what every reader checks.
    """
    header = parse(source)
    where = shown(source.name)
    fs = frame_rate(header, source, given)
    piece, flags = _segments(header, source, fs, given) if header.segments else _piece(header, source, fs, given)
    age, sex = _person(header.comments)
    statements, notes = _statements(header.comments)
    units = dict.fromkeys(line.unit for line in piece.lines)
    formats = sorted({line.fmt for line in piece.lines})
    uncalibrated = [line for line in piece.lines if line.gain is None]
    unit = given.unit.text if uncalibrated and given.unit else ", ".join(units)
    unit_from = "given" if uncalibrated else "header"
    if set(units) != {"mV"}:
        notes.append(f"{shown(', '.join(units))} converted to mV")
    pairs = zip(piece.lines, piece.mv, strict=True)
    return to_record(
        [Channel(line.name, mv, fs * line.per_frame) for line, mv in pairs],
        given=given,
        where=where,
        name=source.stem,
        patient=patient_of(age, sex, given),
        provenance=Provenance(
            source=parse_origin(header.comments),
            format=f"WFDB (format {', '.join(map(str, formats))})",
            unit=shown(unit),
            unit_from=unit_from,
        ),
        notes=notes,
        flags=flags,
        statements=statements,
    )


def frame_rate(header: Header, source: Source, given: Given) -> float:
    """Frames per second; a rate given by the user is that of the fastest signal."""
    most = max((line.per_frame for line in header.signals if line.file != "~"), default=1)
    stored = None if header.fs is None else header.fs * most
    return agreed_rate(stored, given, shown(source.name)) / most


def _piece(header: Header, source: Source, fs: float, given: Given) -> tuple[_Piece, list[Flag]]:
    kept, flags = keep_voltages(header.signals, given, shown(source.name))
    if not kept:
        raise ReadError(f"{shown(source.name)} holds no signal in volts; choose an ECG recording.")
    decoded, found = decode(header, kept, source, fs, given)
    lines, mv = tuple(item.line for item in decoded), tuple(item.mv for item in decoded)
    return _Piece(lines, mv, mv[0].size // lines[0].per_frame), flags + found


def _segments(header: Header, source: Source, fs: float, given: Given) -> tuple[_Piece, list[Flag]]:
    """The record joined from its segments, gaps as NaN. A first segment of no samples is the layout."""
    where = shown(source.name)
    total = sum(segment.samples for segment in header.segments)
    if header.frames not in (None, total):
        raise ReadError(f"{where} announces {header.frames} samples, but its segments have {total}.")
    held = sum(segment.samples for segment in header.segments if segment.name != "~")
    if total > MAX_EXPANDED and held < total / 10:
        raise ReadError(f"{where} is almost all gap: {held} of {total} samples are stored; read its segments alone.")
    flags: list[Flag] = []
    lines: dict[str, SignalLine] = {}
    rows: dict[str, NDArray[np.float32]] = {}
    at = 0
    for segment in header.segments:
        if segment.name != "~" and segment.samples:
            piece, found = _segment_piece(segment.name, segment.samples, source, fs, given)
            flags += found
            for line, mv in zip(piece.lines, piece.mv, strict=True):
                row = _row(line, lines, rows, total, where)
                row[at * line.per_frame : (at + segment.samples) * line.per_frame] = mv
        at += segment.samples
    if not lines:
        raise ReadError(f"{where} has no segment with samples; upload all its segments together.")
    return _Piece(tuple(lines.values()), tuple(rows.values()), total), list(dict.fromkeys(flags))


def _row(
    line: SignalLine, lines: dict[str, SignalLine], rows: dict[str, NDArray[np.float32]], total: int, where: str
) -> NDArray[np.float32]:
    """The joined row of a lead, made at its first appearance."""
    name = lead_name(line.name)
    if name not in rows:
        check_size(len(rows) + 1, total * line.per_frame, where)
        lines[name] = line
        rows[name] = np.full(total * line.per_frame, np.nan, dtype=np.float32)
    if lines[name].per_frame != line.per_frame:
        raise ReadError(f"{where}: the rate of {name} changes between segments; read the segments one by one.")
    return rows[name]


def _segment_piece(name: str, samples: int, source: Source, fs: float, given: Given) -> tuple[_Piece, list[Flag]]:
    where = shown(source.name)
    part = source.beside(f"{name}.hea")
    if part is None:
        raise ReadError(
            f"{where} needs the segment {shown(name)}.hea, which is missing; choose all its files together."
        )
    header = parse(part)
    if header.segments:
        raise ReadError(f"{where}: the segment {shown(name)} has segments itself; the header is damaged.")
    if header.fs is not None and abs(header.fs - fs) > 1e-3 * fs and header.fs != fs:
        raise ReadError(f"{where}: the segment {shown(name)} has {header.fs:g} Hz, the record {fs:g} Hz.")
    piece, flags = _piece(header, part, fs, given)
    if piece.frames != samples:
        raise ReadError(f"{where}: the segment {shown(name)} has {piece.frames} samples, {samples} are announced.")
    names = [lead_name(line.name) for line in piece.lines]
    if len(set(names)) < len(names) or "" in names:
        raise ReadError(f"{where}: the signals of segment {shown(name)} need one name each; correct its header.")
    return piece, flags


def _person(comments: Sequence[str]) -> tuple[float | None, Sex | None]:
    age = next((parse_age(match["age"]) for text in comments if (match := _AGE.search(text))), None)
    sex = next((parse_sex(match["sex"]) for text in comments if (match := _SEX.search(text))), None)
    if age is None and sex is None and comments and (match := _MITDB.match(comments[0])):
        return parse_age(match["age"]), parse_sex(match["sex"])
    return age, sex


def _statements(comments: Sequence[str]) -> tuple[list[str], list[str]]:
    """`#Dx:` as SNOMED CT statements, and a note where a code is none."""
    found = [match["codes"] for text in comments if (match := _DX.match(text))]
    codes = [code.strip() for text in found for code in text.split(",") if code.strip()]
    good = [code for code in codes if re.fullmatch(r"\d{6,18}", code)]
    strange = len(codes) - len(good)
    notes = [f"{strange} diagnosis entries are not SNOMED codes; left out"] if strange else []
    return [f"SNOMED:{code}" for code in dict.fromkeys(good)], notes


def choose(headers: Sequence[Source]) -> Source:
    """The one header of an upload that is no segment of another. Raises ReadError for several records."""
    parts = {f"{segment.name}.hea" for source in headers for segment in parse(source).segments}
    roots = [source for source in headers if source.name not in parts]
    if len(roots) != 1:
        names = ", ".join(shown(source.name) for source in headers[:4])
        raise ReadError(f"{len(headers)} recordings were uploaded together ({names}); upload one at a time.")
    return roots[0]
