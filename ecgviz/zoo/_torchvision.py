"""torchvision's models, also beside a CPU build of torch, where the import of its published wheel fails.

That wheel registers properties of operators whose compiled half is built for CUDA; without it the import stops with
`operator torchvision::nms does not exist`. Only then are the missing operators declared, by name alone: networks need
none of them.
"""

import importlib
import sys
from types import ModuleType
from typing import Any

from ecgviz.errors import MissingPackageError

__all__ = ["models"]

MISSING = "torchvision::nms"
SCHEMAS = tuple(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor" for name in ("nms", "qnms"))

_declared: list[Any] = []  # a torch Library lives as long as something refers to it


def models() -> ModuleType:
    """`torchvision.models`. Raises MissingPackageError where torchvision is not installed."""
    try:
        return importlib.import_module("torchvision.models")
    except ModuleNotFoundError as error:
        raise MissingPackageError("This needs the package torchvision: run `pip install torchvision`.") from error
    except RuntimeError as error:
        if MISSING not in str(error):
            raise
    _declare()
    return importlib.import_module("torchvision.models")


def _declare() -> None:
    import torch

    for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
        del sys.modules[name]
    if not _declared:
        library: Any = torch.library.Library("torchvision", "FRAGMENT")  # type: ignore[no-untyped-call]
        for schema in SCHEMAS:
            library.define(schema)
        _declared.append(library)
