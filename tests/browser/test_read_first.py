"""Read first in a real browser: all that the server sends before the reader's answer is kept, and what it sends after.

Whatever reaches the page comes through its web socket, so the frames hold more than the page could ever show.
"""

import os
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
OF_AN_ANSWER = (b"threshold", b"evidence for", b"heatmap", b"Evidence for", b"times chance", b"Your verdict")


@pytest.fixture(scope="module")
def server(random_models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("read-first")
    kept = folder / "over_reads.sqlite"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    own = {"ECGVIZ_MODELS": str(random_models), "ECGVIZ_STORE": f"sqlite:///{kept}", "OMP_NUM_THREADS": "1"}
    environment = {key: value for key, value in os.environ.items() if key != "ECGVIZ_DATA"} | own
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={address.partition(':')[2]}"]
    with (folder / "log.txt").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            _wait(f"http://{address}/_stcore/health")
            yield f"http://{address}", kept
        finally:
            process.terminate()
            process.wait(20)


def _wait(address: str) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(address, timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the server did not start within a minute")


def test_nothing_of_the_answer_is_sent_before_the_readers_own(chromium: Any, server: tuple[str, Path]) -> None:
    address, kept = server
    page = chromium.new_page(viewport={"width": 1440, "height": 900})
    page.set_default_timeout(120_000)
    frames: list[bytes] = []

    def listen(socket: Any) -> None:
        socket.on("framereceived", lambda raw: frames.append(raw if isinstance(raw, bytes) else str(raw).encode()))

    page.on("websocket", listen)
    page.goto(address)
    page.wait_for_selector(".ev-line")
    page.get_by_role("link", name="Explain", exact=True).click()
    page.wait_for_selector(".ev-sentence:has-text('its threshold')")
    page.get_by_text("Read first, then reveal").click()
    page.wait_for_selector("text=Your reading first")
    assert "not blind" in page.inner_text("body")

    frames.clear()
    page.locator("[class*='st-key-next-entry'] button").first.click()
    page.wait_for_selector(".ev-line b:has-text('bradycardia')")
    page.wait_for_selector("text=Your reading first")
    page.wait_for_selector(".st-key-ev-paper .js-plotly-plot .main-svg")
    page.wait_for_timeout(1500)
    text = page.inner_text("body")
    assert "not blind" not in text
    sent = b"".join(frames)
    assert b"Sinus bradycardia" in sent
    assert [word for word in OF_AN_ANSWER if word in sent] == []
    markup = page.content()
    assert [word for word in OF_AN_ANSWER if word.decode() in markup] == []
    assert "finding" not in page.url
    assert page.evaluate("() => JSON.stringify([{...sessionStorage}, {...localStorage}])").count("MI") == 0

    page.get_by_text("None of these", exact=True).click()
    page.get_by_role("button", name="Keep my answer and reveal").click()
    page.wait_for_selector("#ev-agreement, :text('You and the model agree on')")
    page.wait_for_selector(".ev-sentence:has-text('its threshold')")
    with sqlite3.connect(kept) as plain:
        ((blind, found, answer),) = plain.execute("select blind, found, model_found from ecgviz_readings").fetchall()
    assert (blind, found) == (1, "[]")
    assert answer is not None
    page.close()
