"""The one road from a model and a record to an Attribution, whatever the method."""

import importlib

import numpy as np

from ecgviz.errors import ModelError
from ecgviz.explain import METHODS
from ecgviz.explain._stitch import stitch
from ecgviz.record import Record
from ecgviz.results import Attribution
from ecgviz.signals.prepare import prepare
from ecgviz.zoo._checkpoints import Model
from ecgviz.zoo._predict import tensors

__all__ = ["explain"]

NORMALISATION = "scaled within this record and finding: 1 is the strongest step"


def explain(model: Model, record: Record, label: str, method: str) -> Attribution:
    """See `ecgviz.explain.explain`."""
    card = model.card
    if label not in card.label_names:
        raise ModelError(f"{card.name} has no label {label!r}; it knows {', '.join(card.label_names)}.")
    module = importlib.import_module(f"ecgviz.explain.{method}")
    prepared = prepare(record, card.input)
    found = module.attribute(model, *tensors(prepared), card.label_names.index(label))
    fs = card.input.fs
    starts = np.round((prepared.start_s - record.start_s) * fs).astype(np.int64)
    scores = stitch(found, starts, prepared.x.shape[2], max(1, round(record.seconds * fs)))
    time_only = scores.shape[0] == 1
    leads = record.leads if time_only else card.input.leads
    peak = float(np.abs(scores).max())
    scores = np.broadcast_to(scores / peak if peak > 0 else scores, (len(leads), scores.shape[1]))
    return Attribution(
        scores=np.ascontiguousarray(scores, dtype=np.float32),
        fs=fs,
        start_s=record.start_s,
        leads=leads,
        label=label,
        model=card.name,
        method=METHODS[method],
        layer=found.layer,
        resolution_ms=1000 * found.stride / fs,
        field_ms=1000 * min(found.field, prepared.x.shape[2]) / fs,
        signed=module.SIGNED,
        time_only=time_only,
        normalisation=NORMALISATION if peak > 0 else "no evidence for this finding anywhere in the record",
        notes=prepared.notes,
    )
