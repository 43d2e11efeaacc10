"""The app as a person meets it: a real server, a real browser, an upload, a prediction, its heat, another finding."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import wfdb

from ecgviz.signals import synthetic

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
HEAT = """() => {
  const plot = document.querySelector('.st-key-ev-paper .js-plotly-plot');
  const heat = plot && plot.data && plot.data.find(trace => trace.type === 'heatmap');
  if (!heat) return null;
  const z = heat.z.bdata || Array.from(heat.z, row => Array.from(row).join()).join(';');
  return {name: heat.name, z: z, x0: heat.x0, leads: plot.data.map(trace => trace.name)};
}"""

# The sheet is absent for a moment whenever Streamlit puts a new figure in its place: each of these is then null.
SHEET = "document.querySelector('.st-key-ev-paper .js-plotly-plot')"
WIDE = f"() => {{ const r = {SHEET}?._fullLayout?.xaxis?.range; return r ? r[1] - r[0] : null; }}"
LINE = f"() => {{ const y = {SHEET}?.data?.find(t => t.name === 'I')?.y; return y ? y.bdata || String(y) : null; }}"
SHAPES = f"() => {SHEET}?.layout ? ({SHEET}.layout.shapes || []).length : null"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(models: Path, log: Path) -> Iterator[str]:
    """The app on a free port; its address."""
    port = _free_port()
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        "app.py",
        f"--server.port={port}",
        "--server.address=127.0.0.1",
    ]
    environment = os.environ | {"ECGVIZ_MODELS": str(models), "OMP_NUM_THREADS": "1"}
    with log.open("w") as out, subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out) as process:
        try:
            _wait(f"http://127.0.0.1:{port}/_stcore/health", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def server(random_models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The app with the random models; its address and the file of its log."""
    log = tmp_path_factory.mktemp("server") / "log.txt"
    with serving(random_models, log) as address:
        yield address, log


def _wait(address: str, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(600):
        assert process.poll() is None, "the server ended"
        try:
            urllib.request.urlopen(address, timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the server did not start within a minute")


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A WFDB header and signal file: a record of PTB-XL where the data are there, else one of the gallery."""
    folder = tmp_path_factory.mktemp("pair")
    found = Path(os.environ.get("ECGVIZ_DATA", "/nowhere")) / "ptb-xl" / "records500" / "00000"
    names = [found / f"00001_hr{suffix}" for suffix in (".hea", ".dat")]
    if all(path.is_file() for path in names):
        return [Path(shutil.copy(path, folder)) for path in names]
    record = synthetic.simulate("atrial_fibrillation").record
    signal = record.signal.T.astype(np.float64)
    wfdb.wrsamp("af", record.fs, ["mV"] * 12, list(record.leads), signal, fmt=["16"] * 12, write_dir=str(folder))
    return [folder / "af.hea", folder / "af.dat"]


@pytest.fixture
def screen(chromium: Any, server: tuple[str, Path]) -> Iterator[Any]:
    """A page with the app open; at the end nothing may have gone wrong in the browser or in the server."""
    address, log = server
    page = chromium.new_page(viewport={"width": 1440, "height": 900})
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda r: wrong.append(r.url) if not r.url.startswith((address, "data:", "blob:")) else None)
    page.goto(address)
    page.set_default_timeout(120_000)
    page.wait_for_selector(".st-key-ev-paper .nsewdrag", state="attached")
    yield page
    assert wrong == []
    assert "Traceback" not in log.read_text()
    assert page.locator(".stException, [data-testid=stAlertContentError]").count() == 0
    page.close()


def _go(page: Any, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).click()


def _until(page: Any, condition: str, value: Any = None) -> None:
    page.wait_for_function(condition, arg=value, timeout=120_000)


def _of_sheet(page: Any, measure: str) -> Any:
    """What `measure` says of the sheet as soon as there is one."""
    return page.wait_for_function(measure, timeout=120_000).json_value()


def test_upload_explain_and_another_finding(screen: Any, pair: list[Path]) -> None:
    assert "Not a medical device" in screen.locator("footer.ev-foot").inner_text()
    screen.get_by_role("radio", name="Upload").click()
    screen.locator("[data-testid=stFileUploaderDropzoneInput]").set_input_files([str(path) for path in reversed(pair)])
    _until(screen, "name => document.querySelector('.ev-line b')?.innerText === name", pair[0].stem)

    _go(screen, "Explain")
    _until(screen, f"() => ({HEAT})() !== null")
    first = screen.evaluate(HEAT)
    assert {"I", "aVF", "V6"} <= set(first["leads"])
    assert first["z"]
    sentence = screen.locator(".ev-sentence").inner_text()
    assert re.search(r"0\.\d\d|1\.00", sentence)
    assert screen.locator(".ev-line b").inner_text() == pair[0].stem

    bars = screen.locator("[class*=st-key-bars-above] .barlayer .point path")
    bars.first.wait_for()
    assert bars.count() >= 2
    box = _box(bars.nth(1))
    screen.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    _until(screen, f"name => {{ const heat = ({HEAT})(); return heat !== null && heat.name !== name; }}", first["name"])
    second = screen.evaluate(HEAT)
    assert second["name"] != first["name"]
    assert second["z"] != first["z"]
    assert second["x0"] == first["x0"]
    assert screen.locator(".ev-sentence").inner_text() != sentence


def test_record_and_choices_stay_across_pages(screen: Any) -> None:
    screen.keyboard.press("ArrowRight")
    _until(screen, "() => !document.querySelector('.ev-line b').innerText.startsWith('Sinus rhythm')")
    name = screen.locator(".ev-line b").inner_text()
    for page in ("Models", "Explain", "Record"):
        _go(screen, page)
        screen.wait_for_selector({"Models": ".ev-mcell"}.get(page, ".st-key-ev-paper .nsewdrag"), state="attached")
        assert screen.locator(".ev-line b").inner_text() == name


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1280, 720), (390, 844)])
def test_no_page_scrolls_sideways(screen: Any, width: int, height: int) -> None:
    screen.set_viewport_size({"width": width, "height": height})
    main = "() => { const m = document.querySelector('[data-testid=stMain]'); return m.scrollWidth - m.clientWidth; }"
    screen.wait_for_selector(".st-key-ev-paper .nsewdrag", state="attached")
    assert screen.evaluate(main) <= 0


def _box(locator: Any) -> dict[str, float]:
    """Where an element is, waiting while it is being put in place."""
    for _ in range(100):
        locator.wait_for(state="attached")
        if box := locator.bounding_box():
            return dict(box)
        time.sleep(0.1)
    pytest.fail(f"{locator} has no place on the page")


def _drag(page: Any, box: dict[str, float]) -> None:
    """Draw from one place of the sheet to another."""
    page.mouse.move(box["x"] + 300, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 600, box["y"] + 250, steps=8)
    page.mouse.up()


def _zoom(page: Any, box: dict[str, float]) -> None:
    """Zoom until the sheet shows less than 6 s; a drag during which the figure is replaced is lost, so try again."""
    _of_sheet(page, WIDE)
    for _ in range(3):
        page.wait_for_timeout(1000)
        _drag(page, box)
        page.wait_for_timeout(2000)
        if _of_sheet(page, WIDE) < 6:
            return
    pytest.fail("a drag does not zoom")


def _choose_filter(page: Any) -> None:
    """Another display filter, and wait until the trace has changed."""
    before = _of_sheet(page, LINE)
    page.locator(".st-key-filter input").click()
    page.get_by_role("option", name="0.5-40 Hz").click()
    _until(page, f"before => {{ const line = ({LINE})(); return line !== null && line !== before; }}", before)


def test_zoom_and_calipers_survive_a_widget(screen: Any) -> None:
    box = _box(screen.locator(".st-key-ev-paper .nsewdrag").first)
    _zoom(screen, box)
    zoomed = _of_sheet(screen, WIDE)
    screen.locator(".st-key-ev-paper .modebar-btn[data-attr=dragmode][data-val=drawline]").click()
    _drag(screen, box)
    _until(screen, f"() => ({SHAPES})() === 1")
    screen.wait_for_timeout(1000)
    _choose_filter(screen)
    assert _of_sheet(screen, WIDE) == pytest.approx(zoomed, rel=0.02)
    _until(screen, f"() => ({SHAPES})() === 1")


def test_double_click_returns_to_the_whole_sheet(screen: Any) -> None:
    box = _box(screen.locator(".st-key-ev-paper .nsewdrag").first)
    whole = _of_sheet(screen, WIDE)
    _zoom(screen, box)
    _choose_filter(screen)
    for _ in range(3):  # a click during which the figure is replaced is lost
        screen.wait_for_timeout(2000)
        screen.mouse.dblclick(box["x"] + 400, box["y"] + 200)
        screen.wait_for_timeout(2000)
        if _of_sheet(screen, WIDE) == pytest.approx(whole, rel=0.01):
            return
    pytest.fail("a double click does not return to the whole sheet")


def test_link_straight_to_a_page_of_a_fresh_server_goes_through_the_router(
    chromium: Any, random_models: Path, tmp_path: Path
) -> None:
    with serving(random_models, tmp_path / "log.txt") as address:
        page = chromium.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{address}/models")
        page.wait_for_selector(".ev-mcell", timeout=120_000)
        page.get_by_role("link", name="Explain", exact=True).wait_for(timeout=60_000)
        assert page.get_by_role("link", name="app", exact=True).count() == 0
        page.close()
