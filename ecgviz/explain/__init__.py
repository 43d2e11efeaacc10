"""Why a model said what it said: evidence on the record's own time axis.

Each method is a module with LABEL, SIGNED, PER_LEAD, `attribute(model, x, person, label) -> Map`; they are found by
listing the folder, and their names can be had without importing torch.
"""

from typing import TYPE_CHECKING

from ecgviz.errors import ModelError

if TYPE_CHECKING:
    from ecgviz.record import Record
    from ecgviz.results import Attribution
    from ecgviz.zoo._checkpoints import Model

__all__ = ["METHODS", "explain"]

METHODS = {
    "grad_cam": "Grad-CAM",
    "integrated_gradients": "Integrated gradients",
    "occlusion": "Occlusion by lead and time",
}


def explain(model: "Model", record: "Record", label: str, method: str = "grad_cam") -> "Attribution":
    """The evidence for one label in one record.

    Raises ModelError for an unknown label or method, and as `signals.prepare` does.
    """
    if method not in METHODS:
        raise ModelError(f"There is no method {method!r}; choose one of {', '.join(METHODS)}.")
    from ecgviz.explain import _explain

    return _explain.explain(model, record, label, method)
