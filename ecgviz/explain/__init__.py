"""Why a model said what it said: evidence on the record's own time axis.

Each method is a module with SIGNED and `attribute(model, x, person, label) -> Map`; those in LAYERED also take the
name of a layer. Names and labels can be had without importing torch.
"""

from typing import TYPE_CHECKING

from ecgviz.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from ecgviz.record import Record
    from ecgviz.results import Attribution, Check
    from ecgviz.zoo._checkpoints import Model

__all__ = ["BASELINES", "CHECKS", "LAYERED", "METHODS", "agreement", "check", "explain", "judge", "layers"]

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

CHECKS = {
    "take_away": "Take it away",
    "deletion": "Deletion",
    "insertion": "Insertion",
    "randomisation": "Shuffled weights",
    "infidelity": "Foretelling",
    "sensitivity": "Sensitivity",
    "stability": "Stability",
    "agreement": "Other methods",
}
"""Tests of whether a heat can be trusted, by what they do; see `proof`."""


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


def check(
    model: "Model",
    record: "Record",
    label: str,
    method: str = "grad_cam",
    which: "Sequence[str]" = tuple(CHECKS),
    *,
    layer: str = "",
) -> tuple["Check", ...]:
    """Whether this heat can be trusted: one Check for each of `which`, names of CHECKS.

    The same each time. Costs 21 to 380 forward passes of the record for those that remove, 7 heats for
    `randomisation`, 16 for `sensitivity` and `stability` together. Raises as `explain`, and for an unknown check.
    """
    from ecgviz.explain.proof import check as proof

    return proof.check(model, record, label, method, which, layer)


def agreement(found: "Sequence[Attribution]") -> "NDArray[np.float64]":
    """(n, n) rank correlations of heats of one record, by several methods or models; 1 is the same, 0 is chance.

    Compared in blocks of 50 ms over the seconds that all share: lead by lead where both tell the same leads apart, by
    the sum over the leads otherwise. Needs no torch.
    """
    from ecgviz.explain.proof.agreement import matrix

    return matrix(found)


def judge(
    model: "Model", cases: "Iterable[tuple[Record, str]]", method: str, *, layer: str = "", jitters: bool = True
) -> dict[str, object]:
    """What is stated of a method for a model as a whole, from the checks over (record, label) cases.

    n; each {value, low, high}, means over the cases with 95 % intervals: `deletion` and `insertion` (probability gained
    over random places), `faithfulness` (insertion minus deletion), `randomisation_spearman` (of |heat|),
    `randomisation_signed`, `infidelity`, `sensitivity` (unless not `jitters`); `trivial` (the faithfulness of each
    trivial map), `beats_trivial`, `verdict`.
    """
    from ecgviz.explain.proof import sample

    return sample.judge(model, cases, method, layer=layer, jitters=jitters)
