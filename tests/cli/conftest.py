import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from ecgviz.card import Figure, InputSpec, LabelSpec, ModelCard
from ecgviz.cli import main
from ecgviz.codes import SUPERCLASSES
from ecgviz.leads import STANDARD_12
from ecgviz.signals import synthetic

DISCLAIMER = "Research and education. Not a medical device. Unconfirmed: needs a physician's over-read."


@dataclass(frozen=True)
class Run:
    """What one command printed, and its exit status."""

    status: int
    out: str
    err: str

    @property
    def answer(self) -> object:
        def refuse(constant: str) -> None:
            raise AssertionError(f"{constant} is not JSON")

        return json.loads(self.out, parse_constant=refuse)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Run]:
    def run(*arguments: object) -> Run:
        capsys.readouterr()
        status = main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return Run(status, printed.out, printed.err)

    return run


@pytest.fixture(scope="session")
def data() -> Path:
    named = os.environ.get("ECGVIZ_DATA", "")
    if not named:
        pytest.skip("ECGVIZ_DATA is not set")
    return Path(named)


def write_wfdb(folder: Path, name: str = "sim", comments: str = "# Age: 61\n# Sex: Female\n") -> Path:
    """A simulated 12-lead ECG of 10 s at 250 Hz as a WFDB pair of format 16, 1000 steps a mV."""
    record = synthetic.simulate("sinus_rhythm", fs=250.0).record.pick(STANDARD_12)
    steps = np.round(record.signal * 1000).astype("<i2")
    (folder / f"{name}.dat").write_bytes(steps.T.tobytes())
    sums = [_checksum(row) for row in steps]
    lines = [f"{name} 12 250 {record.samples}"]
    lines += [
        f"{name}.dat 16 1000/mV 16 0 {row[0]} {total} 0 {lead}"
        for lead, row, total in zip(record.leads, steps, sums, strict=True)
    ]
    (folder / f"{name}.hea").write_text("\n".join(lines) + "\n" + comments)
    return folder / f"{name}.hea"


def _checksum(row: np.ndarray) -> int:
    total = int(row.astype(np.int64).sum()) & 0xFFFF
    return total - 0x10000 if total >= 0x8000 else total


@pytest.fixture
def ecg(tmp_path: Path) -> Path:
    return write_wfdb(tmp_path)


@pytest.fixture
def no_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "models"
    monkeypatch.setenv("ECGVIZ_MODELS", str(folder))
    return folder


@pytest.fixture
def toy_model(no_models: Path) -> str:
    """An installed network with fresh weights and PTB-XL's superclasses, one of them untrusted."""
    import torch

    from ecgviz.zoo import _checkpoints

    torch.manual_seed(0)
    config = {"labels": len(SUPERCLASSES), "width": 8}
    network = _checkpoints.build("resnet1d_wang", config)
    digest = _checkpoints.save_weights(network, no_models / "toy")
    labels = tuple(
        LabelSpec(name, text, (), 100, 0.0 if name == "NORM" else 1.0, trusted=name != "MI")
        for name, text in SUPERCLASSES.items()
    )
    card = ModelCard(
        name="toy",
        title="Toy",
        task="ptbxl_super",
        architecture="resnet1d_wang",
        config=config,
        input=InputSpec(
            task="ecg12",
            leads=STANDARD_12,
            fs=100.0,
            seconds=2.5,
            stride_s=1.25,
            shortest_s=2.5,
            band_hz=(0.5, 40.0),
            scale_mv=1.0,
        ),
        labels=labels,
        thresholds_from="nothing",
        calibration="none",
        trained_on="nothing",
        tested_on="nothing",
        metrics={"macro_auroc": Figure(0.5, 0.4, 0.6), "ece": Figure(float("nan"))},
        subgroups={},
        intended_use="tests",
        not_for="anything else",
        licence="none",
        parameters=_checkpoints.parameters(network),
        gflop=0.1,
        ms_per_record=1.0,
        weights_digest=digest,
        example={},
    )
    (no_models / "toy/card.json").write_text(card.to_json())
    return "toy"
