"""A model on records of other hospitals: the records of the PhysioNet/CinC Challenge 2020 that are at hand."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecgviz import readers
from ecgviz.codes import cinc_labels
from ecgviz.errors import DataError, EcgvizError
from ecgviz.evaluate import metrics, resampled
from ecgviz.evaluate.bootstrap import Figure, figure, resamples
from ecgviz.evaluate.challenge import credit, merge
from ecgviz.record import Record
from ecgviz.zoo._checkpoints import Model
from ecgviz.zoo._predict import predict

__all__ = ["external"]

SOURCES = {
    "A": "CPSC 2018",
    "Q": "CPSC 2018 extra",
    "I": "INCART",
    "S": "PTB",
    "E": "Georgia",
}
"""By the first letter of the record's name; records of PTB-XL (HR) are not from elsewhere and are left out."""
OWN = "HR"


def external(model: Model, folder: Path) -> dict[str, Any]:
    """`external` of `report.json`: macro AUROC, micro AUROC and the Challenge metric, together and by source.

    Read, prepared and decided as an uploaded file is; each record counts as a patient. macro_auroc: over the classes
    with a positive and a negative, whose number is `classes`. Raises DataError where no record has a label of the
    model's, or the model has other classes than those of CinC 2020.
    """
    names = model.card.label_names
    if "NSR" not in names:
        raise DataError(f"{model.card.name} has other labels than #Dx codes; choose a model of the CinC classes.")
    found = list(_answers(model, folder))
    if not found:
        raise DataError(f"{folder} holds no record with #Dx codes that {model.card.name} could read.")
    source = np.array([where for where, _, _ in found])
    y, merged = merge(np.array([truth for _, truth, _ in found], dtype=np.float64), names)
    p, _ = merge(np.array([probability for _, _, probability in found]), names)
    cut, _ = merge(np.array([[label.threshold for label in model.card.labels]]), names)
    positive = p >= cut
    present = list(dict.fromkeys(source))
    return {"data": f"CinC 2020, {len(y)} records of {len(present)} sources ({', '.join(present)})"} | {
        **_figures(y, p, positive, merged),
        "sources": {w: _figures(y[source == w], p[source == w], positive[source == w], merged) for w in present},
    }


def _answers(model: Model, folder: Path) -> Iterator[tuple[str, list[bool], list[float]]]:
    for path in sorted(folder.rglob("*.hea")):
        if path.stem.startswith(OWN):
            continue
        try:
            record = readers.read(path)
            labels = _labels(record)
            if labels is None:
                continue
            prediction = predict(model, record)
        except EcgvizError:
            continue
        truth = [finding.label in labels for finding in prediction.findings]
        yield SOURCES.get(path.stem[:1], path.stem[:1]), truth, [f.probability for f in prediction.findings]


def _labels(record: Record) -> set[str] | None:
    """The scored classes of a record, empty where it has only others; None where it has no code at all."""
    codes = [code.removeprefix("SNOMED:") for code in record.statements if code.startswith("SNOMED:")]
    return cinc_labels(codes) if codes else None


def _figures(
    y: NDArray[np.floating], p: NDArray[np.floating], positive: NDArray[np.bool_], names: tuple[str, ...]
) -> dict[str, Any]:
    counts = resamples(np.arange(len(y)))
    once = np.ones((1, len(y)), dtype=np.int32)

    def measure(c: NDArray[np.int32]) -> dict[str, NDArray[np.float64]]:
        observed, correct, none = credit(y, positive, names) @ c.T
        return {
            "macro_auroc": resampled.mean(resampled.areas(y, p, c)[0]),
            "micro_auroc": resampled.micro_auroc(y, p, c),
            "challenge_metric": resampled.ratio(observed - none, correct - none),
        }

    value, samples = measure(once), measure(counts)
    found: dict[str, Figure] = {name: figure(float(v[0]), samples[name]) for name, v in value.items()}
    classes = int(np.isfinite(metrics.aurocs(y, p)).sum())
    return {"n": len(y), "classes": classes, "metrics": found}
