"""The one road from a model and a record to an Attribution, whatever the method."""

import importlib

import numpy as np

from ecgviz.explain import BASELINES, METHODS
from ecgviz.explain._trial import trial
from ecgviz.record import Record
from ecgviz.results import Attribution
from ecgviz.zoo._checkpoints import Model

__all__ = ["explain"]

NORMALISATION = "scaled within this record and finding: 1 is the strongest step"


def explain(model: Model, record: Record, label: str, method: str, layer: str = "") -> Attribution:
    """See `ecgviz.explain.explain`."""
    asked = trial(model, record, label)
    found = asked.maps(method, asked.signal[None], layer)
    samples = max(1, round(record.seconds * asked.fs))
    scores = asked.stitched(found)[0][:, :samples]
    scores = np.pad(scores, ((0, 0), (0, samples - scores.shape[1])))
    time_only = scores.shape[0] == 1
    leads = record.leads if time_only else model.card.input.leads
    peak = float(np.abs(scores).max())
    scores = np.broadcast_to(scores / peak if peak > 0 else scores, (len(leads), samples))
    return Attribution(
        scores=np.ascontiguousarray(scores, dtype=np.float32),
        fs=asked.fs,
        start_s=record.start_s,
        leads=leads,
        label=label,
        model=model.card.name,
        method=(METHODS | BASELINES)[method],
        layer=found.layer,
        resolution_ms=1000 * found.stride / asked.fs,
        field_ms=1000 * min(found.field, asked.prepared.x.shape[2]) / asked.fs,
        signed=method in METHODS and importlib.import_module(f"ecgviz.explain.{method}").SIGNED,
        time_only=time_only,
        normalisation=NORMALISATION if peak > 0 else "no evidence for this finding anywhere in the record",
        notes=(*asked.prepared.notes, *([found.note] if found.note else [])),
    )
