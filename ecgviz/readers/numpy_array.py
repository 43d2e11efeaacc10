"""NumPy arrays: .npy, and .npz with one array in it. Nothing is ever unpickled.

The header is read and judged before the samples: a small file can announce, or unpack to, gigabytes.
"""

import io
import math
import zipfile
import zlib
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from ecgviz.errors import NeedsInputError, ReadError
from ecgviz.readers._assemble import Channel, float32, to_record
from ecgviz.readers._common import MAX_EXPANDED, Given, agreed_rate, check_size, patient_of
from ecgviz.readers._source import Source, shown
from ecgviz.record import Provenance, Record

__all__ = ["LABEL", "SUFFIXES", "read", "sniff"]

LABEL = "NumPy array"
SUFFIXES = (".npy", ".npz")

_MAGIC = b"\x93NUMPY"


def sniff(name: str, head: bytes) -> float:
    """0 to 1: how surely this is a NumPy file, by its magic number (.npz: a zip whose first member is .npy)."""
    if head.startswith(_MAGIC):
        return 1.0
    if head.startswith(b"PK\x03\x04") and b".npy" in head[:400]:
        return 0.9
    return 0.4 if name.lower().endswith(".npy") and head else 0.0


def read(source: Source, given: Given) -> Record:
    """Read (leads, samples), (samples, leads) or (samples,); rate, unit and leads must be given: the file has none.

    The number of leads given tells the orientation. Raises NeedsInputError for what was not given, and ReadError for
    objects, complex numbers, a size beyond the limits, or a shape that does not fit the leads.
    """
    where = shown(source.name)
    array = _squeezed(_member(source) if source.head(2) == b"PK" else _array(io.BytesIO(source.data()), where), where)
    absent = [name for name in ("fs", "unit", "leads") if getattr(given, name) is None]
    if absent or given.leads is None or given.unit is None:
        shape = " x ".join(map(str, array.shape))
        text = f"{where} holds {shape} numbers ({array.dtype}) and nothing else; give {', '.join(absent)}"
        raise NeedsInputError(f"{text} (unit also as one step such as '5 uV').", tuple(absent))
    fs = agreed_rate(None, given, where)
    rows, note = _oriented(array, len(given.leads), where)
    check_size(len(rows), rows.shape[1], where)
    step = given.unit.mv
    channels = [Channel("", float32(row, lambda stored: stored * step), fs) for row in rows]
    return to_record(
        channels,
        given=given,
        where=where,
        name=source.stem,
        patient=patient_of(None, None, given),
        provenance=Provenance(format=f"NumPy ({array.dtype})", unit=given.unit.text, unit_from="given"),
        notes=[note, f"rate, unit ({given.unit.text}) and leads given by the user"],
    )


def _array(stream: IO[bytes], where: str) -> NDArray[Any]:
    """The array behind an npy header, after judging the header."""
    try:
        version = npy.read_magic(stream)
        reader = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}.get(version)
        if reader is None:
            raise ReadError(f"{where} has NPY version {version[0]}.{version[1]}; save it again with numpy.save.")
        shape, fortran, dtype = reader(stream, max_header_size=10_000)
    except ReadError:
        raise
    except Exception as error:  # NumPy evaluates the header as Python text and raises whatever its parser raises
        raise ReadError(f"{where} has a damaged NPY header; save it again with numpy.save.") from error
    if dtype.hasobject or dtype.kind not in "iuf":
        raise ReadError(f"{where} holds {shown(dtype)} values; an ECG needs real numbers.")
    if not 1 <= len(shape) <= 4 or any(side < 1 for side in shape):
        raise ReadError(f"{where} has shape {shown(shape)}; an ECG needs leads x samples.")
    count = math.prod(shape)
    check_size(1, count, where)
    if count > MAX_EXPANDED and not isinstance(stream, io.BytesIO):
        raise ReadError(f"{where} unpacks to more than {MAX_EXPANDED:,} samples; save it with numpy.save.")
    try:
        size = count * dtype.itemsize
        data = stream.getbuffer()[stream.tell() :] if isinstance(stream, io.BytesIO) else stream.read(size + 1)
    except (EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise ReadError(f"{where} is damaged inside; save it again.") from error
    if len(data) != size:
        raise ReadError(f"{where} does not hold the {shown(shape)} values it announces; it is cut off or damaged.")
    return np.frombuffer(data, dtype=dtype).reshape(shape, order="F" if fortran else "C")


def _member(source: Source) -> NDArray[Any]:
    """The only array of an .npz, unpacked no further than its own header allows."""
    where = shown(source.name)
    try:
        with zipfile.ZipFile(io.BytesIO(source.data())) as archive:
            names = [item.filename for item in archive.infolist()]
            if len(names) != 1:
                raise ReadError(f"{where} holds {len(names)} arrays; save the ECG alone with numpy.save.")
            with archive.open(names[0]) as stream:
                return _array(stream, where)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, ValueError, zlib.error) as error:
        raise ReadError(f"{where} is a damaged zip archive; save the ECG again with numpy.save.") from error


def _squeezed(array: NDArray[Any], where: str) -> NDArray[Any]:
    """Two axes at most; axes of length 1 in front of them carry nothing."""
    while array.ndim > 2 and array.shape[0] == 1:
        array = array[0]
    if array.ndim > 2:
        raise ReadError(f"{where} has shape {array.shape}: {array.shape[0]} recordings; save one of them alone.")
    return array


def _oriented(array: NDArray[Any], leads: int, where: str) -> tuple[NDArray[Any], str]:
    """(leads, samples), and a note that says which axis was which."""
    if array.ndim == 1:
        array = array[np.newaxis]
    rows, columns = array.shape
    if rows == columns == leads:
        raise ReadError(f"{where} is {rows} x {columns} with {leads} leads: leads and samples cannot be told apart.")
    if rows == leads:
        return array, f"array read as {rows} leads x {columns} samples"
    if columns == leads:
        return array.T, f"array read as {rows} samples x {columns} leads"
    raise ReadError(f"{where} is {rows} x {columns}, but {leads} leads were given; give one name for each lead.")
