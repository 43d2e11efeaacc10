"""Known places: which they are, and how a map that is right, wrong or everywhere scores."""

import os
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from ecgviz.card import LabelSpec, ModelCard
from ecgviz.explain.proof import places
from ecgviz.leads import STANDARD_12
from ecgviz.results import Attribution
from ecgviz.zoo._checkpoints import Model


def named(card: ModelCard, *labels: str, threshold: float = 0.0) -> ModelCard:
    return replace(card, labels=tuple(LabelSpec(name, name, (), 1, threshold) for name in labels))


def known(make: SimpleNamespace) -> places.Known:
    """Evidence in V1 from 2 to 3 s, of 0 to 8 s that are marked."""
    return places.Known(make.one_beat(2.5), "MI", "a group", {"V1": ((2.0, 2.999),)}, (0.0, 7.999))


def heat(time_only: bool = False) -> Attribution:
    scores = np.zeros((12, 1000), np.float32)
    return Attribution(scores, 100.0, 0.0, STANDARD_12, "MI", "toy", "a method", time_only=time_only)


def test_a_map_that_is_right_has_all_its_mass_there(make: SimpleNamespace) -> None:
    right = heat()
    right.scores[STANDARD_12.index("V1"), 240:260] = 1
    right.scores[:, 900:] = 9  # where nothing is marked
    found = places.place(right, known(make))
    assert found["mass"] == pytest.approx(1)
    assert found["hit"] == 1
    assert found["chance"] == pytest.approx(1 / 8 / 12, rel=0.02)


def test_a_map_that_is_everywhere_has_its_chance(make: SimpleNamespace) -> None:
    even = heat()
    even.scores[:] = 1
    found = places.place(even, known(make))
    assert found["mass"] == pytest.approx(found["chance"])
    wrong = replace(even, scores=-even.scores)
    assert places.place(wrong, known(make)) == found | {"mass": 0.0, "hit": 0.0}


def test_a_time_is_right_if_it_is_so_in_any_lead(make: SimpleNamespace) -> None:
    told = heat(time_only=True)
    told.scores[:, 250] = 1
    found = places.place(told, known(make))
    assert found["mass"] == pytest.approx(1 / 12)
    assert found["hit"] == 1
    assert found["hit_chance"] == pytest.approx(1 / 8, rel=0.02)


def test_simulated_evidence_is_where_the_simulator_put_it(make: SimpleNamespace) -> None:
    card = named(make.card_of("toy", {}, 10.0), "CD", "AF", "MI", "PVC", "PAC")
    found = list(places.simulated(card, seeds=(0,)))
    assert len(found) == 8
    by_group: dict[str, list[places.Known]] = {}
    for one in found:
        by_group.setdefault(one.group, []).append(one)
        assert all(0 <= begin < end <= 10 for spans in one.spans.values() for begin, end in spans)
    assert all(one.label == "CD" for one in by_group["bundle branch block in QRS"])
    (block,) = by_group["AV block from P to QRS"]
    assert np.mean([end - begin for begin, end in block.spans["II"]]) == pytest.approx(0.284, abs=0.01)
    anterior = by_group["infarction, ST-T of V1-V4"][0]
    assert set(anterior.spans) == {"V1", "V2", "V3", "V4"}
    early = {one.label: one for one in by_group["the premature beats"]}
    assert 4 <= len(early["PVC"].spans["II"]) <= 8
    fibrillation = by_group["fibrillation before QRS"][0]
    assert max(end - begin for begin, end in fibrillation.spans["V1"]) <= 0.25 + 1e-9


def test_a_model_without_the_labels_is_asked_nothing(make: SimpleNamespace) -> None:
    card = named(make.card_of("toy", {}, 10.0), "HYP")
    assert list(places.simulated(card)) == []


def test_methods_are_compared_with_the_trivial_maps(make: SimpleNamespace) -> None:
    toy = make.model_around(make.Energy())
    network = toy.network
    network.weight.data[:] = 0
    network.weight.data[:, 240:260] = 1.0
    model = Model(named(toy.card, "CD", "MI"), network, toy.members)
    case = places.Known(make.restless(), "MI", "a group", dict.fromkeys(STANDARD_12, ((2.4, 2.6),)), (0.0, 10.0))
    rows = places.localise(model, [case, case, case], ["gradient_x_input", "grad_cam"], most=2)
    by_method = {row["method"]: row for row in rows}
    assert set(by_method) == {"gradient_x_input", "amplitude", "slope", "qrs_mask"}  # Grad-CAM has no layer here
    assert by_method["gradient_x_input"]["n"] == 2
    assert by_method["gradient_x_input"]["mass"]["value"] > 0.9
    assert by_method["gradient_x_input"]["times_chance"] > 30
    assert by_method["amplitude"]["mass"]["value"] < 0.1
    assert places.standing(rows) == {"gradient_x_input": {"mass": pytest.approx(1, abs=0.1), "beats_trivial": True}}
    unseen = Model(named(toy.card, "CD", "MI", threshold=1.1), network, toy.members)
    assert places.localise(unseen, [case], ["gradient_x_input"]) == []


@pytest.mark.data
@pytest.mark.skipif(not os.environ.get("ECGVIZ_DATA"), reason="needs LUDB in ECGVIZ_DATA")
def test_ludb_has_the_published_number_of_each(make: SimpleNamespace) -> None:
    card = named(make.card_of("toy", {}, 10.0), "CD", "AF")
    found = list(places.ludb(Path(os.environ["ECGVIZ_DATA"]), card))
    groups = [one.group for one in found]
    assert groups.count("bundle branch block in QRS") == 4 + 4 + 29
    assert groups.count("AV block from P to QRS") == 10
    assert groups.count("fibrillation before QRS") == 15
    first = next(one for one in found if one.group == "AV block from P to QRS")
    lengths = [end - begin for begin, end in first.spans["II"]]
    assert 0.2 < np.median(lengths) < 0.45
    for one in found:
        assert set(one.spans) == set(STANDARD_12)
        assert 0 <= one.extent[0] < one.extent[1] <= one.record.seconds
