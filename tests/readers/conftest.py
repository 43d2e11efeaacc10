"""Small recordings made in memory: a header of named parts, and its signal file written by the wfdb package."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import wfdb

STANDARD = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")


@dataclass(frozen=True)
class Files:
    """An upload of a WFDB record with one place to change each part of its header."""

    header: str
    data: bytes
    comments: str = ""
    others: dict[str, bytes] = field(default_factory=dict)

    def upload(self) -> dict[str, bytes]:
        """The files as an upload brings them."""
        return {"rec.hea": (self.header + self.comments).encode(), "rec.dat": self.data, **self.others}

    def changed(self, old: str, new: str, count: int = 1) -> dict[str, bytes]:
        """The upload with a part of the header replaced."""
        assert old in self.header
        return self.upload() | {"rec.hea": (self.header.replace(old, new, count) + self.comments).encode()}


def beats(leads: int, samples: int, seed: int = 3) -> np.ndarray:
    """Integers (samples, leads) with the look of an ECG in microvolts: a beat every 400 samples over noise."""
    rng = np.random.default_rng(seed)
    at = np.arange(samples) % 400
    beat = 900 * np.exp(-(((at - 120) / 6.0) ** 2)) + 200 * np.exp(-(((at - 220) / 25.0) ** 2))
    return np.round(beat[:, None] * rng.uniform(0.4, 1.2, leads) + rng.normal(0, 12, (samples, leads))).astype(int)


def write_record(folder: Path, fmt: str, signal: np.ndarray, names: tuple[str, ...], gain: float = 1000.0) -> None:
    """A record written by the wfdb package itself, in any of its formats."""
    count = signal.shape[1]
    wfdb.wrsamp(
        "rec",
        fs=500,
        units=["mV"] * count,
        sig_name=list(names),
        d_signal=signal,
        fmt=[fmt] * count,
        adc_gain=[gain] * count,
        baseline=[0] * count,
        write_dir=str(folder),
    )


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """12 leads, 500 Hz, 4 s, format 16, 1000 steps per mV, with true checksums."""
    write_record(tmp_path, "16", beats(12, 2000), STANDARD)
    return Files((tmp_path / "rec.hea").read_text(), (tmp_path / "rec.dat").read_bytes())


@pytest.fixture
def data() -> Callable[[str], Path]:
    """A path below the folder of real recordings; skips where there is none."""

    def find(name: str) -> Path:
        root = os.environ.get("ECGVIZ_DATA")
        if not root:
            pytest.skip("ECGVIZ_DATA is not set")
        path = Path(root, name)
        if not path.exists():
            pytest.skip(f"{name} is not among the data")
        return path

    return find


@pytest.fixture
def make_record() -> Callable[..., None]:
    """Writes a record with the wfdb package: folder, format, integers (samples, leads), names, gain."""
    return write_record
