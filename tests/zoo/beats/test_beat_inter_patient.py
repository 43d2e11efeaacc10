"""The inter-patient network: its members, its answer, and what it refuses."""

import numpy as np
import pytest
import torch

from ecgviz.errors import ModelError
from ecgviz.signals import synthetic
from ecgviz.signals.beat_features import FEATURES
from ecgviz.zoo.beats import beat_inter_patient as architecture

CONFIG = architecture.Config(members=2)


DENSE = architecture.Config(members=2, filters=0)


@pytest.fixture(params=[CONFIG, DENSE], ids=["convolutions", "dense"])
def network(request: pytest.FixtureRequest) -> architecture.Model:
    torch.manual_seed(0)
    return architecture.Model(request.param).eval()


def test_answer_is_the_mean_of_members_that_do_not_see_each_other(network: architecture.Model) -> None:
    x, rhythm = torch.randn(5, 2, CONFIG.samples), torch.randn(5, len(FEATURES))
    own = network.each(x[:, None].expand(-1, 2, -1, -1), rhythm[:, None].expand(-1, 2, -1))
    assert own.shape == (5, 2, 4)
    torch.testing.assert_close(network(x, rhythm), own.mean(dim=1))
    changed = torch.stack([x, torch.randn_like(x)], dim=1)
    other = network.each(changed, rhythm[:, None].expand(-1, 2, -1))
    torch.testing.assert_close(other[:, 0], own[:, 0])
    assert not torch.allclose(other[:, 1], own[:, 1])


def test_cam_grid_covers_the_window(network: architecture.Model) -> None:
    found: list[torch.Tensor] = []
    layer = architecture.cam_layer(network)
    if layer is None:
        assert not any(isinstance(part, torch.nn.Conv1d) for part in network.body)
        return
    layer.register_forward_hook(lambda *args: found.append(args[2]))
    network(torch.zeros(1, 2, CONFIG.samples), torch.zeros(1, len(FEATURES)))
    stride, offset = architecture.cam_grid(network)
    last = offset + stride * (found[0].shape[-1] - 1)
    assert CONFIG.samples - stride <= last < CONFIG.samples


def test_prepare_gives_what_the_network_takes(network: architecture.Model) -> None:
    simulation = synthetic.simulate("sinus_rhythm")
    times_s = np.array([beat.r_peak for beat in simulation.beats])
    beats = architecture.prepare(simulation.record, times_s, architecture.INPUT)
    assert beats.x.shape == (times_s.size, 2, 94) and beats.lead == "II" and beats.fs == 125.0
    assert beats.start_s + 38 / 125 == pytest.approx(times_s, abs=0.003)
    assert network(torch.from_numpy(beats.x), torch.from_numpy(beats.rhythm)).shape == (times_s.size, 4)
    other = simulation.record.pick(["V5"])
    assert architecture.prepare(other, times_s, architecture.INPUT).flags[0].code == "other_lead"


@pytest.mark.parametrize(
    ("times_s", "said"),
    [([], "No beat"), ([1.0, 99.0], "outside"), ([-1.0, 1.0], "outside"), ([2.0, 1.0], "order"), ([1.0, 1.0], "order")],
)
def test_beats_that_cannot_be_are_refused(times_s: list[float], said: str) -> None:
    record = synthetic.simulate("sinus_rhythm").record
    with pytest.raises(ModelError, match=said):
        architecture.prepare(record, np.array(times_s), architecture.INPUT)
