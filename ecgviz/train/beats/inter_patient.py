"""Training of the inter-patient beat network: whole records of DS1, every class and every record heard.

Every beat is drawn with a chance that grows with the root of its class's and its record's number of beats, moved by up
to 16 ms against the window, scaled and covered with a little noise. Both leads of a record are learnt from, one at a
time, and mixtures of the two: another view of the same heart is the nearest thing to another person. A share of the
draws is made to look like atrial fibrillation, of which DS1 has two records: irregular intervals without a P wave, so
that early is not taken for ectopic there.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from ecgviz.datasets import heartbeat
from ecgviz.signals.beat_features import FEATURES, RHYTHM, beat_features, rhythm_features
from ecgviz.signals.beat_windows import lead_for
from ecgviz.train.beats.config import InterPatientConfig
from ecgviz.zoo.beats import beat_inter_patient as architecture

__all__ = ["Rows", "fibrillating", "fit", "logits", "rows"]

CLASSES = heartbeat.CLASSES[:4]
JITTER = 2
"""Samples at 125 Hz by which a window is moved at most: a detector's R peak is not the annotator's."""
MIXES = ((1.0, 1.0), (1.0, -1.0))
"""Of two leads, each in units of its own size."""
FIBRILLATION = ("203", "201")
"""Records of DS1 with long stretches of it; the first that is in training lends its P region."""
P_COLUMNS = tuple(
    list(FEATURES).index(name)
    for name in ("p_correlation", "p_difference", "p_anywhere", "early_activity", "p_nearby", "p_against_nearby")
)
P_END = 30
"""Sample of the window, jitter included, before which it holds the P wave: 80 ms before R."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Beats of whole records: windows (n, 2, samples + 2 * JITTER), values (n, features), y (n,) index in CLASSES or
    4 for what is not scored, record (n,) name, times_s (n,) of R, preferred (n,) whether seen in the lead in which a
    record is judged."""

    windows: NDArray[np.float32]
    values: NDArray[np.float32]
    y: NDArray[np.int64]
    record: NDArray[np.str_]
    times_s: NDArray[np.float64]
    preferred: NDArray[np.bool_]

    def only(self, mask: NDArray[np.bool_]) -> "Rows":
        """The rows where mask (n,) is true."""
        return Rows(*(getattr(self, field.name)[mask] for field in fields(self)))


def rows(strips: Iterable[heartbeat.Strip], mixed: bool = False) -> Rows:
    """Windows and features of every beat of the strips in each lead; intervals count beats that are not scored.

    mixed: also in MIXES of the first two leads, which are leads in other directions.
    """
    spec, parts = architecture.INPUT, []
    before = round(spec.before_s * spec.fs) + JITTER
    after = spec.samples + 2 * JITTER - before
    for strip in strips:
        record = strip.record
        judged, _ = lead_for(record, spec.leads)
        times_s = strip.beats.times_s - record.start_s
        y = np.array([CLASSES.index(c) if c in CLASSES else len(CLASSES) for c in strip.beats.labels], dtype=np.int64)
        views = [(record[lead], lead == judged) for lead in record.leads]
        if mixed and len(record.leads) > 1:
            views += [(lead, False) for lead in _mixtures(record.signal[:2])]
        for signal, preferred in views:
            found = beat_features(signal, record.fs, times_s, before, after)
            of_all = (np.full(y.size, strip.name), times_s, np.full(y.size, preferred))
            parts.append((found.windows, found.values, y, *of_all))
    return Rows(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _mixtures(signal: NDArray[np.floating]) -> NDArray[np.float64]:
    """(mixes, samples) of (2, samples) mV, each lead scaled by its 99th percentile of size before."""
    level = np.nan_to_num(signal - np.nanmedian(signal, axis=1, keepdims=True)).astype(np.float64)
    size = np.percentile(np.abs(level), 99, axis=1, keepdims=True)
    mixed: NDArray[np.float64] = np.array(MIXES) @ (level / np.maximum(size, 1e-9))
    return mixed


def fit(data: Rows, config: InterPatientConfig, say: Callable[[str], None]) -> architecture.Model:
    """Train on every scored beat of `data`."""
    torch.manual_seed(config.seed)
    rng = np.random.default_rng(config.seed)
    data = data.only(data.y < len(CLASSES))
    network = architecture.Model(architecture.Config(filters=config.filters, members=config.members))
    centre, scale = np.median(data.values, axis=0), data.values.std(axis=0) + 1e-3
    network.centre.copy_(torch.from_numpy(centre))
    network.scale.copy_(torch.from_numpy(scale))
    chance = np.cumsum(_chances(data.y, data.record))
    lent = fibrillating(data, rng)
    optimiser = torch.optim.AdamW(network.parameters(), config.lr, weight_decay=config.weight_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, config.lr, total_steps=config.steps)
    network.train()
    for step in range(config.steps):
        drawn = rng.random((config.batch, config.members)) * chance[-1]
        at = np.searchsorted(chance, drawn).clip(0, len(chance) - 1)  # (batch, members)
        x, values = _disturbed(data, lent, at, config, scale, rng)
        out = network.each(torch.from_numpy(x), torch.from_numpy(values))
        loss = nn.functional.cross_entropy(out.flatten(0, 1), torch.from_numpy(data.y[at].ravel())) * config.members
        optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        optimiser.step()
        schedule.step()
        if (step + 1) % 100 == 0:
            say(f"step {step + 1} of {config.steps}: loss {float(loss.detach()) / config.members:.4f}")
    return network.eval().requires_grad_(False)


def _chances(y: NDArray[np.int64], record: NDArray[np.str_]) -> NDArray[np.float64]:
    """(n,) weights: a class counts as the root of its beats, and inside it a record as the root of its beats."""
    out = np.zeros(len(y))
    for label in np.unique(y):
        of_class = y == label
        for name in np.unique(record[of_class]):
            mine = of_class & (record == name)
            out[mine] = mine.sum() ** -0.5
        out[of_class] *= of_class.sum() ** 0.5 / out[of_class].sum()
    return out


def fibrillating(data: Rows, rng: np.random.Generator) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """(n, features) values of every beat as if its record fibrillated, and (n,) the beat that lends its P region.

    Intervals are drawn independently around the record's median, log-normal with 22 % spread; features of the P wave
    are those of the lending beat. Where no record of FIBRILLATION is in `data`, the beats keep their own.
    """
    values, lenders = data.values.copy(), np.arange(len(data.y))
    lending = [name for name in FIBRILLATION if name in data.record]
    for name in np.unique(data.record):
        mine = data.record == name
        usual = float(np.median(np.diff(data.times_s[mine])))
        drawn = np.cumsum(usual * np.exp(rng.normal(0.0, 0.22, int(mine.sum()))))
        values[mine, : len(RHYTHM)] = rhythm_features(drawn)
    if lending:
        lenders = rng.choice(np.flatnonzero((data.record == lending[0]) & (data.y == 0)), len(data.y))
        values[:, P_COLUMNS] = data.values[lenders][:, P_COLUMNS]
    return values, lenders


def _disturbed(
    data: Rows,
    lent: tuple[NDArray[np.float32], NDArray[np.intp]],
    at: NDArray[np.intp],
    config: InterPatientConfig,
    scale: NDArray[np.float32],
    rng: np.random.Generator,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(batch, members, 2, samples) and (batch, members, features) of the beats `at`, as the network will see them."""
    samples = architecture.INPUT.samples
    x, values = data.windows[at], data.values[at]
    shaken = (rng.random(at.shape) < config.fibrillation) & np.isin(data.y[at], (0, 2))
    values[shaken] = lent[0][at[shaken]]
    x[shaken, :, :P_END] = data.windows[lent[1][at[shaken]], :, :P_END]
    start = int(rng.integers(0, 2 * JITTER + 1))
    gain = 1 + 0.1 * rng.standard_normal((*at.shape, 1, 1), dtype=np.float32)
    x = x[..., start : start + samples] * gain
    x += 0.02 * rng.standard_normal(x.shape, dtype=np.float32)
    values += config.noise * scale * rng.standard_normal(values.shape, dtype=np.float32)
    return np.ascontiguousarray(x), values


def logits(network: architecture.Model, data: Rows) -> NDArray[np.float64]:
    """(n, members, labels) of rows, without averaging."""
    out = []
    with torch.inference_mode():
        for k in range(0, len(data.y), 1024):
            x = torch.from_numpy(data.windows[k : k + 1024, :, JITTER:-JITTER])[:, None]
            values = torch.from_numpy(data.values[k : k + 1024])[:, None]
            many = network.members
            out.append(network.each(x.expand(-1, many, -1, -1), values.expand(-1, many, -1)))
    return torch.cat(out).double().numpy()
