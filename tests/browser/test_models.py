"""The Models page and the choice of a model in a real browser: nothing scrolls sideways, the keyboard reaches all."""

import os
import socket
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
SIDEWAYS = "() => { const m = document.querySelector('[data-testid=stMain]'); return m.scrollWidth - m.clientWidth; }"
VIEWS = ("Size and speed", "Compare two", "What the seeds reported", "Card")


@pytest.fixture(scope="module")
def address(random_models: Path) -> Iterator[str]:
    """The app with the random models on a free port."""
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


def _open(chromium: Any, address: str, path: str, size: tuple[int, int]) -> Any:
    page = chromium.new_page(viewport={"width": size[0], "height": size[1]})
    page.set_default_timeout(120_000)
    page.goto(f"{address}/{path}")
    return page


@pytest.mark.parametrize("size", [(1440, 900), (1280, 720), (390, 844)])
def test_no_view_scrolls_sideways(chromium: Any, address: str, size: tuple[int, int]) -> None:
    page = _open(chromium, address, "models?model=challenge", size)
    page.wait_for_selector(".ev-mcell", state="attached")
    for name in VIEWS:
        page.locator(".st-key-models_view").get_by_text(name, exact=True).click()
        wanted = {"What the seeds reported": ".ev-claim", "Card": ".ev-facts", "Compare two": ".ev-note"}
        page.wait_for_selector(wanted.get(name, ".st-key-ev-models"), state="attached")
        page.wait_for_timeout(1500)
        assert page.evaluate(SIDEWAYS) <= 0, name
    page.close()


def test_a_name_in_the_table_opens_its_card(chromium: Any, address: str) -> None:
    page = _open(chromium, address, "models", (1280, 720))
    page.get_by_role("button", name="Superclasses, another").click()
    page.get_by_role("heading", name="Superclasses, another").wait_for()
    page.close()


def test_question_and_network_are_reached_by_the_keyboard(chromium: Any, address: str) -> None:
    page = _open(chromium, address, "explain", (1440, 900))
    page.wait_for_selector(".st-key-ev-networks input", state="attached")
    page.locator(".st-key-task input:checked").focus()
    page.keyboard.press("ArrowDown")
    page.wait_for_function("() => location.search.includes('model=challenge')")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")  # past the help of the list
    for _ in range(3):
        if page.evaluate("() => !!document.activeElement.closest('.st-key-ev-networks [role=radiogroup]')"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.wait_for_function("() => location.search.includes('model=slips')")
    page.close()
