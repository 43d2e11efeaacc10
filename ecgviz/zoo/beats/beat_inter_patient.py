"""Beats of a person never seen: a small network of the beat's shape, joined to how it differs from its own record.

Several networks that differ only by the seed of their training are one here: their logits are averaged. Idea of rhythm
features: de Chazal, O'Dwyer, Reilly, IEEE Trans Biomed Eng 2004;51:1196.
"""

from dataclasses import dataclass
from math import ceil

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ecgviz.card import BeatInput
from ecgviz.errors import ModelError
from ecgviz.record import Record
from ecgviz.signals.beat_features import FEATURES, beat_features
from ecgviz.signals.beat_windows import Beats, lead_for

__all__ = ["INPUT", "Config", "Model", "cam_grid", "cam_layer", "prepare"]

TITLE = "Inter-patient beat network"
INPUT = BeatInput(
    task="beat",
    window="around",
    fs=125.0,
    samples=94,
    leads=("MLII", "II"),
    before_s=38 / 125,
    after_s=56 / 125,
    band_hz=(0.5, 40.0),
    rhythm=len(FEATURES),
)


@dataclass(frozen=True)
class Config:
    """filters: of the first convolution, the others have twice as many, 0 for a dense layer on pairs of samples
    instead; hidden: units of the joint layer; members: networks whose logits are averaged."""

    filters: int = 12
    shape_units: int = 16
    hidden: int = 48
    features: int = len(FEATURES)
    members: int = 1
    labels: int = 4
    samples: int = 94
    dropout: float = 0.3


def _convolutions(filters: int, members: int) -> nn.Sequential:
    """(n, 2 * members, samples) -> (n, 2 * filters * members, samples / 4)."""
    layers: list[nn.Module] = []
    for into, out, kernel, stride in (
        (2, filters, 7, 2),
        (filters, 2 * filters, 5, 2),
        (2 * filters, 2 * filters, 5, 1),
    ):
        convolution = nn.Conv1d(into * members, out * members, kernel, stride, kernel // 2, groups=members)
        layers += [convolution, nn.BatchNorm1d(out * members), nn.ReLU()]
    return nn.Sequential(*layers)


class Model(nn.Module):
    """(n, 2, samples), (n, features) -> (n, labels) logits.

    The convolutions of all members lie side by side as groups, so that one layer shows what all of them saw.
    """

    centre: Tensor
    scale: Tensor

    def __init__(self, config: Config) -> None:
        super().__init__()
        m = config.members
        self.config, self.members, self.labels = config, m, config.labels
        self.register_buffer("centre", torch.zeros(config.features))
        self.register_buffer("scale", torch.ones(config.features))
        self.body = _convolutions(config.filters, m) if config.filters else nn.Sequential(nn.AvgPool1d(2))
        self.pool = nn.MaxPool1d(3, ceil_mode=True) if config.filters else nn.Identity()
        steps = ceil(ceil(ceil(config.samples / 2) / 2) / 3) if config.filters else config.samples // 2
        width = 2 * (config.filters or 1)
        self.drop = nn.Dropout(config.dropout)
        # a convolution of length 1 with groups is one dense layer a member
        self.shape = nn.Conv1d(width * steps * m, config.shape_units * m, 1, groups=m)
        self.joint = nn.Conv1d((config.shape_units + config.features) * m, config.hidden * m, 1, groups=m)
        self.last = nn.Conv1d(config.hidden * m, 32 * m, 1, groups=m)
        self.out = nn.Conv1d(32 * m, config.labels * m, 1, groups=m)

    def each(self, x: Tensor, rhythm: Tensor) -> Tensor:
        """(n, members, labels) logits of (n, members, 2, samples) and (n, members, features): each sees its own."""
        n, m = len(x), self.members
        found = self.pool(self.body(x.flatten(1, 2)))  # (n, 2 * filters * m, steps)
        found = torch.relu(self.shape(self.drop(found.flatten(1)[:, :, None])))  # (n, shape_units * m, 1)
        given = ((rhythm - self.centre) / self.scale).clamp(-4, 4)  # (n, m, features)
        joined = torch.cat([found.view(n, m, -1), given], dim=2).flatten(1)[:, :, None]
        hidden = self.drop(torch.relu(self.joint(joined)))  # (n, hidden * m, 1)
        out: Tensor = self.out(torch.relu(self.last(hidden))).view(n, m, self.labels)
        return out

    def forward(self, x: Tensor, rhythm: Tensor) -> Tensor:
        m = self.members
        return self.each(x[:, None].expand(-1, m, -1, -1), rhythm[:, None].expand(-1, m, -1)).mean(dim=1)


def prepare(record: Record, times_s: NDArray[np.float64], spec: BeatInput) -> Beats:
    """Windows and features of the R peaks (beats,), increasing, in s on the record's axis.

    All beats of the record should be given: each is judged against the others. Raises ModelError where there is no
    beat, one lies outside the record, or they are out of order.
    """
    if times_s.size == 0:
        raise ModelError("No beat was given; find the R peaks first, or mark one by hand.")
    within = times_s - record.start_s
    if not (np.isfinite(within).all() and within[0] >= 0 and within[-1] < record.seconds):
        end_s = record.start_s + record.seconds
        raise ModelError(f"A beat lies outside the record, which runs from {record.start_s:g} to {end_s:g} s.")
    if (np.diff(within) <= 0).any():
        raise ModelError("The beats are not in order of time; sort them and leave out doubles.")
    lead, flags = lead_for(record, spec.leads)
    before = round(spec.before_s * spec.fs)
    found = beat_features(record[lead], record.fs, within, before, spec.samples - before)
    valid = np.ones((within.size, spec.samples), dtype=np.bool_)
    return Beats(found.windows, valid, found.values, record.start_s + found.start_s, found.fs, lead, flags)


def cam_layer(model: Model) -> nn.Module | None:
    """The activations of the last convolution; None where there is none."""
    return model.body[-1] if len(model.body) > 1 else None


def cam_grid(model: Model) -> tuple[float, float]:
    """(stride, offset) in samples of a step of `cam_layer`."""
    return 4.0, 0.0
