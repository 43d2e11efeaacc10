"""The Rhythm page in a real browser: a click anywhere moves strip, paper and list; a key edits; nothing jumps."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import wfdb

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
SIDEWAYS = "() => { const m = document.querySelector('[data-testid=stMain]'); return m.scrollWidth - m.clientWidth; }"
PAPER = "document.querySelector('.st-key-ev-detail .js-plotly-plot')"
BEGIN = f"() => {{ const r = {PAPER}?._fullLayout?.xaxis?.range; return r ? r[0] : null; }}"
TOLD = ".st-key-ev-moves .ev-note"
FS, SECONDS = 250, 300


@pytest.fixture(scope="module")
def address(random_models: Path) -> Iterator[str]:
    """The app on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}"]
    environment = os.environ | {"ECGVIZ_MODELS": str(random_models), "OMP_NUM_THREADS": "1"}
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=quiet, stderr=quiet) as process:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
        process.terminate()


@pytest.fixture(scope="module")
def holter(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Five minutes of one lead with a beat every 0.8 s."""
    folder = tmp_path_factory.mktemp("holter")
    at = np.arange(SECONDS * FS) / FS
    signal = np.exp(-(((at % 0.8) - 0.4) ** 2) / (2 * 0.015**2))
    wfdb.wrsamp("holter", FS, ["mV"], ["MLII"], signal[:, None], fmt=["16"], write_dir=str(folder))
    return sorted(folder.iterdir())


@pytest.fixture
def screen(chromium: Any, address: str, holter: list[Path]) -> Iterator[Any]:
    """The Rhythm page with the recording open; at the end nothing may have gone wrong in the browser."""
    page = chromium.new_page(viewport={"width": 1440, "height": 900})
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.set_default_timeout(120_000)
    page.goto(address)
    page.get_by_role("link", name="Rhythm", exact=True).click()
    page.get_by_role("radio", name="Upload").click()
    page.locator("[data-testid=stFileUploaderDropzoneInput]").first.set_input_files([str(path) for path in holter])
    page.wait_for_function("() => document.querySelector('.ev-line b')?.innerText === 'holter'")
    page.wait_for_function(f"() => ({BEGIN})() !== null")
    page.wait_for_timeout(1500)
    yield page
    assert wrong == []
    assert page.locator(".stException, [data-testid=stAlertContentError]").count() == 0
    page.close()


def _click(page: Any, picture: str, share: float, height: float = 0.5) -> None:
    box = page.locator(f".st-key-ev-{picture} .nsewdrag").first.bounding_box()
    page.mouse.click(box["x"] + share * box["width"], box["y"] + height * box["height"])


def _told(page: Any, before: str) -> str:
    """What is said of the chosen beat, as soon as it is another one."""
    page.wait_for_function(
        f"before => ![before, undefined].includes(document.querySelector('{TOLD}')?.innerText)", arg=before
    )
    return str(page.locator(TOLD).inner_text())


def test_a_click_on_the_strip_moves_paper_and_list_and_one_on_the_paper_moves_nothing_but_the_beat(screen: Any) -> None:
    first = screen.locator(TOLD).inner_text()
    _click(screen, "overview", 0.6)
    screen.wait_for_function(f"() => ({BEGIN})() > 100")
    second = _told(screen, first)
    begin = screen.evaluate(BEGIN)
    assert begin == pytest.approx(0.6 * SECONDS - 5, abs=3)
    assert screen.locator("[role=option].on").count() == 1
    screen.evaluate(f"() => {{ {PAPER}.dataset.same = 'yes'; }}")
    _click(screen, "detail", 0.25)
    third = _told(screen, second)
    assert third != second
    assert screen.evaluate(f"() => {PAPER}.dataset.same") == "yes"
    assert screen.evaluate(BEGIN) == begin
    screen.locator("[role=option]").nth(2).click()
    assert _told(screen, third) != third


def test_keys_choose_edit_and_undo_but_not_while_a_time_is_typed(screen: Any) -> None:
    told = screen.locator(TOLD).inner_text()
    screen.keyboard.press("k")
    told = _told(screen, told)
    assert "Beat 2 of" in told
    screen.keyboard.press("v")
    told = _told(screen, told)
    assert told.endswith(": V")
    screen.keyboard.press("u")
    told = _told(screen, told)
    assert told.endswith(": ?")
    field = screen.locator(".st-key-rhythm-time input")
    field.click()
    screen.keyboard.type("svn")
    screen.wait_for_timeout(1500)
    assert field.input_value() == "svn"
    assert screen.locator(TOLD).inner_text() == told
    assert "0 edits" in screen.locator(".st-key-rhythm-history").inner_text()


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (390, 844)])
def test_nothing_scrolls_sideways(screen: Any, width: int, height: int) -> None:
    screen.set_viewport_size({"width": width, "height": height})
    screen.wait_for_timeout(2500)
    screen.wait_for_function(f"() => ({BEGIN})() !== null")
    assert screen.evaluate(SIDEWAYS) <= 0
