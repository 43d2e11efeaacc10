import shutil
import socket
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from ecgviz import readers
from ecgviz.datasets import physionet
from ecgviz.errors import DataError, EcgvizError, NeedsInputError, OfflineError, ReadError

HEADER = "toy 1 100 1000\ntoy.dat 16 200 16 0 0 0 0 II\n"
SAMPLES = (100 * np.sin(np.arange(1000) / 10)).astype("<i2").tobytes()


class Served:
    """A server on the loopback with one answer a path; `slow` paths never finish, `short` ones break off."""

    def __init__(self) -> None:
        self.answers: dict[str, bytes] = {}
        self.slow: set[str] = set()
        self.short: set[str] = set()
        self.status = 200
        self.asked: list[str] = []
        self.done = threading.Event()
        served = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                served.asked.append(self.path)
                body = served.answers.get(self.path)
                self.send_response(404 if body is None else served.status)
                body = body or b""
                longer = 10 if self.path in served.slow | served.short else 0
                self.send_header("Content-Length", str(len(body) + longer))
                self.end_headers()
                self.wfile.write(body)
                self.wfile.flush()
                if self.path in served.slow:
                    served.done.wait(30)

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.base = f"http://127.0.0.1:{self.server.server_port}/files/"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def give(self, place: str, body: bytes) -> str:
        self.answers[f"/files/{place}"] = body
        return f"/files/{place}"


@pytest.fixture
def served() -> Iterator[Served]:
    found = Served()
    yield found
    found.done.set()
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def _toy(served: Served, header: str = HEADER, samples: bytes = SAMPLES) -> str:
    served.give("mitdb/1.0.0/toy.hea", header.encode())
    return served.give("mitdb/1.0.0/toy.dat", samples)


def test_a_record_arrives_whole_with_progress_in_the_callers_thread(served: Served, scratch: Path) -> None:
    _toy(served)
    shares: list[float] = []
    threads: set[int] = set()

    def progress(share: float, text: str) -> None:
        assert text in ("toy.hea", "toy.dat")
        shares.append(share)
        threads.add(threading.get_ident())

    record = physionet.fetch("mitdb", "toy", base_url=served.base, progress=progress)
    assert record.name == "mitdb toy"
    assert record.notes[-1] == "From PhysioNet: mitdb 1.0.0."
    assert np.abs(record.signal[0] - np.frombuffer(SAMPLES, "<i2") / 200).max() < 1e-6
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)
    assert threads == {threading.get_ident()}
    assert served.asked == ["/files/mitdb/1.0.0/toy.hea", "/files/mitdb/1.0.0/toy.dat"]
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize(
    ("database", "name", "local", "place"),
    [
        ("mitdb", "100", "mitdb/100", "mitdb/1.0.0/100"),
        ("ludb", "1", "ludb/data/1", "ludb/1.0.1/data/1"),
        ("ptb-xl", "1", "ptb-xl/records500/00000/00001_hr", "ptb-xl/1.0.3/records500/00000/00001_hr"),
        ("challenge-2017", "A00001", "cinc2017/A00001", "challenge-2017/1.0.0/training/A00/A00001"),
    ],
)
def test_real_records_are_those_of_the_local_copy(
    served: Served, data: Path, database: str, name: str, local: str, place: str
) -> None:
    header = data / f"{local}.hea"
    if not header.is_file():
        pytest.skip(f"{header} is absent")
    for suffix in (".hea", ".dat", ".mat"):
        path = data / f"{local}{suffix}"
        if path.is_file():
            served.give(f"{place}{suffix}", path.read_bytes())
    found = physionet.fetch(database, name, base_url=served.base)
    expected = readers.read(header)
    assert np.array_equal(found.signal, expected.signal, equal_nan=True)
    assert (found.fs, found.leads, found.patient) == (expected.fs, expected.leads, expected.patient)


@pytest.mark.parametrize(("gain", "peak_mv"), [("200", 0.5), ("0", 0.5), ("400", 0.25)])
def test_noise_records_have_the_default_gain_where_the_header_gives_none(
    served: Served, gain: str, peak_mv: float
) -> None:
    served.give("nstdb/1.0.0/bw.hea", HEADER.replace("toy", "bw").replace("16 200 16", f"16 {gain} 16").encode())
    served.give("nstdb/1.0.0/bw.dat", SAMPLES)
    assert physionet.fetch("nstdb", "bw", base_url=served.base).signal.max() == pytest.approx(peak_mv, abs=0.01)


def test_elsewhere_a_record_without_gain_is_refused(served: Served) -> None:
    _toy(served, HEADER.replace("16 200 16", "16 0 16"))
    with pytest.raises(NeedsInputError, match="not calibrated"):
        physionet.fetch("mitdb", "toy", base_url=served.base)


@pytest.mark.parametrize("database", list(physionet.DATABASES))
def test_every_example_is_a_name_that_is_accepted(served: Served, database: str) -> None:
    known = physionet.DATABASES[database]
    with pytest.raises(DataError, match="PhysioNet has no file"):
        physionet.fetch(database, known.example, base_url=served.base)
    (asked,) = served.asked
    assert asked.startswith(f"/files/{database}/{known.version}/")
    assert asked.endswith(".hea")


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../100", "a/../b", "/etc/passwd", "a//b", "100?x=1", "100#", "http://a", "a b", "x" * 130]
)
def test_a_name_that_is_a_path_or_an_address_is_refused_before_any_request(served: Served, name: str) -> None:
    with pytest.raises(DataError, match="is no record name; write it as mitdb does, such as 100"):
        physionet.fetch("mitdb", name, base_url=served.base)
    assert served.asked == []


def test_an_unknown_database_is_refused() -> None:
    with pytest.raises(DataError, match="No PhysioNet database 'mimic4' here; choose one of ptb-xl"):
        physionet.fetch("mimic4", "1")


@pytest.mark.parametrize(
    ("header", "error", "match"),
    [
        ("toy 1 100 1000\n../toy.dat 16 200 16 0 0 0 0 II\n", ReadError, r"names the file '\.\./toy\.dat'"),
        ("toy 1 100 1000\nhttp://a/toy.dat 16 200 16 0 0 0 0 II\n", ReadError, "which is refused"),
        ("toy/2 1 100 2000\na 1000\nb 1000\n", DataError, "has 2 segments"),
        ("", ReadError, "names 0 signal files"),
        ("<html>busy</html>", ReadError, "names 0 signal files"),
        ("toy 1 100 1000\n" + "".join(f"{i}.dat 16 200 16 0 0 0 0 II\n" for i in range(17)), ReadError, "17 signal"),
    ],
)
def test_headers_that_ask_for_more_than_a_record(
    served: Served, header: str, error: type[EcgvizError], match: str
) -> None:
    _toy(served, header)
    with pytest.raises(error, match=match):
        physionet.fetch("mitdb", "toy", base_url=served.base)
    assert served.asked == ["/files/mitdb/1.0.0/toy.hea"]


def test_a_record_above_the_limit_is_not_downloaded(served: Served, scratch: Path) -> None:
    _toy(served)
    with pytest.raises(DataError, match=r"toy\.dat takes this record above 0 MB"):
        physionet.fetch("mitdb", "toy", base_url=served.base, largest_bytes=1500)
    assert list(scratch.iterdir()) == []


def test_a_server_in_trouble_is_no_missing_record(served: Served) -> None:
    _toy(served)
    served.status = 503
    with pytest.raises(OfflineError, match=r"answered 503 for toy\.hea"):
        physionet.fetch("mitdb", "toy", base_url=served.base)


def test_a_download_that_breaks_off_is_not_read(served: Served) -> None:
    served.short.add(_toy(served))
    with pytest.raises(OfflineError, match=r"127\.0\.0\.1:\d+ cannot be reached"):
        physionet.fetch("mitdb", "toy", base_url=served.base)


def test_a_download_that_stalls_is_given_up(served: Served) -> None:
    served.slow.add(_toy(served))
    with pytest.raises(OfflineError, match="did not deliver within 1 s"):
        physionet.fetch("mitdb", "toy", base_url=served.base, connect_s=20, limit_s=1)


def test_a_host_that_accepts_and_says_nothing_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        base = f"http://127.0.0.1:{mute.getsockname()[1]}/"
        with pytest.raises(OfflineError, match="cannot be reached; check the connection"):
            physionet.fetch("mitdb", "100", base_url=base, connect_s=0.3)


def test_offline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        closed = taken.getsockname()[1]
    for base in (f"http://127.0.0.1:{closed}/", "http://no-such-host.invalid/"):
        with pytest.raises(OfflineError, match="cannot be reached; check the connection, or open a file"):
            physionet.fetch("mitdb", "100", base_url=base, connect_s=2)


def test_a_full_temporary_folder_is_said(served: Served, scratch: Path) -> None:
    _toy(served)
    shutil.rmtree(scratch)
    with pytest.raises(DataError, match="cannot be kept in the temporary folder"):
        physionet.fetch("mitdb", "toy", base_url=served.base)
