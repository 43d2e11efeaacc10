"""One record from PhysioNet, on request: a fixed list of open databases, a deadline, a size limit, a private folder.

wfdb's own client is not used: it has no timeout, asks the server for versions first and prints.
"""

import queue
import re
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ecgviz.datasets import headers, uncalibrated
from ecgviz.errors import DataError, EcgvizError, OfflineError, ReadError
from ecgviz.optional import need
from ecgviz.record import Record

__all__ = ["BASE_URL", "DATABASES", "Database", "Progress", "fetch"]

BASE_URL = "https://physionet.org/files/"
LARGEST_BYTES = 64 * 2**20
Progress = Callable[[float, str], None]
_NAME = re.compile(r"(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9_.-]*(/[A-Za-z0-9][A-Za-z0-9_.-]*){0,5}")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_CHUNK = 64 * 1024


@dataclass(frozen=True)
class Database:
    """An open PhysioNet database. example: a record that exists; place: from what the user types to the path."""

    key: str
    version: str
    title: str
    licence: str
    example: str
    place: Callable[[str], str] = str


def _ptbxl(name: str) -> str:
    """`1` or `00001` means the 500 Hz file of that ecg_id."""
    if not name.isdigit() or len(name) > 5:
        return name
    number = int(name)
    return f"records500/{number // 1000 * 1000:05d}/{number:05d}_hr"


def _below(folder: str) -> Callable[[str], str]:
    return lambda name: name if "/" in name else f"{folder}/{name}"


def _cinc2017(name: str) -> str:
    return name if "/" in name else f"training/{name[:3]}/{name}"


DATABASES: dict[str, Database] = {
    database.key: database
    for database in (
        Database("ptb-xl", "1.0.3", "PTB-XL, 12 leads, 10 s", "CC BY 4.0", "00001", _ptbxl),
        Database("ptbdb", "1.0.0", "PTB Diagnostic, 15 leads", "ODC-BY 1.0", "patient001/s0010_re"),
        Database("ludb", "1.0.1", "LUDB, 12 leads with waves marked", "ODC-BY 1.0", "1", _below("data")),
        Database(
            "challenge-2020", "1.0.2", "CinC Challenge 2020, 12 leads", "CC BY 4.0", "training/cpsc_2018/g1/A0001"
        ),
        Database("challenge-2017", "1.0.0", "CinC Challenge 2017, one lead", "ODC-BY 1.0", "A00001", _cinc2017),
        Database(
            "ecg-arrhythmia", "1.0.0", "Chapman-Shaoxing-Ningbo, 12 leads", "CC BY 4.0", "WFDBRecords/01/010/JS00001"
        ),
        Database("incartdb", "1.0.0", "St Petersburg INCART, 12 leads, 30 min", "ODC-BY 1.0", "I01"),
        Database("mitdb", "1.0.0", "MIT-BIH Arrhythmia, 30 min", "ODC-BY 1.0", "100"),
        Database("nstdb", "1.0.0", "MIT-BIH Noise Stress", "ODC-BY 1.0", "118e06"),
        Database("svdb", "1.0.0", "MIT-BIH Supraventricular Arrhythmia", "ODC-BY 1.0", "800"),
        Database("afdb", "1.0.0", "MIT-BIH Atrial Fibrillation, 10 h", "ODC-BY 1.0", "04015"),
        Database("vfdb", "1.0.0", "MIT-BIH Malignant Ventricular Ectopy", "ODC-BY 1.0", "418"),
        Database("cudb", "1.0.0", "CU Ventricular Tachyarrhythmia", "ODC-BY 1.0", "cu01"),
        Database("edb", "1.0.0", "European ST-T, 2 h", "ODC-BY 1.0", "e0103"),
        Database("qtdb", "1.0.0", "QT Database, 15 min", "ODC-BY 1.0", "sel100"),
        Database("twadb", "1.0.0", "T-Wave Alternans Challenge", "ODC-BY 1.0", "twa00"),
    )
}
"""Versions are stated, so that a record means the same samples tomorrow."""


def fetch(
    database: str,
    name: str,
    *,
    progress: Progress | None = None,
    base_url: str = BASE_URL,
    connect_s: float = 5.0,
    limit_s: float = 90.0,
    largest_bytes: int = LARGEST_BYTES,
) -> Record:
    """Download a record's header and signal files to a private temporary folder, read it, and delete the folder.

    database: a key of DATABASES; name: the record as the database names it, without suffix; progress: called in the
    caller's own thread with a share of 0 to 1 and a line of text.

    Raises DataError for a database, name or record that does not exist or is too large, OfflineError when the host
    does not answer within twice `connect_s` or takes longer than `limit_s` in all, ReadError when a file is damaged.
    """
    place = _place(database, name)
    known = DATABASES[database]
    url = f"{base_url.rstrip('/')}/{database}/{known.version}/{place}"
    try:
        with tempfile.TemporaryDirectory(prefix="ecgviz-", ignore_cleanup_errors=True) as folder:
            job = _Job(url, Path(folder), connect_s, limit_s, largest_bytes)
            header = _watched(job, progress or (lambda share, text: None))
            found = uncalibrated.read(header, database)
    except OSError as error:
        raise DataError(
            f"The download cannot be kept in the temporary folder ({error.strerror}); free some space."
        ) from error
    return replace(
        found, name=f"{database} {name}", notes=(*found.notes, f"From PhysioNet: {database} {known.version}.")
    )


def _place(database: str, name: str) -> str:
    if database not in DATABASES:
        raise DataError(f"No PhysioNet database {database[:40]!r} here; choose one of {', '.join(DATABASES)}.")
    bare = name.strip().removesuffix(".hea")
    if len(bare) > 120 or not _NAME.fullmatch(bare):
        example = DATABASES[database].example
        raise DataError(f"{name[:60]!r} is no record name; write it as {database} does, such as {example}.")
    return DATABASES[database].place(bare)


@dataclass(eq=False)
class _Job:
    """One download in its own thread; `messages` carries shares, then the header's path or an error."""

    url: str
    folder: Path
    connect_s: float
    limit_s: float
    largest_bytes: int

    def __post_init__(self) -> None:
        self.messages: queue.Queue[tuple[float, str] | Path | BaseException] = queue.Queue()
        self.deadline = time.monotonic() + self.limit_s
        self.stop = threading.Event()
        self.taken = 0

    def run(self) -> None:
        try:
            self.messages.put(self._download())
        except BaseException as error:  # handed to the caller's thread, which raises it
            self.messages.put(error)

    def _download(self) -> Path:
        base, _, stem = self.url.rpartition("/")
        header = self.folder / f"{stem}.hea"
        self._save(f"{base}/{header.name}", header, 0.0, 0.05)
        files = _signal_files(header)
        for index, name in enumerate(files):
            step = 0.95 / len(files)
            self._save(f"{base}/{name}", self.folder / name, 0.05 + index * step, step)
        return header

    def _save(self, url: str, path: Path, start: float, share: float) -> None:
        requests = need("requests")
        shown = url.rpartition("/")[2]
        try:
            with requests.get(url, stream=True, timeout=self.connect_s) as answer:
                _accept(answer, shown)
                length = answer.headers.get("Content-Length", "")
                whole = int(length) if length.isdigit() else 0
                self._within(whole, shown)
                self._copy(answer, path, start, share, whole)
        except requests.RequestException as error:
            raise _offline(url) from error

    def _copy(self, answer: Any, path: Path, start: float, share: float, whole: int) -> None:
        done = 0
        with path.open("wb") as file:
            for chunk in answer.iter_content(_CHUNK):
                if self.stop.is_set() or time.monotonic() > self.deadline:
                    raise _late(self.limit_s)
                done += len(chunk)
                self.taken += len(chunk)
                self._within(0, path.name)
                file.write(chunk)
                self.messages.put((start + share * (min(1.0, done / whole) if whole else 0.5), path.name))
        if whole and done < whole and answer.headers.get("Content-Encoding") is None:
            raise _offline(str(answer.url))

    def _within(self, coming: int, shown: str) -> None:
        if self.taken + coming > self.largest_bytes:
            limit = self.largest_bytes / 2**20
            raise DataError(f"{shown} takes this record above {limit:.0f} MB; download it and open it as a file.")


def _accept(answer: Any, shown: str) -> None:
    if answer.status_code == 404:
        raise DataError(f"PhysioNet has no file {shown}; check the record name.")
    if answer.status_code != 200:
        raise OfflineError(f"PhysioNet answered {answer.status_code} for {shown}; try again later.")


def _signal_files(header: Path) -> tuple[str, ...]:
    said = headers.peek(header)
    if said.segments:
        raise DataError(f"{header.stem} has {said.segments} segments; download it and open its segments as files.")
    if not said.files or len(said.files) > 16:
        raise ReadError(f"{header.name} from PhysioNet names {len(said.files)} signal files; 1 to 16 are expected.")
    for name in said.files:
        if not _FILE.fullmatch(name):
            raise ReadError(f"{header.name} from PhysioNet names the file {name[:60]!r}, which is refused.")
    return said.files


def _watched(job: _Job, progress: Progress) -> Path:
    """Pass messages on until the job ends; a thread that hangs (a name server, a stalled socket) is left behind."""
    threading.Thread(target=job.run, name="ecgviz-physionet", daemon=True).start()
    heard = False
    try:
        while True:
            left = max(0.0, job.deadline - time.monotonic())
            try:
                message = job.messages.get(timeout=left if heard else min(left, 2 * job.connect_s))
            except queue.Empty:
                raise (_late(job.limit_s) if heard else _offline(job.url)) from None
            heard = True
            if isinstance(message, Path):
                return message
            if isinstance(message, BaseException):
                raise message
            progress(*message)
    finally:
        job.stop.set()


def _offline(url: str) -> EcgvizError:
    host = url.partition("://")[2].partition("/")[0]
    return OfflineError(f"{host} cannot be reached; check the connection, or open a file or a simulated record.")


def _late(limit_s: float) -> EcgvizError:
    return OfflineError(f"PhysioNet did not deliver within {limit_s:.0f} s; try again later or open a file.")
