"""Each change does to the leads what it says, and a network whose weakness is known shows it."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from torch import Tensor, nn

from ecgviz.card import InputSpec
from ecgviz.datasets import ptbxl
from ecgviz.leads import STANDARD_12
from ecgviz.train.data import Fold
from ecgviz.train.robustness import CHANGES, robustness, some_records

RNG = np.random.default_rng(0)
N, K = 160, 5
SPEC = InputSpec("ecg12", STANDARD_12, 100.0, 5.0, 5.0, 2.5, (0.5, 40.0), 0.5)
V1 = STANDARD_12.index("V1")


def _fold(rest_mv: float = 0.05) -> Fold:
    """Each class is the sign of a slow wave in V1; all other leads are noise of `rest_mv`."""
    y = (RNG.random((N, K)) < 0.4).astype(np.float32)
    t = np.arange(1000) / 100
    waves = np.stack([np.sin(2 * np.pi * (6 + 2 * k) * t) for k in range(K)])
    x = rest_mv * RNG.normal(size=(N, 12, 1000))
    x[:, V1] = (y - 0.5) @ waves
    rows = pd.DataFrame({"patient_id": np.arange(N) // 2})
    return Fold(x.astype(np.float16), np.zeros((N, 5), np.float32), y, {"ptbxl_super": np.arange(N)}, rows)


class FromV1(nn.Module):
    """Correlates V1 with the waves."""

    def forward(self, x: Tensor, person: Tensor) -> Tensor:
        t = torch.arange(x.shape[2]) / 100
        waves = torch.stack([torch.sin(2 * torch.pi * (6 + 2 * k) * t) for k in range(K)])
        return x[:, V1] @ waves.T


@pytest.fixture(scope="module")
def found() -> dict:
    return robustness(FromV1(), _fold(), "ptbxl_super", (0, K), SPEC, n=100)


def test_a_network_that_reads_v1_alone_fails_without_it_and_only_then(found: dict) -> None:
    json.dumps(found, allow_nan=False)
    assert (found["n"], found["classes"]) == (100, K)
    by = {row["condition"]: row for row in found["rows"]}
    assert found["clean"]["value"] > 0.99
    assert by["without V1"]["value"] == pytest.approx(0.5)
    for name in ("without V2", "chest leads", "V1 and II", "half", "double", "left and right arm"):
        assert by[name]["value"] > 0.99, name
    for name in ("limb leads", "I and II", "II"):
        assert by[name]["value"] == pytest.approx(0.5), name
    assert 0.3 < by["V1 and V2"]["value"] < 0.7
    assert all(row["low"] <= row["value"] <= row["high"] for row in found["rows"])
    assert len(found["rows"]) == 12 + 5 + 2 + 2


def test_without_the_noise_records_their_rows_are_left_out_with_the_reason(found: dict, tmp_path: Path) -> None:
    assert "noise" not in found
    assert found["noise_omitted"].endswith("bw, em, ma.")


def test_recorded_noise_costs_the_more_the_louder_it_is(noise_folder: Path) -> None:
    found = robustness(FromV1(), _fold(10.0), "ptbxl_super", (0, K), SPEC, noise_folder, n=60)
    muscle = [row for row in found["noise"] if row["kind"] == "ma"]
    assert [row["snr_db"] for row in muscle] == [24, 18, 12, 6, 0]
    assert muscle[0]["value"] > 0.98
    assert muscle[-1]["value"] < muscle[0]["value"]


@pytest.fixture
def noise_folder() -> Path:
    import os

    path = Path(os.environ.get("ECGVIZ_DATA", "/nowhere")) / "nstdb"
    if not (path / "ma.hea").is_file():
        pytest.skip("ECGVIZ_DATA does not point to a folder with nstdb")
    return path


def test_swaps_are_those_of_the_electrodes() -> None:
    right, left, foot, *chest = RNG.normal(size=(9, 1, 50))

    def leads(ra: np.ndarray, la: np.ndarray) -> np.ndarray:
        one, two, three = la - ra, foot - ra, foot - la
        wilson = (ra + la + foot) / 3
        rows = [one, two, three, -(one + two) / 2, (one - three) / 2, (two + three) / 2]
        return np.stack([*rows, *(c - wilson for c in chest)], axis=1)

    normal = leads(right, left)
    np.testing.assert_allclose(CHANGES["swap"]["left and right arm"](normal), leads(left, right), atol=1e-12)
    twice = CHANGES["swap"]["V1 and V2"](CHANGES["swap"]["V1 and V2"](normal))
    np.testing.assert_array_equal(twice, normal)


def test_the_sample_is_stratified_fixed_and_no_larger_than_asked() -> None:
    y = (RNG.random((2000, 20)) < np.geomspace(0.004, 0.5, 20)).astype(float)
    chosen = some_records(y, 300)
    assert len(chosen) == len(np.unique(chosen)) == 300
    enough = y.sum(axis=0) >= 5
    assert (y[chosen][:, enough].sum(axis=0) >= 5).all()
    np.testing.assert_array_equal(chosen, some_records(y, 300))
    assert len(some_records(y, 12)) == 12
    assert len(some_records(y[:50], 300)) == 50


def test_equivalent_classes_are_scored_as_one() -> None:
    names = ptbxl.TASKS["cinc2020"]
    fold = _fold()
    y = np.zeros((N, len(names)), np.float32)
    y[:, names.index("CRBBB")] = y[:, names.index("RBBB")] = fold.y[:, 0]
    y[:, names.index("NSR")] = fold.y[:, 1]

    class Tied(FromV1):
        def forward(self, x: Tensor, person: Tensor) -> Tensor:
            out = torch.zeros(len(x), len(names))
            found = super().forward(x, person)
            out[:, names.index("CRBBB")] = out[:, names.index("RBBB")] = found[:, 0]
            out[:, names.index("NSR")] = found[:, 1]
            return out

    cinc = Fold(fold.x, fold.person, y, {"cinc2020": np.arange(N)}, fold.rows)
    assert robustness(Tied(), cinc, "cinc2020", (0, len(names)), SPEC, n=100)["classes"] == 2
