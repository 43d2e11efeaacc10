"""From the files and options of a command to a Record and all its flags."""

from dataclasses import dataclass
from pathlib import Path

from ecgviz import readers
from ecgviz.errors import NeedsInputError, ReadError
from ecgviz.record import Flag, Record, worst_first
from ecgviz.signals import quality

__all__ = ["Given", "all_flags", "open_record"]

LARGEST_BYTES = 512 * 2**20
_EXAMPLES = {"fs": "--fs 500", "unit": "--unit mV", "leads": "--leads I,II,III"}


@dataclass(frozen=True)
class Given:
    """What the user adds to the file: fs in Hz, unit, leads with commas between, age in years, sex F or M."""

    fs: float | None = None
    unit: str | None = None
    leads: str | None = None
    age: float | None = None
    sex: str | None = None


def open_record(files: list[Path], given: Given) -> Record:
    """Read one ECG; a WFDB header finds its companions itself. Raises ReadError and NeedsInputError."""
    leads = tuple(name.strip() for name in given.leads.split(",")) if given.leads else None
    paths = [_present(path) for path in files]
    try:
        source = paths[0] if len(paths) == 1 else _contents(paths)
        return readers.read(source, fs=given.fs, unit=given.unit, leads=leads, age=given.age, sex=given.sex)
    except NeedsInputError as error:
        asked = " ".join(_EXAMPLES[name] for name in error.missing if name in _EXAMPLES)
        raise ReadError(f"{error} For instance: {asked}." if asked else str(error)) from error
    except PermissionError as error:
        raise ReadError(f"{error.filename} may not be read; check its permissions.") from error


def _present(path: Path) -> Path:
    if path.is_dir():
        raise ReadError(f"{path} is a folder; name the ECG file in it.")
    if path.is_file():
        return path
    header = path.with_name(f"{path.name}.hea") if path.name else path
    if header.is_file():
        return header
    raise ReadError(f"{path} does not exist; check the path.")


def _contents(paths: list[Path]) -> dict[str, bytes]:
    names = [path.name for path in paths]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ReadError(f"{', '.join(twice)} is given twice; the files of one ECG have different names.")
    if sum(path.stat().st_size for path in paths) > LARGEST_BYTES:
        raise ReadError(f"These files exceed {LARGEST_BYTES // 2**20} MB; give one ECG at a time.")
    return {path.name: path.read_bytes() for path in paths}


def all_flags(record: Record) -> tuple[Flag, ...]:
    """What the reader flagged and what the signal itself shows."""
    return worst_first(record.flags, quality.check(record))
