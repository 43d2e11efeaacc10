"""Occlusion (Zeiler and Fergus, 2014): by how much the logit falls when the ink of a square is taken off the page."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ecgviz.zoo.images._checkpoints import PageModel

__all__ = ["NOTE", "SIGNED", "attribute"]

SIGNED = True
ROWS, COLUMNS = 8, 8
CHUNK = 8
NOTE = "positive where the class loses by losing the ink there; ink that belongs together is only seen in parts"


def attribute(model: PageModel, x: Tensor, label: int) -> NDArray[np.float32]:
    """(8, 8) falls of the logit."""
    tall = np.linspace(0, x.shape[2], ROWS + 1).round().astype(int)
    wide = np.linspace(0, x.shape[3], COLUMNS + 1).round().astype(int)
    pages = x.repeat(ROWS * COLUMNS, 1, 1, 1)
    for k in range(ROWS * COLUMNS):
        r, c = divmod(k, COLUMNS)
        pages[k, :, tall[r] : tall[r + 1], wide[c] : wide[c + 1]] = model.card.input.white
    with torch.inference_mode():
        whole = model.network(x)[0, label]
        parts = torch.cat([model.network(pages[k : k + CHUNK])[:, label] for k in range(0, len(pages), CHUNK)])
    scores: NDArray[np.float32] = (whole - parts).reshape(ROWS, COLUMNS).numpy().astype(np.float32)
    return scores
