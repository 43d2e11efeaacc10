"""Why a model said what it said: evidence on the record's own time axis.

Each method is a module with SIGNED and `attribute(model, x, person, label) -> Map`; those in LAYERED also take the
name of a layer. Names and labels can be had without importing torch.
"""

from typing import TYPE_CHECKING

from ecgviz.errors import ModelError

if TYPE_CHECKING:
    from ecgviz.record import Record
    from ecgviz.results import Attribution
    from ecgviz.zoo._checkpoints import Model

__all__ = ["BASELINES", "LAYERED", "METHODS", "explain", "layers"]

METHODS = {
    "grad_cam": "Grad-CAM",
    "guided_grad_cam": "Guided Grad-CAM",
    "integrated_gradients": "Integrated gradients",
    "deep_lift": "DeepLIFT",
    "gradient_x_input": "Gradient x input",
    "smooth_grad": "SmoothGrad, squared",
    "occlusion": "Occlusion by lead and time",
    "lead_ablation": "Lead ablation",
}
BASELINES = {
    "amplitude": "Amplitude of the trace",
    "slope": "Slope of the trace",
    "qrs_mask": "QRS and nothing else",
}
"""Maps that know nothing of any model: what explains must be better than they are."""
LAYERED = frozenset({"grad_cam", "guided_grad_cam"})


def explain(
    model: "Model", record: "Record", label: str, method: str = "grad_cam", *, layer: str = ""
) -> "Attribution":
    """The evidence for one label in one record; `method` is one of METHODS or BASELINES.

    layer: one of `layers(model)`, for the methods in LAYERED. Raises ModelError for an unknown label, method or layer,
    for a method that cannot explain this network, and as `signals.prepare` does.
    """
    if method not in METHODS and method not in BASELINES:
        raise ModelError(f"There is no method {method!r}; choose one of {', '.join(METHODS)}.")
    if layer and method not in LAYERED:
        raise ModelError(f"{METHODS.get(method, method)} has no layers; leave the layer {layer!r} out.")
    from ecgviz.explain import _explain

    return _explain.explain(model, record, label, method, layer)


def layers(model: "Model") -> tuple[str, ...]:
    """Names of the layers at which the methods in LAYERED can look, the usual one first; empty where there is none."""
    from ecgviz.explain import _layers

    return _layers.names(model)
