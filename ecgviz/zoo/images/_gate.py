"""Whether a picture looks like the pages that a network was trained on: a distance between what the head reads.

Along the main directions of the training pages in units of their spread, and off those directions in units of what
training pages leave there (Mahalanobis distance by probabilistic principal components, Tipping and Bishop, 1999).
"""

import torch
from torch import Tensor, nn

__all__ = ["AXES", "Gate"]

AXES = 32


class Gate(nn.Module):
    """distance / limit of features (n, features): above 1 the picture is unlike the training pages."""

    mean: Tensor
    axes: Tensor
    spread: Tensor
    rest: Tensor
    limit: Tensor

    def __init__(self, features: int, axes: int = AXES) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(features))
        self.register_buffer("axes", torch.zeros(axes, features))
        self.register_buffer("spread", torch.ones(axes))
        self.register_buffer("rest", torch.ones(()))
        self.register_buffer("limit", torch.ones(()))

    def forward(self, x: Tensor) -> Tensor:
        return self.distance(x) / self.limit

    def distance(self, x: Tensor) -> Tensor:
        """(n,) root mean square of the coordinates, the part off the axes counted as as many more."""
        off = x - self.mean
        along = off @ self.axes.T  # (n, axes)
        outside = (off - along @ self.axes).square().mean(dim=1) / self.rest
        return ((along / self.spread).square().mean(dim=1) + outside).sqrt()

    def fitted(self, x: Tensor) -> "Gate":
        """Centre and axes of training features (n, features); returns itself."""
        self.mean = x.mean(dim=0)
        off = x - self.mean
        _, _, right = torch.linalg.svd(off, full_matrices=False)
        self.axes = right[: len(self.axes)].clone()
        along = off @ self.axes.T
        self.spread = along.std(dim=0).clamp(min=1e-6)
        self.rest = (off - along @ self.axes).square().mean().clamp(min=1e-12)
        return self

    def limited(self, x: Tensor, share: float, slack: float) -> "Gate":
        """Limit: the distance that `share` of features (n, features) of unseen pages keep to, times slack."""
        self.limit = slack * torch.quantile(self.distance(x), share)
        return self
