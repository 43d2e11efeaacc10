"""What of a network is trained and what is frozen; what frozen layers give is computed once for every page."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ecgviz.errors import ModelError
from ecgviz.train.images.config import UNFREEZE

__all__ = ["Parts", "as_input", "frozen_output", "head_of", "split"]

CHUNK = 16


@dataclass(frozen=True, eq=False)
class Parts:
    """frozen: pages to what is kept; rest: what is kept to logits; trained: the parameters that change.

    moving: whether the running means of the normalisation may follow the pages.
    """

    model: nn.Module
    frozen: Callable[[Tensor], Tensor]
    rest: Callable[[Tensor], Tensor]
    trained: list[nn.Parameter]
    moving: bool = False


def split(model: nn.Module, unfreeze: str) -> Parts:
    """The parts of a network; ModelError where it has no such option. Networks but Inception have head and all."""
    if unfreeze not in UNFREEZE:
        raise ModelError(f"{unfreeze!r} cannot be unfrozen; choose one of {', '.join(UNFREEZE)}.")
    if unfreeze == "all":
        return Parts(model, nn.Identity(), model, list(model.parameters()), moving=True)
    if unfreeze == "head":
        return Parts(model, model.features, model.head, head_of(model))
    if not hasattr(model, "trunk"):
        raise ModelError(f"This network has no part {unfreeze}; choose head or all.")
    trained = [*head_of(model), *_blocks(model.net, unfreeze)]
    return Parts(model, model.trunk, lambda x: model.head(model.pooled(model.tail(x))), trained)


def head_of(model: nn.Module) -> list[nn.Parameter]:
    """Weight and bias of the last layer."""
    last = model.net.fc if hasattr(model, "net") else model.last
    return list(last.parameters())


def _blocks(net: nn.Module, unfreeze: str) -> list[nn.Parameter]:
    """The seed's "last 10 layers" of Keras hold one normalisation without scale: 192 shifts in a branch of Mixed_7c."""
    if unfreeze == "keras10":
        return [net.Mixed_7c.branch_pool.bn.bias]
    return [p for name in ("Mixed_7b", "Mixed_7c") if name[-2:] in unfreeze for p in getattr(net, name).parameters()]


def frozen_output(parts: Parts, pages: NDArray, black: float, white: float, say: Callable[[str], None]) -> Tensor:
    """(pages, views, height, width, channels) bytes -> (pages, views, ...) of what the frozen layers give, float16.

    The first view, by which the network is judged, is computed in float32 as in prediction, the others in bfloat16.
    Where nothing is frozen, the bytes themselves.
    """
    if isinstance(parts.frozen, nn.Identity):
        return torch.from_numpy(np.asarray(pages))
    parts.model.eval()
    views = [_through(parts, pages[:, k], black, white, exact=k == 0, say=say) for k in range(pages.shape[1])]
    return torch.stack(views, dim=1)


def _through(
    parts: Parts, pages: NDArray, black: float, white: float, *, exact: bool, say: Callable[[str], None]
) -> Tensor:
    """One view of each page; equal pages are computed once."""
    unlike, where = np.unique(pages.reshape(len(pages), -1), axis=0, return_inverse=True)
    found = []
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=not exact):
        for k in range(0, len(unlike), CHUNK):
            x = as_input(torch.from_numpy(unlike[k : k + CHUNK].reshape(-1, *pages.shape[1:])), black, white)
            found.append(parts.frozen(x).half())
            if k // CHUNK % 10 == 9:
                say(f"{k + CHUNK} of {len(unlike)} pages through the frozen layers")
    return torch.cat(found)[torch.from_numpy(where)].clone()


def as_input(pages: Tensor, black: float, white: float) -> Tensor:
    """(n, height, width, channels) bytes to (n, 3, height, width) float32."""
    x = pages.permute(0, 3, 1, 2).float() * ((white - black) / 255) + black
    return x.expand(-1, 3, -1, -1).contiguous(memory_format=torch.channels_last)
