"""A record as WFDB files: a header and 16-bit samples (https://physionet.org/physiotools/wag/header-5.htm)."""

import io
import re
import zipfile

import numpy as np
from numpy.typing import NDArray

from ecgviz.record import Record
from ecgviz.report.csv_table import about

__all__ = ["write", "zipped"]

GAINS = (10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10, 5, 2, 1)
"""Steps per mV that may be written; the finest that holds a lead is taken."""
MISSING = -32_768
LARGEST = 32_767


def write(record: Record, name: str = "ecg") -> dict[str, bytes]:
    """`NAME.hea` and `NAME.dat` (format 16); a sample that is not known is -32768, as WFDB has it.

    name: letters, digits, - and _; anything else is replaced.
    """
    stem = re.sub(r"[^A-Za-z0-9_-]", "_", name) or "ecg"
    stored = [_stored(row) for row in record.signal]
    lines = [f"{stem} {len(record.leads)} {_number(record.fs)} {record.samples}"]
    for lead, (gain, values) in zip(record.leads, stored, strict=True):
        checksum = int(values.sum(dtype=np.int64).astype(np.int16))
        label = re.sub(r"\s+", "_", lead)
        lines.append(f"{stem}.dat 16 {gain}(0)/mV 16 0 {values[0]} {checksum} 0 {label}")
    lines += [f"# {line}" for line in about(record)]
    samples = np.stack([values for _, values in stored], axis=1).astype("<i2")
    return {f"{stem}.hea": ("\n".join(lines) + "\n").encode(), f"{stem}.dat": samples.tobytes()}


def zipped(record: Record, name: str = "ecg") -> bytes:
    """Both files in one zip archive."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, content in write(record, name).items():
            archive.writestr(zipfile.ZipInfo(file), content, zipfile.ZIP_DEFLATED)
    return into.getvalue()


def _stored(row: NDArray[np.float32]) -> tuple[int, NDArray[np.int16]]:
    """Steps per mV, and the lead in steps."""
    known = np.isfinite(row)
    most = float(np.abs(row[known]).max(initial=0.0))
    gain = next((gain for gain in GAINS if most * gain <= LARGEST), GAINS[-1])
    steps = np.clip(np.rint(np.where(known, row, 0.0).astype(np.float64) * gain), -LARGEST, LARGEST)
    return gain, np.where(known, steps, MISSING).astype(np.int16)


def _number(fs: float) -> str:
    return f"{fs:.0f}" if fs == round(fs) else f"{fs:.6f}".rstrip("0")
