"""Training end to end on a small PTB-XL: resumable to the bit, audited, and its folder predicts and evaluates."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from ecgviz import train, zoo
from ecgviz.card import load_card
from ecgviz.datasets import ptbxl
from ecgviz.errors import DataError, LeakageError, ModelError
from ecgviz.evaluate.leakage import training_scale
from ecgviz.signals import synthetic
from ecgviz.signals.prepare import prepare
from ecgviz.train import TrainConfig
from ecgviz.train._run import audited, bf16_is_right, fewer
from ecgviz.train.data import augment, crops, folds, withhold
from ecgviz.train.finish import keep_outputs
from ecgviz.train.loss import loss_of
from ecgviz.zoo._predict import logits


@pytest.fixture(scope="module")
def config(small_ptbxl: Path, tmp_path_factory: pytest.TempPathFactory) -> TrainConfig:
    return TrainConfig(
        name="tiny",
        architecture="inception_residual",
        task="cinc2020",
        data=small_ptbxl,
        runs=tmp_path_factory.mktemp("runs"),
        demographics=True,
        heads="ptbxl_super",
        auxiliary="ptbxl_all",
        epochs=2,
        batch=32,
        lr=1e-3,
    )


@pytest.fixture(scope="module")
def folder(config: TrainConfig, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train.run(config, tmp_path_factory.mktemp("models"))


def test_the_folder_is_a_whole_model(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECGVIZ_MODELS", str(folder.parent))
    card = load_card(folder / "card.json")
    assert card.parameters == 3_674_539
    assert card.heads == {"cinc2020": (0, 27), "ptbxl_super": (27, 32)}
    assert len(card.labels) == 27
    assert card.training["epochs_run"] == 2
    found = zoo.predict(zoo.load("tiny"), synthetic.simulate("sinus_rhythm").record)
    by = {finding.label: finding for finding in found.findings}
    for one, other in (("CRBBB", "RBBB"), ("PAC", "SVPB"), ("PVC", "VPB")):
        assert by[one].probability == by[other].probability
        assert by[one].threshold == by[other].threshold
    assert not by["AFL"].trusted


def test_a_further_head_is_a_model_that_uses_the_same_weights(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECGVIZ_MODELS", str(folder.parent))
    card = load_card(folder.parent / "tiny_super" / "card.json")
    assert card.label_names == ptbxl.TASKS["ptbxl_super"]
    assert card.members == ("tiny",)
    assert not (folder.parent / "tiny_super" / "weights.safetensors").exists()
    record = synthetic.simulate("sinus_rhythm").record
    for name in ("tiny", "tiny_super"):
        found = zoo.predict(zoo.load(name), record)
        told = load_card(folder.parent / name / "card.json").example["probabilities"]
        assert {f.label: round(f.probability, 4) for f in found.findings} == told


def test_an_ensemble_is_a_model_like_any_other(
    folder: Path, config: TrainConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ECGVIZ_MODELS", str(folder.parent))
    second = replace(config, name="second", seed=1, epochs=1, demographics=False)
    train.run(second, folder.parent)
    made = train.ensemble("both", ["tiny", "second"], "ptbxl_super", config.data, config.runs, folder.parent)
    card, record = load_card(made / "card.json"), synthetic.simulate("sinus_rhythm").record
    assert card.members == ("tiny", "second")
    assert card.input.demographics
    both = zoo.load("both")
    models = [zoo.load(name) for name in ("tiny_super", "second_super")]
    alone = [logits(model, prepare(record, model.card.input)) for model in models]
    assert logits(both, prepare(record, card.input)) == pytest.approx(np.mean(alone, axis=0), abs=1e-3)
    with pytest.raises(ModelError, match="second has no model of the task ptbxl_form"):
        train.ensemble("x", ["second", "tiny"], "ptbxl_form", config.data, config.runs, tmp_path)
    with pytest.raises(ModelError, match="at least two"):
        train.ensemble("x", ["tiny"], "ptbxl_super", config.data, config.runs, tmp_path)


def test_a_grid_trains_each_setting_for_each_seed_and_tests_nothing(config: TrainConfig, tmp_path: Path) -> None:
    small = replace(config, name="grid", architecture="lenet", demographics=False, heads="", auxiliary="", epochs=1)
    said: list[str] = []
    rows = train.grid(small, "lr=0.001,0.01 seed=0,1", said.append)
    assert sorted(row["lr"] for row in rows) == [0.001, 0.01]
    assert all(row["n"] == 2 for row in rows)
    assert rows[0]["val_macro_auroc"] >= rows[1]["val_macro_auroc"]
    assert next(line for line in said if line.startswith("-- ")) == "-- lr=0.001_seed=0"
    with pytest.raises(DataError, match="'colour=red' is no setting"):
        train.grid(small, "colour=red")
    with pytest.raises(DataError, match="'lr=fast': could not convert"):
        train.grid(small, "lr=fast")


def test_a_learning_curve_takes_part_of_the_training_fold_alone(config: TrainConfig) -> None:
    data = folds(config)
    part = fewer(data["train"], 20, seed=1)
    assert len(part.x) == len(part.y) == len(part.rows) == 20
    whole = data["train"]
    for task, rows in part.scored.items():
        assert set(part.rows.index[rows]) == set(part.rows.index) & set(whole.rows.index[whole.scored[task]])
    with pytest.raises(DataError, match="10000 training records are asked for"):
        fewer(data["train"], 10_000, seed=1)


class _Wrong(torch.nn.Conv1d):
    """A convolution whose bfloat16 kernel is broken."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out = super().forward(x)
        return out.flip(-1) if out.dtype == torch.bfloat16 else out


@pytest.mark.parametrize(("layer", "right"), [(torch.nn.Conv1d, True), (_Wrong, False)])
def test_a_network_whose_bfloat16_is_wrong_is_found(layer: type[torch.nn.Conv1d], right: bool) -> None:
    class Net(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = layer(12, 4, 5)

        def forward(self, x: torch.Tensor, person: torch.Tensor) -> torch.Tensor:
            return torch.as_tensor(self.conv(x))

    assert bf16_is_right(Net(), 250) is right


def test_losses_weigh_rare_labels_and_easy_negatives() -> None:
    y = np.zeros((100, 2), np.float32)
    y[:50, 0], y[0, 1] = 1, 1
    out, target = torch.zeros(1, 2), torch.ones(1, 2)
    plain = loss_of("plain", y)(out, target)
    assert loss_of("weighted", y)(out, target) == pytest.approx(float(plain) * (1 + 10) / 2)
    easy = torch.full((1, 2), -4.0)
    assert loss_of("asymmetric", y)(easy, 0 * target) == 0
    assert loss_of("asymmetric", y)(out, target) > loss_of("asymmetric", y)(-easy, target)


def test_a_model_is_examined_with_failing_leads(
    folder: Path, config: TrainConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ECGVIZ_MODELS", str(folder.parent))
    train.examine("tiny", config.data, config.runs)
    found = zoo.report("tiny")["robustness"]
    assert {row["group"] for row in found["rows"]} == {"lead missing", "leads kept", "swap", "gain"}
    assert found["clean"]["value"] is not None
    assert "Not at hand" in found["noise_omitted"] or found["noise"]


def test_evaluate_reads_prepares_and_scores_the_same_fold(
    folder: Path, config: TrainConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ECGVIZ_MODELS", str(folder.parent))
    again = train.evaluate("tiny", config.data, "test")
    report = zoo.report("tiny")
    assert again["n"] == report["n"] == 15
    assert again["metrics"]["micro_auroc"]["value"] == pytest.approx(
        report["metrics"]["micro_auroc"]["value"], abs=2e-3
    )
    with pytest.raises(DataError, match="Unknown split 'holdout'"):
        train.evaluate("tiny", config.data, "holdout")
    with pytest.raises(DataError, match="neither PTB-XL nor any"):
        train.evaluate("tiny", folder, "test")


def test_a_stopped_run_goes_on_as_if_it_had_not_stopped(config: TrainConfig, folder: Path, tmp_path: Path) -> None:
    class Stopped(Exception):
        pass

    def stop(line: str) -> None:
        if line.startswith("epoch   1"):
            raise Stopped

    again = replace(config, name="again")
    with pytest.raises(Stopped):
        train.run(again, tmp_path, stop)
    train.run(again, tmp_path)
    whole = load_file(config.runs / "tiny" / "state.safetensors")
    resumed = load_file(config.runs / "again" / "state.safetensors")
    assert whole.keys() == resumed.keys()
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)


def test_a_patient_in_two_splits_is_refused(config: TrainConfig) -> None:
    data = folds(config)
    scale = training_scale(data["train"].x)
    audited(config, data, scale)
    rows = data["test"].rows.copy()
    rows.iloc[0, rows.columns.get_loc("patient_id")] = data["train"].rows["patient_id"].iloc[0]
    with pytest.raises(LeakageError, match="1 patients are in both train and test"):
        audited(config, data | {"test": replace(data["test"], rows=rows)}, scale)


def test_unknown_task_and_architecture_are_named(config: TrainConfig, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="Unknown task 'colours'"):
        train.run(replace(config, task="colours"), tmp_path)
    with pytest.raises(ModelError, match="no architecture 'vgg99'"):
        train.run(replace(config, architecture="vgg99"), tmp_path)


def test_crops_and_augmentation_keep_order_polarity_and_time(config: TrainConfig) -> None:
    rng = np.random.default_rng(0)
    x = np.tile(np.arange(1000, dtype=np.float16), (40, 12, 1))
    cut = crops(x, 250, rng)
    assert cut.shape == (40, 12, 250)
    assert (np.diff(cut, axis=2) >= 0).all()
    out = augment(np.ones((400, 12, 50), np.float32), replace(config, noise_mv=0.0), rng)
    blank = (out == 0).all(axis=2)
    assert ((out > 0.79) & (out < 1.21) | (out == 0)).all()
    assert blank.any(axis=1).mean() == pytest.approx(config.mask_leads, abs=0.06)
    assert blank.sum(axis=1).max() <= 6


def test_withheld_age_and_sex_are_marked_unknown() -> None:
    person = np.tile(np.array([0.5, 0, 1, 0, 0], np.float32), (1000, 1))
    out = withhold(person, 0.2, np.random.default_rng(0))
    assert {tuple(row) for row in out} == {
        (0.5, 0, 1, 0, 0),
        (0, 1, 1, 0, 0),
        (0.5, 0, 0, 0, 1),
        (0, 1, 0, 0, 1),
    }


def test_outputs_that_are_kept_are_tied() -> None:
    names = ptbxl.TASKS["cinc2020"]
    layer = torch.nn.Linear(4, 98)
    keep_outputs(layer, ("cinc2020",))
    assert layer.weight.shape == (27, 4)
    for one, other in (("RBBB", "CRBBB"), ("Brady", "SB")):
        assert torch.equal(layer.weight[names.index(one)], layer.weight[names.index(other)])


def test_targets_have_the_published_counts(config: TrainConfig) -> None:
    table = ptbxl.load_table(config.data)
    kept, y = ptbxl.targets(table, "ptbxl_super")
    assert y.any(axis=1).all()
    assert len(kept) <= len(table)
    _, every = ptbxl.targets(table, "cinc2020")
    assert len(every) == len(table)
