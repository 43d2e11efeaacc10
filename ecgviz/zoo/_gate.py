"""The gate before a prediction: faults of the recording, and how unlike the model's training records it is.

    models/<name>/gate.safetensors    where the training records lie, see `evaluate.out_of_distribution`

It belongs to the weights, so a view on another head uses that of the weights' owner and an ensemble those of its
members. The header names the digest of the weights.
"""

import copy
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save
from torch import Tensor, nn

from ecgviz import zoo
from ecgviz.card import InputSpec, ModelCard, load_card
from ecgviz.errors import ModelError
from ecgviz.evaluate.out_of_distribution import Reference, Shape, descriptors
from ecgviz.record import Flag, Record, worst_first
from ecgviz.results import Screening
from ecgviz.signals.prepare import Prepared, prepare
from ecgviz.zoo._checkpoints import Member, Model
from ecgviz.zoo._predict import tensors

__all__ = ["FILE", "features", "read", "screen", "strangeness", "write"]

FILE = "gate.safetensors"
SECONDS = 10.0
FAR = 2.0
"""Beyond so many times the limit a record is no longer unusual but something else."""
UNFIT = frozenset({"wrong_scale", "no_beats", "lead_swap"})
"""Findings with which no answer can be relied on, like every one of level `error`."""
HARMLESS = frozenset({"low_rate", "derived_lead", "unknown_patient"})
"""Findings outside what the network is given, or that it was told."""
SLOW_HZ = 0.45
"""Baseline wander lies below."""
LOOKS = {
    "size": "the size of its leads",
    "speed": "how fast and how steep its waves are",
    "leads": "how its leads go with each other",
    "network": "what the network makes of it",
}


def screen(model: Model, record: Record, flags: Iterable[Flag]) -> Screening:
    """See `ecgviz.zoo.screen`."""
    prepared = prepare(record, model.card.input)
    found = strangeness(model, record)
    reasons = [flag for flag in worst_first(flags, prepared.flags) if _counts(flag, model.card.input)]
    if found is not None and found[0] > found[1]:
        reasons.append(_unlike(*found))
    bad = [flag for flag in reasons if flag.code in UNFIT or flag.level == "error"]
    rest = [flag for flag in reasons if flag not in bad]
    number, most = (found[0], found[1]) if found else (None, None)
    verdict, sentence = _said(bad, rest, found is not None)
    return Screening(model.card.name, verdict, sentence, (*bad, *rest), number, most)


def _unlike(value: float, most: float, look: str) -> Flag:
    """The finding that a record is unusual for the model or, far beyond the limit, unlike all it was trained on."""
    far = value > FAR * most
    word = "unlike" if far else "unusual among"
    text = f"It is {word} the records that the model was trained on, most in {LOOKS[look]}"
    advice = "The model's figures were measured on other records."
    told = f"{text} ({value:.1f}; 99 % of good recordings stay below {most:.1f})."
    return Flag("unlike_training", told, advice, "error" if far else "warning")


def _counts(flag: Flag, spec: InputSpec) -> bool:
    """Whether a finding matters for this model."""
    if flag.code == "mains_hum":
        return spec.band_hz[1] >= 50
    if flag.code == "baseline_wander":
        return spec.band_hz[0] < SLOW_HZ
    return flag.code not in HARMLESS and flag.level != "info"


def _said(bad: Sequence[Flag], rest: Sequence[Flag], known: bool) -> tuple[Any, str]:
    if not bad and not rest:
        like = "it looks like the records that the model was trained on" if known else ""
        unknown = "whether it is like the model's training records is not known"
        return "fit", f"Nothing speaks against asking this model: no fault was found, and {like or unknown}."
    told = " ".join(flag.text for flag in (bad or rest)[:2])
    more = len(bad) + len(rest) - min(2, len(bad or rest))
    others = f" {more} more below." if more else ""
    return (
        ("unfit", f"Do not rely on this answer. {told}{others}") if bad else ("care", f"Read with care. {told}{others}")
    )


def strangeness(model: Model, record: Record) -> tuple[float, float, str] | None:
    """(strangeness, limit, the look that is strangest); for an ensemble means over its members.

    None where a member has no reference for its weights. Raises as `prepare`.
    """
    owners = owner_cards(model.card)
    kept = [read(card) for card in owners]
    if any(found is None for found in kept):
        return None
    rows, limits = [], []
    for reference, card, twin in zip(kept, owners, _twins(model), strict=True):
        assert reference is not None
        looks = _looks(record, card.input) | {"network": _seen(twin, prepare(record, card.input))}
        rows.append([float(shape.strangeness(looks[name])[0]) for name, shape in reference.looks.items()])
        limits.append(reference.limit)
    each = np.array(rows)
    names = list(kept[0].looks) if kept[0] else []
    return float(each.max(axis=1).mean()), float(np.mean(limits)), names[int(each.mean(axis=0).argmax())]


def owner_cards(card: ModelCard) -> list[ModelCard]:
    """The cards of the weights that a model uses."""
    return [load_card(zoo.models_folder() / name / "card.json") for name in card.members or (card.name,)]


def _looks(record: Record, spec: InputSpec) -> dict[str, NDArray[np.float64]]:
    """What the prepared record itself shows, the mean over its stretches of 10 s: (1, d) each."""
    whole = replace(spec, seconds=SECONDS, stride_s=SECONDS, scale_mv=1.0)
    found = descriptors(prepare(record, whole).x)
    return {name: values.mean(axis=0, keepdims=True) for name, values in found.items()}


def _seen(twin: nn.Module, prepared: Prepared) -> NDArray[np.float32]:
    return np.asarray(features(twin, *tensors(prepared)).mean(axis=0, keepdims=True), dtype=np.float32)


def features(twin: nn.Module, x: Tensor, person: Tensor) -> NDArray[np.float32]:
    """(windows, d): what the last layer of a network reads; twin: see `without_head`."""
    with torch.inference_mode():
        found: NDArray[np.float32] = twin(x, person).numpy()
    return found


@lru_cache(maxsize=4)
def _twins(model: Model) -> tuple[nn.Module, ...]:
    return tuple(without_head(member) for member in model.members)


def without_head(member: Member) -> nn.Module:
    """The network without its last layer, with the same parameters; hook-free, so safe for several threads."""
    shared = {id(p): p for p in (*member.network.parameters(), *member.network.buffers())}
    twin = copy.deepcopy(member.network, shared)
    last = member.module.output_layer(twin)
    for parent in list(twin.modules()):
        for key, child in parent.named_children():
            if child is last:
                setattr(parent, key, nn.Identity())
    return twin


def write(folder: Path, card: ModelCard, reference: Reference, trained: int) -> Path:
    """Keep the reference of a model's weights in its folder; trained: number of training records it rests on."""
    arrays: dict[str, NDArray[Any]] = {}
    numbers = {}
    for name, shape in reference.looks.items():
        arrays |= {f"{name}.mean": shape.mean.astype(np.float32), f"{name}.spread": shape.spread.astype(np.float32)}
        arrays[f"{name}.axes"] = np.ascontiguousarray(shape.axes.astype(np.float16))
        numbers[name] = {"rest": shape.rest, "centre": shape.centre, "width": shape.width}
    told = {"limit": reference.limit, "flagged": reference.flagged, "records": reference.records, "trained": trained}
    header = {"weights": card.weights_digest, "looks": json.dumps(numbers), "told": json.dumps(told)}
    path = folder / card.name / FILE
    path.write_bytes(save(arrays, header))
    _kept.cache_clear()
    return path


def read(card: ModelCard) -> Reference | None:
    """The reference of a model's weights; None where there is none or it belongs to other weights.

    Raises ModelError where it is damaged.
    """
    path = zoo.models_folder() / card.name / FILE
    if not path.is_file():
        return None
    return _kept(path, path.stat().st_mtime_ns, card.weights_digest)


@lru_cache(maxsize=16)
def _kept(path: Path, changed: int, digest: str) -> Reference | None:
    try:
        with safe_open(path, framework="numpy") as file:
            header = file.metadata() or {}
            arrays = {key: file.get_tensor(key).astype(np.float64) for key in file.keys()}  # noqa: SIM118
        numbers, told = json.loads(header["looks"]), json.loads(header["told"])
        parts = ("mean", "axes", "spread")
        looks = {name: Shape(*(arrays[f"{name}.{part}"] for part in parts), **row) for name, row in numbers.items()}
    except (OSError, SafetensorError, KeyError, ValueError, TypeError) as error:
        message = f"{path.parent.name}: {path.name} cannot be read ({error}); run calibrate-gate again."
        raise ModelError(message) from error
    if header.get("weights") != digest:
        return None
    return Reference(looks, float(told["limit"]), float(told["flagged"]), int(told["records"]))
