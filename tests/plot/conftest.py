"""Small synthetic records: what a figure shows must be checkable by eye."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from ecgviz.leads import STANDARD_12
from ecgviz.record import Record
from ecgviz.results import Attribution


@pytest.fixture
def make_record() -> Callable[..., Record]:
    """A record whose lead number n is a sine of its own height, so that no two leads are alike."""

    def make(
        leads: Sequence[str] = STANDARD_12, *, seconds: float = 10.0, fs: float = 500.0, start_s: float = 0.0
    ) -> Record:
        t = np.arange(round(seconds * fs)) / fs
        heights = 0.1 + 0.05 * np.arange(len(leads))
        return Record((heights[:, None] * np.sin(2 * np.pi * 1.3 * t)).astype("f4"), fs, tuple(leads), start_s)

    return make


@pytest.fixture
def make_evidence() -> Callable[..., Attribution]:
    """Evidence of the record's own shape and rate; none unless scores are given."""

    def make(record: Record, scores: np.ndarray | None = None, **fields: object) -> Attribution:
        values = np.zeros(record.signal.shape, np.float32) if scores is None else scores
        named = {"label": "LBBB", "model": "m", "method": "Grad-CAM", "fs": record.fs, "start_s": record.start_s}
        return Attribution(**{"scores": values, "leads": record.leads} | named | fields)  # type: ignore[arg-type]

    return make
