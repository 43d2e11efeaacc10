"""From a beat to an Attribution, whatever the method."""

import importlib
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ecgviz.explain.beats import METHODS
from ecgviz.record import Record
from ecgviz.results import Attribution
from ecgviz.signals.beat_windows import Beats
from ecgviz.zoo.beats._models import BeatModel, prepared

__all__ = ["explain", "one_beat"]

NEAR = 60
"""So many beats on either side fix a window that depends on the next beats and the usual interval."""
NORMALISATION = "scaled within this beat and class: 1 is the strongest step"


def one_beat(model: BeatModel, record: Record, times_s: NDArray[np.float64], index: int) -> Beats:
    """What the model takes of this beat alone."""
    first = 0 if hasattr(model.module, "prepare") else max(0, index - NEAR)
    end = len(times_s) if hasattr(model.module, "prepare") else index + NEAR
    found, at = prepared(model, record, times_s[first:end]), slice(index - first, index - first + 1)
    return replace(found, x=found.x[at], valid=found.valid[at], rhythm=found.rhythm[at], start_s=found.start_s[at])


def explain(
    model: BeatModel, record: Record, times_s: NDArray[np.float64], index: int, label: str, method: str
) -> Attribution:
    """See `ecgviz.explain.beats.explain`."""
    module = importlib.import_module(f"ecgviz.explain.beats.{method}")
    beat = one_beat(model, record, times_s, index)
    raw, places = module.attribute(model, beat, model.card.label_names.index(label))
    length = int(beat.valid[0].sum())
    scores = np.interp(np.arange(length), places, raw)
    peak = float(np.abs(scores).max()) if length else 0.0
    scores = scores / peak if peak > 0 else scores
    step = float(np.median(np.diff(places))) if len(places) > 1 else float(length)
    return Attribution(
        scores=np.asarray(scores[None], dtype=np.float32),
        fs=beat.fs,
        start_s=float(beat.start_s[0]),
        leads=(beat.lead,),
        label=label,
        model=model.card.name,
        method=METHODS[method],
        layer=getattr(module, "LAYER", ""),
        resolution_ms=1000 * step / beat.fs,
        field_ms=0.0,
        signed=module.SIGNED,
        normalisation=NORMALISATION if peak > 0 else "no evidence for this class anywhere in the beat",
        notes=("the padding after the window has no evidence: it was left out",) if length < beat.x.shape[2] else (),
    )
