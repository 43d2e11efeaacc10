"""Why a beat model said what it said of one beat: evidence on the record's own time axis.

Each method is a module with SIGNED and `attribute(model, beats, label) -> (steps, places)` for a single beat; what can
explain a given model is in `methods(model)`.
"""

from typing import TYPE_CHECKING

from ecgviz.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ecgviz.record import Record
    from ecgviz.results import Attribution
    from ecgviz.zoo.beats._models import BeatModel

__all__ = ["METHODS", "explain", "methods"]

METHODS = {
    "grad_cam": "Grad-CAM",
    "integrated_gradients": "Integrated gradients",
    "occlusion": "Occlusion",
    "coefficients": "Coefficients",
}


def methods(model: "BeatModel") -> tuple[str, ...]:
    """Keys of METHODS that can explain this model, the usual one first."""
    network = model.network
    if network is None:
        return ("coefficients", "occlusion") if hasattr(model.answer, "evidence") else ("occlusion",)
    if model.module.cam_layer(network) is None:
        return ("integrated_gradients", "occlusion")
    return ("grad_cam", "integrated_gradients", "occlusion")


def explain(
    model: "BeatModel", record: "Record", times_s: "NDArray[np.float64]", index: int, label: str, method: str
) -> "Attribution":
    """The evidence for one label in the beat times_s[index]; times_s: (beats,) R peaks on the record's axis.

    The Attribution has one lead, starts with the beat's window and ends where its padding begins. Raises ModelError for
    an unknown label, beat or method, or one that cannot explain this model.
    """
    if label not in model.card.label_names:
        raise ModelError(f"{model.card.name} has no class {label[:20]!r}; it has {', '.join(model.card.label_names)}.")
    if not 0 <= index < len(times_s):
        raise ModelError(f"There is no beat {index}; the record has {len(times_s)}, counted from 0.")
    possible = methods(model)
    if method not in possible:
        raise ModelError(f"{method[:30]!r} cannot explain {model.card.name}; choose one of {', '.join(possible)}.")
    from ecgviz.explain.beats import _explain

    return _explain.explain(model, record, times_s, index, label, method)
