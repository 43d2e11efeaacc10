"""What a file is that no reader knows, in words, so that the user learns what to do instead."""

from ecgviz.readers._source import Source, shown

__all__ = ["what_it_is"]

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "is a PDF; read it on the Paper page, or export the ECG as DICOM, WFDB or CSV"),
    (b"\x1f\x8b", "is gzip-compressed; unpack it first"),
    (b"BZh", "is bzip2-compressed; unpack it first"),
    (b"\xfd7zXZ", "is xz-compressed; unpack it first"),
    (b"PK\x03\x04", "is a zip archive; unpack it and choose the ECG files in it"),
    (b"7z\xbc\xaf", "is a 7z archive; unpack it first"),
    (b"\x89PNG", "is an image, not a recording; read it on the Paper page, or choose the ECG's signal file"),
    (b"\xff\xd8\xff", "is an image, not a recording; read it on the Paper page, or choose the ECG's signal file"),
    (b"GIF8", "is an image, not a recording; choose the ECG's signal file"),
    (b"\x89HDF", "is an HDF5 or MATLAB 7.3 file; save the signal as CSV or NPY"),
    (b"MATLAB 5.0", "is a MATLAB 5 file; save the signal as CSV or NPY"),
    (b"\x80\x04", "is a Python pickle, which can run code and is never opened; save the signal as NPY"),
    (b"\x80\x05", "is a Python pickle, which can run code and is never opened; save the signal as NPY"),
    (b"0       ", "is an EDF recording, which cannot be read yet; convert it to WFDB or CSV"),
    (b"\xffBIOSEMI", "is a BDF recording, which cannot be read yet; convert it to WFDB or CSV"),
    (b"ISHNE1.0", "is an ISHNE Holter file, which cannot be read yet; convert it to WFDB or CSV"),
    (b"\x7fELF", "is a program"),
    (b"MZ", "is a program"),
)


def what_it_is(source: Source) -> str:
    """One line that names the file, what it is as far as can be told, and what to do."""
    name, head = shown(source.name), source.head(512)
    if not head:
        return f"{name} is empty (0 bytes); upload it again."
    for magic, text in _MAGIC:
        if head.startswith(magic):
            return f"{name} {text}."
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    if start.startswith((b"<?xml", b"<!doctype", b"<html", b"<")):
        return f"{name} is an XML or HTML file, which cannot be read yet; export the ECG as DICOM, WFDB or CSV."
    if start.startswith((b"{", b"[")):
        return f"{name} is a JSON file; export the ECG as DICOM, WFDB or CSV."
    if source.name.lower().endswith((".dat", ".mat", ".xyz")):
        return f"{name} is a signal file without its header; choose {source.stem}.hea together with it."
    if source.name.lower().endswith((".atr", ".qrs", ".ecg")):
        return f"{name} holds annotations only; choose the .hea and .dat of the recording too."
    return f"{name} is no ECG format that can be read; choose WFDB (.hea with .dat or .mat), DICOM, CSV, TSV or NPY."
