from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from ecgviz.cli import training
from ecgviz.train import TrainConfig


def test_every_field_of_the_configuration_is_an_explained_option(run: Callable[..., Any]) -> None:
    found = run("train", "--help")
    assert found.status == 0
    for field in fields(TrainConfig):
        assert f"--{field.name.replace('_', '-')}" in found.out
        assert training._meanings(TrainConfig)[field.name]


def test_options_arrive_typed(run: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[TrainConfig, Path]] = []

    def recorded(config: TrainConfig, out: Path, say: Callable[[str], None]) -> Path:
        seen.append((config, out))
        say("epoch 1")
        return out / config.name

    monkeypatch.setattr(training, "run", recorded)
    needed = ("--name", "x", "--architecture", "resnet1d_wang", "--task", "cinc2020", "--data", tmp_path)
    found = run("train", *needed, "--lr", "0.001", "--demographics", "--no-bf16", "--epochs", "2", "--out", tmp_path)
    assert found.status == 0
    assert found.out == f"epoch 1\nWritten to {tmp_path / 'x'}.\n"
    ((config, out),) = seen
    assert out == tmp_path
    assert config == TrainConfig(
        name="x",
        architecture="resnet1d_wang",
        task="cinc2020",
        data=tmp_path,
        lr=0.001,
        demographics=True,
        bf16=False,
        epochs=2,
    )
    assert run("train", *needed, "--out", tmp_path, "--json").answer == {"folder": str(tmp_path / "x")}


def test_without_data_training_refuses(run: Callable[..., Any], tmp_path: Path) -> None:
    needed = ("--name", "x", "--architecture", "resnet1d_wang", "--task", "ptbxl_super", "--data", tmp_path)
    found = run("train", *needed, "--runs", tmp_path / "runs", "--out", tmp_path / "models")
    assert (found.status, found.err.count("\n")) == (2, 1)
    assert "ptbxl_database.csv" in found.err
    assert not (tmp_path / "models").exists()
