"""Evidence on a page: where in the picture a network found a class, in which leads, and whether that can be trusted.

explain(model, scan, label, method)   a Heat in the pixels of the picture
shares(heat, geometry)                a row for each lead box: its share of the heat; `said` puts them into a sentence
check(model, scan, label, method)     shuffled weights; deletion against random places and against the amount of ink
"""

from typing import TYPE_CHECKING

from ecgviz.errors import ModelError
from ecgviz.explain.images.shares import Share, said, shares

if TYPE_CHECKING:
    from ecgviz.record import Scan
    from ecgviz.results import Check, Heat
    from ecgviz.zoo.images._checkpoints import PageModel

__all__ = ["CHECKS", "METHODS", "Share", "check", "explain", "said", "shares"]

METHODS = {
    "grad_cam": "Grad-CAM",
    "place_cam": "Grad-CAM place by place",
    "integrated_gradients": "Integrated gradients",
    "occlusion": "Occlusion by squares",
}
CHECKS = ("randomisation", "deletion")


def explain(model: "PageModel", scan: "Scan", label: str, method: str = "grad_cam") -> "Heat":
    """The evidence for one label. Raises ModelError for an unknown label or method, or where no traces are found."""
    if method not in METHODS:
        raise ModelError(f"There is no method {method[:60]!r} for pages; choose one of {', '.join(METHODS)}.")
    if label not in model.card.label_names:
        known = ", ".join(model.card.label_names)
        raise ModelError(f"{model.card.name} has no label {label[:60]!r}; it knows {known}.")
    from ecgviz.explain.images import _explain

    return _explain.explain(model, scan, label, method)


def check(model: "PageModel", scan: "Scan", label: str, method: str = "grad_cam") -> tuple["Check", ...]:
    """One Check for each of CHECKS. Costs about 60 forward passes and three heats; the same each time."""
    found = explain(model, scan, label, method)
    from ecgviz.explain.images import _checks

    return _checks.check(model, scan, found, method)
