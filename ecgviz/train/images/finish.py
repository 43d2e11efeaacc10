"""From a trained page classifier to its folder in models/: weights, card, report."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ecgviz.card import Figure, ImageCard, ImageInput, LabelSpec
from ecgviz.datasets.pages import LABELS, Page
from ecgviz.evaluate import images
from ecgviz.train.images import cards
from ecgviz.train.images.config import PageConfig
from ecgviz.train.images.cross import Crossed
from ecgviz.train.images.example import example_page
from ecgviz.zoo._checkpoints import parameters, save_weights
from ecgviz.zoo.images import _checkpoints
from ecgviz.zoo.images._gate import Gate
from ecgviz.zoo.images._predict import predict

__all__ = ["Shipment", "finish", "gate_of"]

SHARE, SLACK = 0.995, 1.25
"""The gate lets this share of unseen training pages pass, and pictures a quarter farther off."""
FEW = 50


@dataclass(frozen=True, eq=False)
class Shipment:
    """The network that is shipped and what it was trained on.

    settings: of the architecture; features: what its head reads of each view, (pages, views, n); start: in words.
    """

    config: PageConfig
    settings: dict[str, Any]
    spec: ImageInput
    pages: tuple[Page, ...]
    y: NDArray[np.int64]
    features: Tensor
    network: nn.Module
    start: str


def finish(made: Shipment, crossed: Crossed, told: dict[str, Any], out: Path, say: Callable[[str], None]) -> Path:
    """Write `out/<name>/`; the figures are those of the cross-validation. told: further sections of the report."""
    folder = out / made.config.name
    gate = gate_of(made.features)
    digest = save_weights(_checkpoints.whole(made.network, gate), folder, int8=True)
    metrics = images.score(made.y, crossed.said, tuple(LABELS))
    found = card(made, crossed, metrics, digest)
    (folder / "card.json").write_text(found.to_json(), encoding="utf-8")
    found = measured(folder)
    (folder / "card.json").write_text(found.to_json(), encoding="utf-8")
    text = json.dumps(report(made, crossed, metrics, told), indent=1, allow_nan=False)
    (folder / "report.json").write_text(text + "\n", encoding="utf-8")
    say(f"macro-F1 {metrics['macro_f1']}, accuracy {metrics['accuracy']}")
    return folder


def gate_of(x: Tensor) -> Gate:
    """A gate fitted on what the head reads of every view of every page, (pages, views, features).

    Its limit comes from pages that a gate of the other half had not seen.
    """
    pages, views = x.shape[:2]
    flat = x.float().flatten(0, 1)
    half = torch.from_numpy(np.random.default_rng(0).permutation(pages).repeat(views) % 2 == 0)
    far = [Gate(flat.shape[1]).fitted(flat[side]).distance(flat[~side]) for side in (half, ~half)]
    whole = Gate(flat.shape[1]).fitted(flat)
    whole.limit = SLACK * torch.quantile(torch.cat(far), SHARE)
    return whole


def card(made: Shipment, crossed: Crossed, metrics: dict[str, Any], digest: str) -> ImageCard:
    """The card but for what is measured on the weights as written."""
    config = made.config
    counts = np.bincount(made.y, minlength=len(LABELS))
    labels = tuple(
        LabelSpec(name, name, cards.CODES[key], int(n), 0.5, trusted=bool(n >= FEW), note=_note(int(n)))
        for (key, name), n in zip(LABELS.items(), counts, strict=True)
    )
    seed = cards.SEED if config.architecture == "inception_v3" else ("", "")
    module = _checkpoints.architecture(config.architecture)
    return ImageCard(
        name=config.name,
        title=f"{module.TITLE}, four classes of ECG pages",
        task="pages4",
        architecture=config.architecture,
        config=made.settings,
        input=made.spec,
        labels=labels,
        thresholds_from="none: the likeliest of the four exclusive classes is the answer",
        calibration=cards.CALIBRATION,
        trained_on=cards.trained_on(made.pages, made.start),
        tested_on=cards.tested_on(made.pages, config.repeats, config.folds),
        metrics={key: Figure(**value) for key, value in metrics.items()},
        subgroups={},
        intended_use=cards.INTENDED,
        not_for=cards.NOT_FOR,
        licence=cards.LICENCE,
        parameters=parameters(made.network),
        gflop=0.0,
        ms_per_record=0.0,
        weights_digest=digest,
        example={},
        seed_reported=seed[0],
        seed_comparable=seed[1],
        training=_plain(config),
        exclusive=True,
        temperature=round(float(np.exp(np.mean(np.log(crossed.temperatures)))), 4),
    )


def _note(n: int) -> str:
    return f"{n} recordings: one is {100 / n:.1f} points of recall" if n < FEW else ""


def _plain(config: PageConfig) -> dict[str, Any]:
    """The configuration with paths by their names."""
    return {key: value.name if isinstance(value, Path) else value for key, value in asdict(config).items()}


def measured(folder: Path) -> ImageCard:
    """The card with the answer to the example page, the work and the time of one page."""
    model = _checkpoints.load(folder)
    page = example_page()
    said = predict(model, page)
    seconds = []
    for _ in range(5):
        begun = time.perf_counter()
        predict(model, page)
        seconds.append(time.perf_counter() - begun)
    answer = {finding.label: round(finding.probability, 5) for finding in said.findings}
    example = {"picture": "ecgviz.train.images.example", "probabilities": answer}
    work = _gflop(model.network, model.card.input)
    return replace(model.card, example=example, gflop=work, ms_per_record=round(1000 * min(seconds), 1))


def _gflop(network: nn.Module, spec: ImageInput) -> float:
    """10^9 floating-point operations of one page, 2 per multiply-add, in convolutions and linear layers."""
    total = [0]

    def count(layer: nn.Module, _: Any, out: torch.Tensor) -> None:
        if isinstance(layer, nn.Conv2d):
            total[0] += 2 * out.numel() * layer.weight[0].numel()
        elif isinstance(layer, nn.Linear):
            total[0] += 2 * out.numel() * layer.in_features

    hooks = [m.register_forward_hook(count) for m in network.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    try:
        with torch.inference_mode():
            network(torch.zeros(1, 3, spec.height, spec.width))
    finally:
        for hook in hooks:
            hook.remove()
    return round(total[0] / 1e9, 3)


def report(made: Shipment, crossed: Crossed, metrics: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    """What is kept beside the card: figures, pooled confusion, each fold, and `told`."""
    names = tuple(LABELS)
    repeats = [images.macro_f1(images.confusion(made.y, said, len(names))) for said in crossed.said]
    folds = crossed.macro_f1
    return {
        "metrics": metrics,
        "labels": list(LABELS.values()),
        "n": len(made.y),
        "confusion": images.confusion(made.y, crossed.said, len(names)).tolist(),
        "confusion_says": f"rows: truth, columns: answer; {len(crossed.said)} answers to each recording added up",
        "macro_f1_by_repeat": _spread(repeats),
        "macro_f1_by_fold": _spread(folds),
        "temperatures": [round(t, 4) for t in crossed.temperatures],
        "epochs": crossed.epochs,
        "mark": {"macro_f1": 0.9, "reached": bool(metrics["macro_f1"]["value"] >= 0.9)},
        **told,
    }


def _spread(values: list[float]) -> dict[str, Any]:
    kept = [round(float(v), 4) for v in values]
    return (
        {"mean": round(float(np.mean(values)), 4), "sd": round(float(np.std(values, ddof=1)), 4), "values": kept}
        if len(values) > 1
        else {"mean": kept[0], "sd": None, "values": kept}
    )
