"""The captions of the reel against the models that ship with the application, asked here without the page."""

import os
import re
from dataclasses import replace

import pytest

from ecgviz import explain, zoo
from ecgviz.datasets import library
from ecgviz.explain.waves import heat_by_wave, heat_in_words
from ecgviz.signals import intervals
from ecgviz.ui import rhythm_quality
from ecgviz.ui.reel_scenes import RECORDED, SCENES, Told, caption, scenes


def computed(shown):
    """What the shipped models compute for each of these scenes, by key."""
    networks = {name: zoo.load(name) for name in {ask.model for scene in shown for ask in scene.asks}}
    found = {}
    for scene in shown:
        first = scene.asks[0]
        record = first.record()
        heat = explain.explain(networks[first.model], record, first.label, scene.method)
        waves = intervals.delineate(record)
        found[scene.key] = Told(
            tuple(zoo.predict(networks[ask.model], ask.record())[ask.label] for ask in scene.asks),
            heat_in_words(heat, waves),
            {row.wave: (row.share, row.times_chance) for row in heat_by_wave(heat, waves) if row.lead is None},
            frozenset(flag.code for flag in rhythm_quality.check(record)),
        )
    return found


@pytest.fixture(scope="module")
def told():
    return computed(SCENES)


def test_there_is_a_scene_of_each_kind():
    assert [scene.key for scene in SCENES] == ["right", "wrong", "disagreement", "swapped", "noise", "strange"]


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.key)
def test_the_shipped_models_bear_the_scene_out(scene, told):
    assert scene.holds(told[scene.key]), told[scene.key]
    assert "no longer" not in caption(scene, told[scene.key])


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.key)
def test_every_number_of_a_caption_was_computed(scene, told):
    facts = told[scene.key]
    known = {f"{value:.2f}" for f in facts.findings for value in (f.probability, f.threshold)}
    known |= {f"{100 * share:.0f}" for share, _ in facts.shares.values()}
    known |= {f"{chance:.1f}" for _, chance in facts.shares.values()}
    known |= set(re.findall(r"\d+(?:\.\d+)?", facts.heat))
    said = caption(scene, facts).removeprefix(scene.shows)
    assert set(re.findall(r"(?<![\w.])\d+(?:\.\d+)?", said)) <= known


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.key)
def test_a_model_that_answers_otherwise_is_not_claimed_to_show_the_scene(scene, told):
    facts = told[scene.key]
    turned = tuple(replace(f, probability=0.0 if f.positive else 1.0) for f in facts.findings)
    text = caption(scene, replace(facts, findings=turned))
    assert "no longer show" in text
    assert f"{turned[0].label} {turned[0].probability:.2f}" in text


def test_without_a_data_folder_every_scene_is_a_simulated_one():
    assert scenes(library.open_library(None)) == SCENES


@pytest.mark.data
@pytest.mark.skipif(not os.environ.get("ECGVIZ_DATA"), reason="needs ECGVIZ_DATA")
def test_the_recorded_scenes_are_of_the_test_fold_and_borne_out():
    at_hand = library.open_library(library.data_root())
    table = at_hand["ptb-xl"].table
    there = [scene for scene in scenes(at_hand) if scene not in SCENES]
    assert {scene.key for scene in there} == {key for key, (entry, _) in RECORDED.items() if entry in table.index}
    facts = computed(there)
    for scene in there:
        row = table.loc[RECORDED[scene.key][0]]
        assert row["fold"] == 10
        assert scene.holds(facts[scene.key]), facts[scene.key]
    labels = {key: set(table.loc[entry]["labels"]) for key, (entry, _) in RECORDED.items() if entry in table.index}
    wanted = {"right": {"CLBBB"}, "wrong": {"PVC", "CD"}, "disagreement": {"ASMI"}}
    assert all(wanted[key] <= labels[key] for key in labels)
