"""The bytes to read: one main file and what lies beside it, from a folder or from an upload."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from ecgviz.errors import ReadError

__all__ = ["HEAD_BYTES", "MAX_BYTES", "Source", "base_name", "from_path", "from_upload", "shown"]

HEAD_BYTES = 4096
MAX_BYTES = 256 * 2**20
_UNSAFE = re.compile(r"[^\w.+ ()\-]")


def base_name(name: str) -> str:
    """The last part of a name that may arrive as a path of any system."""
    return PurePosixPath(name.replace("\\", "/")).name


def shown(text: object, limit: int = 40) -> str:
    """Foreign text made fit for a one-line message: printable, short, without markup."""
    flat = re.sub(r"\s+", " ", str(text)).strip()
    clean = "".join(c if c.isprintable() and c not in "<>`|[]" else "?" for c in flat)
    return clean if len(clean) <= limit else clean[: limit - 3] + "..."


@dataclass(frozen=True, eq=False)
class Source:
    """One file to read: its bare name, its first bytes, its content on demand, and its neighbours by bare name."""

    name: str
    blob: bytes | Path
    files: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def stem(self) -> str:
        """The file's name without suffix and without anything a page or a path could stumble over."""
        return _UNSAFE.sub("_", PurePosixPath(self.name).stem).strip()[:60] or "ECG"

    @property
    def size(self) -> int:
        """Bytes in the file."""
        if isinstance(self.blob, bytes):
            return len(self.blob)
        try:
            return self.blob.stat().st_size
        except OSError as error:
            raise ReadError(f"{shown(self.name)} cannot be opened ({error.strerror}); check the file.") from error

    def head(self, count: int = HEAD_BYTES) -> bytes:
        """The first bytes of the file."""
        return self._read(count)

    def data(self) -> bytes:
        """The whole content. Raises ReadError above MAX_BYTES or when it cannot be read."""
        if self.size > MAX_BYTES:
            raise ReadError(
                f"{shown(self.name)} has {self.size / 2**20:.0f} MB; at most {MAX_BYTES >> 20} MB can be read. "
                "Cut the recording into parts."
            )
        return self._read(-1)

    def beside(self, name: str) -> "Source | None":
        """The neighbour with this bare name (upper and lower case alike where nothing fits better), or None."""
        if isinstance(self.blob, bytes):
            match = name if name in self.files else _one_alike(name, self.files)
            return None if match is None else Source(match, self.files[match], self.files)
        for spelling in (name, name.lower(), name.upper()):
            path = self.blob.parent / spelling
            if path.is_file():
                return Source(spelling, path)
        return None

    def _read(self, count: int) -> bytes:
        if isinstance(self.blob, bytes):
            return self.blob if count < 0 else self.blob[:count]
        try:
            with self.blob.open("rb") as stream:
                return stream.read(count)
        except OSError as error:
            raise ReadError(f"{shown(self.name)} cannot be opened ({error.strerror}); check the file.") from error


def _one_alike(name: str, files: Mapping[str, bytes]) -> str | None:
    alike = [known for known in files if known.lower() == name.lower()]
    return alike[0] if len(alike) == 1 else None


def from_upload(files: Mapping[str, bytes]) -> dict[str, Source]:
    """The uploaded files by bare name. Raises ReadError for an empty upload and for two files of one name."""
    if not files:
        raise ReadError("Nothing was uploaded; choose an ECG file (for WFDB the .hea and its signal file together).")
    bare: dict[str, bytes] = {}
    for name, content in files.items():
        key = base_name(name) or "ECG"
        if key in bare:
            raise ReadError(f"Two uploaded files are called {shown(key)}; upload one recording at a time.")
        bare[key] = bytes(content)
    return {key: Source(key, content, bare) for key, content in bare.items()}


def from_path(path: Path) -> Source:
    """A file on disk; a WFDB record may be named by its stem or by its signal file.

    Raises ReadError when there is no such file.
    """
    try:
        header = path.with_name(path.name + ".hea")
        if path.is_file():
            return Source(path.name, path)
        if header.is_file():
            return Source(header.name, header)
        kind = "is a folder" if path.is_dir() else "does not exist"
    except (OSError, ValueError) as error:
        raise ReadError(f"{shown(path.name)} is not a usable file name ({shown(error)}); rename the file.") from error
    raise ReadError(f"{shown(path.name)} {kind}; give the path of an ECG file.")
