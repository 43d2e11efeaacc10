"""How well printed pages are read back, against the records that they were drawn from.

    ECGVIZ_DATA=... python -m benchmarks.digitiser --n 40 --split test --kinds clean,moderate,varied,pdf,images

Records of PTB-XL at 500 Hz, one a patient (simulated ones without a data folder), are rendered, damaged and digitised.
A page is right when every printed lead is found where it stands, refused when a step says why it stopped, and wrong
otherwise. Kinds: `clean` (3x4+1 as usual), a preset of `scans.degrade`, `varied` (machines of all kinds), `varied
moderate`, `pdf` (our own, through its lines) and `images` (real pages, judged by the limb leads' identities).
"""

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from benchmarks.digitiser_truth import compare, misplaced
from ecgviz.datasets import ptbxl
from ecgviz.datasets.library import data_root
from ecgviz.readers.scan import read_scan
from ecgviz.record import Record, Scan
from ecgviz.report.pdf import page
from ecgviz.scans.degrade import degrade
from ecgviz.scans.digitise import digitise
from ecgviz.scans.geometry import Digitised, PageGeometry
from ecgviz.scans.render import Style, random_style, render
from ecgviz.signals.gallery import GALLERY
from ecgviz.signals.synthetic import simulate

FOLDS = {"develop": tuple(range(1, 9)), "test": (10,), "unseen": (9,)}
"""`test` was looked at while the digitiser was mended, `unseen` was not."""
Page = tuple[Scan, PageGeometry | None, Record | None, bytes | None]


@dataclass
class Tally:
    """What became of the pages of one row of the table; pearson and rmse_uv: the leads of each page."""

    right: int = 0
    wrong: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    pearson: list[list[float]] = field(default_factory=list)
    rmse_uv: list[list[float]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def add(self, found: Digitised, record: Record | None, truth: PageGeometry | None) -> str:
        """Count one page; returns what became of it in a word or two."""
        if found.record is None or found.geometry is None:
            step = found.steps[-1]
            self.refused[step.name] = self.refused.get(step.name, 0) + 1
            return f"refused at {step.name}: {step.text}"
        if record is None:
            return self._real(found)
        bad = misplaced(found.geometry, truth) if truth is not None else []
        leads = compare(found.record, record, truth)
        self.pearson.append([r for _, r, _ in leads])
        self.rmse_uv.append([e for _, _, e in leads])
        worst = min(leads, key=lambda lead: lead[1])
        self.wrong, self.right = self.wrong + bool(bad), self.right + (not bad)
        said = f"WRONG: {bad}" if bad else "right"
        middle, error = np.median(self.pearson[-1]), np.median(self.rmse_uv[-1])
        return f"{said}, Pearson {middle:.3f} (worst {worst[0]} {worst[1]:.3f}), RMSE {error:.0f} uV"

    def _real(self, found: Digitised) -> str:
        """A real page is right when all twelve leads are named and the limb leads agree."""
        assert found.record is not None
        residual = [lead.residual_uv for lead in found.quality if lead.residual_uv is not None]
        plausible = len(found.record.leads) == 12 and bool(residual) and float(np.median(residual)) < 150
        self.right, self.wrong = self.right + plausible, self.wrong + (not plausible)
        self.rmse_uv.append([float(np.median(residual))] if residual else [])
        return (
            f"{'plausible' if plausible else 'DOUBTFUL'}, {found.geometry.layout}, limb leads agree within {residual}"
        )


def records(n: int, split: str, root: Path | None) -> Iterator[Record]:
    """Records of PTB-XL at 500 Hz, each of another patient, spread over the folds; without data, simulated ones."""
    if root is None:
        yield from (simulate(tuple(GALLERY)[k % len(GALLERY)], seed=k).record for k in range(n))
        return
    table = ptbxl.load_table(root)
    table = table[table["strat_fold"].isin(FOLDS[split])].drop_duplicates("patient_id")
    there = [i for i in table.index if (ptbxl.folder(root) / f"{table.loc[i, 'filename_hr']}.dat").is_file()]
    for number in np.random.default_rng(0).choice(there, min(n, len(there)), replace=False):
        yield replace(ptbxl.record(root, int(number)), name=str(number))


def printed(kind: str, n: int, split: str, root: Path | None) -> Iterator[Page]:
    """Rendered pages of a kind with their truth."""
    for k, record in enumerate(records(n, split, root)):
        if kind == "pdf":
            data = page(record)
            yield read_scan("page.pdf", data), None, record, data
            continue
        style = random_style(np.random.default_rng(1000 + k)) if kind.startswith("varied") else Style()
        scan, truth = render(record, style)
        preset = kind.removeprefix("varied").strip() or "clean"
        seen, where = (scan, truth) if preset == "clean" else degrade(scan, truth, preset, seed=k)
        yield seen, where, record, None


def real(n: int, root: Path | None) -> Iterator[Page]:
    """Real pages, evenly over classes and batches."""
    files = sorted((root / "ecg-images").glob("*/*.jpg")) if root is not None else []
    for k in np.unique(np.linspace(0, len(files) - 1, min(n, len(files))).astype(int)) if files else ():
        yield read_scan(files[k].name, files[k].read_bytes()), None, None, None


def run(kind: str, n: int, split: str, said: Callable[[str], None]) -> Tally:
    """Digitise every page of one kind."""
    tally, root = Tally(), data_root()
    for k, (scan, truth, record, pdf) in enumerate(
        real(n, root) if kind == "images" else printed(kind, n, split, root)
    ):
        start = time.perf_counter()
        found = digitise(scan, pdf=pdf)
        tally.seconds.append(time.perf_counter() - start)
        which = f"{truth.layout} {truth.speed:g} {truth.gain:g}" if truth is not None else ""
        said(f"{kind} {k} {scan.name} {which} {tally.seconds[-1]:.1f} s: {tally.add(found, record, truth)}")
    return tally


def interval(pages: list[list[float]]) -> str:
    """Median over all leads, and its 95 % bootstrap interval over pages."""
    pages = [values for values in pages if values]
    if not pages:
        return "-"
    rng = np.random.default_rng(0)
    drawn = [np.median(np.concatenate([pages[i] for i in rng.integers(0, len(pages), len(pages))])) for _ in range(500)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    middle = float(np.median(np.concatenate(pages)))
    shape = ".3f" if abs(middle) <= 1 else ".1f"
    return f"{middle:{shape}} ({low:{shape}}-{high:{shape}})"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--n", type=int, default=12, help="pages of each kind")
    parser.add_argument("--split", choices=tuple(FOLDS), default="develop")
    parser.add_argument("--kinds", default="clean,moderate,varied,pdf,images")
    parser.add_argument("--verbose", action="store_true")
    given, _ = parser.parse_known_args()
    source = f"PTB-XL 500 Hz, folds {FOLDS[given.split]}, a patient each" if data_root() else "simulated records"
    print(f"{source}; median over leads, 95 % by bootstrap over pages. images: residual of the limb leads in uV.")
    print("kind               n  right refused wrong  Pearson (95 %)       RMSE uV (95 %)       s/page (most)")
    for kind in given.kinds.split(","):
        tally = run(kind, given.n, given.split, lambda text: print("  ", text, flush=True) if given.verbose else None)
        print(
            f"{kind:16} {len(tally.seconds):3} {tally.right:6} {sum(tally.refused.values()):7} {tally.wrong:5}"
            f"  {interval(tally.pearson):20} {interval(tally.rmse_uv):20} {np.median(tally.seconds or [0]):.1f}"
            f" ({max(tally.seconds, default=0):.1f})  {tally.refused or ''}",
            flush=True,
        )


if __name__ == "__main__":
    main()
