"""The AF detector: its fit on one half of CinC 2017, its figures on the other half and on MIT-BIH, by record.

`python -m benchmarks.af` prints the coefficients that `ecgviz.signals.af` keeps; ECGVIZ_DATA names the folder with
`cinc2017` and `mitdb`. MIT-BIH has no part in the fit, the choice of features or the threshold.
"""

import csv
import os
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ecgviz.evaluate.bootstrap import figure, resamples
from ecgviz.evaluate.metrics import aurocs
from ecgviz.readers import read
from ecgviz.readers.annotations import read_annotations, read_rhythm
from ecgviz.results import BeatSeries
from ecgviz.signals import af
from ecgviz.signals.beats import r_peaks

Array = NDArray[np.float64]
FOLDS, RIDGE = 5, 1e-4
SAME_PERSON = {"202": "201"}


@dataclass(frozen=True, eq=False)
class Short:
    """A record of CinC 2017: its class and the features of its windows, (windows, 3)."""

    label: str
    rows: Array


def main() -> None:
    """Print the fit and both tables."""
    folder = os.environ.get("ECGVIZ_DATA")
    if not folder:
        print("set ECGVIZ_DATA to the folder that holds cinc2017 and mitdb")
        return
    fit, test, noisy = parts(Path(folder, "cinc2017"))
    centre, weights, threshold = fitted(fit)
    print(f"fit half: {counts(fit)}; test half: {counts(test)}")
    print(f"coefficients: INTERCEPT = {centre:.4f}, WEIGHTS = ({', '.join(f'{w:.4f}' for w in weights)})")
    print(f"threshold of the best F1 of AF in {FOLDS}-fold cross-validation of the fit half: {threshold:.2f}")
    print(f"kept in the code: {af.INTERCEPT}, {af.WEIGHTS}, {af.THRESHOLD}")
    for name, part in (("fit half", fit), ("test half", test)):
        report_short(name, [r.label for r in part], means(part), af.THRESHOLD)
    called = means(noisy) >= af.THRESHOLD
    print(f"CinC 2017, noisy records, in no other figure: {called.sum()} of {called.size} called AF")
    report_long(Path(folder, "mitdb"))


def parts(folder: Path) -> tuple[list[Short], list[Short], list[Short]]:
    """The fit and the test half, every second record of each class, and the noisy records, which are in neither.

    A record with fewer than 8 intervals has no windows.
    """
    found: tuple[list[Short], list[Short], list[Short]] = ([], [], [])
    seen: dict[str, int] = defaultdict(int)
    with (folder / "REFERENCE.csv").open() as lines:
        rows = sorted(csv.reader(lines))
    for name, label in rows:
        rr = np.diff(r_peaks(read(folder / f"{name}.hea")))
        rr = rr[rr <= af.LONGEST_RR_S]
        enough = rr.size >= af.LEAST_INTERVALS
        part = found[2] if label == "~" else found[seen[label] % 2]
        part.append(Short(label, af.features(af.windows(rr)) if enough else np.empty((0, 3))))
        seen[label] += 1
    return found


def means(part: list[Short]) -> Array:
    """Mean probability of AF over the windows of each record, by the coefficients kept in the code."""
    return np.array([float(probability(r.rows, af.INTERCEPT, np.array(af.WEIGHTS)).mean()) for r in part])


def counts(part: list[Short]) -> str:
    """Records of each class in words."""
    return ", ".join(f"{sum(r.label == label for r in part)} {label}" for label in "NAO")


def probability(rows: Array, intercept: float, weights: Array) -> Array:
    """Of AF in each window; 0 for a record without any."""
    return 1 / (1 + np.exp(-(intercept + rows @ weights))) if len(rows) else np.zeros(1)


def fitted(part: list[Short]) -> tuple[float, Array, float]:
    """Intercept, weights, and the threshold on out-of-fold record means; each record weighs 1 in all."""
    part = [r for r in part if len(r.rows)]
    truth = np.array([r.label == "A" for r in part])
    fold = np.random.default_rng(0).permutation(len(part)) % FOLDS
    scores = np.empty(len(part))
    for k in range(FOLDS):
        intercept, weights = logistic([r for r, f in zip(part, fold, strict=True) if f != k])
        for n in np.flatnonzero(fold == k):
            scores[n] = probability(part[n].rows, intercept, weights).mean()
    grid = np.arange(0.2, 0.81, 0.01)
    hits = scores[None] >= grid[:, None]
    f1 = 2 * (hits & truth).sum(axis=1) / (hits.sum(axis=1) + truth.sum())
    return *logistic(part), float(grid[f1.argmax()])


def logistic(part: list[Short]) -> tuple[float, Array]:
    """Logistic regression with a light ridge by Newton's method."""
    x = np.concatenate([np.c_[np.ones(len(r.rows)), r.rows] for r in part])
    y = np.concatenate([np.full(len(r.rows), float(r.label == "A")) for r in part])
    weight = np.concatenate([np.full(len(r.rows), 1 / len(r.rows)) for r in part])
    ridge = RIDGE * len(part) * np.diag([0.0, 1.0, 1.0, 1.0])
    b = np.zeros(4)
    for _ in range(25):
        p = 1 / (1 + np.exp(-x @ b))
        hessian = (x * (weight * p * (1 - p))[:, None]).T @ x + ridge
        b = b + np.linalg.solve(hessian, x.T @ (weight * (y - p)) - ridge @ b)
    return float(b[0]), b[1:]


def report_short(name: str, labels: list[str], scores: Array, threshold: float) -> None:
    """AUROC, sensitivity and specificity by record, AF against N and against N and O."""
    kinds = np.array(labels)
    for others, negatives in (("N", ("N",)), ("N and O", ("N", "O"))):
        use = np.isin(kinds, ("A", *negatives))
        y, s = (kinds[use] == "A").astype(float), scores[use]
        draws = resamples(np.arange(y.size))
        hit, af_, rest = s >= threshold, y > 0, y == 0
        area = float(aurocs(y[:, None], s[:, None])[0])
        areas = np.array([aurocs(np.repeat(y, d)[:, None], np.repeat(s, d)[:, None])[0] for d in draws])
        found = {"AUROC": figure(area, areas)}
        for word, of, right in (("Se", af_, hit), ("Sp", rest, ~hit)):
            found[word] = figure(float(right[of].mean()), (draws * (of & right)).sum(1) / (draws * of).sum(1))
        print(f"CinC 2017 {name}, AF (n={af_.sum()}) against {others} (n={rest.sum()}): {said(found)}")


def said(found: dict[str, dict[str, float | None]]) -> str:
    """Figures with their 95 % intervals."""
    return ", ".join(f"{k} {v['value']:.3f} ({v['low']:.3f} to {v['high']:.3f})" for k, v in found.items())


def report_long(folder: Path) -> None:
    """Seconds of MIT-BIH, from the reference beats and from the detector's own, interval by person."""
    names = sorted(path.stem for path in folder.glob("*.hea"))
    people = [SAME_PERSON.get(name, name) for name in names]
    for source in ("reference beats and classes", "own R peaks without classes"):
        tables = {name: seconds(folder / name, own=source.startswith("own")) for name in names}
        for what in ("AFIB, seconds of AFL left out", "AFIB or AFL"):
            rows = np.array([confusion(*tables[name], flutter=what == "AFIB or AFL") for name in names])
            draws = resamples(people)
            ratios = {"Se": (0, 2), "+P": (0, 1), "Sp": (3, 1)}
            found = {}
            for word, (top, other) in ratios.items():
                total, drawn = rows.sum(axis=0), draws @ rows
                found[word] = figure(
                    float(total[top] / (total[top] + total[other])), drawn[:, top] / (drawn[:, top] + drawn[:, other])
                )
            print(f"MIT-BIH, {len(names)} records, {what}, {source}, by second: {said(found)}")
        for name, (truth, hit) in tables.items():
            shares = [(truth == "AFIB").mean(), (truth == "AFL").mean(), hit.mean()]
            if max(shares) > 0.005:
                print(f"  {name}: AFIB {shares[0]:.1%}, AFL {shares[1]:.1%}, found {shares[2]:.1%}")


def seconds(stem: Path, *, own: bool) -> tuple[NDArray[np.str_], NDArray[np.bool_]]:
    """The annotated rhythm and the detector's answer for each second of a record."""
    record = read(f"{stem}.hea")
    truth = np.full(int(record.seconds), "", dtype="<U6")
    at = np.arange(truth.size) + 0.5
    for span in read_rhythm(stem):
        truth[(at >= span.start_s) & (at < span.end_s)] = span.name
    times = r_peaks(record) if own else np.empty(0)
    beats = BeatSeries(times, (None,) * times.size, "r_peaks") if own else read_annotations(stem)
    hit = np.zeros(truth.size, dtype=bool)
    for start, end in af.atrial_fibrillation(beats).episodes:
        hit |= (at >= start) & (at < end)
    return truth, hit


def confusion(truth: NDArray[np.str_], hit: NDArray[np.bool_], *, flutter: bool) -> list[int]:
    """Seconds true positive, false positive, false negative, true negative."""
    real = np.isin(truth, ("AFIB", "AFL") if flutter else ("AFIB",))
    use = (truth != "") & ((truth != "AFL") | flutter)
    return [int((use & a & b).sum()) for a, b in ((real, hit), (~real, hit), (real, ~hit), (~real, ~hit))]


if __name__ == "__main__":
    main()
