"""From a checked WFDB header and its signal files to channels in mV.

The wfdb package decodes the bytes alone: it sees a private folder with generated names and a header written here,
removed as soon as the samples are in memory. Scaling, gaps, skew and checksums are done here.
"""

import math
import struct
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecgviz.errors import NeedsInputError, ReadError
from ecgviz.optional import need
from ecgviz.readers._assemble import float32
from ecgviz.readers._common import MAX_EXPANDED, Given, check_size, is_lead, lead_name, millivolts
from ecgviz.readers._source import Source, shown
from ecgviz.readers._wfdb_header import FLAC_FORMATS, Header, SignalLine
from ecgviz.record import Flag

__all__ = ["Decoded", "decode", "keep_voltages"]

_BYTES = {8: 1.0, 16: 2.0, 24: 3.0, 32: 4.0, 61: 2.0, 80: 1.0, 160: 2.0, 212: 1.5, 310: 4 / 3, 311: 4 / 3}
_BITS = {16: 16, 24: 24, 32: 32, 61: 16, 80: 8, 160: 16, 212: 12, 310: 10, 311: 10, 508: 8, 516: 16, 524: 24}
_MAT_TYPES = {0: 8, 10: 4, 20: 4, 30: 2, 40: 2, 50: 1}  # MATLAB level 4, little-endian: bytes per element
MAX_SKEW_S = 5.0


@dataclass(frozen=True, eq=False)
class Decoded:
    """One signal: its header line, its samples in mV (NaN where missing)."""

    line: SignalLine
    mv: NDArray[np.float32]


def keep_voltages(lines: Sequence[SignalLine], given: Given, where: str) -> tuple[list[int], list[Flag]]:
    """Positions of the signals that are voltages, and a flag for each that is left out.

    Raises ReadError where a known ECG lead is not in volts, NeedsInputError where a gain is absent and no step given.
    """
    kept, flags = [], []
    for i, line in enumerate(lines):
        factor, name = millivolts(line.unit), lead_name(line.name) or f"signal {i + 1}"
        if factor is not None and line.file != "~":
            _check_gain(line, factor, name, given, where)
            kept.append(i)
            continue
        if is_lead(name) and line.file != "~":
            raise ReadError(f"{where}: lead {name} is in {shown(line.unit)!r}, not in volts; correct the unit.")
        reason = "has no stored samples" if line.file == "~" else f"is in {shown(line.unit)}, not in volts"
        flags.append(Flag("left_out", f"{name} {reason} and was left out.", "Only ECG signals are shown.", "info"))
    return kept, flags


def _check_gain(line: SignalLine, factor: float, name: str, given: Given, where: str) -> None:
    if line.gain is None and given.unit is None:
        text = f"{where}: {name} is not calibrated (gain 0 or absent); give the size of one step, such as '5 uV'."
        raise NeedsInputError(text, ("unit",))
    if line.gain is not None and given.unit is not None and not math.isclose(given.unit.mv, factor):
        text = f"{where} says {shown(line.unit)}, but {given.unit.text} was given"
        raise ReadError(f"{text}; leave the unit empty.")
    if line.gain is not None and not 1e-3 <= line.gain / factor <= 1e10:
        raise ReadError(f"{where}: the gain of {name} is {line.gain:g} steps per {line.unit}; correct the header.")


def decode(
    header: Header, kept: Sequence[int], source: Source, fs: float, given: Given
) -> tuple[list[Decoded], list[Flag]]:
    """The kept signals of a single-segment record, in header order, and flags on checksums and lengths.

    fs: frames per second. Raises ReadError for an absent, short or mismatched signal file.
    """
    wanted = set(kept)
    decoded: list[Decoded] = []
    flags: list[Flag] = []
    checked: list[tuple[SignalLine, bool]] = []
    stored = [(i, line) for i, line in enumerate(header.signals) if line.file != "~"]
    groups = [list(group) for _, group in groupby(stored, key=lambda item: item[1].file)]
    if len({group[0][1].file for group in groups}) < len(groups):
        raise ReadError(f"{shown(source.name)}: the signals of one file must stand together; the header is damaged.")
    frames = header.frames
    for group in groups:
        lines = [line for _, line in group]
        raw, frames, surplus = _raw(lines, frames, len(header.signals), source)
        flags += surplus
        for (i, line), samples in zip(group, raw, strict=True):
            if line.checksum is not None:
                checked.append((line, (int(samples.sum(dtype=np.int64)) - line.checksum) % 65536 == 0))
            if i in wanted:
                decoded.append(Decoded(line, _physical(line, samples, fs, given)))
    return decoded, flags + _checksums(checked)


def _raw(
    lines: list[SignalLine], frames: int | None, signals: int, source: Source
) -> tuple[list[NDArray[Any]], int, list[Flag]]:
    """The integers of one signal file, one array a signal."""
    first = lines[0]
    if any((line.fmt, line.offset) != (first.fmt, first.offset) for line in lines):
        raise ReadError(f"{shown(source.name)}: {shown(first.file)} has two formats or offsets; correct the header.")
    file = source.beside(first.file)
    if file is None:
        raise ReadError(
            f"{shown(source.name)} needs the signal file {shown(first.file)}, which is missing; choose both together."
        )
    per_frame = sum(line.per_frame for line in lines)
    flags: list[Flag] = []
    if first.fmt not in FLAC_FORMATS:
        _check_mat(file, lines, frames)
        frames, flags = _length(file, first, per_frame, frames)
    elif per_frame * (frames or 0) > MAX_EXPANDED:
        raise ReadError(f"{shown(file.name)} unpacks to more than {MAX_EXPANDED:,} samples; cut it into parts.")
    if frames is None:
        raise ReadError(f"{shown(source.name)} does not state the number of samples; add it to the first line.")
    check_size(signals, frames * max(line.per_frame for line in lines), shown(source.name))
    return _integers(lines, frames, file), frames, flags


def _length(file: Source, first: SignalLine, per_frame: int, frames: int | None) -> tuple[int, list[Flag]]:
    held = int((file.size - first.offset) / _BYTES[first.fmt] + 1e-9) // per_frame
    if held <= 0:
        raise ReadError(f"{shown(file.name)} holds no samples ({file.size} bytes); upload the file again.")
    if frames is None:
        text = f"The header states no number of samples; all {held} of {shown(file.name)} are shown."
        return held, [Flag("length_unstated", text, "Check rate and length: a number may be missing in the header.")]
    if held < frames:
        raise ReadError(
            f"{shown(file.name)} is cut off: {held} of {frames} samples are there. Download or upload it again."
        )
    # A block of format 212, 310 or 311 may carry one sample more than was written.
    if held > frames + 2:
        text = f"{shown(file.name)} holds {held} samples a signal, but the header announces {frames}."
        advice = "Check that header and signal file belong together."
        return frames, [Flag("length_mismatch", f"{text} Only these are shown.", advice)]
    return frames, []


def _check_mat(file: Source, lines: list[SignalLine], frames: int | None) -> None:
    """A .mat of the PhysioNet Challenges is MATLAB level 4: 20 bytes that state rows and columns, a name, the samples.

    It is never handed to scipy.io.loadmat, which crashes the process on damaged files.
    """
    head = file.head(128)
    if head.startswith(b"MATLAB 5.0") or head.startswith(b"\x89HDF"):
        raise ReadError(f"{shown(file.name)} is a MATLAB 5 or 7 file; WFDB signals need level 4 (save with -v4).")
    if not file.name.lower().endswith(".mat") or len(head) < 24:
        return
    kind, rows, columns, imaginary, length = struct.unpack("<5i", head[:20])
    if kind not in _MAT_TYPES or lines[0].offset != 20 + length:
        raise ReadError(f"{shown(file.name)} does not begin like a WFDB .mat file; the header or file is damaged.")
    if imaginary or rows != len(lines) or (frames is not None and columns != frames):
        raise ReadError(
            f"{shown(file.name)} holds {rows} x {columns} samples, but the header announces {len(lines)} x {frames}."
        )


def _integers(lines: list[SignalLine], frames: int, file: Source) -> list[NDArray[Any]]:
    """Decode one signal file with wfdb, under generated names in a private folder."""
    wfdb = need("wfdb")
    first = lines[0]
    with tempfile.TemporaryDirectory(prefix="ecgviz-") as folder:
        data = Path(folder, "s.dat")
        fmt, offset = first.fmt, first.offset
        if fmt == 61:  # big-endian 16 bits, which wfdb 4.3 cannot return as integers (its dtype test fails on '>i2')
            content = file.data()[offset:]
            data.write_bytes(np.frombuffer(content, dtype=">i2", count=len(content) // 2).astype("<i2").tobytes())
            fmt, offset = 16, 0
        elif isinstance(file.blob, bytes):
            data.write_bytes(file.blob)
        else:
            data.symlink_to(file.blob.resolve())
        header = [f"r {len(lines)} 250 {frames}"]
        header += [
            f"s.dat {fmt}x{line.per_frame}+{offset} 1(0)/mV 0 0 {line.initial or 0} 0 0 s{i}"
            for i, line in enumerate(lines)
        ]
        Path(folder, "r.hea").write_text("\n".join(header) + "\n", encoding="ascii")
        try:
            width = 16 if _BITS.get(first.fmt, 32) <= 16 else 32
            record = wfdb.rdrecord(str(Path(folder, "r")), physical=False, smooth_frames=False, return_res=width)
        except Exception as error:  # wfdb raises whatever its arrays raise
            text = f"{shown(file.name)} cannot be decoded as WFDB format {first.fmt} ({type(error).__name__})"
            raise ReadError(f"{text}; the header or file is damaged.") from error
    return list(record.e_d_signal)


def _physical(line: SignalLine, samples: NDArray[Any], fs: float, given: Given) -> NDArray[np.float32]:
    """Millivolts: the lowest integer marks a missing sample; a skewed signal is moved back into line."""
    factor = millivolts(line.unit) or 1.0
    per_mv = 1 / given.unit.mv if line.gain is None and given.unit else (line.gain or math.nan) / factor
    mv = float32(samples, lambda stored: (stored - line.baseline) / per_mv)
    if line.fmt in _BITS:
        mv[samples == -(1 << (_BITS[line.fmt] - 1))] = np.nan
    if line.skew:
        if line.skew > min(MAX_SKEW_S * fs, samples.size / line.per_frame - 1):
            raise ReadError(f"The skew of {lead_name(line.name)} is {line.skew} samples; correct the header.")
        shift = line.skew * line.per_frame
        mv = np.concatenate((mv[shift:], np.full(shift, np.nan, dtype=np.float32)))
    return mv


def _checksums(checked: list[tuple[SignalLine, bool]]) -> list[Flag]:
    """Compare what wfdb does not: a wrong sum means that header and samples do not belong together."""
    wrong = [line for line, right in checked if not right]
    if checked and not wrong:
        return []
    if all(line.checksum == 0 for line, _ in checked):
        text = "The header carries no checksums, so damage to the samples would not be noticed."
        return [Flag("no_checksum", text, "Nothing to do.", "info")]
    names = ", ".join(lead_name(line.name) or "?" for line in wrong[:12])
    text = f"Checksum mismatch in {names}: the samples are not those the header was written for."
    return [Flag("checksum_mismatch", text, "Download or upload both files again.")]
