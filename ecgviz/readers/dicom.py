"""DICOM waveforms: 12-lead, general and ambulatory ECG.

Sensitivity, rate, units and channel definitions are checked here; pydicom lets a sensitivity or rate of 0 pass.
Source: DICOM PS3.3 C.10.9 (waveform module), PS3.16 CID 3001 (ECG leads).
"""

import io
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecgviz.errors import EcgvizError, ReadError
from ecgviz.optional import need
from ecgviz.readers._assemble import Channel, float32, to_record
from ecgviz.readers._common import (
    Given,
    agreed_rate,
    check_size,
    millivolts,
    parse_age,
    parse_sex,
    patient_of,
)
from ecgviz.readers._dicom_channels import calibration, filters, lead_of, left_out, number, text_of, unit_of, whole
from ecgviz.readers._source import Source, shown
from ecgviz.record import Flag, Provenance, Record

__all__ = ["LABEL", "SUFFIXES", "read", "sniff"]

LABEL = "DICOM waveform"
SUFFIXES = (".dcm", ".dicom")

_TAGS = ["Modality", "SOPClassUID", "PatientAge", "PatientSex", "WaveformSequence"]
_DEFLATED = b"1.2.840.10008.1.2.1.99"
_EXPLICIT_META = b"\x02\x00\x10\x00UI\x14\x001.2.840.10008.1.2.1\0"
_MODALITIES = ("ECG", "HD", "EPS", "")  # haemodynamic and electrophysiology files carry ECG channels too
_ITEM = b"\xfe\xff\x00\xe0"
MAX_ITEMS = 20_000
MAX_READS = 200_000
MAX_INFLATED = 48 * 2**20
_TYPES = {(8, "SB"): "i1", (8, "UB"): "u1", (16, "SS"): "i2", (16, "US"): "u2", (32, "SL"): "i4", (32, "UL"): "u4"}
_TYPES |= {(64, "SV"): "i8", (64, "UV"): "u8"}


@dataclass(frozen=True, eq=False)
class _Group:
    """One multiplex group: its label, rate (None where absent) and the channels in volts."""

    label: str
    fs: float | None
    samples: int
    channels: tuple[Channel, ...]
    unit: str
    unit_given: bool
    band: tuple[float | None, float | None]
    filters: tuple[str, ...]
    flags: tuple[Flag, ...]


class _Metered(io.BytesIO):
    """Bytes that may be read in a limited number of steps: a file of millions of elements takes minutes otherwise."""

    steps = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self.steps += 1
        if self.steps > MAX_READS:
            raise ReadError("The DICOM file has far too many elements for an ECG; it is damaged.")
        return super().read(size)


def sniff(name: str, head: bytes) -> float:
    """0 to 1: how surely this is DICOM, by its prefix, or by its first element where there is no preamble."""
    if head[128:132] == b"DICM":
        return 1.0
    first = head[:4] in (b"\x08\x00\x05\x00", b"\x08\x00\x16\x00", b"\x08\x00\x00\x00", b"\x02\x00\x00\x00")
    return 0.8 if first else 0.5 if name.lower().endswith(SUFFIXES) and b"\0" in head else 0.0


def read(source: Source, given: Given) -> Record:
    """Read the rhythm waveform of a DICOM file in mV; the notes say which group was read where there are several.

    Raises ReadError for an image, a damaged file, a sensitivity or rate of 0 and channel definitions that do not fit;
    NeedsInputError for an absent rate, unit or lead name. Channels that are not in volts are left out with a flag.
    """
    where = shown(source.name)
    try:
        dataset = _dataset(source, where)
        group, notes = _choose(dataset, given, where)
        age, sex = parse_age(str(dataset.get("PatientAge", ""))), parse_sex(str(dataset.get("PatientSex", "")))
    except EcgvizError:
        raise
    except Exception as error:  # pydicom converts values at access and raises whatever the conversion raises
        raise ReadError(f"{where} is a damaged DICOM file ({type(error).__name__}); export it again.") from error
    fs = agreed_rate(group.fs, given, where)
    if group.unit != "mV" and not group.unit_given:
        notes.append(f"{group.unit} converted to mV")
    return to_record(
        [Channel(channel.name, channel.mv, fs) for channel in group.channels],
        given=given,
        where=where,
        name=source.stem,
        patient=patient_of(age, sex, given),
        provenance=Provenance(
            format="DICOM waveform",
            unit=group.unit,
            unit_from="given" if group.unit_given else "header",
            band=group.band,
            filters=group.filters,
        ),
        notes=notes,
        flags=group.flags,
    )


def _dataset(source: Source, where: str) -> Any:
    """Only the elements that are needed: names, identifiers and dates are not even kept in memory."""
    pydicom = need("pydicom")
    data = source.data()
    if _DEFLATED in data:
        data = _inflated(data, where)
    if data.count(_ITEM) > MAX_ITEMS:
        raise ReadError(f"{where} has more than {MAX_ITEMS:,} sequence items, which no ECG has; the file is damaged.")
    dataset = pydicom.dcmread(_Metered(data), force=True, specific_tags=_TAGS)
    if "WaveformSequence" not in dataset or not dataset.WaveformSequence:
        kind = shown(dataset.get("Modality", "") or "unknown", 16)
        raise ReadError(f"{where} holds no waveform (DICOM modality {kind}); choose an ECG waveform file.")
    if (modality := text_of(dataset, "Modality")) not in _MODALITIES:
        raise ReadError(f"{where} is no ECG (DICOM modality {shown(modality, 16)}); choose an ECG waveform file.")
    return dataset


def _inflated(data: bytes, where: str) -> bytes:
    """A deflated file as a plain one, unpacked no further than the limit; pydicom itself would unpack without end."""
    start = 132 + 12 + int.from_bytes(data[140:144], "little")
    if data[128:132] != b"DICM" or data[132:138] != b"\x02\x00\x00\x00UL" or start >= len(data):
        raise ReadError(f"{where} is a damaged deflated DICOM file; export it uncompressed.")
    unpack = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        plain = unpack.decompress(data[start:], MAX_INFLATED)
    except zlib.error as error:
        raise ReadError(f"{where} is a damaged deflated DICOM file; export it uncompressed.") from error
    if unpack.unconsumed_tail or len(plain) >= MAX_INFLATED:
        raise ReadError(f"{where} unpacks to more than {MAX_INFLATED >> 20} MB; export it uncompressed.")
    if _DEFLATED in plain:
        raise ReadError(f"{where} is compressed twice; export it uncompressed.")
    return bytes(128) + b"DICM" + _EXPLICIT_META + plain


def _choose(dataset: Any, given: Given, where: str) -> tuple[_Group, list[str]]:
    """The rhythm group, else the longest recording; never silently one of several."""
    items = list(dataset.WaveformSequence)
    labels = [text_of(item, "MultiplexGroupLabel") or f"group {i + 1}" for i, item in enumerate(items)]
    lengths = [whole(item, "NumberOfWaveformSamples", where) for item in items]

    def rank(i: int) -> tuple[bool, bool, int]:
        derived = "MEDIAN" in labels[i].upper() or text_of(items[i], "WaveformOriginality") == "DERIVED"
        return "RHYTHM" in labels[i].upper(), not derived, lengths[i]

    best = max(range(len(items)), key=rank)
    little = dataset.original_encoding[1] is not False
    group = _group(items[best], labels[best], little, given, where)
    if len(items) == 1:
        return group, []
    return group, [f"{len(items)} waveform groups in the file ({shown(', '.join(labels), 60)}); {group.label} is shown"]


def _group(item: Any, label: str, little: bool, given: Given, where: str) -> _Group:
    samples, count = (whole(item, f"NumberOfWaveform{what}", where) for what in ("Samples", "Channels"))
    definitions = list(item.get("ChannelDefinitionSequence", None) or [])
    if len(definitions) != count:
        raise ReadError(f"{where}: {count} channels have {len(definitions)} definitions; export the file again.")
    check_size(count, samples, where)
    raw, gaps, flags = _samples(item, samples, count, little, where)
    channels: list[Channel] = []
    units: dict[str, None] = {}
    unit_given = False
    for i, definition in enumerate(definitions):
        name, doubt = lead_of(definition, where)
        unit = unit_of(definition)
        flags += doubt
        if unit and millivolts(unit) is None:
            flags.append(left_out(name or f"Channel {i + 1}", unit, where))
            continue
        step, baseline, by_user = calibration(definition, unit, name or f"channel {i + 1}", given, where)
        mv = _millivolts(raw[:, i], step, baseline)
        mv[gaps[:, i]] = np.nan
        channels.append(Channel(name, mv, 0.0))
        units[given.unit.text if by_user and given.unit else unit] = None
        unit_given |= by_user
    fs = number(item, "SamplingFrequency", where)
    band, applied, skewed = filters(definitions, where)
    unit = ", ".join(shown(text, 12) for text in units)
    return _Group(shown(label), fs, samples, tuple(channels), unit, unit_given, band, applied, (*flags, *skewed))


def _millivolts(raw: NDArray[Any], step: float, baseline: float) -> NDArray[np.float32]:
    return float32(raw, lambda stored: stored * step + baseline)


def _samples(
    item: Any, samples: int, count: int, little: bool, where: str
) -> tuple[NDArray[Any], NDArray[np.bool_], list[Flag]]:
    """Stored integers (samples, channels), where they are padding, and a flag where they exceed their stated bits."""
    bits, kind = whole(item, "WaveformBitsAllocated", where), text_of(item, "WaveformSampleInterpretation")
    if (bits, kind) not in _TYPES:
        raise ReadError(f"{where} stores samples as {bits} bits {shown(kind)!r}; only linear integers can be read.")
    dtype = np.dtype(_TYPES[bits, kind]).newbyteorder("<" if little else ">")
    data = bytes(item.get("WaveformData", b"") or b"")
    expected = samples * count * dtype.itemsize
    if len(data) not in (expected, expected + expected % 2):
        raise ReadError(
            f"{where} holds {len(data)} bytes of samples, {count} channels x {samples} samples need {expected}; "
            "the file is damaged."
        )
    raw = np.frombuffer(data, dtype=dtype, count=samples * count).reshape(samples, count)
    padding = item.get("WaveformPaddingValue", None)
    if isinstance(padding, bytes) and len(padding) >= dtype.itemsize:
        padding = int(np.frombuffer(padding, dtype=dtype, count=1)[0])
    gaps = raw == padding if isinstance(padding, int) else np.zeros(raw.shape, dtype=bool)
    return raw, gaps, _beyond_bits(item, raw, gaps, where)


def _beyond_bits(item: Any, raw: NDArray[Any], gaps: NDArray[np.bool_], where: str) -> list[Flag]:
    definitions = item.get("ChannelDefinitionSequence", None) or []
    stored = min((int(number(d, "WaveformBitsStored", where) or 64) for d in definitions), default=64)
    if stored >= raw.dtype.itemsize * 8 or stored < 2:
        return []
    signed = raw.dtype.kind == "i"
    low, high = (-(1 << (stored - 1)), (1 << (stored - 1)) - 1) if signed else (0, (1 << stored) - 1)
    if not ((raw < low) | (raw > high))[~gaps].any():
        return []
    text = f"Samples exceed the {stored} bits that the file states."
    return [Flag("bits_stored", text, "Amplitudes may be wrong; compare with another export.")]
