"""Where evidence is known to lie: pointing game and mass accuracy on LUDB's expert marks and on simulated ECGs.

A bundle branch block is in the QRS, a first degree AV block between P and QRS, fibrillation where P waves should be.
Only records in which the model itself sees the finding are counted: there is nothing to explain in the others.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecgviz.card import ModelCard
from ecgviz.datasets import wfdb_folders
from ecgviz.errors import ModelError
from ecgviz.evaluate.bootstrap import figure, resamples
from ecgviz.explain import BASELINES
from ecgviz.explain._explain import explain
from ecgviz.leads import PRECORDIAL, STANDARD_12
from ecgviz.readers.annotations import Wave, read_waves
from ecgviz.record import Record
from ecgviz.results import Attribution
from ecgviz.signals import synthetic
from ecgviz.zoo._checkpoints import Model
from ecgviz.zoo._predict import predict

__all__ = ["Known", "localise", "ludb", "place", "simulated", "standing"]

Spans = tuple[tuple[float, float], ...]
P_REGION_S = 0.25
"""Before the QRS, where a P wave would be."""


@dataclass(frozen=True, eq=False)
class Known:
    """A record whose evidence for `label` lies in `spans`, seconds by lead; a lead that is absent holds none.

    extent: the seconds in which everything is marked.
    """

    record: Record
    label: str
    group: str
    spans: dict[str, Spans]
    extent: tuple[float, float]


# LUDB's statement, our labels for it (the first that a model has), the group, and the region.
_LUDB = {
    "Complete left bundle branch block": (("LBBB", "CLBBB", "CD"), "bundle branch block in QRS", "QRS"),
    "Complete right bundle branch block": (("RBBB", "CRBBB", "CD"), "bundle branch block in QRS", "QRS"),
    "Incomplete right bundle branch block": (("IRBBB", "CD"), "bundle branch block in QRS", "QRS"),
    "I degree AV block": (("IAVB", "1AVB", "CD"), "AV block from P to QRS", "PQ"),
    "Rhythm: Atrial fibrillation": (("AF", "AFIB"), "fibrillation before QRS", "P"),
}


def ludb(root: Path, card: ModelCard) -> Iterator[Known]:
    """The records of LUDB in `root/ludb` with a finding of which it is known where it lies. DataError when absent."""
    source = wfdb_folders.open_ludb(root)
    for entry, said in source.table["labels"].items():
        for statement, (labels, group, region) in _LUDB.items():
            label = next((name for name in labels if name in card.label_names), None)
            if statement in said and label:
                record = source.read(str(entry))
                path = root / "ludb" / "data" / str(entry).partition("/")[2]
                waves = {lead: read_waves(path, lead.lower()) for lead in record.leads}
                ends = [t for found in waves.values() for wave in found for t in (wave.on_s, wave.off_s) if t]
                spans = {lead: _region(found, region) for lead, found in waves.items()}
                yield Known(record, label, group, spans, (min(ends), max(ends)))


def _region(waves: Sequence[Wave], region: str) -> Spans:
    qrs = [(w.on_s, w.off_s) for w in waves if w.kind == "QRS" and w.on_s is not None and w.off_s is not None]
    if region == "QRS":
        return tuple(qrs)
    if region == "PQ":
        p = [w.on_s for w in waves if w.kind == "P" and w.on_s is not None]
        pairs = [(max((s for s in p if s < on), default=None), on) for on, _ in qrs]
        return tuple((start, on) for start, on in pairs if start is not None and on - start < 0.6)
    ends = [w.off_s for w in waves if w.off_s is not None]
    return tuple((max([on - P_REGION_S, *(e for e in ends if e < on)]), on) for on, _ in qrs)


def _of_beats(key: str, seed: int) -> tuple[Record, tuple[synthetic.BeatTruth, ...]]:
    made = synthetic.simulate(key, seed=seed)
    return made.record, made.beats


def _between(first: str, last: str, only: str = "") -> Callable[[Sequence[synthetic.BeatTruth]], Spans]:
    """From one boundary of a beat to another, for beats of one AAMI class where it is given."""

    def spans(beats: Sequence[synthetic.BeatTruth]) -> Spans:
        each = [(getattr(b, first), getattr(b, last)) for b in beats if not only or b.label == only]
        return tuple((begin, end) for begin, end in each if begin is not None and end is not None)

    return spans


def _before_qrs(beats: Sequence[synthetic.BeatTruth]) -> Spans:
    pairs = [(a.t_off, b.qrs_on) for a, b in pairwise(beats)]
    return tuple((max(t, on - P_REGION_S), on) for t, on in pairs if t is not None and on is not None and t < on)


_QRS, _PQ = _between("qrs_on", "qrs_off"), _between("p_on", "qrs_on")
_SIMULATED = (
    ("left_bundle_branch_block", ("LBBB", "CLBBB", "CD"), "bundle branch block in QRS", _QRS, STANDARD_12),
    ("right_bundle_branch_block", ("RBBB", "CRBBB", "CD"), "bundle branch block in QRS", _QRS, STANDARD_12),
    (
        "first_degree_av_block",
        ("IAVB", "1AVB", "CD"),
        "AV block from P to QRS",
        _between("p_on", "qrs_on"),
        STANDARD_12,
    ),
    ("atrial_fibrillation", ("AF", "AFIB"), "fibrillation before QRS", _before_qrs, STANDARD_12),
    ("pvc_bigeminy", ("PVC", "VPB"), "the premature beats", _between("qrs_on", "t_off", "V"), STANDARD_12),
    ("premature_atrial_complexes", ("PAC",), "the premature beats", _between("p_on", "qrs_off", "S"), STANDARD_12),
    ("anterior_stemi", ("AMI", "MI"), "infarction, ST-T of V1-V4", _between("qrs_off", "t_off"), PRECORDIAL[:4]),
    ("inferior_q_waves", ("IMI", "MI"), "infarction, Q in II, III, aVF", _QRS, ("II", "III", "aVF")),
)


def simulated(card: ModelCard, seeds: Sequence[int] = range(3)) -> Iterator[Known]:
    """Simulated ECGs, of which the evidence is known exactly."""
    for key, labels, group, spans, leads in _SIMULATED:
        label = next((name for name in labels if name in card.label_names), None)
        for seed in seeds if label else ():
            record, beats = _of_beats(key, seed)
            assert label is not None
            yield Known(record, label, group, dict.fromkeys(leads, spans(beats)), (0.0, record.seconds))


def place(found: Attribution, known: Known) -> dict[str, float]:
    """mass: share of the evidence for the finding that lies where it should; chance: share of the trace that does.

    hit: whether the strongest place does; hit_chance: how often a random one would. A method that does not tell leads
    apart points at a time, which counts if it is right in any lead.
    """
    times = found.start_s + np.arange(found.scores.shape[1]) / found.fs
    within = (times >= known.extent[0]) & (times <= known.extent[1])
    evidence = np.clip(np.nan_to_num(found.scores.astype(np.float64)), 0, None)[:, within]
    mask = np.stack([_mask(times[within], known.spans.get(lead, ())) for lead in found.leads])
    points = mask.any(axis=0) if found.time_only else mask
    heat = evidence[0] if found.time_only else evidence
    total = float(evidence.sum())
    return {
        "mass": float(evidence[mask].sum()) / total if total else 0.0,
        "chance": float(mask.mean()),
        "hit": float(points.ravel()[int(heat.argmax())]) if total else 0.0,
        "hit_chance": float(points.mean()),
    }


def _mask(times: NDArray[np.float64], spans: Spans) -> NDArray[np.bool_]:
    inside = np.zeros(times.size, dtype=bool)
    for begin, end in spans:
        inside |= (times >= begin) & (times <= end)
    return inside


def localise(
    model: Model, cases: Iterable[Known], methods: Sequence[str], layers: Sequence[str] = ("",), most: int = 10
) -> list[dict[str, Any]]:
    """A row for each group and method (trivial maps too): n, mass {value, low, high}, chance, times_chance, hit,
    hit_chance. A method is `grad_cam`, or `grad_cam at stem` for another of `layers` where it has any.

    most: records of a group at most; those in which the model does not see the finding are left out. Methods that
    cannot explain the model are left out.
    """
    kept: dict[tuple[str, str], list[dict[str, float]]] = {}
    count: dict[str, int] = {}
    for known in cases:
        if count.get(known.group, 0) >= most or not predict(model, known.record)[known.label].positive:
            continue
        count[known.group] = count.get(known.group, 0) + 1
        for method in (*methods, *BASELINES):
            for layer in layers if method == "grad_cam" else ("",):
                try:
                    found = explain(model, known.record, known.label, method, layer)
                except ModelError:
                    continue
                name = f"{method} at {layer}" if layer else method
                kept.setdefault((known.group, name), []).append(place(found, known))
    return [{"group": group, "method": name} | _row(rows) for (group, name), rows in kept.items()]


def _row(rows: Sequence[dict[str, float]]) -> dict[str, Any]:
    mean = {key: float(np.mean([row[key] for row in rows])) for key in rows[0]}
    mass = np.array([row["mass"] for row in rows])
    draws = resamples(range(len(rows))) @ mass / len(rows)
    times = mean["mass"] / mean["chance"] if mean["chance"] else 0.0
    told: dict[str, Any] = {"n": len(rows), "mass": figure(mean["mass"], draws), "times_chance": round(times, 3)}
    return told | {key: round(mean[key], 5) for key in ("chance", "hit", "hit_chance")}


def standing(rows: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Each method's mean mass over the groups, so that no map wins by always naming the same wave; `beats_trivial`."""
    groups = {row["group"] for row in rows}
    mean: dict[str, float] = {}
    for method in dict.fromkeys(row["method"] for row in rows):
        mine = [row["mass"]["value"] for row in rows if row["method"] == method]
        if len(mine) == len(groups):
            mean[method] = float(np.mean(mine))
    best = max((mean[name] for name in BASELINES if name in mean), default=0.0)
    return {name: {"mass": round(v, 5), "beats_trivial": v > best} for name, v in mean.items() if name not in BASELINES}
