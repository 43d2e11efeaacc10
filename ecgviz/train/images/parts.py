"""What of a network is trained and what is frozen; what frozen layers give is computed once for every page."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from ecgviz.card import ImageInput
from ecgviz.errors import ModelError
from ecgviz.train.images.config import UNFREEZE

__all__ = ["Parts", "as_input", "frozen_output", "head_of", "split"]

CHUNK = 16


@dataclass(frozen=True, eq=False)
class Parts:
    """frozen: pages to what is kept; rest: what is kept to logits; trained: the parameters that change.

    moving: whether the running means of the normalisation may follow the pages.
    """

    model: Any
    frozen: Callable[[Tensor], Tensor]
    rest: Callable[[Tensor], Tensor]
    trained: list[nn.Parameter]
    moving: bool = False


def split(model: Any, unfreeze: str) -> Parts:
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


def head_of(model: Any) -> list[nn.Parameter]:
    """Weight and bias of the last layer."""
    return list(model.output.parameters())


def _blocks(net: Any, unfreeze: str) -> list[nn.Parameter]:
    """The seed's "last 10 layers" of Keras hold one normalisation without scale: 192 shifts in a branch of Mixed_7c."""
    if unfreeze == "keras10":
        return [net.Mixed_7c.branch_pool.bn.bias]
    return [p for name in ("Mixed_7b", "Mixed_7c") if name[-2:] in unfreeze for p in getattr(net, name).parameters()]


def frozen_output(
    parts: Parts,
    pages: NDArray[np.uint8],
    spec: ImageInput,
    say: Callable[[str], None],
    *,
    exact: bool = False,
    keep: Path | None = None,
) -> Tensor:
    """(pages, views, height, width, channels) bytes -> (pages, views, ...) of what the frozen layers give, float16.

    Computed in bfloat16, or in float32 as in prediction if `exact`. Where nothing is frozen, the bytes themselves.
    keep: a folder from which each view is taken if the same network has seen it, and where it is kept if not.
    """
    if isinstance(parts.frozen, nn.Identity):
        return torch.from_numpy(np.array(pages))
    parts.model.eval().to(memory_format=torch.channels_last)
    views = []
    for k in range(pages.shape[1]):
        view = np.ascontiguousarray(pages[:, k])
        path = keep / f"frozen-{_digest(parts, view, exact)}.safetensors" if keep else None
        if path and path.is_file():
            views.append(load_file(path)["x"])
            continue
        views.append(_through(parts, view, spec, exact=exact, say=say))
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
            save_file({"x": views[-1].contiguous()}, path)
    return torch.stack(views, dim=1)


def _digest(parts: Parts, view: NDArray[np.uint8], exact: bool) -> str:
    """Of everything on which what the frozen layers give depends, but for the weights that are trained."""
    trained = {id(p) for p in parts.trained}
    sha = hashlib.sha256(view.tobytes())
    for name, value in parts.model.named_parameters():
        sha.update(b"" if id(value) in trained else name.encode() + value.detach().contiguous().numpy().tobytes())
    for name, value in parts.model.named_buffers():
        sha.update(name.encode() + value.contiguous().numpy().tobytes())
    read = parts.model.output.in_features
    sha.update(repr((exact, getattr(parts.frozen, "__name__", ""), read)).encode())
    return sha.hexdigest()[:16]


def _through(
    parts: Parts, pages: NDArray[np.uint8], spec: ImageInput, *, exact: bool, say: Callable[[str], None]
) -> Tensor:
    """One view of each page; equal pages are computed once."""
    unlike, where = np.unique(pages.reshape(len(pages), -1), axis=0, return_inverse=True)
    found = []
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=not exact):
        for k in range(0, len(unlike), CHUNK):
            x = as_input(torch.from_numpy(unlike[k : k + CHUNK].reshape(-1, *pages.shape[1:])), spec.black, spec.white)
            found.append(parts.frozen(x).half())
            if k // CHUNK % 10 == 9:
                say(f"{k + CHUNK} of {len(unlike)} pages through the frozen layers")
    return torch.cat(found)[torch.from_numpy(where.ravel())].clone()


def as_input(pages: Tensor, black: float, white: float) -> Tensor:
    """(n, height, width, channels) bytes to (n, 3, height, width) float32."""
    x = pages.permute(0, 3, 1, 2).float() * ((white - black) / 255) + black
    return x.expand(-1, 3, -1, -1).contiguous(memory_format=torch.channels_last)
