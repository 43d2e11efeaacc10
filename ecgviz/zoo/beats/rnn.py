"""Recurrent networks that read a beat sample by sample: RNN, LSTM, GRU, plain or with shortcuts (SC4001)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from torch import Tensor, nn

__all__ = ["Config", "Model", "cam_layer"]

TITLE = "Recurrent network of a beat"
CELLS: dict[str, Callable[..., nn.RNNBase]] = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}


@dataclass(frozen=True)
class Config:
    """shortcut: none, `skip` (a layer's input is added to its output) or `add_norm` (and the sum normalised)."""

    cell: Literal["rnn", "lstm", "gru"] = "gru"
    hidden: int = 64
    layers: int = 2
    bidirectional: bool = False
    shortcut: Literal["plain", "skip", "add_norm"] = "plain"
    labels: int = 5
    samples: int = 187


class Model(nn.Module):
    """(n, 1, samples) -> (n, labels) logits, from the states at all samples."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        ways = 2 if config.bidirectional else 1
        width = ways * config.hidden
        self.shortcut = config.shortcut
        self.into = nn.Linear(1, config.hidden)
        self.recurrent = nn.ModuleList(
            CELLS[config.cell](
                config.hidden if k == 0 else width, config.hidden, batch_first=True, bidirectional=config.bidirectional
            )
            for k in range(config.layers)
        )
        normed = config.layers if config.shortcut == "add_norm" else 0
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(normed))
        self.head = nn.Sequential(
            nn.Flatten(), nn.Linear(config.samples * width, 64), nn.ReLU(), nn.Linear(64, config.labels)
        )

    def forward(self, x: Tensor, rhythm: Tensor | None = None) -> Tensor:
        y = self.into(x.transpose(1, 2))  # (n, samples, hidden)
        for k, cell in enumerate(self.recurrent):
            found, _ = cell(y)  # (n, samples, ways * hidden)
            if self.shortcut != "plain" and found.shape == y.shape:
                found = found + y
            y = self.norms[k](found) if self.norms else found
        out: Tensor = self.head(y)
        return out


def cam_layer(model: Model) -> nn.Module | None:
    """None: there is no convolution whose activations could be weighed."""
    return None
