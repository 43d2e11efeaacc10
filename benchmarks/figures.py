"""What a 12-lead page of 10 s at 500 Hz costs: to build, to send, to paint; and what the heat adds.

The paint ratio is taken in one browser, the two figures in turn, from the call to the frame after it is on screen.
"""

import json
import shutil
import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import plotly.io
from plotly.offline import get_plotlyjs

from benchmarks import Measure, table
from ecgviz.leads import STANDARD_12
from ecgviz.plot import overlay, tracing
from ecgviz.record import Record
from ecgviz.results import Attribution

_FS, _SECONDS, _STEP_MS = 500.0, 10.0, 160.0
_WARM_UP = 2
_PAINT = """async (spec) => {
  const at = document.getElementById('figure');
  Plotly.purge(at);
  const begin = performance.now();
  await Plotly.newPlot(at, spec.data, spec.layout, {displaylogo: false});
  await new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)));
  return performance.now() - begin;
}"""
_FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]


def subject() -> tuple[Record, Attribution]:
    """Beats of Gaussian waves with noise in 12 leads, and evidence on each QRS."""
    rng = np.random.default_rng(0)
    t = np.arange(round(_FS * _SECONDS)) / _FS
    phase = (t - 0.4) % 0.8
    waves = ((0.12, 0.16, 0.02), (1.1, 0.32, 0.009), (-0.3, 0.345, 0.01), (0.3, 0.56, 0.045))
    beat = sum(height * np.exp(-(((phase - at) / wide) ** 2)) for height, at, wide in waves)
    signal = rng.uniform(-1, 1.5, (12, 1)) * beat + 0.01 * rng.standard_normal((12, t.size))
    near = np.exp(-(((phase - 0.33) / 0.08) ** 2))
    scores = np.repeat(near.reshape(-1, round(_FS * _STEP_MS / 2000)).mean(axis=1), round(_FS * _STEP_MS / 2000))
    names = {"label": "LBBB", "model": "benchmark", "method": "Grad-CAM", "resolution_ms": _STEP_MS, "time_only": True}
    record = Record(signal.astype(np.float32), _FS, STANDARD_12)
    return record, Attribution(np.tile(scores, (12, 1)).astype(np.float32), _FS, 0.0, STANDARD_12, **names)  # type: ignore[arg-type]


def median_ms(work: Callable[[], Any], times: int = 15) -> float:
    """Median time of a call, ms, after one call that is not counted."""
    work()
    spent = []
    for _ in range(times):
        begin = time.perf_counter()
        work()
        spent.append(1000 * (time.perf_counter() - begin))
    return statistics.median(spent)


def painted_ms(figures: dict[str, Any], times: int = 40) -> dict[str, float] | None:
    """Best time until each figure is on screen, ms, in turn and back in one Chromium; None where there is none."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        return None
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=_FLAGS)
        tab = browser.new_page(viewport={"width": 1280, "height": 900})
        tab.set_content("<div id='figure'></div>")
        tab.add_script_tag(content=get_plotlyjs())
        spent: dict[str, list[float]] = {name: [] for name in figures}
        for turn in range(times + _WARM_UP):
            for name in sorted(figures, reverse=turn % 2 == 1):
                spent[name].append(tab.evaluate(_PAINT, figures[name]))
        browser.close()
    return {name: min(values[_WARM_UP:]) for name, values in spent.items()}


def main() -> list[Measure]:
    """Build, size and paint of the plain page and of the page with heat."""
    record, attribution = subject()
    drawn: dict[str, Callable[..., Any]] = {
        "page": partial(tracing.page, record),
        "page with heat": partial(overlay.page, record, attribution),
        "page with heat bands": partial(overlay.page, record, attribution, style="band"),
    }
    sent = {name: plotly.io.to_json(draw()) for name, draw in drawn.items()}
    measures = [Measure(f"{name}, built", median_ms(draw), "ms", 40) for name, draw in drawn.items()]
    measures += [Measure(f"{name}, sent", len(spec) / 1000, "kB", 300) for name, spec in sent.items()]
    for layout in ("6x2", "12x1"):
        size = len(plotly.io.to_json(drawn["page with heat"](layout=layout))) / 1000
        measures.append(Measure(f"page with heat {layout}, sent", size, "kB", 600))
    spent = painted_ms({name: json.loads(spec) for name, spec in sent.items()})
    if spent is not None:
        plain = spent.pop("page")
        measures.append(Measure("page, painted", plain, "ms"))
        measures += [Measure(f"{name} / page, painted", ms / plain, "x", 1.3) for name, ms in spent.items()]
    return measures


if __name__ == "__main__":
    print(table(main()))
