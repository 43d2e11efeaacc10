"""The JSON of each command: stable keys, plain numbers, never NaN or Infinity."""

import json
import math
from dataclasses import asdict
from typing import Any

import numpy as np

from ecgviz.card import Card
from ecgviz.record import Flag, Record
from ecgviz.results import Attribution, Prediction, Screening

__all__ = ["attribution", "card", "dumps", "evaluation", "flags_of", "prediction", "record"]


def dumps(answer: Any) -> str:
    """Strict JSON in one line of ASCII, safe for every console; a number that is not finite becomes null."""
    return json.dumps(_plain(answer), allow_nan=False)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return _plain(value.tolist())
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def flags_of(flags: tuple[Flag, ...]) -> list[dict[str, Any]]:
    """Each flag as an object."""
    return [asdict(flag) for flag in flags]


def record(found: Record, flags: tuple[Flag, ...]) -> dict[str, Any]:
    """Of `read`."""
    return {
        "format": found.provenance.format,
        "fs": found.fs,
        "leads": found.leads,
        "samples": found.samples,
        "seconds": round(found.seconds, 6),
        "patient": asdict(found.patient),
        "flags": flags_of(flags),
        "notes": found.notes,
        "digest": found.digest,
    }


def card(found: Card) -> dict[str, Any]:
    """Of `models`, one model."""
    return {
        "name": found.name,
        "task": found.task,
        "architecture": found.architecture,
        "parameters": found.parameters,
        "labels": found.label_names,
        "metrics": {name: asdict(figure) for name, figure in found.metrics.items()},
    }


def prediction(found: Prediction, flags: tuple[Flag, ...], gate: Screening | None = None) -> dict[str, Any]:
    """Of `predict`; labels in the card's order, and what stands before the answer."""
    told = {
        "model": found.model,
        "predictions": [
            {
                "label": finding.label,
                "probability": round(finding.probability, 6),
                "threshold": round(finding.threshold, 6),
                "positive": finding.positive,
            }
            for finding in found.findings
        ],
        "flags": flags_of(flags),
    }
    return told | ({"gate": _gate(gate)} if gate else {})


def _gate(found: Screening) -> dict[str, Any]:
    return {
        "verdict": found.verdict,
        "sentence": found.sentence,
        "reasons": [flag.code for flag in found.reasons],
        "strangeness": found.strangeness,
        "limit": found.limit,
    }


def attribution(found: Attribution) -> dict[str, Any]:
    """Of `explain`; scores (leads, samples), four decimals."""
    return {
        "leads": found.leads,
        "fs": found.fs,
        "start_s": found.start_s,
        "scores": np.round(found.scores.astype(np.float64), 4),
    }


def evaluation(found: dict[str, Any]) -> dict[str, Any]:
    """Of `evaluate`; each metric with its interval."""
    metrics = {
        name: {bound: figure.get(bound) for bound in ("value", "low", "high")}
        for name, figure in found["metrics"].items()
    }
    return {key: found.get(key) for key in ("model", "data", "split", "n")} | {"metrics": metrics}
