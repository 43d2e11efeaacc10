"""Each check says the same each time, and says the right thing of networks whose evidence is known."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from captum.metrics import sensitivity_max

from ecgviz import explain
from ecgviz.errors import ModelError
from ecgviz.explain import CHECKS
from ecgviz.explain._trial import trial
from ecgviz.explain.proof import agreement, jitter, weights
from ecgviz.explain.proof.limits import LIMITS, shuffled_verdict, verdict
from ecgviz.results import Attribution
from ecgviz.signals import synthetic

RECORD = synthetic.simulate("sinus_rhythm").record


def test_a_method_that_is_right_passes(make: SimpleNamespace) -> None:
    model = make.model_around(make.Energy())
    which = ("take_away", "deletion", "insertion", "randomisation", "sensitivity", "stability")
    record = make.restless()
    found = explain.check(model, record, "MI", "gradient_x_input", which)
    assert [one.name for one in found] == list(which)
    assert {one.name: one.verdict for one in found} == dict.fromkeys(which, "passes")
    take, deletion = found[:2]
    p = trial(model, record, "MI")
    before = float(p.probability(np.array([p.logit]))[0])
    assert f"the probability goes from {before:.2f} to 0.1" in take.sentence
    assert take.number == pytest.approx(before - 0.12, abs=0.03)
    assert {curve.name for curve in deletion.curves} >= {"heat", "random places", "Slope of the trace"}
    assert all(curve.x.shape == curve.y.shape for one in found for curve in one.curves)
    assert all(one.cost > 0 for one in found[:-1])


def test_a_picture_of_the_trace_alone_fails(make: SimpleNamespace) -> None:
    """An edge detector in place of an explanation: it is the same without the model's weights."""
    model = make.model_around(make.Energy())
    (found,) = explain.check(model, RECORD, "MI", "slope", ("randomisation",))
    assert found.verdict == "fails"
    assert found.number == pytest.approx(1)
    assert "looks the same without what the model has learnt" in found.sentence


def test_little_to_take_away_proves_little(make: SimpleNamespace) -> None:
    network = make.Energy()
    network.weight.data[2] = 3e-4
    (found,) = explain.check(make.model_around(network), make.restless(), "MI", "gradient_x_input", ("deletion",))
    assert found.verdict == "doubtful"
    assert "The difference is slight: the rest of the record says the same." in found.sentence
    (none,) = explain.check(_rare(make), make.restless(), "MI", "gradient_x_input", ("take_away",))
    assert none.verdict == "doubtful"
    assert none.sentence.endswith("there is little to take away, so this proves little.")


def _rare(make: SimpleNamespace) -> object:
    """The same network, calibrated to a finding that is hardly ever there."""
    model = make.model_around(make.Energy())
    labels = tuple(replace(label, platt=(1.0, -8.0)) for label in model.card.labels)
    return replace(model, card=replace(model.card, labels=labels))


@pytest.mark.parametrize("method", ["grad_cam", "guided_grad_cam", "qrs_mask"])
def test_every_check_is_made_and_repeats_exactly(method: str, make: SimpleNamespace) -> None:
    model = make.model_of("resnet1d_wang", 2.5)
    record = synthetic.simulate("left_bundle_branch_block", seconds=4).record
    once, again = (explain.check(model, record, "MI", method) for _ in range(2))
    assert [one.name for one in once] == list(CHECKS)
    for one, other in zip(once, again, strict=True):
        assert (one.verdict, one.sentence) == (other.verdict, other.sentence)
        assert one.number == other.number
        assert np.isfinite(one.number)
        assert one.sentence.endswith(".")


def test_shuffling_leaves_the_model_alone_and_begins_with_the_head(make: SimpleNamespace) -> None:
    model = make.model_of("resnet1d_wang", 2.5)
    before = {name: value.clone() for name, value in model.network.state_dict().items()}
    asked = trial(model, synthetic.simulate("sinus_rhythm", seconds=2.5).record, "MI")
    found = weights.cascade(asked, asked.heat("grad_cam"), "grad_cam")
    assert found.stages.shape == (weights.STAGES + 1,)
    assert found.stages[0] == 1
    assert found.size.shape == found.sign.shape == (weights.DRAWS,)
    np.testing.assert_allclose(found.size, found.sign)  # Grad-CAM has no sign
    assert found.stages[-1] == found.size[0]
    assert all(torch.equal(before[name], value) for name, value in model.network.state_dict().items())
    order = [type(layer).__name__ for layer in weights._layers(model.network)]
    assert order[0] == "Linear"
    assert order[-1] == "Conv1d"


def test_spearman_is_scipys() -> None:
    from scipy.stats import spearmanr

    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 5, (2, 3, 40))
    assert agreement.spearman(a, b) == pytest.approx(spearmanr(a.ravel(), b.ravel()).statistic)
    assert agreement.spearman(a, np.zeros_like(b)) == 0


def test_sensitivity_is_captums() -> None:
    rng = np.random.default_rng(0)
    heat, copies = rng.standard_normal((2, 50)), rng.standard_normal((16, 2, 50))
    expected = sensitivity_max(
        lambda x: x,
        torch.from_numpy(heat[None]),
        perturb_func=lambda x: torch.from_numpy(copies),
        n_perturb_samples=16,
    )
    assert jitter.sensitivity(heat, copies) == pytest.approx(float(expected))


def test_jitter_moves_the_heat_back(make: SimpleNamespace) -> None:
    asked = trial(make.model_around(make.OneLead()), make.one_beat(2.5), "NORM")
    copies = jitter.jittered(asked, "amplitude")
    assert copies.shape == (16, 12, 1000)
    peaks = copies.sum(axis=1).argmax(axis=1)
    assert np.ptp(peaks) <= 1
    assert jitter.unsteadiness(copies) < 0.1
    assert jitter.unsteadiness(np.zeros((16, 1, 9), np.float32)) == np.inf


def test_a_size_that_follows_the_trace_is_doubtful_where_the_sign_follows_the_model(make: SimpleNamespace) -> None:
    weight = torch.randn(12, 1000, generator=torch.Generator().manual_seed(5))
    model = make.model_around(make.Weighed(weight))
    (found,) = explain.check(model, RECORD, "MI", "gradient_x_input", ("randomisation",))
    assert found.number > 0.5
    assert found.verdict == "doubtful"
    assert "how strong it is follows the trace, for or against follows the model" in found.sentence
    assert shuffled_verdict(0.6, 0.4) == "fails"


def test_limits_are_ordered_and_every_check_has_one() -> None:
    assert set(LIMITS) == set(CHECKS)
    for name, limit in LIMITS.items():
        assert (limit.passes < limit.doubtful) == limit.falls
        assert verdict(name, limit.passes) == "passes"
        assert verdict(name, limit.doubtful) == "doubtful"
        assert verdict(name, limit.doubtful + (1 if limit.falls else -1) * 1e-6) == "fails"
        assert verdict(name, float("inf") if limit.falls else float("-inf")) == "fails"
        assert limit.reason


def _heat(scores: np.ndarray, fs: float, leads: tuple[str, ...], time_only: bool = False) -> Attribution:
    return Attribution(scores.astype(np.float32), fs, 1.0, leads, "MI", "toy", "a method", time_only=time_only)


def test_agreement_compares_seconds_whatever_the_rate() -> None:
    at = np.arange(1000) / 100
    slow = np.stack([np.sin(at) ** 2, np.cos(at) ** 2])
    fast = np.repeat(slow, 5, axis=1)
    one, other = _heat(slow, 100.0, ("I", "II")), _heat(fast, 500.0, ("I", "II"))
    swapped = _heat(slow[::-1], 100.0, ("I", "II"))
    wide = _heat(slow[:1].repeat(2, axis=0), 100.0, ("I", "II"), time_only=True)
    found = agreement.matrix([one, other, swapped, wide])
    np.testing.assert_allclose(found, found.T)
    np.testing.assert_allclose(np.diag(found), 1)
    assert found[0, 1] > 0.999
    assert found[0, 2] < -0.9
    assert abs(found[0, 3]) < 0.2  # the sum over the leads is flat


def test_a_model_is_judged_over_records(make: SimpleNamespace) -> None:
    model = make.model_around(make.Energy())
    cases = [(make.restless(seed), "MI") for seed in range(3)]
    good = explain.judge(model, cases, "gradient_x_input")
    assert good["n"] == 3
    assert good["verdict"] == "passes"
    assert good["beats_trivial"] is True
    for key in ("deletion", "insertion", "randomisation_spearman", "infidelity", "sensitivity", "faithfulness"):
        assert good[key]["low"] <= good[key]["value"] <= good[key]["high"]
    poor = explain.judge(model, cases, "amplitude", jitters=False)
    assert poor["verdict"] == "fails"
    assert "sensitivity" not in poor
    assert explain.judge(model, [], "grad_cam") == {"n": 0}


def test_an_unknown_check_is_named(make: SimpleNamespace) -> None:
    with pytest.raises(ModelError, match="no check 'luck'; choose from take_away"):
        explain.check(make.model_around(make.Energy()), RECORD, "MI", "gradient_x_input", ("luck",))
