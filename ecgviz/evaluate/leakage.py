"""The audit that blocks: a split is refused where what is learned from could tell what is tested on.

Each `refuse_...` raises LeakageError in one line and otherwise returns what it found, in words.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecgviz.errors import LeakageError
from ecgviz.evaluate.metrics import aurocs

__all__ = [
    "Pair",
    "Split",
    "audit",
    "near_duplicates",
    "refuse_doubled_records",
    "refuse_equal_signals",
    "refuse_foreign_scale",
    "refuse_shared_patients",
    "refuse_similar_signals",
    "refuse_telling_metadata",
    "refuse_tuned_on_test",
    "training_scale",
]

ALIKE = 0.999
"""Correlation of two whole recordings above which they are taken for one."""
TELLING = 0.9
"""AUROC that no honest input reaches alone. In PTB-XL age, sex, size and site stay under 0.85; remarks on a pacemaker
(0.98 for PACE), extra beats (0.92 for PVC) and the stage of infarction (0.92), made by who labelled, do not."""
FEWEST = 20
SCALE_TOLERANCE = 1e-3
DIRECTIONS = 64
SLACK = 2.5
"""Candidates are looked for up to this many times the squared distance: 64 random directions miss one in 10^8."""
BLOCK = 512


@dataclass(frozen=True, eq=False)
class Split:
    """One split: ids and patients (records,), x (records, leads, samples), y (records, labels) of 0 and 1."""

    ids: NDArray[Any]
    patients: NDArray[Any]
    x: NDArray[np.floating]
    y: NDArray[np.floating]


@dataclass(frozen=True)
class Pair:
    """Two records of different splits whose signals are nearly or exactly the same."""

    splits: tuple[str, str]
    ids: tuple[Any, Any]
    correlation: float


def audit(
    splits: Mapping[str, Split],
    names: Sequence[str],
    scale_mv: float,
    thresholds_from: str = "validation",
    tested_on: str = "test",
    metadata: Mapping[str, NDArray[Any]] | None = None,
) -> dict[str, Any]:
    """Every check of a training with the splits `train`, `validation`, `test`: the section `audit` of `report.json`.

    names: of the labels; scale_mv: what the input is divided by; metadata: each column (training records,), numbers or
    booleans, NaN where unknown, that the network gets beside the signal. Raises LeakageError at the first failure.
    """
    train = splits["train"]
    steps: dict[str, Callable[[], str]] = {
        "patients in two splits": lambda: refuse_shared_patients(splits),
        "records that occur twice": lambda: refuse_doubled_records(splits),
        "equal signals in two splits": lambda: refuse_equal_signals(splits),
        "nearly equal signals in two splits": lambda: refuse_similar_signals(splits),
        "scale of the input from the training records alone": lambda: refuse_foreign_scale(scale_mv, train.x),
        "inputs beside the signal that tell a label": lambda: refuse_telling_metadata(metadata or {}, train.y, names),
        "thresholds from the tested records": lambda: refuse_tuned_on_test(thresholds_from, tested_on),
        "classes without a positive": lambda: absent_classes(splits, names),
    }
    return {"checked": [{"what": what, "found": check(), "passed": True} for what, check in steps.items()]}


def refuse_shared_patients(splits: Mapping[str, Split]) -> str:
    """LeakageError where a patient has records in two splits."""
    for (one, a), (other, b) in combinations(splits.items(), 2):
        shared = np.intersect1d(a.patients, b.patients)
        if shared.size:
            raise LeakageError(
                f"{shared.size} patients are in both {one} and {other}, patient {shared[0]} first; "
                "use the published folds."
            )
    counted = ", ".join(f"{name} {np.unique(split.patients).size}" for name, split in splits.items())
    return f"none; patients: {counted}"


def refuse_doubled_records(splits: Mapping[str, Split]) -> str:
    """LeakageError where a record occurs twice in a split (oversampling before the split) or in two splits."""
    for name, split in splits.items():
        ids, counts = np.unique(split.ids, return_counts=True)
        if (counts > 1).any():
            raise LeakageError(
                f"{(counts > 1).sum()} records occur more than once in {name}, record {ids[counts > 1][0]} first; "
                "split first, and oversample only while training."
            )
    for (one, a), (other, b) in combinations(splits.items(), 2):
        shared = np.intersect1d(a.ids, b.ids)
        if shared.size:
            raise LeakageError(
                f"{shared.size} records are in both {one} and {other}, record {shared[0]} first; leave them in one."
            )
    return f"none in {sum(len(split.ids) for split in splits.values())} records"


def refuse_equal_signals(splits: Mapping[str, Split]) -> str:
    """LeakageError where the samples of two splits' records are equal to the bit."""
    seen: dict[bytes, tuple[str, Any]] = {}
    for name, split in splits.items():
        digests = [hashlib.blake2b(np.ascontiguousarray(row).tobytes(), digest_size=16).digest() for row in split.x]
        for digest, one in zip(digests, split.ids, strict=True):
            if digest in seen and seen[digest][0] != name:
                where, other = seen[digest]
                raise LeakageError(
                    f"The signal of record {one} of {name} is that of record {other} of {where}; keep one of them."
                )
        seen |= {digest: (name, one) for digest, one in zip(digests, split.ids, strict=True)}
    return f"none in {len(seen)} distinct signals"


def refuse_similar_signals(splits: Mapping[str, Split]) -> str:
    """LeakageError where two splits' recordings correlate by more than 0.999: copies at another gain or rounding."""
    found = near_duplicates(splits)
    if found:
        worst = max(found, key=lambda pair: pair.correlation)
        (one, other), (a, b) = worst.splits, worst.ids
        raise LeakageError(
            f"{len(found)} pairs of recordings are the same in two splits: record {a} of {one} and {b} of {other} "
            f"correlate by {worst.correlation:.5f}; leave one of each pair out of the training."
        )
    return f"no pair with a correlation above {ALIKE}"


def near_duplicates(splits: Mapping[str, Split]) -> list[Pair]:
    """Pairs of records of different splits that are equal or correlate by more than 0.999, all leads together.

    Candidates are near in 64 random directions, which keep distances; each is then compared in full. Records without
    any signal are not compared.
    """
    sketches = {name: _sketch(split.x) for name, split in splits.items()}
    pairs = []
    for one, other in combinations(splits, 2):
        for i, j in _candidates(sketches[one], sketches[other]):
            a, b = splits[one], splits[other]
            correlation = _correlation(a.x[i], b.x[j])
            if correlation > ALIKE:
                pairs.append(Pair((one, other), (_plain(a.ids[i]), _plain(b.ids[j])), correlation))
    return pairs


def _sketch(x: NDArray[np.floating]) -> NDArray[np.float32]:
    """(records, 64) of unit-length signals in random directions; NaN for a record without any signal."""
    width = int(np.prod(x.shape[1:]))
    directions = np.random.default_rng(0).standard_normal((width, DIRECTIONS), dtype=np.float32)
    directions /= np.sqrt(np.float32(DIRECTIONS))
    parts = []
    for i in _begins(x):
        flat = x[i : i + BLOCK].reshape(-1, width).astype(np.float32)
        flat -= flat.mean(axis=1, keepdims=True)
        length = np.sqrt(np.einsum("ij,ij->i", flat, flat))
        parts.append(flat @ directions / np.where(length > 0, length, np.nan)[:, None])
    return np.concatenate(parts) if parts else np.empty((0, DIRECTIONS), np.float32)


def _begins(x: NDArray[np.floating]) -> range:
    return range(0, len(x), BLOCK)


def _candidates(a: NDArray[np.float32], b: NDArray[np.float32]) -> list[tuple[int, int]]:
    nearest = SLACK * 2 * (1 - ALIKE)
    size = np.einsum("ij,ij->i", b, b)
    found: list[tuple[int, int]] = []
    for i in _begins(a):
        part = a[i : i + BLOCK]
        distance = np.einsum("ij,ij->i", part, part)[:, None] + size - 2 * part @ b.T
        found += [(i + int(row), int(column)) for row, column in np.argwhere(distance < nearest)]
    return found


def _correlation(a: NDArray[np.floating], b: NDArray[np.floating]) -> float:
    return float(np.corrcoef(a.ravel().astype(np.float64), b.ravel().astype(np.float64))[0, 1])


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def training_scale(train_x: NDArray[np.floating]) -> float:
    """The one SD, about 0 mV, over all samples and leads of (records, leads, samples)."""
    squares = [np.square(train_x[i : i + BLOCK].astype(np.float32)).sum(dtype=np.float64) for i in _begins(train_x)]
    return float(np.sqrt(sum(squares) / train_x.size))


def refuse_foreign_scale(scale_mv: float, train_x: NDArray[np.floating]) -> str:
    """LeakageError where the stated scale is not that of the training records."""
    own = training_scale(train_x)
    if abs(scale_mv / own - 1) > SCALE_TOLERANCE:
        raise LeakageError(
            f"The input is divided by {scale_mv:.5f} mV, but the SD of the training records is {own:.5f} mV; "
            "compute it from them alone."
        )
    return f"{scale_mv:.5f} mV stated, {own:.5f} mV in the training records"


def refuse_telling_metadata(metadata: Mapping[str, NDArray[Any]], y: NDArray[np.floating], names: Sequence[str]) -> str:
    """LeakageError where a column alone, or whether it is filled in, gives a label with 20 positives an AUROC > 0.9.

    metadata: columns (records,) of numbers or booleans, NaN where unknown; y: (records, labels).
    """
    enough = np.flatnonzero((y.sum(axis=0) >= FEWEST) & (len(y) - y.sum(axis=0) >= FEWEST))
    told: list[tuple[float, str, str]] = []
    for column, given in metadata.items():
        values = np.asarray(given, dtype=np.float64)
        known = np.isfinite(values)
        looks = {column: np.where(known, values, np.median(values[known]) if known.any() else 0.0)}
        if not known.all():
            looks[f"whether {column} is known"] = known.astype(np.float64)
        for word, look in looks.items():
            areas = aurocs(y[:, enough], np.repeat(look[:, None], enough.size, axis=1))
            told += [(float(max(a, 1 - a)), word, names[int(k)]) for a, k in zip(areas, enough, strict=True)]
    if told and max(told)[0] > TELLING:
        area, column, label = max(told)
        raise LeakageError(f"The input {column} alone tells {label} (AUROC {area:.3f}); leave it out of the inputs.")
    if not told:
        return "no input beside the signal"
    return f"{', '.join(metadata)}: at most {max(told)[0]:.3f} AUROC ({max(told)[2]} by {max(told)[1]})"


def refuse_tuned_on_test(thresholds_from: str, tested_on: str) -> str:
    """LeakageError where the thresholds were chosen on the split that is evaluated."""
    if thresholds_from == tested_on:
        raise LeakageError(
            f"The thresholds were chosen on {thresholds_from}, which is also what is evaluated; "
            "choose them on another split."
        )
    return f"thresholds from {thresholds_from}, figures from {tested_on}"


def absent_classes(splits: Mapping[str, Split], names: Sequence[str]) -> str:
    """Which classes a split has no positive of; not a fault, but their figures cannot be given."""
    lacking = []
    for name, split in splits.items():
        absent = [label for label, count in zip(names, split.y.sum(axis=0), strict=True) if count == 0]
        if absent:
            lacking.append(f"{name} lacks {', '.join(absent)}")
    return "; ".join(lacking) or "none"
