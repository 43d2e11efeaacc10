"""From a click on another finding to its painted heat, in the browser, against the sum of what that cannot do without.

The parts, measured in the same run: the model's forward pass and gradient, an empty rerun of a Streamlit fragment, and
painting the same figure without heat.
"""

import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from playwright.sync_api import Page, sync_playwright
from plotly.io.json import to_json_plotly
from plotly.offline import get_plotlyjs

from benchmarks import Measure
from benchmarks.models import gradient_to_layer
from ecgviz import zoo
from ecgviz.plot import tracing
from ecgviz.signals import synthetic
from ecgviz.signals.prepare import prepare
from ecgviz.zoo._predict import tensors

ROOT = Path(__file__).resolve().parents[1]
REPEATS = 10
EMPTY = """
import streamlit as st
@st.fragment
def part():
    chosen = st.selectbox("Evidence for", list("abcdefghijklmnopqrstuvwx"))
    st.html(f"<p id='answer'>{chosen}</p>")
part()
"""
# Milliseconds from Enter until what NOW looks at is another thing and two frames have been painted.
_CHANGE = """() => new Promise(done => {
  const now = NOW;
  const before = now(); let begun = 0;
  const enter = e => { if (e.key === 'Enter') begun = performance.now(); };
  document.addEventListener('keydown', enter, {once: true, capture: true});
  const painted = () => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - begun)));
  const look = () => begun && now() && now() !== before ? painted() : requestAnimationFrame(look);
  look(); })"""
HEAT = _CHANGE.replace(
    "NOW",
    """() => { for (const g of document.querySelectorAll('.js-plotly-plot')) {
      const t = (g.data || []).find(t => t.type === 'heatmap'); if (t) return JSON.stringify(t.z); } return ''; }""",
)
TEXT = _CHANGE.replace("NOW", "() => document.querySelector('#answer')?.textContent")
PAINT = """spec => new Promise(done => { const begun = performance.now(); const box = document.createElement('div');
  document.body.replaceChildren(box);
  Plotly.newPlot(box, spec.data, spec.layout).then(() => requestAnimationFrame(() => requestAnimationFrame(
    () => done(performance.now() - begun)))); })"""


@contextmanager
def _serving(script: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log) as app,
    ):
        url = f"http://127.0.0.1:{port}"
        try:
            _wait(f"{url}/_stcore/health")
            yield url
        finally:
            app.terminate()


def _wait(url: str) -> None:
    for _ in range(120):
        try:
            urllib.request.urlopen(url, timeout=1).read()
            return
        except OSError:
            time.sleep(0.5)
    raise TimeoutError(f"no answer from {url}")


def _choices(page: Page, watch: str) -> list[float]:
    """Choose the next option of "Evidence for" again and again, each for the first time; the time of each change."""
    times = []
    box = page.get_by_role("combobox", name="Evidence for")
    for _ in range(REPEATS):
        box.click()
        page.keyboard.press("ArrowDown")
        page.evaluate(f"window.measured = ({watch})()" + "; undefined")
        page.keyboard.press("Enter")
        times.append(float(page.evaluate("window.measured")))
        page.wait_for_timeout(600)
    return times


def _paint(page: Page) -> float:
    page.goto("about:blank")
    page.add_script_tag(content=get_plotlyjs())
    spec: Any = tracing.page(synthetic.simulate("sinus_rhythm").record).to_plotly_json()
    text = to_json_plotly(spec)
    return statistics.median(
        float(page.evaluate(f"async text => {{ const spec = JSON.parse(text); return await ({PAINT})(spec); }}", text))
        for _ in range(REPEATS)
    )


def _computation(name: str) -> float:
    torch.set_num_threads(1)
    model = zoo.load(name)
    x, person = tensors(prepare(synthetic.simulate("sinus_rhythm").record, model.card.input))
    times = []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        gradient_to_layer(model, x, person)
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)


def main() -> list[Measure]:
    """Click to heat, its parts, and their ratio; nothing where there is no Chromium or no model."""
    chromium, cards = shutil.which("chromium"), zoo.cards()
    if chromium is None or not cards:
        return []
    with sync_playwright() as play, tempfile.TemporaryDirectory() as folder:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        with _serving(ROOT / "app.py") as url:
            page.goto(f"{url}/explain?model={cards[0].name}")
            page.get_by_role("combobox", name="Evidence for").wait_for(timeout=120_000)
            page.wait_for_timeout(5000)
            _choices(page, HEAT)
            click = statistics.median(_choices(page, HEAT))
        script = Path(folder) / "empty.py"
        script.write_text(EMPTY)
        with _serving(script) as url:
            page.goto(url)
            page.locator("#answer").wait_for(timeout=60_000)
            page.wait_for_timeout(2000)
            rerun = statistics.median(_choices(page, TEXT))
        paint = _paint(page)
        browser.close()
    model = _computation(cards[0].name)
    return [
        Measure("click to painted heat, warm", click, "ms"),
        Measure("forward pass and gradient", model, "ms"),
        Measure("empty rerun of a fragment", rerun, "ms"),
        Measure("painting the page without heat", paint, "ms"),
        Measure("click / sum of the parts", click / (model + rerun + paint), "x", 1.5),
    ]
