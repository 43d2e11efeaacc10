"""The kept answers of a model to its test records: small files without signals, dates or identifiers.

    models/<name>/answers.safetensors    logits (records, labels) float16, calibrated
    models/_truth/<task>.safetensors     y (records, labels) uint8, patient (records,) int32; once for all models

The header of the first names the labels, the digest of the weights that answered, and that of the truth it belongs to.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from ecgviz.card import ModelCard
from ecgviz.errors import ModelError
from ecgviz.evaluate.paired import Answers

__all__ = ["FILE", "TRUTH", "read", "write"]

FILE = "answers.safetensors"
TRUTH = "_truth"
LARGEST = 60000.0
"""float16 ends at 65504."""


def write(root: Path, card: ModelCard, found: Answers) -> None:
    """Keep `found` for the model `root/<name>/`, and the truth of its task beside the models."""
    y, patient = found.y.astype(np.uint8), found.patient.astype(np.int32)
    logits = np.clip(found.logits, -LARGEST, LARGEST).astype(np.float16)
    told = {"labels": json.dumps(found.labels), "weights": card.weights_digest, "truth": _digest(y, patient)}
    (root / TRUTH).mkdir(parents=True, exist_ok=True)
    (root / TRUTH / f"{card.task}.safetensors").write_bytes(
        save({"y": y, "patient": patient}, {"labels": told["labels"]})
    )
    (root / card.name / FILE).write_bytes(save({"logits": logits}, told))


def read(root: Path, card: ModelCard) -> Answers | None:
    """None where no answers were kept. Raises ModelError for those of other weights or to other records."""
    path = root / card.name / FILE
    if not path.is_file():
        return None
    try:
        given, told = _open(path)
        truth, _ = _open(root / TRUTH / f"{card.task}.safetensors")
        labels, logits = tuple(json.loads(told["labels"])), given["logits"].astype(np.float32)
        y, patient = truth["y"], truth["patient"]
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise ModelError(f"The kept answers of {card.name} cannot be read ({error}); fetch models/ again.") from error
    if told.get("weights") != card.weights_digest:
        raise ModelError(f"The kept answers of {card.name} are of other weights; evaluate the model again.")
    if told.get("truth") != _digest(y, patient) or logits.shape != y.shape:
        raise ModelError(f"The kept answers of {card.name} are to other records; evaluate the model again.")
    cut = {label.name: label.threshold for label in card.labels}
    if logits.shape[1:] != (len(labels),) or not set(labels) <= set(cut):
        raise ModelError(f"The kept answers of {card.name} have other labels than its card; evaluate the model again.")
    threshold = np.array([cut[name] for name in labels])
    return Answers(labels, y.astype(np.float32), logits, np.log(threshold / (1 - threshold)), patient)


def _open(path: Path) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    with safe_open(path, framework="np") as file:
        return {name: file.get_tensor(name) for name in file.keys()}, file.metadata() or {}  # noqa: SIM118


def _digest(y: NDArray[Any], patient: NDArray[Any]) -> str:
    return hashlib.sha256(y.tobytes() + patient.tobytes()).hexdigest()
