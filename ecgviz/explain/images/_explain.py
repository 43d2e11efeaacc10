"""From a model and a page to a Heat in the page's pixels."""

import copy
import importlib
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ecgviz.errors import ModelError
from ecgviz.explain.images import METHODS
from ecgviz.record import Scan
from ecgviz.results import Heat
from ecgviz.scans.prepare import PreparedPage, prepare
from ecgviz.zoo.images._checkpoints import PageModel

__all__ = ["explain", "on_picture", "private", "scores"]


def private(model: PageModel, *, weights: bool = False) -> PageModel:
    """The model with network modules of its own, for hooks; the weights are shared unless `weights`."""
    network = model.network
    shared = {} if weights else {id(p): p for p in (*network.parameters(), *network.buffers())}
    return replace(model, network=copy.deepcopy(network, shared))


def explain(model: PageModel, scan: Scan, label: str, method: str) -> Heat:
    """See `ecgviz.explain.images.explain`."""
    page = prepare(scan, model.card.input)
    if not page.found:
        raise ModelError("No traces were found in this picture, so there is nothing to explain; give an ECG page.")
    module = importlib.import_module(f"ecgviz.explain.images.{method}")
    found = scores(model, page, label, method)
    height, width = scan.pixels.shape[:2]
    notes = (f"{METHODS[method]}: {found.shape[0]} x {found.shape[1]} steps over the part with the traces", module.NOTE)
    return Heat(
        scores=on_picture(found, page.area, (height, width)),
        label=label,
        model=model.card.name,
        method=method,
        grid=(found.shape[0], found.shape[1]),
        area=page.area,
        signed=module.SIGNED,
        notes=notes,
    )


def scores(model: PageModel, page: PreparedPage, label: str, method: str) -> NDArray[np.float32]:
    """(rows, columns) of the method's own steps, largest size 1; all 0 where it found nothing."""
    module = importlib.import_module(f"ecgviz.explain.images.{method}")
    k = model.card.label_names.index(label)
    found: NDArray[np.float32] = module.attribute(private(model), torch.from_numpy(page.x), k)
    largest = float(np.abs(found).max())
    return found / largest if largest > 0 else found


def on_picture(
    found: NDArray[np.float32], area: tuple[float, float, float, float], size: tuple[int, int]
) -> NDArray[np.float32]:
    """(rows, columns) spread over `area` of a picture of size (height, width), 0 elsewhere; straight lines between."""
    x0, y0, x1, y1 = (round(value) for value in area)
    out = np.zeros(size, np.float32)
    high, wide = max(1, min(y1, size[0]) - y0), max(1, min(x1, size[1]) - x0)
    grown: Tensor = torch.nn.functional.interpolate(
        torch.from_numpy(found)[None, None], (high, wide), mode="bilinear", align_corners=False
    )
    out[y0 : y0 + high, x0 : x0 + wide] = grown[0, 0].numpy()
    return out
