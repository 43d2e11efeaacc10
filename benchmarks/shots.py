"""Pictures of every page for the README: `python -m benchmarks.shots [folder]` starts the app and photographs it.

Each page at 1440 x 900 (`record.png`) and 1280 x 720 (`record-1280.png`), on a simulated record, so that no picture
holds a patient's data.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SIZES = ((1440, 900), (1280, 720))
RECORD = "simulated/left_bundle_branch_block"
READY = {"Record": ".st-key-ev-paper .nsewdrag", "Explain": ".st-key-ev-paper .heatmaplayer", "Models": ".ev-mcell"}


def main(folder: Path = ROOT / "docs") -> list[Path]:
    """Write a picture of each page in each size; returns the files."""
    from playwright.sync_api import sync_playwright

    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        raise SystemExit("shots needs chromium, chromium-browser or google-chrome")
    folder.mkdir(parents=True, exist_ok=True)
    server, address = _serve()
    try:
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            return [path for size in SIZES for path in _walk(browser, address, size, folder)]
    finally:
        server.terminate()
        server.wait()


def _serve() -> tuple["subprocess.Popen[bytes]", str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    host, _, port = address.partition(":")
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}", f"--server.address={host}"]
    quiet = subprocess.DEVNULL
    server = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"OMP_NUM_THREADS": "1"}, stdout=quiet, stderr=quiet)
    for _ in range(600):
        try:
            urllib.request.urlopen(f"http://{address}/_stcore/health", timeout=1).close()
            return server, f"http://{address}"
        except OSError:
            time.sleep(0.1)
    server.terminate()
    raise SystemExit("the app did not start within a minute")


def _walk(browser: Any, address: str, size: tuple[int, int], folder: Path) -> list[Path]:
    """One session through all pages, as a person would walk."""
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.set_default_timeout(120_000)
    page.goto(f"{address}/?record={RECORD}")
    written = []
    for name, ready in READY.items():
        if name != "Record":
            page.get_by_role("link", name=name, exact=True).click()
        if name == "Explain":
            _choose_model(page)
        page.wait_for_selector(f"{ready}, .st-key-empty", state="attached")
        page.wait_for_timeout(2500)
        path = folder / (f"{name.lower()}.png" if size == SIZES[0] else f"{name.lower()}-{size[0]}.png")
        page.screenshot(path=path)
        print(path)
        written.append(path)
    page.close()
    return written


def _choose_model(page: Any) -> None:
    """The network whose heat is the finer one, where it is installed."""
    choice = page.locator(".st-key-ev-networks").get_by_text("1-D residual network (Wang)")
    if choice.count():
        choice.first.click()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
