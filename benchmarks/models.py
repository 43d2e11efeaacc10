"""Preparation and evidence against the network's own work, one thread, medians of interleaved runs."""

import statistics
import time
from collections.abc import Callable

import torch
from torch import Tensor

from benchmarks import Measure
from ecgviz import explain, zoo
from ecgviz.explain import integrated_gradients, occlusion
from ecgviz.signals import synthetic
from ecgviz.signals.prepare import prepare
from ecgviz.zoo._checkpoints import Model
from ecgviz.zoo._predict import tensors

REPEATS = 40
FEW = 5
"""Repeats of what takes seconds."""


def _medians(work: dict[str, Callable[[], object]], repeats: int = REPEATS) -> dict[str, float]:
    times: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(repeats):
        for name, run in work.items():
            begun = time.perf_counter()
            run()
            times[name].append((time.perf_counter() - begun) * 1000)
    return {name: statistics.median(values[repeats // 4 :]) for name, values in times.items()}


def gradient_to_layer(model: Model, x: Tensor, person: Tensor) -> None:
    """What Grad-CAM cannot do without: a forward pass and the gradient of one logit at the layer."""
    kept = {}
    hook = model.cam_layer.register_forward_hook(lambda _m, _i, out: kept.update(out=out))
    with torch.enable_grad():
        out = model.network(x.clone().requires_grad_(), person)
        torch.autograd.grad(out[:, 0].sum(), kept["out"])
    hook.remove()


def _of(model: Model) -> list[Measure]:
    record = synthetic.simulate("sinus_rhythm").record
    x, person = tensors(prepare(record, model.card.input))
    label = model.card.label_names[0]

    def bare() -> None:
        with torch.inference_mode():
            model.network(x, person)

    ms = _medians(
        {
            "forward": bare,
            "predict": lambda: zoo.predict(model, record),
            "gradient": lambda: gradient_to_layer(model, x, person),
            "grad_cam": lambda: explain.explain(model, record, label),
        }
    )
    name = model.card.name
    return [
        Measure(f"{name}: forward pass of 10 s", ms["forward"], "ms"),
        Measure(f"{name}: predict / forward", ms["predict"] / ms["forward"], "x", 1.3),
        Measure(f"{name}: forward and gradient to the layer", ms["gradient"], "ms"),
        Measure(f"{name}: Grad-CAM / that", ms["grad_cam"] / ms["gradient"], "x", 1.4),
    ]


def _slow(model: Model) -> list[Measure]:
    """Methods that ask the network many times, against as many passes in batches of the same size, on 2.5 s."""
    record = synthetic.simulate("sinus_rhythm", seconds=2.5).record
    x, person = tensors(prepare(record, model.card.input))
    label = model.card.label_names[0]

    def passes(count: int, at_once: int, gradient: bool) -> None:
        many, people = x.repeat(at_once, 1, 1), person.repeat(at_once, 1)
        for _ in range(-(-count // at_once)):
            with torch.enable_grad() if gradient else torch.inference_mode():
                given = many.clone().requires_grad_(gradient)
                out = model.network(given, people)
                if gradient:
                    torch.autograd.grad(out[:, 0].sum(), given)

    steps = round(record.seconds / occlusion.STRIDE_S) - round(occlusion.WINDOW_S / occlusion.STRIDE_S) + 1
    ms = _medians(
        {
            "steps": lambda: passes(integrated_gradients.STEPS, integrated_gradients.AT_ONCE, True),
            "integrated": lambda: explain.explain(model, record, label, "integrated_gradients"),
            "forwards": lambda: passes(x.shape[1] * steps, occlusion.AT_ONCE, False),
            "occlusion": lambda: explain.explain(model, record, label, "occlusion"),
        },
        FEW,
    )
    name = model.card.name
    return [
        Measure(f"{name}: integrated gradients / 32 gradients", ms["integrated"] / ms["steps"], "x", 1.2),
        Measure(f"{name}: occlusion / its forward passes", ms["occlusion"] / ms["forwards"], "x", 1.2),
    ]


def main() -> list[Measure]:
    """Ratios of prediction and of evidence to the bare network, for each installed 12-lead model."""
    torch.set_num_threads(1)
    cards = [card for card in zoo.cards() if card.input.task == "ecg12"]
    models = [zoo.load(card.name) for card in cards]
    return [measure for model in models for measure in (*_of(model), *_slow(model))]
