"""How well printed pages are read back: pages of simulated records and, with ECGVIZ_DATA, of PTB-XL at 500 Hz.

    python -m benchmarks.digitiser --pages 30

Each page is rendered, damaged by a preset, digitised and held against the record it was drawn from. A page is right
when every printed lead is found where it stands, refused when a step says why it stopped, and wrong otherwise.
"""

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ecgviz.datasets import ptbxl
from ecgviz.datasets.library import data_root
from ecgviz.record import Record
from ecgviz.scans.degrade import degrade
from ecgviz.scans.digitise import digitise
from ecgviz.scans.geometry import Digitised, PageGeometry
from ecgviz.scans.render import Style, random_style, render
from ecgviz.signals.gallery import GALLERY
from ecgviz.signals.synthetic import simulate

NEAR_MM = 12.0
STATES = tuple(GALLERY)


@dataclass
class Tally:
    """What became of the pages of one row of the table."""

    right: int = 0
    wrong: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    pearson: list[float] = field(default_factory=list)
    rmse_uv: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


def misplaced(found: PageGeometry, truth: PageGeometry) -> list[str]:
    """Leads that are printed but not found where they stand, or found where another stands."""
    mm = truth.px_per_mm[0] * _scale(truth)
    places = {(box.lead, round(box.start_s)): truth.to_picture(_corner(box)) for box in truth.boxes}
    seen = [(box.lead, found.to_picture(_corner(box))) for box in found.boxes]
    bad = []
    for (lead, _), place in places.items():
        if not any(name == lead and np.hypot(*(at - place)[0]) < NEAR_MM * mm for name, at in seen):
            bad.append(lead)
    return bad


def _corner(box) -> np.ndarray:  # type: ignore[no-untyped-def]
    return np.array([(box.x0, box.baseline)])


def _scale(truth: PageGeometry) -> float:
    return float(np.sqrt(abs(np.linalg.det(np.asarray(truth.homography)[:2, :2]))))


def compare(found: Record, record: Record, truth: PageGeometry) -> Iterator[tuple[str, float, float]]:
    """For each printed lead: its name, Pearson and RMSE in microvolts over the time that was printed."""
    for box in sorted(truth.boxes, key=lambda b: b.start_s - b.end_s):
        lead = box.lead.lstrip("-")
        if lead not in found.leads:
            continue
        times = found.times
        inside = (times >= box.start_s) & (times < box.end_s) & np.isfinite(found[lead])
        true = np.interp(times[inside], record.times, record[lead])
        if inside.sum() > 100 and np.std(true) > 0:
            got = found[lead][inside]
            yield lead, float(np.corrcoef(got, true)[0, 1]), 1000 * float(np.sqrt(np.mean((got - true) ** 2)))


def count(tally: Tally, found: Digitised, record: Record, truth: PageGeometry) -> str:
    """Add one page to a tally; returns what became of it in a word or two."""
    if found.record is None or found.geometry is None:
        step = found.steps[-1].name
        tally.refused[step] = tally.refused.get(step, 0) + 1
        return f"refused at {step}: {found.steps[-1].text}"
    bad = misplaced(found.geometry, truth)
    figures = {lead: (r, e) for lead, r, e in compare(found.record, record, truth)}
    tally.pearson += [r for r, _ in figures.values()]
    tally.rmse_uv += [e for _, e in figures.values()]
    if bad:
        tally.wrong += 1
        return f"WRONG: {bad}"
    tally.right += 1
    return f"right, Pearson {np.median([r for r, _ in figures.values()]):.3f}"


def records(pages: int, root: Path | None) -> Iterator[tuple[str, Record]]:
    """Simulated records, then records of PTB-XL spread over its folds."""
    for n in range(pages):
        yield "simulated", simulate(STATES[n % len(STATES)], seed=n).record
    if root is not None:
        table = ptbxl.load_table(root)
        there = [i for i in table.index if (ptbxl.folder(root) / f"{table.loc[i, 'filename_hr']}.dat").is_file()]
        rng = np.random.default_rng(0)
        for number in rng.choice(there, min(pages, len(there)), replace=False):
            yield "PTB-XL", ptbxl.record(root, int(number))


def interval(values: list[float], rng: np.random.Generator) -> tuple[float, float, float]:
    """Median and its 95 % bootstrap interval."""
    array = np.array(values)
    medians = np.median(rng.choice(array, (500, array.size)), axis=1)
    low, high = np.quantile(medians, [0.025, 0.975])
    return float(np.median(array)), float(low), float(high)


def run(pages: int, presets: list[str], varied: bool, verbose: bool) -> dict[tuple[str, str], Tally]:
    """Digitise every page under every preset."""
    tallies: dict[tuple[str, str], Tally] = {}
    for n, (source, record) in enumerate(records(pages, data_root())):
        style = random_style(np.random.default_rng(1000 + n)) if varied else Style()
        scan, truth = render(record, style)
        for preset in presets:
            tally = tallies.setdefault((source, preset), Tally())
            seen, where = (scan, truth) if preset == "clean" else degrade(scan, truth, preset, seed=n)
            start = time.perf_counter()
            found = digitise(seen)
            tally.seconds.append(time.perf_counter() - start)
            said = count(tally, found, record, where)
            if verbose:
                print(f"{source} {n} {preset} {style.layout} {tally.seconds[-1]:.1f} s: {said}", flush=True)
    return tallies


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=20)
    parser.add_argument("--presets", default="clean,light,moderate,heavy")
    parser.add_argument("--varied", action="store_true", help="pages of random machines instead of the usual one")
    parser.add_argument("--verbose", action="store_true")
    given, _ = parser.parse_known_args()
    rng = np.random.default_rng(0)
    print("source     preset    n  right refused wrong  Pearson (95 %)         RMSE uV (95 %)       s/page")
    for (source, preset), tally in run(given.pages, given.presets.split(","), given.varied, given.verbose).items():
        refused = sum(tally.refused.values())
        r, e = (interval(v, rng) if v else (np.nan,) * 3 for v in (tally.pearson, tally.rmse_uv))
        print(
            f"{source:10} {preset:8} {len(tally.seconds):3} {tally.right:5} {refused:7} {tally.wrong:5}"
            f"  {r[0]:.3f} ({r[1]:.3f}-{r[2]:.3f})  {e[0]:6.1f} ({e[1]:.1f}-{e[2]:.1f})  {np.median(tally.seconds):.1f}"
            f"  {tally.refused or ''}"
        )


if __name__ == "__main__":
    main()
