"""From a Scan to probabilities that add up to 1."""

import numpy as np
import torch
from torch import Tensor

from ecgviz.errors import ModelError
from ecgviz.record import Flag, Scan, worst_first
from ecgviz.results import Finding, Prediction
from ecgviz.scans.prepare import PreparedPage, prepare
from ecgviz.zoo.images._checkpoints import PageModel

__all__ = ["predict", "probabilities", "unlike"]


def probabilities(model: PageModel, page: PreparedPage) -> tuple[Tensor, float]:
    """(labels,) calibrated probabilities, and how far the page is from the training pages: above 1 is too far."""
    with torch.inference_mode():
        features = model.network.features(torch.from_numpy(page.x))
        logits = model.network.head(features)[0] / model.card.temperature
        far = float(model.gate(features))
    if not torch.isfinite(logits).all():
        raise ModelError(f"{model.card.name} gave no finite answer for this picture; give another picture of the page.")
    return logits.softmax(dim=0), far


def unlike(name: str, far: float) -> tuple[Flag, ...]:
    """A warning where a picture is unlike the training pages."""
    if far <= 1:
        return ()
    text = f"This picture is unlike the pages that {name} was trained on: {far:.1f} times the distance of the farthest."
    advice = "Do not use the answer. Another layout, paper or recorder can be the cause, or it is no ECG page."
    return (Flag("unlike_training", text, advice, "error" if far > 2 else "warning"),)


def predict(model: PageModel, scan: Scan) -> Prediction:
    """Prepare, run, calibrate; flags say when the picture is no page such as those of the training."""
    page = prepare(scan, model.card.input)
    found, far = probabilities(model, page)
    findings = tuple(
        Finding(label.name, float(np.float64(p)), label.threshold, label.trusted)
        for label, p in zip(model.card.labels, found, strict=True)
    )
    return Prediction(model.card.name, findings, worst_first(page.flags, unlike(model.card.name, far)))
